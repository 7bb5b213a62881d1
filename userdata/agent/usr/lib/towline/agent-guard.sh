# The guard of an upgrade of the agent: a copy of the package before, a program that brings it back and a timer that calls that, all of
# them outside the package. It stays until the new agent has ended a poll with a write.
# shellcheck shell=bash disable=SC2034,SC2153 # FILE and GUARD_DIR are set elsewhere, CHANGE_ variables read there

GUARD_UNITS=(towline-agent-guard.service towline-agent-guard.timer)
# Read now: the files on disk may belong to another version later.
GUARD_RESTORE=$(<"$TOWLINE_LIB/guard/restore")
GUARD_SERVICE=$(<"$TOWLINE_LIB/guard/${GUARD_UNITS[0]}")
GUARD_TIMER=$(<"$TOWLINE_LIB/guard/${GUARD_UNITS[1]}")

# guard_arm: over the upgrade that begins now. Returns 1 with FAILURE set.
guard_arm() {
  package_keep towline-agent "$CHANGE_PREVIOUS" || return 1
  mkdir -p "$GUARD_DIR" && cp "$FILE" "$GUARD_DIR/towline-agent.deb" && chmod 0700 "$GUARD_DIR" &&
    write_file "$GUARD_DIR/restore" "$GUARD_RESTORE" && chmod 0700 "$GUARD_DIR/restore" &&
    write_file "$UNIT_DIR/${GUARD_UNITS[0]}" "$GUARD_SERVICE" && write_file "$UNIT_DIR/${GUARD_UNITS[1]}" "$GUARD_TIMER" &&
    chmod 0644 "$UNIT_DIR/${GUARD_UNITS[0]}" "$UNIT_DIR/${GUARD_UNITS[1]}" &&
    write_file "$GUARD_DIR/guarded" "$CHANGE_VERSION $CHANGE_PREVIOUS https://$TOWLINE_BUCKET.s3.$TOWLINE_REGION.amazonaws.com/" &&
    systemctl daemon-reload && systemctl enable --now "${GUARD_UNITS[1]}" ||
    fail "the upgrade of the agent cannot be guarded: is the disk full?" || return 1
}

# guard_hand_over: the agent now installed ends its own upgrade, so that none is found good that cannot. Returns where that one is not to
# be believed or has no guard.
guard_hand_over() {
  agent_check && [[ $AGENT_OLD == no ]] || return 0
  # It has the whole time to itself.
  systemctl restart "${GUARD_UNITS[1]}"
  log "the new agent goes on"
  # It takes the lease under a nonce of its own.
  renewal_stop
  lock_release
  exec "$AGENT_PROGRAM" poll
}

# guard_pass: called by a poll that has ended the agent's upgrade. Ends the guard once this agent has read the repository, decided and
# written. Returns 1 with FAILURE set where it could not.
guard_pass() {
  local version rest
  read -r version rest <"$GUARD_DIR/guarded" || version=''
  package_version towline-agent
  if [[ $VERSION == "$version" ]]; then
    poll_look && repository_update && rollout_decide "${PACKAGES[@]}" && host_status_repeat || return 1
    [[ $STATUS_SENT == yes ]] || fail "the status of this host was refused: the guard of the new agent stays" || return 1
  fi
  guard_end
}

guard_end() {
  [[ -d $GUARD_DIR ]] || return 0
  systemctl disable --now "${GUARD_UNITS[@]}" || log_error "the units of the guard could not be ended"
  rm -rf "$GUARD_DIR" "${GUARD_UNITS[@]/#/$UNIT_DIR/}"
  systemctl daemon-reload
}

# guard_blame: called by a poll of an agent that the guard brought back. The open upgrade is one that went wrong, which ends it.
guard_blame() {
  read -r CHANGE_VERSION CHANGE_PREVIOUS _ <"$GUARD_DIR/restored" ||
    log_error "the guard brought this agent back, and left no word from which version"
  if [[ -n $CHANGE_VERSION ]]; then
    CHANGE_KIND=packages CHANGE_PACKAGE=towline-agent CHANGE_STARTED=$EPOCHSECONDS CHANGE_OUTCOME=bad CHANGE_WITH=()
    CHANGE_REASON="no poll of it ended with a write within 600 s: the guard brought $CHANGE_PREVIOUS back"
    change_record_write || return 1
  fi
  guard_end
}
