# How long this host may be out for a change, as its group's policy says (timeout): by then it has to have drained, installed and become healthy.
# The way back has no such end, nor has a bake.
# shellcheck shell=bash disable=SC2034 # LEFT is read by the callers

TURN_SECONDS=''
TURN_END=''      # by SECONDS; '' without one
TURN_EXCEEDED=no # whether something was given up for it

# turn_time_begin [SECONDS]: the host leaves now, or goes on after an interruption, which says nothing of what came.
turn_time_begin() {
  TURN_SECONDS='' TURN_END='' TURN_EXCEEDED=no
  [[ ${1:-} =~ ^[1-9][0-9]{0,5}$ ]] || return 0
  TURN_SECONDS=$1 TURN_END=$((SECONDS + $1))
}

# turn_time_end: what follows has its own limits alone.
turn_time_end() {
  TURN_END=''
}

# turn_time_left SECONDS: in LEFT how many seconds something may take that may otherwise take so many; one at least.
turn_time_left() {
  LEFT=$1
  [[ -n $TURN_END ]] && ((SECONDS + $1 > TURN_END)) || return 0
  LEFT=$((TURN_END > SECONDS ? TURN_END - SECONDS : 1))
}

# turn_time_reason: the way forward ends here; the timeout is named in FAILURE, where it is why.
turn_time_reason() {
  turn_time_end
  [[ $TURN_EXCEEDED == no ]] || FAILURE="out for longer than $TURN_SECONDS s, the timeout of the group's rollout: $FAILURE"
}
