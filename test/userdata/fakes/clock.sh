# The time that the agent sleeps passes for it at once, and for nobody else.
# $FAKE_STATE/pause, where there is one, says how many seconds each of its pauses of a second or more takes.
# shellcheck shell=bash
# No more than a variable from here: however slow the machine, no time passes but what is slept.
unset SECONDS
SECONDS=0
CLOCK_TENTHS=0 # what fractions of a second have added up to
# The calls that a test makes most, which are noted and do nothing: without a process of their own, unless the test does something at one.
noted() {
  [[ ! -e $FAKE_STATE/processes ]] || return 1
  printf '%s\n' "$*" >>"$FAKE_STATE/calls"
}
sync() { noted sync "$@" || command sync "$@"; }
sleep() {
  if [[ $1 != 0.* && (-e $FAKE_STATE/later || -e $FAKE_STATE/watched) ]] || ! noted sleep "$@"; then command sleep "$@"; fi
  local pause=$1.0 whole
  whole=${pause%%.*}
  if ((whole)) && [[ -e $FAKE_STATE/pause ]]; then pause=$(<"$FAKE_STATE/pause").0 whole=${pause%%.*}; fi
  pause=${pause#*.}
  CLOCK_TENTHS=$((CLOCK_TENTHS + 10 * whole + ${pause:0:1}))
  SECONDS=$((SECONDS + CLOCK_TENTHS / 10)) CLOCK_TENTHS=$((CLOCK_TENTHS % 10))
}
