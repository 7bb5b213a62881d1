# The way back from an upgrade: to the version before, with a verdict on the one that came or without.
# shellcheck shell=bash disable=SC2034 # STUCK_PACKAGE is read by the poll

# upgrade_go_back REASON: the version before comes back, and no other host tries this one. Of a host that ends nobody learns anything.
upgrade_go_back() {
  if [[ $UPGRADE_OUTCOME != bad ]] && ending_look; then
    upgrade_interrupted "$1"
    return
  fi
  # That this one is bad as well is news of a stuck host.
  if [[ $UPGRADE_OUTCOME != bad ]]; then
    UPGRADE_STUCK=no
    rollout_failing "$UPGRADE_PACKAGE" "$UPGRADE_VERSION" || log_error "it is not known whether other hosts are well"
  fi
  UPGRADE_OUTCOME=bad UPGRADE_REASON=${1:0:1000}
  upgrade_record_write
  log_error "$UPGRADE_PACKAGE $UPGRADE_VERSION is bad, going back to ${UPGRADE_PREVIOUS:-nothing}"
  local back=0
  upgrade_restore || back=$?
  if ending_stop; then
    upgrade_interrupted "$1"
    return
  fi
  ((back != 1)) || upgrade_stuck
  ((back == 0)) || return 1
  rollout_judge failed "$UPGRADE_PACKAGE" "$UPGRADE_VERSION" "$UPGRADE_REASON" || return 1
  [[ $ROLLOUT != own ]] || upgrade_pause "$UPGRADE_PACKAGE" "$UPGRADE_VERSION"
  host_status_put serving healthy "$UPGRADE_PACKAGE $UPGRADE_VERSION was rolled back: $UPGRADE_REASON"
  event_publish rolled-back "$UPGRADE_PACKAGE" "$UPGRADE_VERSION" "$UPGRADE_PREVIOUS" "$UPGRADE_REASON" "$UPGRADE_STARTED"
  log "$UPGRADE_PACKAGE $UPGRADE_PREVIOUS serves again"
  upgrade_end
}

# upgrade_interrupted REASON: no verdict. A host that stops has its record for the next boot or poll; one that Auto Scaling takes out of
# service goes back, and does not try again at once.
upgrade_interrupted() {
  local why=$ENDING
  log_error "$UPGRADE_PACKAGE $UPGRADE_VERSION is not judged, since $ENDING: $1"
  if [[ $UPGRADE_OUTCOME == bad ]]; then
    UPGRADE_OUTCOME=''
    upgrade_record_write || log_error "the next poll or boot judges it"
  fi
  ! ending_stop || return 1
  upgrade_pause "$UPGRADE_PACKAGE" "$UPGRADE_VERSION"
  upgrade_return "it was interrupted, since $why: $1"
  return 1
}

# upgrade_return REASON: back to service with what there was before; the upgrade is tried again later.
upgrade_return() {
  local reason=$1
  log_error "the upgrade of $UPGRADE_PACKAGE to $UPGRADE_VERSION is put off: $reason"
  upgrade_restore || {
    (($? == 2)) || upgrade_stuck
    return 1
  }
  rollout_put_off "$UPGRADE_PACKAGE" "$UPGRADE_VERSION" "$reason"
  host_status_put serving healthy "the upgrade of $UPGRADE_PACKAGE to $UPGRADE_VERSION was put off: $reason"
  upgrade_end
}

# upgrade_restore: the version before, installed, healthy and in the load balancer. Returns 1 with FAILURE set where that is
# not to be had, 2 where only AWS keeps the host from joining: the next poll tries again.
upgrade_restore() {
  local spec package previous files=()
  [[ -n $UPGRADE_PREVIOUS ]] || fail "no version of $UPGRADE_PACKAGE was here to go back to" || return 1
  for spec in "$UPGRADE_PACKAGE $UPGRADE_VERSION $UPGRADE_PREVIOUS" "${UPGRADE_WITH[@]}"; do
    read -r package _ previous <<<"$spec"
    package_version "$package"
    [[ -n $previous && $VERSION != "$previous" ]] || continue
    package_keep "$package" "$previous" || return 1
    conffiles_restore "$package"
    files+=("$FILE")
  done
  ((${#files[@]} == 0)) || packages_install "${files[@]}" || return 1
  [[ $PACKAGES_UNDONE == no ]] || packages_repair || log_error "dpkg is left with something half done"
  upgrade_healthy && target_join
}

# upgrade_stuck: going back failed too, which convicts nothing: this host may be at fault. Its mark stays, and counts. Every poll tries
# again, and tells no more than once.
upgrade_stuck() {
  local reason=$FAILURE
  STUCK_PACKAGE=$UPGRADE_PACKAGE
  log_error "this host serves neither $UPGRADE_VERSION nor $UPGRADE_PREVIOUS of $UPGRADE_PACKAGE and stays out of the load balancer: $reason"
  [[ -z $TOWLINE_TARGET_GROUP_ARN ]] || target_query DeregisterTargets || log_error "leaving the load balancer failed"
  renewal_stop
  host_status_put failed unhealthy "$reason"
  [[ $UPGRADE_STUCK == no ]] || return 0
  event_publish stuck "$UPGRADE_PACKAGE" "$UPGRADE_VERSION" "$UPGRADE_PREVIOUS" "${reason:0:1000}" "$UPGRADE_STARTED"
  UPGRADE_STUCK=yes
  upgrade_record_write
}
