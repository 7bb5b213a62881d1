# What was to be said and did not get through: the last status, and the events, in their order, until they do.
# shellcheck shell=bash

OUTBOX_EVENTS=20 # events that are kept at most, the newest
OUTBOX_AGE=86400 # seconds after which nobody wants to hear of one any more
OUTBOX_KEPT=()   # the kept events, oldest first

# outbox_send: called by every poll that finds something kept. What is refused again stays for the next one.
outbox_send() {
  local file
  if [[ -e $STATUS_UNSENT_FILE && -f $STATUS_FILE ]]; then host_status_send "$(<"$STATUS_FILE")"; fi
  outbox_list
  for file in "${OUTBOX_KEPT[@]}"; do
    if ((EPOCHSECONDS - $(stat --format=%Y "$file") > OUTBOX_AGE)); then
      log_error "an event was refused for a day and is dropped: $(<"$file")"
    else
      event_send "$file" || return 0
    fi
    rm -f "$file"
  done
  rmdir "$EVENTS_DIR" 2>/dev/null || [[ ! -e $EVENTS_DIR ]] || log_error "$EVENTS_DIR holds what is no event"
}

# outbox_keep FILE: an event, for later polls.
outbox_keep() {
  local text
  text=$(<"$1")
  mkdir -p "$EVENTS_DIR" && write_file "$EVENTS_DIR/$EPOCHREALTIME.json" "$text" || return 1
  outbox_list
  while ((${#OUTBOX_KEPT[@]} > OUTBOX_EVENTS)); do
    log_error "more than $OUTBOX_EVENTS events were refused: the oldest is dropped"
    rm -f "${OUTBOX_KEPT[0]}"
    OUTBOX_KEPT=("${OUTBOX_KEPT[@]:1}")
  done
}

outbox_list() {
  OUTBOX_KEPT=("$EVENTS_DIR"/*.json)
  [[ -e ${OUTBOX_KEPT[0]} ]] || OUTBOX_KEPT=()
}
