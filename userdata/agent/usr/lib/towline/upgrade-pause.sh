# A host that had left the load balancer in vain, for an installation that it failed at by itself, serves for a while before it leaves again.
# shellcheck shell=bash

UPGRADE_PAUSE=900 # seconds
UPGRADE_PAUSE_FILE=$RUN_DIR/upgrade-pause

# upgrade_pause: from now on.
upgrade_pause() {
  write_file "$UPGRADE_PAUSE_FILE" "$UPGRADE_PACKAGE=$UPGRADE_VERSION $((EPOCHSECONDS + UPGRADE_PAUSE))"
}

# upgrade_pausing PACKAGE VERSION: whether it still does, and says so.
upgrade_pausing() {
  local spec end
  ! upgrade_standing "$1" "$2" || return 0
  [[ -r $UPGRADE_PAUSE_FILE ]] && read -r spec end <"$UPGRADE_PAUSE_FILE" || return 1
  [[ $spec == "$1=$2" ]] && ((EPOCHSECONDS < end)) || return 1
  log "$1 $2 waits $((end - EPOCHSECONDS)) s: this host failed at installing it"
}
