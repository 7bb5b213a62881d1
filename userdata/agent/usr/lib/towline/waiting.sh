# What this host waits for, in its status: told when the wait begins, is for another version, or ends, and never per look.
# shellcheck shell=bash disable=SC2034 # WAITING is read by the callers

# waiting_begin TEXT: what the core says of it, "waiting with PACKAGE VERSION: REASON".
waiting_begin() {
  local package version reason
  [[ $1 =~ ^waiting\ with\ ([^ ]+)\ ([^ ]+):\ (.*)$ ]] || return 0
  package=${BASH_REMATCH[1]} version=${BASH_REMATCH[2]} reason=${BASH_REMATCH[3]}
  record_status
  [[ $STATUS_TEXT != *"\"waiting\":{\"package\":\"$package\",\"version\":\"$version\","* ]] || return 0
  waiting_said "$package" "$version" "$reason" || return 0
  waiting_report "$WAITING"
}

# waiting_said PACKAGE VERSION REASON: as the status has it, from now on, in WAITING.
waiting_said() {
  now
  WAITING=$(jq -nc --arg package "$1" --arg version "$2" --arg reason "$3" --arg since "$NOW" \
    '{$package, $version, $reason, $since}') || fail "what is waited for could not be put down"
}

# waiting_end: nothing is waited for any more. A host whose turn has come says so by its state.
waiting_end() {
  record_status
  [[ $STATUS_TEXT == *'"waiting":{'* ]] || return 0
  waiting_report ''
}

waiting_report() {
  host_status_last || return 0
  host_status_put "$STATUS_STATE" "$STATUS_HEALTH" "$STATUS_ERROR" "$1"
}
