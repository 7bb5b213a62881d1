# What this host last reported, for a person at its prompt. No request is made.
# shellcheck shell=bash

status_main() {
  if [[ ! -e $STATUS_FILE ]]; then
    log "no status yet: the first boot has not reported"
    return 0
  fi
  jq -r '
    "instance  \(.instance)", "group     \(.group)", "state     \(.state), \(.health), since \(.since)",
    (.packages | to_entries[] | "package   \(.key) \(.value)"),
    (.waiting // empty | "waiting   with \(["\(.package) \(.version)"] + (.set // []) | join(" and ")) since \(.since): \(.reason)"),
    (select(.error != "") | "error     \(.error)")' "$STATUS_FILE"
  [[ ! -e $CHANGE_PACKAGES_FILE ]] || jq -r '"upgrade   \(.package) \(.previous) to \(.version), not ended"' "$CHANGE_PACKAGES_FILE"
  [[ ! -e $CHANGE_SETTINGS_FILE ]] || jq -r '"change    \(.package) to \(.id), not ended"' "$CHANGE_SETTINGS_FILE"
}
