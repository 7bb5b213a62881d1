# The quiet poll: one look at what the poll before found nothing to do for, as that one prepared it (quiet-prepare.sh). It changes nothing, and so
# needs neither the lock nor most of the libraries. A prepared look stands while no run of the agent has had the lock since, nothing is
# due, and every file it was made of is as it was.
# shellcheck shell=bash disable=SC2034 # QUIET and LOOK_ASKED are read by others

# What a poll that finds one of these has to do without a look at the bucket.
QUIET_WITHOUT=("$LEFT_MARKER" "$STATUS_UNSENT_FILE" "$EVENTS_DIR" "$GUARD_DIR/restored" "$GUARD_DIR/guarded" "$CHANGE_PACKAGES_FILE"
  "$CHANGE_SETTINGS_FILE" "$STUCK_FILE")
LOOK_ASKED='' # which objects, and on which tags, what is in the LOOK_ variables was asked for by the quiet poll
DUE=''        # when a poll has something to do though nothing changes, as far as it has been looked at

# quiet_look: QUIET is "none" where no prepared look stands, "yes" where it found everything as it was, and "no" where it did not: its answers
# are in the LOOK_ variables then. Returns 1 with FAILURE set where not all answers came.
quiet_look() {
  local prepared index S3_SCRATCH=$QUIET_FILE
  QUIET=none QUIET_MARK=''
  quiet_read || return 0
  look_ask "${prepared[3]}" || return 1
  QUIET=no QUIET_MARK=${prepared[0]} LOOK_ASKED=${prepared[4]}
  [[ ${LOOK_ETAGS[*]} != "${prepared[5]}" ]] || QUIET=yes
}

# quiet_read: for quiet_look, what is prepared. Returns 1 where it does not stand.
quiet_read() {
  local file
  for file in "${QUIET_WITHOUT[@]}"; do
    [[ ! -e $file ]] || return 1
  done
  [[ -f $QUIET_FILE && -e $LAUNCHED_MARKER ]] || return 1
  mapfile -d '' -t prepared <"$QUIET_FILE"
  # Without its end it is one that is being written.
  ((${#prepared[@]} > 6)) && [[ ${prepared[-1]} == end && ${prepared[1]} =~ ^[0-9]{1,11}$ && ${prepared[2]} =~ ^[0-9]{1,11}$ ]] || return 1
  ((EPOCHSECONDS >= prepared[1] && EPOCHSECONDS < prepared[2])) || return 1
  for ((index = 6; index < ${#prepared[@]} - 1; index += 2)); do
    quiet_text "${prepared[index]}"
    [[ $TEXT == "${prepared[index + 1]}" ]] || return 1
  done
}

# quiet_text FILE: what it holds, in TEXT; one that is empty, or of zeros after power loss, is another than none.
quiet_text() {
  TEXT=none
  [[ -f $1 ]] || return 0
  IFS= read -r -d '' TEXT <"$1" || true
  TEXT="is $TEXT"
}

# due_at TIME: called by a check that has nothing to do before that, in seconds since 1970.
due_at() {
  [[ -n $DUE ]] && (($1 >= DUE)) || DUE=$1
}
