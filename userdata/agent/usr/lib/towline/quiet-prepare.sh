# What a poll that finds nothing to do leaves for the next one (quiet.sh).
# shellcheck shell=bash

# quiet_prepare: called under the lock, at the end of a poll that had nothing to do. Nothing depends on it.
quiet_prepare() {
  local file made=()
  # A poll that did something may have changed the agent itself, or what it says of this host.
  [[ -z ${LOADED:-} && -n $LOOK_CONFIG ]] || return 0
  settings_packages
  for file in "$HOST_ENV_FILE" "$ETAG_FILE" "$STATUS_FILE" "$REPORTED_FILE" "$TARGET_FILE" "$CREDENTIALS_FILE" \
    "${SETTINGS_PACKAGES[@]/#/"$SETTINGS_DIR/"}"; do
    [[ $file != "$SETTINGS_DIR"/* ]] || file+=.etag
    quiet_text "$file"
    made+=("$file" "$TEXT")
  done
  due_at $((CREDENTIALS_EXPIRES - CREDENTIALS_MARGIN))
  # It holds the credentials.
  umask 077
  printf '%s\0' "$EPOCHREALTIME $$" "$EPOCHSECONDS" "$DUE" "$LOOK_CONFIG" "$LOOK_LIST" "${LOOK_ETAGS[*]}" "${made[@]}" end \
    >"$QUIET_FILE" || log_error "$QUIET_FILE could not be written: is the disk full?"
  umask 022
}
