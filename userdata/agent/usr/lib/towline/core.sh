# Leads conversations with core.jq, which decides everything that concerns the group: executes what it wants, and tells what came of it.
# shellcheck shell=bash disable=SC2034 # the CORE_ variables are read by the callers

# Read now: once the agent has upgraded itself, the file on disk belongs to another version of this code.
CORE_PROGRAM=$(<"$TOWLINE_LIB/core.jq")
CORE_WAITED_FOR='' # what the log last said this host waits for
TAB=$'\t'

# core_run EVENT [ROW]...: one conversation; a row is texts separated by tabs. What the core answers is in CORE_ANSWERS, one row each.
# Returns 1 with FAILURE set where it came to no end.
core_run() {
  # One that is led in the middle of another has its own.
  local lines index count answers=() CORE_STATE=null CORE_EVENT=$1 CORE_ROWS=()
  core_host
  CORE_ROWS+=("${@:2}")
  while [[ -n $CORE_EVENT ]]; do
    lines=$(core_step) || fail "the core found no answer to the event $CORE_EVENT" || return 1
    mapfile -t lines <<<"$lines"
    CORE_STATE=${lines[0]} CORE_EVENT='' CORE_ROWS=() index=1
    while [[ ${lines[index]} != end ]]; do
      count=${lines[index]}
      core_do "${lines[@]:index+1:count}" || return 1
      index=$((index + 1 + count))
    done
  done
  CORE_ANSWERS=("${answers[@]}")
}

# core_host: who speaks.
core_host() {
  local balanced=no
  [[ -z $TOWLINE_TARGET_GROUP_ARN ]] || balanced=yes
  CORE_ROWS=("instance$TAB$INSTANCE" "group$TAB$TOWLINE_GROUP" "balanced$TAB$balanced"
    "nonce$TAB$EPOCHSECONDS-$BASHPID-$RANDOM$RANDOM"
    "span$TAB$((600 + ${TOWLINE_DRAIN_TIMEOUT:-0} + 2 * TOWLINE_HEALTH_TIMEOUT))")
}

# core_step: the state, then each effect: how many texts it has, and each of them in a line; at last "end".
core_step() {
  jq -cnr --argjson state "$CORE_STATE" --arg event "$CORE_EVENT" --argjson now "$EPOCHSECONDS" '
    {$state, event: {$event, $now, rows: [$ARGS.positional[] | select(. != "") | split("\t")]}} | '"$CORE_PROGRAM"'
    | (.state | tojson), (.do[] | length, (.[] | gsub("\n"; " "))), "end"' --args "${CORE_ROWS[@]}"
}

# core_do EFFECT TEXT...
core_do() {
  local effect=$1
  shift
  case $effect in
    log) log "$1" ;;
    error) log_error "$1" ;;
    waiting)
      [[ $CORE_WAITED_FOR == "$1" ]] || log "$1"
      CORE_WAITED_FOR=$1
      waiting_begin "$1"
      ;;
    fail)
      # What failed in the shell has been logged.
      [[ $FAILURE == "$1" ]] || log_error "$1"
      FAILURE=$1
      return 1
      ;;
    answer) core_row "$@" && answers+=("$ROW") ;;
    renew) if [[ -n $1 ]]; then renewal_start "$1"; else renewal_stop; fi ;;
    # A change that cannot be recorded either does not begin.
    record) write_file "$TURN_FILE" "$1" || log_error "$TURN_FILE could not be written: is the disk full?" ;;
    fault)
      [[ -z $1 ]] || log_error "$1"
      host_status_fault verdict "$1"
      ;;
    remember) poll_remember "$@" ;;
    wait)
      sleep "$1.$((RANDOM % 10))"
      CORE_EVENT=waited
      ;;
    get | put | lists | targets | able | confirm | change) "core_$effect" "$@" ;;
    *) fail "the core wants $effect, which this agent does not know" ;;
  esac
}

# core_row TEXT...: one row of an event, in ROW.
core_row() {
  local IFS=$TAB
  ROW="${*//$TAB/ }"
}

# core_failed: the event of an effect that came to nothing, for the reason in FAILURE.
core_failed() {
  CORE_EVENT=failed CORE_ROWS=("${FAILURE//$TAB/ }")
}
