# Read by bash before every script (BASH_ENV): the time that the agent sleeps passes for it, and for nobody else.
# shellcheck shell=bash
sleep() {
  command sleep "$@"
  [[ $1 == 0.* ]] || SECONDS=$((SECONDS + ${1%.*}))
}
