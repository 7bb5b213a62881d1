# Read by bash before every script (BASH_ENV): the time that the agent sleeps passes for it, and for nobody else.
# $FAKE_STATE/pause, where there is one, says how many seconds each of its pauses takes.
# shellcheck shell=bash
sleep() {
  command sleep "$@"
  local pause=${1%.*}
  [[ ! -e $FAKE_STATE/pause ]] || pause=$(<"$FAKE_STATE/pause")
  [[ $1 == 0.* ]] || SECONDS=$((SECONDS + pause))
}
