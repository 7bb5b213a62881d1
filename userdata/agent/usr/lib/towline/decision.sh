# Gathers the facts about a package and asks decide.jq what to do.
# shellcheck shell=bash disable=SC2034 # the DECISION_ variables are read by the callers

# Read now: once the agent has upgraded itself, the file on disk belongs to another version of this code.
DECIDE_PROGRAM=$(<"$TOWLINE_LIB/decide.jq")

# Each positional argument is "version verdict", newest first.
# shellcheck disable=SC2016 # jq's variables
FACTS_PROGRAM='[$ARGS.positional[] | split(" ")] as $known
  | {$package, installed: (if $installed == "" then null else $installed end), candidates: [$known[][0]],
      verdicts: ([$known[] | select(.[1] != "") | {(.[0]): .[1]}] | add // {})}'

# decide PACKAGE: sets DECISION_PACKAGE, DECISION_ACTION (none, install), DECISION_VERSION, DECISION_PREVIOUS and
# DECISION_REASON. Returns 1 with FAILURE set where a fact cannot be had.
decide() {
  local answer candidate settled=no facts=()
  DECISION_PACKAGE=$1
  package_version "$1"
  DECISION_PREVIOUS=$VERSION
  repository_candidates "$1" || return 1
  for candidate in "${CANDIDATES[@]}"; do
    VERDICT=''
    # Below the first version that may be installed nothing matters, and each verdict is a request.
    [[ $candidate != "$DECISION_PREVIOUS" ]] || settled=yes
    [[ $settled == yes ]] || verdict_get "$1" "$candidate" || return 1
    facts+=("$candidate $VERDICT")
    [[ $VERDICT == bad ]] || settled=yes
  done
  answer=$(jq -nr --arg package "$1" --arg installed "$DECISION_PREVIOUS" \
    "$FACTS_PROGRAM | $DECIDE_PROGRAM | .action, (.version // \"\"), .reason" --args "${facts[@]}") ||
    fail "no decision could be made about $1" || return 1
  { read -r DECISION_ACTION && read -r DECISION_VERSION && read -r DECISION_REASON; } <<<"$answer"
}

# decide_next: the first package with something to install, in the order of PACKAGES; else DECISION_ACTION is none.
decide_next() {
  local package
  for package in "${PACKAGES[@]}"; do
    decide "$package" || return 1
    [[ $DECISION_ACTION != install ]] || return 0
  done
}
