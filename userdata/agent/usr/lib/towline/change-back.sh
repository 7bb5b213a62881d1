# The way back from a change: to what was there before, with a verdict on what came or without.
# shellcheck shell=bash disable=SC2034 # STUCK_PACKAGE is read by the poll

# change_withdraw REASON: what speaks against it comes once this host, which tries it, serves with it: it leaves and goes back.
change_withdraw() {
  bake_end
  host_status_put upgrading unhealthy "$CHANGE_NAME: $1"
  target_leave || log_error "going back in the load balancer: $FAILURE"
  change_go_back "$1"
}

# change_go_back REASON: what was there before comes back, and no other host tries what came. Of a host that ends nobody learns anything.
change_go_back() {
  local back=0 alone='' with=''
  if [[ $CHANGE_OUTCOME != bad ]]; then
    if ending_look; then
      change_interrupted "$1"
      return
    fi
    # That this one is bad as well is news of a stuck host.
    CHANGE_TOLD=no
    rollout_failing "$CHANGE_PACKAGE" "$CHANGE_VERSION" || log_error "it is not known whether other hosts are well"
  fi
  CHANGE_OUTCOME=bad CHANGE_REASON=${1:0:1000}
  change_record_write
  log_error "$CHANGE_NAME $CHANGE_IS bad, going back to $CHANGE_BEFORE"
  change_restore || back=$?
  if ending_stop; then
    change_interrupted "$1"
    return
  fi
  ((back != 1)) || change_stuck
  ((back == 0)) || return 1
  change_judge failed "$CHANGE_REASON" || return 1
  [[ $ROLLOUT != own ]] || change_pause
  change_step settle "$ROLLOUT"
  if [[ $ROLLOUT == apart ]]; then alone=", each to be tried alone" with="$CHANGE_NAME failed together, and each is tried alone: "; fi
  host_status_put serving healthy "$CHANGE_NAME $CHANGE_WAS $CHANGE_UNDONE$alone: $CHANGE_REASON"
  event_publish rolled-back "$CHANGE_PACKAGE" "$CHANGE_VERSION" "$CHANGE_PREVIOUS" "$with$CHANGE_REASON" "$CHANGE_STARTED"
  log "$CHANGE_PACKAGE serves again with $CHANGE_BEFORE"
  change_end
}

# change_interrupted REASON: no verdict. A host that stops has its record for the next boot or poll; one that Auto Scaling takes out of
# service goes back, and does not try again at once.
change_interrupted() {
  local why=$ENDING
  log_error "$CHANGE_NAME $CHANGE_IS not judged, since $ENDING: $1"
  if [[ $CHANGE_OUTCOME == bad ]]; then
    CHANGE_OUTCOME=''
    change_record_write || log_error "the next poll or boot judges it"
  fi
  ! ending_stop || return 1
  change_pause
  change_put_off "it was interrupted, since $why: $1"
  return 1
}

# change_put_off REASON: back to service with what there was before; it is tried again later.
change_put_off() {
  local reason=$1
  log_error "$CHANGE_TITLE $CHANGE_IS put off: $reason"
  change_restore || {
    (($? == 2)) || change_stuck
    return 1
  }
  change_judge off "$reason" || log_error "the group counts this host as one that $CHANGE_VERSION took"
  change_step settle off
  host_status_put serving healthy "$CHANGE_TITLE $CHANGE_WAS put off: $reason"
  change_end
}

# change_restore: what was there before, healthy and in the load balancer. Returns as change_serve does.
change_restore() {
  turn_time_end
  change_step restore && change_serve
}

# change_stuck: going back failed too, which convicts nothing: this host may be at fault. Its mark stays, and counts. Every poll tries
# again, and tells no more than once.
change_stuck() {
  local reason=$FAILURE
  STUCK_PACKAGE=$CHANGE_PACKAGE
  [[ $CHANGE_OUTCOME != bad ]] || change_step settle stuck
  log_error "this host serves $CHANGE_NEITHER and stays out of the load balancer: $reason"
  [[ -z $TOWLINE_TARGET_GROUP_ARN ]] || target_query DeregisterTargets || log_error "leaving the load balancer failed"
  renewal_stop
  host_status_put failed unhealthy "$reason"
  [[ $CHANGE_STUCK == no || $CHANGE_TOLD == no ]] || return 0
  [[ $CHANGE_TOLD == yes ]] ||
    event_publish stuck "$CHANGE_PACKAGE" "$CHANGE_VERSION" "$CHANGE_PREVIOUS" "${reason:0:1000}" "$CHANGE_STARTED"
  CHANGE_STUCK=yes CHANGE_TOLD=yes
  change_record_write
}
