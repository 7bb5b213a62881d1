# Watches for the end: asks the metadata service every few seconds whether Auto Scaling, or the spot market, takes this host away.
# shellcheck shell=bash

WATCH_PAUSE=5       # seconds; a spot host is told two minutes before
WATCH_TOKEN_AGE=240 # seconds after which the session token, which lasts 300, is renewed

watch_main() {
  local opened seen='' reason
  paths_prepare
  host_env_load
  imds_instance || return 1
  load lifecycle
  imds_open || return 1
  opened=$SECONDS
  # Where nobody says, asking a host that is none for its interruption costs a request in vain.
  WATCH_MARKET=$(imds_get meta-data/instance-life-cycle 2>/dev/null) || WATCH_MARKET='on-demand or spot'
  log "watching for the end of this $WATCH_MARKET host"
  while true; do
    if ((SECONDS - opened >= WATCH_TOKEN_AGE)); then
      ! imds_open || opened=$SECONDS
    fi
    watch_look
    if [[ -n $WATCH_REASON && $WATCH_REASON != "$seen" ]]; then
      log "this host is to go: $WATCH_REASON"
      reason=$WATCH_REASON
      if "$TOWLINE_ROOT/usr/sbin/towline-agent" leave; then seen=$reason; fi
    fi
    sleep "$WATCH_PAUSE"
  done
}

# watch_look: why this host has to go in WATCH_REASON, '' where it has not. A recommendation to rebalance is no reason yet: Auto
# Scaling launches the host that takes over first (Capacity Rebalancing), and then ends this one in the usual way.
watch_look() {
  local action
  WATCH_REASON=''
  if lifecycle_target && [[ $LIFECYCLE_TARGET == Terminated || $LIFECYCLE_TARGET == Warmed:* ]]; then
    WATCH_REASON="Auto Scaling takes it to $LIFECYCLE_TARGET"
  elif [[ $WATCH_MARKET == *spot ]] && action=$(imds_get meta-data/spot/instance-action 2>/dev/null); then
    WATCH_REASON="a spot interruption: ${action//[![:print:]]/}"
  fi
}
