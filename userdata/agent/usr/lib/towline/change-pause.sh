# A host that had left the load balancer in vain, for what it failed at by itself, serves for a while before it leaves for it again.
# shellcheck shell=bash disable=SC2034 # ROW is read by the callers

CHANGE_PAUSE=900 # seconds
CHANGE_PAUSE_FILE=$RUN_DIR/upgrade-pause

# change_pause: from now on.
change_pause() {
  write_file "$CHANGE_PAUSE_FILE" "$CHANGE_PACKAGE=$CHANGE_VERSION $((EPOCHSECONDS + CHANGE_PAUSE))"
}

# change_pause_row: as a row for the core, in ROW; '' where there is none.
change_pause_row() {
  local spec until
  ROW=''
  [[ -r $CHANGE_PAUSE_FILE ]] && read -r spec until <"$CHANGE_PAUSE_FILE" && [[ $until =~ ^[0-9]+$ ]] || return 0
  ROW=pause$TAB$spec$TAB$until
}
