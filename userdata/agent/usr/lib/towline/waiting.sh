# What this host waits for, in its status: told when the wait begins, is for another version, or ends, and never per look.
# shellcheck shell=bash disable=SC2034 # WAITING is read by the callers

# waiting_begin TEXT: what the core says of it, "waiting with PACKAGE VERSION[ and PACKAGE VERSION]...: REASON".
waiting_begin() {
  local package version reason others
  [[ $1 =~ ^waiting\ with\ ([^ ]+)\ ([^ ]+)((\ and\ [^ ]+\ [^ ]+)*):\ (.*)$ ]] || return 0
  package=${BASH_REMATCH[1]} version=${BASH_REMATCH[2]} others=${BASH_REMATCH[3]} reason=${BASH_REMATCH[5]}
  waiting_set "${others// and /$'\n'}"
  record_status
  [[ $STATUS_TEXT != *"\"waiting\":{\"package\":\"$package\",\"version\":\"$version\",$WAITING_SET"\"reason\":* ]] || return 0
  waiting_said "$package" "$version" "$reason" || return 0
  waiting_report "$WAITING"
}

# waiting_set LINES: what comes in the same turn, "PACKAGE VERSION" each, as the status has it, in WAITING_SET. (Neither has a quotation mark in it.)
waiting_set() {
  local line
  WAITING_SET=''
  while read -r line; do [[ -z $line ]] || WAITING_SET+="${WAITING_SET:+,}\"$line\""; done <<<"$1"
  WAITING_SET=${WAITING_SET:+"\"set\":[$WAITING_SET],"}
}

# waiting_said PACKAGE VERSION REASON: with WAITING_SET, as the status has it, from now on, in WAITING.
waiting_said() {
  now
  WAITING=$(jq -nc --arg package "$1" --arg version "$2" --arg reason "$3" --arg since "$NOW" --argjson set "{${WAITING_SET%,}}" \
    '{$package, $version} + $set + {$reason, $since}') || fail "what is waited for could not be put down"
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
