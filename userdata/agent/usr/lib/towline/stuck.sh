# A host that is stuck serves neither what came last nor what was there before. What is published since then may be what mends it.
# shellcheck shell=bash

# stuck_resolve: takes what is new of STUCK_PACKAGE, under the lease, in place of what the host could not go back from. Of other
# packages nothing: they would be judged by an app that is unhealthy without them. Returns 0 once the host serves.
stuck_resolve() {
  poll_look || return 1
  if [[ " ${POLL_SETTINGS[*]} " == *" $STUCK_PACKAGE "* ]]; then stuck_settings || return 1; fi
  if stuck_still && [[ $POLL_ETAGS != "$POLL_SEEN" ]]; then stuck_version || return 1; fi
  ! stuck_still
}

# stuck_still: whether something is left to go back from.
stuck_still() {
  [[ -e $UPGRADE_FILE || -e $CHANGE_FILE ]]
}

# stuck_settings: other settings than those last judged.
stuck_settings() {
  if [[ -e $UPGRADE_FILE ]]; then
    # They mend nothing while the version to go back to is not there.
    package_version "$STUCK_PACKAGE"
    [[ -n $VERSION && $VERSION == "$UPGRADE_PREVIOUS" ]] || return 0
  fi
  settings_wanted "$STUCK_PACKAGE" && [[ $SETTINGS_WANTED == yes ]] || return 0
  lease_turn "$STUCK_PACKAGE" "$SETTINGS_ID" && [[ $LEASE_STATE == taken ]] || return 1
  settings_take_turn "$STUCK_PACKAGE"
}

# stuck_version: a version that the host has not come from.
stuck_version() {
  local wanted
  repository_update && stuck_decide || return 1
  [[ $DECISION_ACTION != none ]] || return 0
  wanted="$DECISION_PACKAGE $DECISION_VERSION"
  lease_turn "$DECISION_PACKAGE" "$DECISION_VERSION" && [[ $LEASE_STATE == taken ]] || return 1
  poll_upgrade "$wanted" stuck_decide || {
    # Put off, not judged: the other hosts have nothing to fear of it.
    [[ $UPGRADE_OUTCOME == bad ]] || lease_release || log_error "the lease could not be released: it expires by itself"
    return 1
  }
}

# stuck_decide: as decide, for the way back that the host has: to the version before the one that came last.
stuck_decide() {
  decide "$STUCK_PACKAGE" || return 1
  [[ ! -e $UPGRADE_FILE ]] || DECISION_PREVIOUS=$UPGRADE_PREVIOUS
  [[ $DECISION_VERSION != "$DECISION_PREVIOUS" ]] || DECISION_ACTION=none
  # Tried already, and not healthy here, whatever other hosts found: tried again, it would keep the lease from them.
  [[ $UPGRADE_OUTCOME != bad || $DECISION_VERSION != "$UPGRADE_VERSION" ]] || DECISION_ACTION=none
}
