# Leads conversations with core.jq, which decides everything that concerns the group: executes what it wants, and tells what came of it.
# shellcheck shell=bash disable=SC2034 # the CORE_ variables are read by the callers

# Read now: once the agent has upgraded itself, the file on disk belongs to another version of this code.
CORE_PROGRAM=$(<"$TOWLINE_LIB/core.jq")
CORE_OWNER='' # the process that core.jq runs for
CORE_TALKS=0  # conversations begun
CORE_ROW=$'\x1e' CORE_TEXT=$'\x1f'
# A line in: conversation, event, time and rows. A line out: "do" and the effects, each text ended by CORE_TEXT, or why there is no answer.
# The states of conversations that go on stay in the process.
# shellcheck disable=SC2016 # jq's own variables
CORE_LOOP='
  foreach (inputs | split("\u001e")) as $line ({states: {}};
    $line[0] as $talk
    # To jq 1.6, an error behind a "?" is no answer.
    | ([try ({state: .states[$talk], event: {event: $line[1], now: ($line[2] | tonumber), rows: [$line[3:][] | select(. != "") | split("\t")]}} | core)
        catch {fault: "fault: \(.)"}][0] // {fault: "it has none"}) as $answer
    | .states |= (if $answer.state == null then del(.[$talk]) else .[$talk] = $answer.state end) | .answer = $answer;
    .answer | .fault // (["do", (.do[] | map(tostring | gsub("[\u001e\u001f]"; " ") + "\u001f") | add)] | join("\u001e")) | gsub("\n"; " "))'
CORE_WAITED_FOR='' # what the log last said this host waits for
TAB=$'\t'

# core_run EVENT [ROW]...: one conversation; a row is texts separated by tabs. What the core answers is in CORE_ANSWERS, one row each.
# Returns 1 with FAILURE set where it came to no end.
core_run() {
  # One that is led in the middle of another has its own.
  local line effect effects texts answers=() talk=$((++CORE_TALKS)) CORE_EVENT=$1 CORE_ROWS=()
  core_host
  CORE_ROWS+=("${@:2}")
  while [[ -n $CORE_EVENT ]]; do
    line='its process has ended'
    core_step "$talk" && [[ $line == do* ]] || fail "the core found no answer to the event $CORE_EVENT: $line" || return 1
    CORE_EVENT='' CORE_ROWS=()
    IFS=$CORE_ROW read -ra effects <<<"$line"
    for effect in "${effects[@]:1}"; do
      IFS=$CORE_TEXT read -ra texts <<<"$effect"
      core_do "${texts[@]}" || return 1
    done
  done
  CORE_ANSWERS=("${answers[@]}")
}

# core_host: who speaks, and what it has said is ok.
core_host() {
  local balanced=no ARN vouched=()
  host_arn
  [[ ! -r $VOUCHED_FILE ]] || mapfile -t vouched <"$VOUCHED_FILE"
  [[ -z $TOWLINE_TARGET_GROUP_ARN ]] || balanced=yes
  CORE_ROWS=("instance$TAB$INSTANCE" "arn$TAB$ARN" "group$TAB$TOWLINE_GROUP" "balanced$TAB$balanced" "${vouched[@]/#/vouched$TAB}"
    "nonce$TAB$EPOCHSECONDS-$BASHPID-$RANDOM$RANDOM"
    "span$TAB$((600 + ${TOWLINE_DRAIN_TIMEOUT:-0} + 2 * TOWLINE_HEALTH_TIMEOUT))")
}

# core_step CONVERSATION: what the core answers to CORE_EVENT, in line. Returns 1 where its process has ended.
core_step() {
  local rows
  [[ $CORE_OWNER == "$BASHPID" ]] || core_start
  printf -v rows "$CORE_ROW%s" "${CORE_ROWS[@]//[$CORE_ROW$'\n']/ }"
  if printf '%s\n' "$1$CORE_ROW$CORE_EVENT$CORE_ROW$EPOCHSECONDS$rows" >&"$CORE_IN" && IFS= read -r line <&"$CORE_OUT"; then return 0; fi
  core_ended
}

# core_ended: the next step starts another.
core_ended() {
  CORE_OWNER=''
  return 1
}

# core_start: one process of jq for all conversations of this one, since reading the program costs it more than some hundred steps do.
# Nothing inherits its descriptors, so that it ends with this process; it has neither the lock of the run nor its log.
core_start() {
  local fd errors
  exec {errors}>&2
  # In the process that renews the lease, bash warns of the one that the run has.
  {
    coproc CORE_PROCESS {
      for fd in ${LOCK:-} ${OUT:-} ${RENEWAL:-}; do exec {fd}>&-; done
      exec jq -nrR --unbuffered "def core: $CORE_PROGRAM; $CORE_LOOP" 2>&"$errors" {errors}>&-
    }
  } 2>/dev/null
  exec {errors}>&-
  CORE_OWNER=$BASHPID CORE_OUT=${CORE_PROCESS[0]} CORE_IN=${CORE_PROCESS[1]}
}

# core_do EFFECT TEXT...
core_do() {
  local effect=$1 vouched
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
    # Where it is lost, the host says it once more.
    vouched)
      printf -v vouched '%s\n' "$@"
      write_file "$VOUCHED_FILE" "${vouched%$'\n'}" || log_error "$VOUCHED_FILE could not be written: is the disk full?"
      ;;
    # A change that cannot be recorded either does not begin.
    record) write_file "$TURN_FILE" "$1" || log_error "$TURN_FILE could not be written: is the disk full?" ;;
    fault)
      [[ -z $1 ]] || log_error "$1"
      host_status_fault verdict "$1"
      ;;
    repository) host_status_fault repository "$1" ;;
    keyring)
      keyring_install || {
        host_status_fault repository "$FAILURE"
        return 1
      }
      ;;
    remember) poll_remember "$@" ;;
    wait)
      sleep "$1.$((RANDOM % 10))"
      CORE_EVENT=waited
      ;;
    get | put | lists | targets | able | confirm | zones | change) "core_$effect" "$@" ;;
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
