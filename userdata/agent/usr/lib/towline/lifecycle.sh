# What Auto Scaling has in mind for this host, and the lifecycle actions it waits for: before the host joins the group's target
# group, and before it is ended.
# shellcheck shell=bash

LAUNCH_PATIENCE=120 # seconds for Auto Scaling to come to the launch hook: hosts of a warm pool may be ready long before it

# lifecycle_target: to where Auto Scaling is taking this host, or has, in LIFECYCLE_TARGET (the metadata service's
# autoscaling/target-lifecycle-state, which only instances of a group have). Returns 1 where nobody says. Call imds_open first.
lifecycle_target() {
  LIFECYCLE_TARGET=''
  LIFECYCLE_TARGET=$(imds_get meta-data/autoscaling/target-lifecycle-state 2>/dev/null)
}

# lifecycle_leaving: whether that is out of service.
lifecycle_leaving() {
  local FAILURE # the caller's own is not to be lost
  imds_open && lifecycle_target || return 1
  [[ $LIFECYCLE_TARGET =~ ^(Terminated|Standby|Detached|Warmed:[A-Za-z]+)$ ]]
}

# lifecycle_launched CONTINUE|ABANDON: answers the launch hook, for which a host on its way into a group or its warm pool waits longer.
lifecycle_launched() {
  local patience=8 FAILURE
  if imds_open && lifecycle_target && [[ $LIFECYCLE_TARGET == InService || $LIFECYCLE_TARGET == Warmed:* ]]; then
    patience=$LAUNCH_PATIENCE
  fi
  lifecycle_complete "$1" "$TOWLINE_LAUNCH_HOOK" "$patience"
}

# lifecycle_complete CONTINUE|ABANDON HOOK SECONDS: an instance without a waiting action (started by hand, say) is no error, once
# SECONDS have passed in which Auto Scaling may still come to it.
lifecycle_complete() {
  local deadline=$((SECONDS + $3)) waited=no
  # To be early is no error, and not logged as one.
  while ! lifecycle_answer CompleteLifecycleAction "$2" --data-urlencode "LifecycleActionResult=$1" 2>/dev/null; do
    [[ $FAILURE == *'No active Lifecycle Action'* ]] || fail "$FAILURE" || return 1
    if ((SECONDS >= deadline)); then
      log "no lifecycle action of the hook $2 waits for this instance: $1 was not needed"
      return 0
    fi
    [[ $waited == yes ]] || log "waiting for Auto Scaling to come to its hook $2"
    waited=yes
    sleep 2
  done
  log "completed the lifecycle action of the hook $2: $1"
}

# lifecycle_heartbeat: gives the launch action the whole of its time again; nothing depends on it where none waits.
lifecycle_heartbeat() {
  local FAILURE # no reason for anything that fails later
  lifecycle_answer RecordLifecycleActionHeartbeat "$TOWLINE_LAUNCH_HOOK" 2>/dev/null || log "no launch action could be prolonged"
}

# lifecycle_answer ACTION HOOK [curl options]
lifecycle_answer() {
  local action=$1 hook=$2
  shift 2
  aws_query autoscaling 2011-01-01 "$action" --data-urlencode "AutoScalingGroupName=$TOWLINE_AUTO_SCALING_GROUP" \
    --data-urlencode "LifecycleHookName=$hook" --data-urlencode "InstanceId=$INSTANCE" "$@"
}
