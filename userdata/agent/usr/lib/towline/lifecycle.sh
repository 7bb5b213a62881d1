# The launch lifecycle action: Auto Scaling waits for it before the host joins the group's target group.
# shellcheck shell=bash

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
