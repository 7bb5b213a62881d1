# The channel a group follows: a second suite of the same repository, for builds that only its followers take. It may be
# there or not at any time.
# shellcheck shell=bash disable=SC2034 # CHANNEL_ETAG is read by the callers

# channel_key: the channel's InRelease, in KEY; '' where the group follows none.
channel_key() {
  KEY=${TOWLINE_CHANNEL:+dists/$TOWLINE_SUITE-$TOWLINE_CHANNEL/InRelease}
}

# channel_look: asks for the channel's InRelease. CHANNEL_ETAG is its tag, '' where the group follows no channel or there is none of
# that name now. Returns 1 with FAILURE set where that cannot be told.
channel_look() {
  CHANNEL_ETAG=''
  channel_key
  [[ -n $KEY ]] || return 0
  s3_get "$KEY" || return 1
  CHANNEL_ETAG=$S3_ETAG
}

# channel_source: apt reads the channel's suite while there is one, as channel_look found; apt refuses a suite that is not.
channel_source() {
  local main
  if [[ -z $CHANNEL_ETAG ]]; then
    rm -f "$CHANNEL_SOURCE_FILE"
    return
  fi
  main=$(<"$SOURCE_FILE")
  main=${main/Suites: $TOWLINE_SUITE/Suites: $TOWLINE_SUITE-$TOWLINE_CHANNEL}
  # Where channels have a key of their own, it alone signs them, and the main suite's source never names it.
  [[ ! -e $CHANNELS_KEY_FILE ]] || main=${main/keyrings\/towline.asc/keyrings\/towline-channels.asc}
  write_file "$CHANNEL_SOURCE_FILE" "$main"
  chmod 0644 "$CHANNEL_SOURCE_FILE"
}
