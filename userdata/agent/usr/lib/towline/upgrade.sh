# One upgrade, under the group's lease: out of the load balancer, install, prove, back in; or back to the version before.
# A function here returns 0 once the host serves and everything is reported, 1 where the record stays for the next poll.
# shellcheck shell=bash

# upgrade_run PACKAGE VERSION PREVIOUS REASON: PREVIOUS is '' where the package was not installed, REASON where VERSION
# comes for being newer.
upgrade_run() {
  UPGRADE_PACKAGE=$1 UPGRADE_VERSION=$2 UPGRADE_PREVIOUS=$3 UPGRADE_REASON=$4
  UPGRADE_STARTED=$EPOCHSECONDS UPGRADE_OUTCOME='' UPGRADE_STUCK=no
  upgrade_record_write
  log "upgrading $1 from ${3:-nothing} to $2"
  host_status_put upgrading unknown ''
  INSTALL_FAULT=host
  if upgrade_prepare; then
    if packages_install "$1=$2"; then
      upgrade_prove
      return
    fi
    [[ $INSTALL_FAULT == version ]] || upgrade_pause
  fi
  if [[ $INSTALL_FAULT == version ]]; then
    upgrade_go_back "$FAILURE"
  else
    upgrade_return "$FAILURE"
    return 1
  fi
}

# upgrade_resume: ends what a crash, a kill or a reboot left of an upgrade.
upgrade_resume() {
  upgrade_record_read || return 1
  log "resuming the interrupted upgrade of $UPGRADE_PACKAGE from $UPGRADE_PREVIOUS to $UPGRADE_VERSION"
  packages_repair || log_error "going on: installing a version again may repair it"
  package_version "$UPGRADE_PACKAGE"
  if [[ $UPGRADE_OUTCOME == bad ]]; then
    upgrade_go_back "$UPGRADE_REASON"
  elif [[ $VERSION == "$UPGRADE_VERSION" ]]; then
    upgrade_prove
  else
    # An interruption says nothing about the version: no verdict.
    upgrade_return "it was interrupted"
  fi
}

# upgrade_prepare: everything that comes before the first change to the host's software, and what may fail for other reasons than
# the version first, while the host still serves.
upgrade_prepare() {
  packages_repair || return 1
  [[ -z $UPGRADE_PREVIOUS ]] || package_keep "$UPGRADE_PACKAGE" "$UPGRADE_PREVIOUS" || return 1
  packages_download "$UPGRADE_PACKAGE=$UPGRADE_VERSION" && target_leave
}

# upgrade_prove: the version just installed stays, or the host goes back.
upgrade_prove() {
  local joined=0
  if ! upgrade_healthy; then
    upgrade_go_back "$FAILURE"
    return
  fi
  target_join || joined=$?
  if ((joined == 1)); then
    upgrade_go_back "$FAILURE"
    return
  fi
  ((joined == 0)) || return 1
  verdict_put ok "$UPGRADE_PACKAGE" "$UPGRADE_VERSION" '' || return 1
  package_keep "$UPGRADE_PACKAGE" "$UPGRADE_VERSION" || log_error "the next upgrade will try again to keep it"
  host_status_put serving healthy ''
  event_publish upgraded "$UPGRADE_PACKAGE" "$UPGRADE_VERSION" "$UPGRADE_PREVIOUS" "$UPGRADE_REASON" "$UPGRADE_STARTED"
  log "$UPGRADE_PACKAGE $UPGRADE_VERSION serves"
  upgrade_end
}

# upgrade_go_back REASON: the version before comes back, and no other host tries this one.
upgrade_go_back() {
  UPGRADE_OUTCOME=bad UPGRADE_REASON=${1:0:1000}
  upgrade_record_write
  log_error "$UPGRADE_PACKAGE $UPGRADE_VERSION is bad, going back to ${UPGRADE_PREVIOUS:-nothing}"
  upgrade_restore || {
    (($? == 2)) || upgrade_stuck
    return 1
  }
  verdict_put bad "$UPGRADE_PACKAGE" "$UPGRADE_VERSION" "$UPGRADE_REASON" || return 1
  host_status_put serving healthy "$UPGRADE_PACKAGE $UPGRADE_VERSION was rolled back: $UPGRADE_REASON"
  event_publish rolled-back "$UPGRADE_PACKAGE" "$UPGRADE_VERSION" "$UPGRADE_PREVIOUS" "$UPGRADE_REASON" "$UPGRADE_STARTED"
  log "$UPGRADE_PACKAGE $UPGRADE_PREVIOUS serves again"
  upgrade_end
}

# upgrade_return REASON: back to service with what there was before; the upgrade is tried again later.
upgrade_return() {
  local reason=$1
  log_error "the upgrade of $UPGRADE_PACKAGE to $UPGRADE_VERSION is put off: $reason"
  upgrade_restore || {
    (($? == 2)) || upgrade_stuck
    return 1
  }
  host_status_put serving healthy "the upgrade of $UPGRADE_PACKAGE to $UPGRADE_VERSION was put off: $reason"
  upgrade_end
}

# upgrade_restore: the version before, installed, healthy and in the load balancer. Returns 1 with FAILURE set where that is
# not to be had, 2 where only AWS keeps the host from joining: the next poll tries again.
upgrade_restore() {
  [[ -n $UPGRADE_PREVIOUS ]] || fail "no version of $UPGRADE_PACKAGE was here to go back to" || return 1
  package_version "$UPGRADE_PACKAGE"
  if [[ $VERSION != "$UPGRADE_PREVIOUS" ]]; then
    package_keep "$UPGRADE_PACKAGE" "$UPGRADE_PREVIOUS" && packages_install "$FILE" || return 1
  fi
  upgrade_healthy && target_join
}

# upgrade_stuck: going back failed too. The lease stays until it expires, so that no other host follows. Every poll tries
# again, and tells no more than once.
upgrade_stuck() {
  local reason=$FAILURE
  log_error "this host serves neither $UPGRADE_VERSION nor $UPGRADE_PREVIOUS of $UPGRADE_PACKAGE and stays out of the load balancer: $reason"
  [[ -z $TOWLINE_TARGET_GROUP_ARN ]] || target_query DeregisterTargets || log_error "leaving the load balancer failed"
  if [[ $UPGRADE_OUTCOME == bad ]]; then
    verdict_put bad "$UPGRADE_PACKAGE" "$UPGRADE_VERSION" "$UPGRADE_REASON" || log_error "the verdict could not be written"
  fi
  host_status_put failed unhealthy "$reason"
  [[ $UPGRADE_STUCK == no ]] || return 0
  event_publish stuck "$UPGRADE_PACKAGE" "$UPGRADE_VERSION" "$UPGRADE_PREVIOUS" "${reason:0:1000}" "$UPGRADE_STARTED"
  UPGRADE_STUCK=yes
  upgrade_record_write
}

# upgrade_healthy: the gate an installed version must pass.
upgrade_healthy() {
  processes_start || return 1
  if [[ $UPGRADE_PACKAGE == towline-agent ]]; then
    "$TOWLINE_ROOT/usr/sbin/towline-agent" status >"$RUN_DIR/health.body" 2>&1 ||
      fail "the installed towline-agent does not run: $(tail -n 1 "$RUN_DIR/health.body")" || return 1
  fi
  health_gate
}

upgrade_end() {
  lease_release || log_error "the lease could not be released: it expires by itself"
  upgrade_record_end
}
