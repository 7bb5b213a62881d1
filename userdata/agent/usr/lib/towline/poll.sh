# One look at the repository and at the settings of the host's apps. Nothing new costs one run of curl and none of the libraries that
# are loaded when needed.
# shellcheck shell=bash

POLL_PATIENCE=600 # seconds one poll waits for the lease; the next poll goes on waiting

poll_main() {
  paths_prepare
  lock_take 0 || {
    log "another run of the agent holds the lock: this poll is not needed"
    return 0
  }
  if [[ ! -e $LAUNCHED_MARKER ]]; then
    log "the first boot has not ended: nothing to poll for yet"
    return 0
  fi
  if [[ -e $LEFT_MARKER ]]; then
    log "this host has left service: nothing to poll for any more"
    return 0
  fi
  host_env_load
  imds_instance || return 1
  load reboot target-check
  records_check || return 1
  if [[ -e $STATUS_UNSENT_FILE || -d $EVENTS_DIR ]]; then
    load_everything
    outbox_send
  fi
  STUCK_PACKAGE=''
  if [[ -e $GUARD_DIR/restored ]]; then
    load_everything
    guard_blame || return 1
  fi
  if [[ -e $UPGRADE_FILE ]]; then
    load_everything
    upgrade_resume || [[ -n $STUCK_PACKAGE ]] || return 1
  fi
  if [[ -e $GUARD_DIR/guarded ]]; then
    load_everything
    guard_pass || return 1
  fi
  if [[ -e $CHANGE_FILE ]]; then
    load_everything
    change_resume || [[ -n $STUCK_PACKAGE ]] || return 1
  fi
  [[ -z $STUCK_PACKAGE ]] || stuck_resolve || return 1
  reboot_retry || return 1
  target_check
  while true; do
    poll_look || return 1
    [[ $POLL_ETAGS != "$POLL_SEEN" || -n ${POLL_SETTINGS[*]} ]] || return 0
    load_everything
    settings_converge "${POLL_SETTINGS[@]}" || return 1
    [[ $POLL_ETAGS != "$POLL_SEEN" ]] || return 0
    timer_spread || log_error "the timer keeps the second it has"
    poll_converge || return 1
    [[ $POLL_UPGRADED == yes ]] || return 0
  done
}

# poll_look: one conditional request for each suite and each app's settings. POLL_ETAGS are the tags of the suites now, POLL_SEEN those
# for which nothing was left to do, POLL_SETTINGS the packages whose settings are others than those last judged.
poll_look() {
  local main='' channel='' package index settings=() seen=()
  if [[ -f $ETAG_FILE ]]; then read -r main channel <"$ETAG_FILE" || true; fi 2>/dev/null
  record_tag "$main"
  main=$TAG
  record_tag "$channel"
  channel=$TAG
  POLL_SEEN="$main $channel" POLL_SETTINGS=()
  settings_packages
  for package in "${SETTINGS_PACKAGES[@]}"; do
    settings_key "$package"
    settings_seen "$package"
    settings+=("$KEY" "$ETAG") seen+=("$ETAG")
  done
  channel_key
  s3_look "dists/$TOWLINE_SUITE/InRelease" "$main" "${settings[@]}" ${KEY:+"$KEY" "$channel"} || return 1
  CHANNEL_ETAG=${KEY:+"${LOOK_ETAGS[-1]}"}
  POLL_ETAGS="${LOOK_ETAGS[0]} $CHANNEL_ETAG"
  if [[ $POLL_ETAGS == *'HTTP '* ]]; then poll_refused || return 1; fi
  [[ -n ${LOOK_ETAGS[0]} ]] || fail "the repository s3://$TOWLINE_BUCKET has no InRelease for $TOWLINE_SUITE" || return 1
  for index in "${!SETTINGS_PACKAGES[@]}"; do
    package=${SETTINGS_PACKAGES[index]}
    # Without a tag's file they were never judged, or could not be read: that there are none now is news too.
    [[ -e $SETTINGS_DIR/$package.etag && ${LOOK_ETAGS[index + 1]} == "${seen[index]}" ]] || POLL_SETTINGS+=("$package")
  done
}

# poll_refused: asks once more for the suites, to say what AWS refuses them with. Returns 1 with FAILURE set.
poll_refused() {
  s3_get "dists/$TOWLINE_SUITE/InRelease" && channel_look || return 1
  fail "the repository could not be read, and now can: the next poll will"
}

# poll_converge: brings every package to its decided version; POLL_ETAGS are remembered once nothing is left to do.
poll_converge() {
  local deadline=$((SECONDS + POLL_PATIENCE))
  POLL_UPGRADED=no
  if ! { repository_update && keyring_install; }; then
    host_status_fault repository "$FAILURE"
    return 1
  fi
  host_status_fault repository ''
  while true; do
    VERDICT_FAULT=''
    decide_next || return 1
    host_status_fault verdict "$VERDICT_FAULT"
    [[ $DECISION_ACTION != none ]] || break
    ! upgrade_pausing "$DECISION_PACKAGE" "$DECISION_VERSION" || return 0
    lease_turn "$DECISION_PACKAGE" "$DECISION_VERSION" || return 1
    if [[ $LEASE_STATE == taken ]]; then
      poll_upgrade "$DECISION_PACKAGE $DECISION_VERSION" decide_next || return 1
    elif ((SECONDS >= deadline)); then
      log "the lease was not free within $POLL_PATIENCE s: the next poll goes on"
      return 0
    fi
  done
  upgrade_standing_end
  log "nothing left to do: $DECISION_REASON"
  write_file "$ETAG_FILE" "$POLL_ETAGS"
}

# poll_upgrade WANTED DECIDE: under the lease. The host that held it before may have found WANTED bad: decide again, by DECIDE.
poll_upgrade() {
  local cause=''
  "$2" || {
    lease_release
    return 1
  }
  if [[ $DECISION_ACTION == none || "$DECISION_PACKAGE $DECISION_VERSION" != "$1" ]]; then
    log "$1 is not wanted any more"
    lease_release
    return
  fi
  log "installing $1: $DECISION_REASON"
  if [[ $DECISION_ACTION == replace ]]; then cause=$DECISION_REASON; fi
  upgrade_run "$DECISION_PACKAGE" "$DECISION_VERSION" "$DECISION_PREVIOUS" "$cause" || return 1
  POLL_UPGRADED=yes
  [[ $DECISION_PACKAGE == towline-agent ]] || return 0
  # What else there is to do is done by the agent now installed.
  lock_release
  exec "$TOWLINE_ROOT/usr/sbin/towline-agent" poll
}
