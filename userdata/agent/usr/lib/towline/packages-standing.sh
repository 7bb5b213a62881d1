# A host that cannot install a version until somebody changes the host, where a package is held, say: it says so, and does not take the
# group's lease for it.
# shellcheck shell=bash

PACKAGES_STANDING_FILE=$RUN_DIR/upgrade-standing # the version that could not be installed, as package=version

# packages_standing PACKAGE VERSION: whether it still cannot, and reports why, once.
packages_standing() {
  local known=''
  [[ ! -r $PACKAGES_STANDING_FILE ]] || known=$(<"$PACKAGES_STANDING_FILE")
  if [[ $known == "$1=$2" ]] || package_held "$1"; then
    if ! packages_simulate "$1=$2" && [[ $INSTALL_STANDING == yes ]]; then
      packages_standing_begin "$@"
      host_status_fault host "$FAILURE"
      log "$1 $2 waits until this host is changed: $FAILURE"
      return 0
    fi
  fi
  [[ -z $known ]] || packages_standing_end
  return 1
}

# packages_standing_begin PACKAGE VERSION: found out while it was installed.
packages_standing_begin() {
  write_file "$PACKAGES_STANDING_FILE" "$1=$2"
}

packages_standing_end() {
  [[ -e $PACKAGES_STANDING_FILE ]] || return 0
  rm -f "$PACKAGES_STANDING_FILE"
  host_status_fault host ''
}
