# The file system on the group's volume: made once, mounted through systemd, and open to the apps.
# shellcheck shell=bash

# disk_format: only a disk that nobody ever wrote a signature to gets a file system. VOLUME_TYPE is what it has.
disk_format() {
  local found signatures result=0 unreadable="the volume $TOWLINE_VOLUME_ID could not be read at $VOLUME_FILE"
  found=$(blkid --probe --output export "$VOLUME_FILE") || result=$?
  # A disk that cannot be read has no signatures either: only wipefs tells that by its exit code.
  signatures=$(wipefs --no-act --noheadings "$VOLUME_FILE") || fail "$unreadable" || return 1
  if ((result == 2)) && [[ -z $signatures ]]; then
    mkfs.ext4 -q -L towline "$VOLUME_FILE" || fail "the volume $TOWLINE_VOLUME_ID could not be formatted" || return 1
    log "formatted the volume $TOWLINE_VOLUME_ID, which was empty"
    VOLUME_TYPE=ext4
    return 0
  fi
  VOLUME_TYPE=''
  [[ $found =~ (^|$'\n')TYPE=(ext4|xfs)($|$'\n') ]] && VOLUME_TYPE=${BASH_REMATCH[2]}
  found=${found:-$signatures}
  [[ -n $found ]] || fail "$unreadable" || return 1
  [[ -n $VOLUME_TYPE ]] ||
    fail "the volume $TOWLINE_VOLUME_ID holds no ext4 or xfs, but is not empty either (${found//$'\n'/, }): see what is on it"
}

# disk_mount: through a unit of systemd, on which the processes are made to depend.
disk_mount() {
  local unit text
  unit=$(disk_unit)
  mkdir -p "$TOWLINE_ROOT$TOWLINE_VOLUME_MOUNT" "$UNIT_DIR"
  printf -v text '[Unit]\nDescription=towline: the volume %s\n\n[Mount]\nWhat=%s\nWhere=%s\nType=%s\nOptions=noatime' \
    "$TOWLINE_VOLUME_ID" "$VOLUME_FILE" "$TOWLINE_VOLUME_MOUNT" "$VOLUME_TYPE"
  write_file "$UNIT_DIR/$unit" "$text" && chmod 0644 "$UNIT_DIR/$unit" || return 1
  systemctl daemon-reload && systemctl start "$unit" ||
    fail "the volume $TOWLINE_VOLUME_ID could not be mounted at $TOWLINE_VOLUME_MOUNT: $(disk_log "$unit")" || return 1
  log "mounted the volume $TOWLINE_VOLUME_ID at $TOWLINE_VOLUME_MOUNT"
}

# disk_grow: lets the file system have the whole of a volume that has grown since; changes nothing where it has. A file system that
# cannot grow serves as it is.
disk_grow() {
  local grow=(resize2fs "$VOLUME_FILE") answer
  [[ $VOLUME_TYPE == ext4 ]] || grow=(xfs_growfs "$TOWLINE_VOLUME_MOUNT")
  answer=$("${grow[@]}" 2>&1) ||
    log_error "the file system does not have the whole of the volume $TOWLINE_VOLUME_ID: ${answer//$'\n'/ | }"
}

disk_unit() {
  systemd-escape --path --suffix=mount "$TOWLINE_VOLUME_MOUNT"
}

# disk_share: a folder on the disk for each app, its account's. Its processes start only while the disk is
# mounted, after a reboot too, and may write there. To be called once the packages are installed.
disk_share() {
  local entry package folder scale count account
  [[ -n $TOWLINE_VOLUME_ID ]] || return 0
  for entry in $TOWLINE_PROCESSES; do
    package=${entry%%:*} folder=$TOWLINE_VOLUME_MOUNT/${entry%%:*}
    mkdir -p "$TOWLINE_ROOT$folder" && chmod 0750 "$TOWLINE_ROOT$folder" || return 1
    account=$(disk_account "$package") || return 1
    ! getent passwd "$account" >/dev/null || chown "$account:$account" "$TOWLINE_ROOT$folder" || return 1
    IFS=, read -ra scale <<<"${entry#*:}"
    for count in "${scale[@]}"; do disk_open "$package-${count%=*}@.service" "$folder" || return 1; done
  done
  systemctl daemon-reload
}

# disk_account PACKAGE: prints the account an app runs as, which its package declares (sysusers.d(5)); without that, one of its name.
disk_account() {
  local declared=$TOWLINE_ROOT/usr/lib/sysusers.d/$1.conf account=$1
  [[ ! -e $declared ]] || read -r _ account _ <"$declared"
  echo "$account"
}

# disk_open UNIT FOLDER
disk_open() {
  local file=$UNIT_DIR/$1.d/towline-volume.conf text
  printf -v text '[Unit]\nRequiresMountsFor=%s\n\n[Service]\nReadWritePaths=%s' "$TOWLINE_VOLUME_MOUNT" "$2"
  mkdir -p "${file%/*}" && write_file "$file" "$text" && chmod 0644 "$file"
}

disk_unmount() {
  local unit
  unit=$(disk_unit)
  systemctl stop "$unit" || fail "the disk could not be unmounted from $TOWLINE_VOLUME_MOUNT: $(disk_log "$unit")"
}

# disk_log UNIT: prints the last lines about a unit as one.
disk_log() {
  local lines
  lines=$(journalctl --quiet --no-pager --output=cat --lines=2 --unit="$1") || lines='(its log could not be read)'
  printf '%s' "${lines//$'\n'/ | }"
}
