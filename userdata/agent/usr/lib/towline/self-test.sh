# Whether this agent is whole: every library loads, every program of jq's parses, every function that is called is there, and the core
# decides. No request is made, nothing is written.
# shellcheck shell=bash disable=SC2034,SC2317 # the stand-ins are called by the core

SELF_TEST_PASSED='self-test passed' # the last line of a self-test that ended well: an empty program exits with 0 as well
# Where a command stands in what "declare -f" prints, and what a name of the agent's functions looks like.
SELF_TEST_CALL='(^|[|&;{!] *|(^| )\( +|\$\(|(^|[ ;])(if|elif|while|until|then|do|else|time) +)[ !]*[a-z0-9]+(_[a-z0-9]+)+($|[ ;)])'

self_test_main() {
  self_test_load
  self_test_programs
  self_test_calls
  self_test_core
  printf '%s\n' "$SELF_TEST_PASSED"
}

# self_test_load: not on the left of "||", where bash would go on past what fails.
self_test_load() {
  local file
  export TOWLINE_REGION=${TOWLINE_REGION:-}
  load_everything
  for file in "$TOWLINE_LIB"/*.sh; do
    [[ -s $file ]] || die 1 "$file is empty"
    file=${file##*/}
    load "${file%.sh}"
  done
}

self_test_programs() {
  local file errors result
  for file in "$TOWLINE_LIB"/*.jq; do
    [[ -s $file ]] || die 1 "$file is empty"
    result=0
    errors=$(jq --null-input --from-file "$file" 2>&1 >/dev/null </dev/null) || result=$?
    # 5: it was run, and wanted other input.
    ((result == 0 || result == 5)) || die 1 "$file does not parse: ${errors%%$'\n'*}"
  done
}

# self_test_calls: a file that was cut short loads, and lacks what stood behind the cut.
self_test_calls() {
  local call kind step missing=()
  while read -r call; do
    [[ $(type -t "$call") ]] || missing+=("$call")
  done < <(declare -f | grep -oE "$SELF_TEST_CALL" | grep -oE '[a-z0-9]+(_[a-z0-9]+)+' | sort -u)
  # By their commands, which no text names.
  for call in boot poll watch leave status self_test; do
    [[ $(type -t "${call}_main") ]] || missing+=("${call}_main")
  done
  for kind in "${CHANGE_KINDS[@]}"; do
    for step in "${CHANGE_STEPS[@]}"; do
      [[ $(type -t "${kind}_$step") ]] || missing+=("${kind}_$step")
    done
  done
  ((${#missing[@]} == 0)) || die 1 "no library has the functions that are called: ${missing[*]}"
}

# self_test_core: in a shell of its own, with facts in place of those of the host.
self_test_core() {
  local answer version action
  answer=$(
    INSTANCE=i-0 TOWLINE_TOPIC_ARN=arn:aws:sns:test:0:test TOWLINE_REGION=test TOWLINE_GROUP=test TOWLINE_TARGET_GROUP_ARN='' TOWLINE_HEALTH_TIMEOUT=0 PACKAGES=(hello)
    package_version() { VERSION=1.0.0; }
    core_get() {
      CORE_EVENT=got
      while (($#)); do
        CORE_ROWS+=("$1${TAB}404")
        shift 2
      done
    }
    index_rows() { INDEX_ROWS=(); }
    repository_candidates() {
      CANDIDATES=()
      [[ $2 == "$CHANNEL_SOURCE_FILE" ]] || CANDIDATES=(1.1.0 1.0.0)
    }
    rollout_decide hello && IFS=$TAB read -r _ version action _ <<<"${CORE_ANSWERS[0]}" && printf '%s' "$action $version"
  ) || answer='no decision'
  [[ $answer == 'upgrade 1.1.0' ]] ||
    die 1 "of 1.0.0, installed, and 1.1.0, new, the core makes \"$answer\" in place of \"upgrade 1.1.0\""
}
