# A host that had left the load balancer in vain, for what it failed at by itself, serves for a while before it leaves for it again.
# shellcheck shell=bash disable=SC2034 # ROW is read by the callers

UPGRADE_PAUSE=900 # seconds
UPGRADE_PAUSE_FILE=$RUN_DIR/upgrade-pause

# upgrade_pause PACKAGE VERSION: from now on.
upgrade_pause() {
  write_file "$UPGRADE_PAUSE_FILE" "$1=$2 $((EPOCHSECONDS + UPGRADE_PAUSE))"
}

# upgrade_pause_row: as a row for the core, in ROW; '' where there is none.
upgrade_pause_row() {
  local spec until
  ROW=''
  [[ -r $UPGRADE_PAUSE_FILE ]] && read -r spec until <"$UPGRADE_PAUSE_FILE" && [[ $until =~ ^[0-9]+$ ]] || return 0
  ROW=pause$TAB$spec$TAB$until
}
