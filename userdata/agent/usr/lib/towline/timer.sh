# The second of the minute at which this host polls.
# shellcheck shell=bash

# timer_spread: gives the poll's timer a second of this host's own, so that a fleet's polls are spread over the minute and none
# is ever more than a minute away. (RandomizedDelaySec= spreads too, but it adds the delay to the next whole minute: the first
# poll after a start of the timer may then be two minutes away.)
timer_spread() {
  local checksum rest text
  # shellcheck disable=SC2034 # rest takes cksum's byte count
  read -r checksum rest < <(cksum <<<"$INSTANCE")
  printf -v text '[Timer]\nOnCalendar=\nOnCalendar=*-*-* *:*:%02d' $((checksum % 60))
  [[ ! -r $TIMER_FILE || $(<"$TIMER_FILE") != "$text" ]] || return 0
  mkdir -p "${TIMER_FILE%/*}"
  write_file "$TIMER_FILE" "$text" && chmod 0644 "$TIMER_FILE" || return 1
  systemctl daemon-reload && systemctl restart towline-agent-poll.timer
}
