# What this host waits for, in its status: told when the wait begins, is for another version, or ends, and never per look.
# shellcheck shell=bash

# waiting_begin TEXT: what the core says of it, "waiting with PACKAGE VERSION: REASON".
waiting_begin() {
  local package version reason waiting
  [[ $1 =~ ^waiting\ with\ ([^ ]+)\ ([^ ]+):\ (.*)$ ]] || return 0
  package=${BASH_REMATCH[1]} version=${BASH_REMATCH[2]} reason=${BASH_REMATCH[3]}
  record_status
  [[ $STATUS_TEXT != *"\"waiting\":{\"package\":\"$package\",\"version\":\"$version\","* ]] || return 0
  now
  waiting=$(jq -nc --arg package "$package" --arg version "$version" --arg reason "$reason" --arg since "$NOW" \
    '{$package, $version, $reason, $since}') || fail "what is waited for could not be put down" || return 0
  waiting_report "$waiting"
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
