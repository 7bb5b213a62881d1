# Gathers the facts about a package and asks decide.jq what to do.
# shellcheck shell=bash disable=SC2034 # the DECISION_ variables are read by the callers

# Read now: once the agent has upgraded itself, the file on disk belongs to another version of this code.
DECIDE_PROGRAM=$(<"$TOWLINE_LIB/decide.jq")

# Each positional argument is "suite version verdict", newest first.
# shellcheck disable=SC2016 # jq's variables
FACTS_PROGRAM='[$ARGS.positional[] | split(" ")] as $known
  | def suite($name): [$known[] | select(.[0] == $name)[1]];
  {$package, installed: (if $installed == "" then null else $installed end),
    candidates: {channel: suite("channel"), main: suite("main")},
    verdicts: ([$known[] | select(.[2] != "") | {(.[1]): .[2]}] | add // {})}'

# decide PACKAGE: sets DECISION_PACKAGE, DECISION_ACTION (none, install, upgrade, replace), DECISION_VERSION,
# DECISION_PREVIOUS and DECISION_REASON. Returns 1 with FAILURE set where a fact cannot be had.
decide() {
  local answer
  DECISION_PACKAGE=$1 DECISION_FACTS=() DECISION_SETTLED=no
  package_version "$1"
  DECISION_PREVIOUS=$VERSION
  decide_gather channel "$CHANNEL_SOURCE_FILE" && decide_gather main "$SOURCE_FILE" || return 1
  answer=$(jq -nr --arg package "$1" --arg installed "$DECISION_PREVIOUS" \
    "$FACTS_PROGRAM | $DECIDE_PROGRAM | .action, (.version // \"\"), .reason" --args "${DECISION_FACTS[@]}") ||
    fail "no decision could be made about $1" || return 1
  { read -r DECISION_ACTION && read -r DECISION_VERSION && read -r DECISION_REASON; } <<<"$answer"
}

# decide_gather SUITE SOURCE: adds what is known of the versions in one suite to DECISION_FACTS.
decide_gather() {
  local candidate
  repository_candidates "$DECISION_PACKAGE" "$2" || return 1
  for candidate in "${CANDIDATES[@]}"; do
    VERDICT=''
    # Below the first version that may be installed nothing matters, and each verdict is a request.
    [[ $candidate != "$DECISION_PREVIOUS" ]] || DECISION_SETTLED=yes
    [[ $DECISION_SETTLED == yes ]] || verdict_get "$DECISION_PACKAGE" "$candidate" || return 1
    DECISION_FACTS+=("$1 $candidate $VERDICT")
    [[ $VERDICT == bad ]] || DECISION_SETTLED=yes
  done
}

# decide_next: the first package with something to install, in the order of PACKAGES; else DECISION_ACTION is none.
decide_next() {
  local package
  for package in "${PACKAGES[@]}"; do
    decide "$package" || return 1
    [[ $DECISION_ACTION == none ]] || return 0
  done
}
