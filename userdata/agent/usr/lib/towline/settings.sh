# Settings of the host's apps: one encrypted object for each package, of which systemd gives the processes a copy (EnvironmentFile=).
# Without TOWLINE_SETTINGS, as on hosts of older launch templates, there are none.
# shellcheck shell=bash disable=SC2034,SC2153 # SETTINGS_ variables are read by the callers, SETTINGS_DIR is set in paths.sh

# settings_packages: the packages that have processes here, in SETTINGS_PACKAGES.
settings_packages() {
  local entry
  SETTINGS_PACKAGES=()
  [[ -n $TOWLINE_SETTINGS ]] || return 0
  for entry in $TOWLINE_PROCESSES; do SETTINGS_PACKAGES+=("${entry%%:*}"); done
}

# settings_key PACKAGE: the object, in KEY.
settings_key() {
  KEY=$TOWLINE_SETTINGS$1.env
}

# settings_seen PACKAGE: the tag of the settings last judged, taken or refused, in ETAG; '' where there were none.
settings_seen() {
  ETAG=''
  if [[ -f $SETTINGS_DIR/$1.etag ]]; then read -r ETAG <"$SETTINGS_DIR/$1.etag" || true; fi 2>/dev/null
  record_tag "$ETAG"
  ETAG=$TAG
}

# settings_fetch: the settings of every package, for processes that are to start. Returns 1 with FAILURE set where one cannot be read:
# an app that starts without its secrets may do worse than one that does not.
settings_fetch() {
  local package
  settings_packages
  for package in "${SETTINGS_PACKAGES[@]}"; do
    settings_key "$package"
    s3_get "$KEY" || return 1
    settings_stage "$package"
    mv "$SETTINGS_DIR/$package.next" "$SETTINGS_DIR/$package.env"
    write_file "$SETTINGS_DIR/$package.etag" "$S3_ETAG"
  done
}

# settings_stage PACKAGE: the answer of s3_get as PACKAGE.next, empty where there are no settings. Readable by root alone.
settings_stage() {
  local file=$SETTINGS_DIR/$1.next
  (
    umask 077
    mkdir -p "$SETTINGS_DIR"
    if [[ $AWS_STATUS == 404 ]]; then : >"$file"; else cat "$AWS_BODY" >"$file"; fi
    [[ -e $SETTINGS_DIR/$1.env ]] || : >"$SETTINGS_DIR/$1.env"
  )
}

# settings_wanted PACKAGE: whether there are other settings than the host's, in SETTINGS_WANTED (yes or no). They are staged then, with
# their tag in SETTINGS_ETAG and what verdicts call them in SETTINGS_ID. Returns 1 with FAILURE set where that cannot be told.
settings_wanted() {
  local package=$1 etag
  SETTINGS_WANTED=no
  settings_seen "$package"
  settings_key "$package"
  s3_get "$KEY" "$ETAG" || return 1
  etag=$S3_ETAG
  [[ $AWS_STATUS != 304 ]] || return 0
  settings_stage "$package"
  if cmp -s "$SETTINGS_DIR/$package.next" "$SETTINGS_DIR/$package.env"; then
    settings_leave "$package" "$etag"
    host_status_forgive "settings-* of $package were taken back: *"
    return 0
  fi
  SETTINGS_ID=settings-${etag//[!A-Za-z0-9-]/}
  SETTINGS_ETAG=$etag SETTINGS_WANTED=yes
}

# settings_leave PACKAGE ETAG: what was staged is not taken, and not looked at again.
settings_leave() {
  rm -f "$SETTINGS_DIR/$1.next"
  write_file "$SETTINGS_DIR/$1.etag" "$2"
}

# settings_converge PACKAGE...: takes the settings of each, one host of the group after the other. Returns 1 where a change has not
# ended; settings that cannot be read are reported, and keep neither other apps nor packages from anything.
settings_converge() {
  local package fault='' deadline=$((SECONDS + POLL_PATIENCE))
  for package in "$@"; do
    while true; do
      settings_wanted "$package" || {
        fault=$FAILURE
        # Read again by the next poll, even where nobody changes them.
        rm -f "$SETTINGS_DIR/$package.etag"
        break
      }
      [[ $SETTINGS_WANTED == yes ]] || break
      settings_turn "$package" || return 1
      [[ $ROLLOUT == held ]] || break
      if ((SECONDS >= deadline)); then
        log "the lease was not free within $POLL_PATIENCE s: the next poll goes on"
        return 0
      fi
    done
  done
  host_status_fault settings "$fault"
}

# settings_turn PACKAGE: takes what is staged, where it is this host's turn and nobody found it bad.
settings_turn() {
  local id=$SETTINGS_ID
  rollout_settings "$1" "$id" || return 1
  case $ROLLOUT in
    go)
      # They may have changed while the lease was taken.
      if settings_wanted "$1" && [[ $SETTINGS_WANTED == yes && $SETTINGS_ID == "$id" ]]; then
        settings_change "$1"
      else
        rollout_judge off "$1" "$id" '' && rollout_release
      fi
      ;;
    bad)
      log "another host found $id of $1 bad: the settings stay as they are"
      settings_leave "$1" "$SETTINGS_ETAG"
      ;;
  esac
}
