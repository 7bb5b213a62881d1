# What somebody changed by hand on this host: files of its packages that are not as they were installed, and units of them in /etc/systemd/system.
# shellcheck shell=bash

DRIFT_FILE=$RUN_DIR/drift # what was found last, a line each; gone after a reboot
DRIFT_MOST=20             # lines; more say nothing more

# drift_look: looks, at the lowest priority and for no longer than a minute: dpkg reads every file of the packages. What is not known stays as it was.
drift_look() {
  local package installed=() found='' report=$RUN_DIR/drift-verify
  for package in "${PACKAGES[@]}"; do
    package_version "$package"
    [[ -z $VERSION ]] || installed+=("$package")
  done
  # Its exit code says nothing: that a file differs is no failure.
  limited 60 nice -n 19 dpkg --verify "${installed[@]}" </dev/null >"$report" || [[ -z $LIMIT_REASON ]] || return 0
  drift_files <"$report"
  drift_units
  found=$(head -n "$DRIFT_MOST" <<<"${found%$'\n'}")
  if [[ -n $found ]]; then
    write_file "$DRIFT_FILE" "$found" || log_error "$DRIFT_FILE could not be written: is the disk full?"
  else
    rm -f "$DRIFT_FILE"
  fi
}

# drift_files: adds to found what dpkg --verify says: "??5?????? c /etc/default/hello", "missing     /opt/hello/app.js".
drift_files() {
  local line path
  while read -r line; do
    path=/${line#*/}
    case $line in
      # Images may be made without them.
      *' /usr/share/doc/'* | *' /usr/share/man/'* | *' /usr/share/locale/'*) ;;
      missing*/*) found+="missing $path"$'\n' ;;
      ??5*/*) found+="changed $path"$'\n' ;;
    esac
  done
}

# drift_units: adds to found the units, and parts of units, of the packages that are not theirs and not the agent's.
drift_units() {
  local package file kind
  for package in "${PACKAGES[@]}"; do
    for kind in service socket timer; do
      for file in "$UNIT_DIR/$package"{,-*}".$kind" "$UNIT_DIR/$package"{,-*}".$kind.d"/*.conf; do
        [[ -e $file || -L $file ]] || continue
        case ${file##*/} in towline-agent-guard.* | second.conf | towline-volume.conf) continue ;; esac
        # What enables a unit is a link to it; what masks it, one to nothing.
        [[ ! -L $file || $(readlink "$file") == /dev/null ]] || continue
        [[ $found == *" ${file#"$TOWLINE_ROOT"}"$'\n'* ]] || found+="unit ${file#"$TOWLINE_ROOT"}"$'\n'
      done
    done
  done
}

# drift_found: what was found last, in DRIFT, a line each.
drift_found() {
  # shellcheck disable=SC2034 # read by host-status.sh
  if [[ -r $DRIFT_FILE ]]; then DRIFT=$(<"$DRIFT_FILE"); else DRIFT=''; fi
}
