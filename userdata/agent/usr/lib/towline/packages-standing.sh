# A host that cannot install a version until somebody changes the host, where a package is held, say: it says so, and does not take the
# group's lease for it.
# shellcheck shell=bash

PACKAGES_STANDING_FILE=$RUN_DIR/upgrade-standing # what could not be installed, a line "package=version" each

# packages_standing PACKAGE VERSION: whether it still cannot, and reports why, once.
packages_standing() {
  local known='' line left=''
  [[ ! -r $PACKAGES_STANDING_FILE ]] || known=$(<"$PACKAGES_STANDING_FILE")
  for line in $known; do
    [[ $line == "$1=$2" ]] || left+=${left:+$'\n'}$line
  done
  if [[ $known != "$left" ]] || package_held "$1"; then
    if ! packages_simulate "$1=$2" && [[ $INSTALL_STANDING == yes ]]; then
      write_file "$PACKAGES_STANDING_FILE" "${left:+$left$'\n'}$1=$2"
      host_status_fault host "$FAILURE"
      log "$1 $2 waits until this host is changed: $FAILURE"
      return 0
    fi
  fi
  if [[ -n $left ]]; then
    write_file "$PACKAGES_STANDING_FILE" "$left"
  elif [[ -n $known ]]; then
    packages_standing_end
  fi
  return 1
}

# packages_standing_begin: it came out in the middle of this change. Which of several it is, the next look tells.
packages_standing_begin() {
  local spec package version lines=''
  change_specs
  for spec in "${CHANGE_SPECS[@]}"; do
    read -r package version _ <<<"$spec"
    lines+=${lines:+$'\n'}$package=$version
  done
  write_file "$PACKAGES_STANDING_FILE" "$lines"
}

packages_standing_end() {
  [[ -e $PACKAGES_STANDING_FILE ]] || return 0
  rm -f "$PACKAGES_STANDING_FILE"
  host_status_fault host ''
}
