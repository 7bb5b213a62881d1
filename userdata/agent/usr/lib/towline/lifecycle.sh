# What Auto Scaling has in mind for this host, and the launch lifecycle action, for which it waits before the host joins the
# group's target group.
# shellcheck shell=bash

# lifecycle_leaving: whether Auto Scaling is taking this host out of service, or has; to where in LIFECYCLE_TARGET (the
# metadata service's autoscaling/target-lifecycle-state, which only instances of a group have).
lifecycle_leaving() {
  local FAILURE # the caller's own is not to be lost
  imds_open || return 1
  LIFECYCLE_TARGET=$(imds_get meta-data/autoscaling/target-lifecycle-state 2>/dev/null) || return 1
  [[ $LIFECYCLE_TARGET =~ ^(Terminated|Standby|Detached|Warmed:[A-Za-z]+)$ ]]
}

# lifecycle_complete CONTINUE|ABANDON: an instance without a waiting action (started by hand, say) is no error.
lifecycle_complete() {
  local attempt
  for attempt in 1 2 3 4 5; do
    if aws_query autoscaling 2011-01-01 CompleteLifecycleAction \
      --data-urlencode "AutoScalingGroupName=$TOWLINE_AUTO_SCALING_GROUP" \
      --data-urlencode "LifecycleHookName=$TOWLINE_LAUNCH_HOOK" \
      --data-urlencode "InstanceId=$INSTANCE" --data-urlencode "LifecycleActionResult=$1"; then
      log "completed the launch lifecycle action: $1"
      return 0
    fi
    [[ $FAILURE == *'No active Lifecycle Action'* ]] || return 1
    # A quick boot can be here before Auto Scaling is.
    ((attempt == 5)) || sleep 2
  done
  log "no launch lifecycle action waits for this instance: $1 was not needed"
}
