# A host reports now and then even where nothing changes, so that one that is silent is known to be lost.
# shellcheck shell=bash

REPORT_EVERY=840 # seconds: with the minute between two polls, a host reports every 15 minutes at least

# report_due: reports what was last reported once more where that was long ago. Costs a poll nothing else than the read of a small file.
report_due() {
  local reported=''
  # One that was refused is repeated by every poll as it is.
  [[ -f $STATUS_FILE && ! -e $STATUS_UNSENT_FILE ]] || return 0
  if [[ -f $REPORTED_FILE ]]; then read -r reported <"$REPORTED_FILE" || true; fi
  if [[ ! $reported =~ ^[1-9][0-9]{0,10}$ ]]; then
    # After a reboot, whose boot has reported, or from an agent that wrote none: the time counts from now on.
    printf '%s\n' "$EPOCHSECONDS" >"$REPORTED_FILE"
    due_at $((EPOCHSECONDS + REPORT_EVERY))
    return 0
  fi
  if ((reported <= EPOCHSECONDS && EPOCHSECONDS < reported + REPORT_EVERY)); then
    due_at $((reported + REPORT_EVERY))
    return 0
  fi
  load_everything
  drift_look
  host_status_repeat
}
