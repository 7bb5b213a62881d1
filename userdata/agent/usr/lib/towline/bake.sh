# The bake of what this host is the first to try: it serves, and is watched, before it finds that good. The core counts and decides; each run
# of the agent watches for a few minutes, and the next poll goes on.
# shellcheck shell=bash disable=SC2034,SC2153 # BAKE_GOES_ON is read by the callers, the CHANGE_ variables are change-record.sh's

BAKE_FILE=$RUN_DIR/baking # the turn of which this host has said that it serves; gone after a reboot, after which it proves itself anew
BAKE_GOES_ON=no           # whether this run ends in the middle of a bake

# bake_under_way: whether what is being changed bakes.
bake_under_way() {
  [[ -f $BAKE_FILE && $(<"$BAKE_FILE") == "${CHANGE_STARTED:-}" ]]
}

# bake_pause LEFT: this run ends, and the next poll goes on with what is left of the bake, in seconds. The first time the host says so.
bake_pause() {
  local others
  BAKE_GOES_ON=yes
  log "$CHANGE_NAME: $1 s of the bake are left"
  ! bake_under_way || return 0
  write_file "$BAKE_FILE" "$CHANGE_STARTED" || log_error "that this host bakes is not kept: the next poll proves it anew"
  printf -v others '%s\n' "${CHANGE_WITH[@]% *}"
  waiting_set "$others"
  waiting_said "$CHANGE_PACKAGE" "$CHANGE_VERSION" "it serves, and is found good once it has baked for $1 s" || WAITING=''
  host_status_put serving healthy '' "$WAITING"
}

# bake_other_settings: whether other settings have taken the place of those that bake: no list of the repository would say so.
bake_other_settings() {
  [[ $CHANGE_KIND == settings ]] && bake_under_way || return 1
  settings_key "$CHANGE_PACKAGE"
  s3_get "$KEY" "$CHANGE_ETAG" && [[ $AWS_STATUS != 304 && $S3_ETAG != "$CHANGE_ETAG" ]]
}

# bake_end: it is over, or the host is about to leave.
bake_end() {
  rm -f "$BAKE_FILE"
}
