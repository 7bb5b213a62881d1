# A host that is stuck serves neither what came last nor what was there before. What is published since then may be what mends it.
# shellcheck shell=bash disable=SC2034 # STUCK_LOOKED is read by stuck_replace

# stuck_resolve: takes what is new of STUCK_PACKAGE, under the lease, in place of what the host could not go back from. Of other
# packages nothing: they would be judged by an app that is unhealthy without them. Returns 0 once the host serves.
stuck_resolve() {
  STUCK_LOOKED=no ROLLOUT=''
  poll_look || return 1
  STUCK_LOOKED=yes
  if [[ " ${POLL_SETTINGS[*]} " == *" $STUCK_PACKAGE "* ]]; then stuck_settings || return 1; fi
  if change_open && [[ $POLL_CHANGED == yes ]]; then stuck_version || return 1; fi
  ! change_open
}

# stuck_settings: other settings than those last judged.
stuck_settings() {
  if [[ -e $CHANGE_PACKAGES_FILE ]]; then
    # They mend nothing while the version to go back to is not there.
    package_version "$STUCK_PACKAGE"
    [[ -n $VERSION && $VERSION == "$CHANGE_PREVIOUS" ]] || return 0
  fi
  settings_wanted "$STUCK_PACKAGE" && [[ $SETTINGS_WANTED == yes ]] || return 0
  settings_turn "$STUCK_PACKAGE" && [[ $ROLLOUT != held ]]
}

# stuck_version: a version that the host has not come from, in place of what it could not go back from.
stuck_version() {
  local rows=("packages$TAB$STUCK_PACKAGE")
  if [[ -e $CHANGE_PACKAGES_FILE ]]; then
    rows+=("installed$TAB$STUCK_PACKAGE$TAB$CHANGE_PREVIOUS")
    # Tried already, and not healthy here, whatever other hosts found: tried again, it would keep the lease from them.
    [[ $CHANGE_OUTCOME != bad ]] || rows+=("tried$TAB$STUCK_PACKAGE$TAB$CHANGE_VERSION")
  fi
  rollout_poll 0 "${rows[@]}" || return 1
  [[ $ROLLOUT == unchanged ]] || return 0
  # Put off, not judged: the other hosts have nothing to fear of it.
  [[ $CHANGE_OUTCOME == bad || $BAKE_GOES_ON == yes ]] || rollout_end
  return 1
}
