# Renews the lease for as long as the host is out, from beside the run that holds it: nothing renews it once that has ended.
# shellcheck shell=bash disable=SC2034 # AWS_ and S3_ variables are read by others

RENEWAL_PAUSE=30 # seconds
RENEWAL=''       # the descriptor whose closing ends the renewal

# renewal_start NONCE: of the lease that this host has just written.
renewal_start() {
  renewal_stop
  exec {RENEWAL}> >(renewal_main "$1" "$$" >>"$RUN_DIR/renewal.log" 2>&1)
}

renewal_stop() {
  [[ -n $RENEWAL ]] || return 0
  exec {RENEWAL}>&-
  RENEWAL=''
}

# renewal_main NONCE RUN: RUN is the process that holds the lease. A program it started may keep the descriptor open.
renewal_main() {
  local ended
  trap - TERM INT
  # Neither its requests nor the lock and the log of the run.
  lock_release
  AWS_BODY=$RUN_DIR/renewal.body AWS_HEADERS=$RUN_DIR/renewal.headers S3_SCRATCH=$RUN_DIR/renewal
  while true; do
    ended=0
    read -r -t "$RENEWAL_PAUSE" || ended=$?
    # Above 128: the time is up.
    ((ended > 128)) && kill -0 "$2" 2>/dev/null || return 0
    core_run renew "nonce$TAB$1" || log_error "the lease could not be renewed: the next time may be in time"
    [[ ${CORE_ANSWERS[0]:-} != lost ]] || return 0
  done
}
