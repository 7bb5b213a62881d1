# This host's part in its group's rollouts: the conversations with the core.
# shellcheck shell=bash disable=SC2034 # the callers read the variables

CORE_LISTS='read' # known where apt has just read the repository

# rollout_poll PATIENCE ROW...: brings this host to what its group is to run, when its turn comes within PATIENCE seconds. The rows name
# the packages and what is known of them.
# ROLLOUT is "changed" where something was installed, "unchanged" where it had to be put off, "" where nothing was to do.
rollout_poll() {
  local rows=()
  change_pause_rows
  rows+=("${ROWS[@]}" "suite${TAB}dists/$TOWLINE_SUITE/InRelease$TAB$POLL_MAIN")
  channel_key
  [[ -z $KEY ]] || rows+=("suite$TAB$KEY$TAB$CHANNEL_ETAG")
  core_run poll "patience$TAB$1" "${rows[@]}" "${@:2}" || return 1
  ROLLOUT=${CORE_ANSWERS[0]:-}
}

# rollout_boot: what a boot installs of each package, as "package version action reason" in tabs, in CORE_ANSWERS.
rollout_boot() {
  local CORE_LISTS=known
  index_current && core_run boot
}

# rollout_counted: whether the end of this boot counts. The turn is in ROW then.
rollout_counted() {
  rollout_turn
  [[ $ROW == *'"boot":['* ]]
}

# rollout_booted ok|failed|off REASON PACKAGE: how a boot ended, for a group of which nothing is proven. PACKAGE is the one at fault, '' where nobody
# knows.
rollout_booted() {
  local reason=${2//$TAB/ } FAILURE # the caller's own is not to be lost
  rollout_counted || return 0
  core_run booted "$ROW" "outcome$TAB$1" "reason$TAB${reason:0:300}" "blamed$TAB$3" || log_error "the group does not hear how this boot ended"
}

# rollout_decide PACKAGE...: what is decided about each now, as "package version action reason" in tabs, in CORE_ANSWERS. Nothing follows.
rollout_decide() {
  local CORE_LISTS=known
  core_run decide "${@/#/packages$TAB}"
}

# rollout_settings PACKAGE ID: ROLLOUT is "go" where it is this host's turn to take them, "held" after a pause where another's, "bad", or
# "later" where a person holds the group, or this host pauses.
rollout_settings() {
  change_pause_rows
  core_run settings "package$TAB$1" "version$TAB$2" "${ROWS[@]}" || return 1
  ROLLOUT=${CORE_ANSWERS[0]}
  [[ $ROLLOUT != bad && $ROLLOUT != later ]] || waiting_end
}

# rollout_turn: the record of this host's last turn, as a row, in ROW.
rollout_turn() {
  local turn='{}'
  if [[ -f $TURN_FILE ]]; then turn=$(<"$TURN_FILE"); fi
  core_row turn "$turn"
}

# rollout_leave PACKAGE VERSION: whether this host may leave the load balancer now. Returns 1 with FAILURE set where not.
rollout_leave() {
  local word rest=''
  ! lifecycle_leaving || fail "Auto Scaling takes this host to $LIFECYCLE_TARGET" || return 1
  rollout_turn
  core_run leaving "package$TAB$1" "version$TAB$2" "$ROW" || return 1
  IFS=$TAB read -r word rest <<<"${CORE_ANSWERS[0]}"
  [[ $word == go ]] || fail "$rest" || return 1
  turn_time_begin "$rest"
}

# rollout_resume: before an interrupted change goes on: the lease, again, unless another host has it by now.
rollout_resume() {
  local rest=''
  rollout_turn
  core_run resume "$ROW" || return 1
  IFS=$TAB read -r _ rest <<<"${CORE_ANSWERS[0]}"
  turn_time_begin "$rest"
}

# rollout_failing PACKAGE VERSION: before the way back from what is not healthy here: whether the others are.
rollout_failing() {
  local FAILURE # the reason it goes back for
  rollout_turn
  core_run failing "package$TAB$1" "version$TAB$2" "$ROW"
}

# rollout_judge ok|failed|off PACKAGE VERSION REASON [WITH]...: what the group is to hear of a change that has ended: ok, that the host went back,
# or that it was put off; WITH is what came with it, as "package version previous". ROLLOUT is "own" where only this host failed, "apart" where
# several failed together and each is to be tried alone, "alarm" with why, after a tab, where an alarm of the group, or how this host serves,
# speaks against what it tried first: it goes back; and "bake" with the seconds that are left, where it is not judged yet.
rollout_judge() {
  local serving=no ending=no watching=no spec package version rows=()
  case $1 in
    ok) if rollout_serves; then serving=yes; fi ;;
    failed) if ending_look; then ending=yes; fi ;;
  esac
  ! bake_under_way || watching=yes
  for spec in "${@:5}"; do
    read -r package version _ <<<"$spec"
    rows+=("with$TAB$package$TAB$version")
  done
  rollout_turn
  core_run judge "outcome$TAB$1" "package$TAB$2" "version$TAB$3" "reason$TAB${4//$TAB/ }" "serving$TAB$serving" "ending$TAB$ending" \
    "watching$TAB$watching" "$ROW" "${rows[@]}" || return 1
  ROLLOUT=${CORE_ANSWERS[0]}
}

# rollout_put_off PACKAGE VERSION REASON: the group hears that this host took nothing of it.
rollout_put_off() {
  rollout_judge off "$@" || log_error "the group counts this host as one that $2 took"
}

# rollout_abandon: this host goes in the middle of its turn, which says nothing.
rollout_abandon() {
  local turn package version
  [[ -f $TURN_FILE ]] || return 0
  turn=$(jq -r '"\(.package) \(.version)"' "$TURN_FILE") && read -r package version <<<"$turn" &&
    rollout_judge off "$package" "$version" 'the host leaves service'
}

# rollout_release: the lease goes to the next host.
rollout_release() {
  rollout_turn
  core_run release "$ROW"
}

# rollout_end: the same at the end of a turn. A lease that cannot be given back is left.
rollout_end() {
  rollout_release || log_error "the lease could not be released: it expires by itself"
}

# rollout_serves: whether clients are sent to this host, as the load balancer last said, and are to be.
rollout_serves() {
  [[ -z $TOWLINE_TARGET_GROUP_ARN || ${TARGET_STATE:-} == healthy ]] && ! lifecycle_leaving
}
