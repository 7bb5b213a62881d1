# One upgrade, under the group's lease: out of the load balancer, install, prove, back in; or back to the version before.
# A function here returns 0 once the host serves and everything is reported, 1 where the record stays for the next poll.
# shellcheck shell=bash

# upgrade_run PACKAGE VERSION PREVIOUS REASON: PREVIOUS is '' where the package was not installed, REASON where VERSION
# comes for being newer.
upgrade_run() {
  UPGRADE_PACKAGE=$1 UPGRADE_VERSION=$2 UPGRADE_PREVIOUS=$3 UPGRADE_REASON=$4
  UPGRADE_STARTED=$EPOCHSECONDS UPGRADE_OUTCOME=''
  upgrade_record_write || {
    record_unwritten "$1" "$2"
    return 1
  }
  # It takes the place of what a stuck host could not go back from.
  change_record_end
  log "upgrading $1 from ${3:-nothing} to $2"
  host_status_put upgrading unknown ''
  INSTALL_FAULT=host INSTALL_STANDING=no UPGRADE_WITH=()
  if upgrade_prepare; then
    if packages_install "${UPGRADE_SPECS[@]}"; then
      [[ $1 != towline-agent ]] || guard_hand_over
      upgrade_prove
      return
    fi
    [[ $INSTALL_FAULT == version ]] || upgrade_pause "$1" "$2"
  fi
  [[ $INSTALL_STANDING == no ]] || write_file "$UPGRADE_STANDING_FILE" "$1=$2"
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
  # The lease of a stuck host is left to expire.
  [[ $UPGRADE_STUCK == yes ]] || rollout_resume || return 1
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
  # What is half installed of this very package is mended by installing it.
  packages_repair || { package_version "$UPGRADE_PACKAGE" && [[ -z $VERSION ]]; } || return 1
  # A stuck host is out of service already, with or without a way back.
  if [[ -n $UPGRADE_PREVIOUS && $UPGRADE_STUCK != yes ]]; then
    package_keep "$UPGRADE_PACKAGE" "$UPGRADE_PREVIOUS" && conffiles_keep "$UPGRADE_PACKAGE" || return 1
  fi
  upgrade_plan && packages_download "${UPGRADE_SPECS[@]}" || return 1
  [[ $UPGRADE_PACKAGE != towline-agent || -z $UPGRADE_PREVIOUS ]] || guard_arm || return 1
  rollout_leave "$UPGRADE_PACKAGE" "$UPGRADE_VERSION" && target_leave
}

# upgrade_prove: the version just installed stays, or the host goes back.
upgrade_prove() {
  local joined=0 spec package version
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
  for spec in "$UPGRADE_PACKAGE $UPGRADE_VERSION" "${UPGRADE_WITH[@]}"; do
    read -r package version _ <<<"$spec"
    rollout_judge ok "$package" "$version" '' || return 1
    if [[ $ROLLOUT == alarm* ]]; then
      upgrade_alarmed "${ROLLOUT#*"$TAB"}"
      return
    fi
    package_keep "$package" "$version" || log_error "the next upgrade will try again to keep it"
  done
  host_status_put serving healthy ''
  event_publish upgraded "$UPGRADE_PACKAGE" "$UPGRADE_VERSION" "$UPGRADE_PREVIOUS" "$UPGRADE_REASON" "$UPGRADE_STARTED"
  log "$UPGRADE_PACKAGE $UPGRADE_VERSION serves"
  upgrade_end
}

# upgrade_alarmed REASON: an alarm of the group is on once this host, which tries the version first, serves with it.
upgrade_alarmed() {
  host_status_put upgrading unhealthy "$UPGRADE_PACKAGE $UPGRADE_VERSION: $1"
  target_leave || log_error "going back in the load balancer: $FAILURE"
  upgrade_go_back "$1"
}

# upgrade_healthy: the gate an installed version must pass.
upgrade_healthy() {
  processes_start || return 1
  if [[ $UPGRADE_PACKAGE == towline-agent ]]; then
    agent_check || return 1
  fi
  health_gate
}

upgrade_end() {
  # A new agent that knows of its guard ends it by itself.
  [[ $UPGRADE_PACKAGE != towline-agent || ($AGENT_OLD == no && $UPGRADE_OUTCOME != bad) ]] || guard_end
  rollout_end
  upgrade_record_end
  local spec
  for spec in "$UPGRADE_PACKAGE" "${UPGRADE_WITH[@]}"; do conffiles_end "${spec%% *}"; done
}
