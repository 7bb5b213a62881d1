# One look at the repository. Nothing new costs one request and none of the libraries below "loaded when needed".
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
  if [[ -e $UPGRADE_FILE ]]; then
    load_everything
    upgrade_resume || return 1
  fi
  while true; do
    poll_look || return 1
    [[ $POLL_ETAGS != "$POLL_SEEN" ]] || return 0
    load_everything
    timer_spread || log_error "the timer keeps the second it has"
    poll_converge || return 1
    [[ $POLL_UPGRADED == yes ]] || return 0
  done
}

# poll_look: one conditional request for each suite. POLL_ETAGS are their tags now, POLL_SEEN those for which nothing was
# left to do.
poll_look() {
  local main='' channel='' etag
  if [[ -r $ETAG_FILE ]]; then read -r main channel <"$ETAG_FILE"; fi
  POLL_SEEN="$main $channel"
  s3_get "dists/$TOWLINE_SUITE/InRelease" "$main" || return 1
  [[ $AWS_STATUS != 404 ]] || fail "the repository s3://$TOWLINE_BUCKET has no InRelease for $TOWLINE_SUITE" || return 1
  etag=$S3_ETAG
  channel_look "$channel" || return 1
  POLL_ETAGS="$etag $CHANNEL_ETAG"
}

# poll_converge: brings every package to its decided version; POLL_ETAGS are remembered once nothing is left to do.
poll_converge() {
  local deadline=$((SECONDS + POLL_PATIENCE)) wanted waiting=''
  POLL_UPGRADED=no
  if ! { repository_update && keyring_install; }; then
    host_status_repository "$FAILURE"
    return 1
  fi
  host_status_repository ''
  while true; do
    decide_next || return 1
    [[ $DECISION_ACTION != none ]] || break
    wanted="$DECISION_PACKAGE $DECISION_VERSION"
    lease_take "$DECISION_PACKAGE" "$DECISION_VERSION" || return 1
    if [[ $LEASE_STATE == held ]]; then
      [[ $waiting == "$wanted $LEASE_HOLDER" ]] || log "waiting to install $wanted: the lease is held by $LEASE_HOLDER"
      waiting="$wanted $LEASE_HOLDER"
      if ((SECONDS >= deadline)); then
        log "the lease was not free within $POLL_PATIENCE s: the next poll goes on"
        return 0
      fi
      sleep "2.$((RANDOM % 10))"
      continue
    fi
    poll_upgrade "$wanted" || return 1
  done
  log "nothing left to do: $DECISION_REASON"
  write_file "$ETAG_FILE" "$POLL_ETAGS"
}

# poll_upgrade WANTED: under the lease. The host that held it before may have found WANTED bad: decide again.
poll_upgrade() {
  local cause=''
  decide_next || {
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
