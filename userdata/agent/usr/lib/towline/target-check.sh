# Whether this host is in the load balancer's target group, though no record says that it is not: a record may be lost, and a person may
# have taken it out.
# shellcheck shell=bash

TARGET_CHECK=1800 # seconds between two looks of a host that was there: one request each, which AWS counts for the whole account

# target_check: registers a host that serves and is not in its target group. Nothing depends on it: the next poll looks again.
target_check() {
  local seen=0
  [[ -n $TOWLINE_TARGET_GROUP_ARN ]] || return 0
  record_status
  [[ $STATUS_TEXT == *'"state":"serving"'* ]] || return 0
  if [[ -f $TARGET_FILE ]]; then read -r seen <"$TARGET_FILE" || true; fi
  if [[ $seen =~ ^[1-9][0-9]{0,10}$ ]] && ((seen <= EPOCHSECONDS && EPOCHSECONDS < seen + TARGET_CHECK)); then
    due_at $((seen + TARGET_CHECK))
    return 0
  fi
  load_everything
  if ! target_health; then
    log_error "whether this host is in the load balancer is not known"
  elif [[ $TARGET_STATE == absent || ($TARGET_STATE == unused && $TARGET_REASON != Target.NotInUse) ]]; then
    if target_stays_out || ! target_query RegisterTargets; then return 0; fi
    log_error "this host served and was not in the load balancer: it was registered again"
  elif [[ $TARGET_STATE != draining ]]; then
    target_joined
  fi
}
