# One look at the repository and at the settings of the host's apps. Nothing new costs one run of curl and hardly a library; whatever there is to
# do is done under the lock (poll-turn.sh).
# shellcheck shell=bash

poll_main() {
  paths_prepare
  load quiet look lock
  quiet_look || return 1
  [[ $QUIET != yes ]] || return 0
  lock_take 0 || {
    log "another run of the agent holds the lock: this poll is not needed"
    return 0
  }
  # It may have changed the agent, whose libraries are to be read.
  if [[ $QUIET == no && $LOCK_QUIET != "$QUIET_MARK" ]]; then
    log "another run of the agent has looked meanwhile: this poll is not needed"
    return 0
  fi
  load "${COMMON[@]}" quiet-prepare poll-turn
  poll_turn
}
