# One run of the agent at a time.
# shellcheck shell=bash disable=SC2034 # LOCK_QUIET is read by the poll

# lock_take SECONDS: waits that long for the lock. Returns 1 where another run holds it. The look that a poll prepared for the next one (quiet.sh)
# ends with that; LOCK_QUIET is the mark of the one that stood until then.
lock_take() {
  LOCK_QUIET=''
  exec {LOCK}>"$RUN_DIR/lock"
  flock --wait "$1" "$LOCK" || return 1
  if [[ -e $QUIET_FILE ]]; then
    IFS= read -r -d '' LOCK_QUIET <"$QUIET_FILE" || true
    rm -f "$QUIET_FILE"
  fi
}

# lock_release: before handing over to another program, which would inherit the lock and the descriptor of the log.
lock_release() {
  exec {LOCK}>&- {OUT}>&-
}
