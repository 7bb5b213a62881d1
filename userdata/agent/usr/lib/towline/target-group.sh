# The host's place in the load balancer's target group, where its group has one.
# shellcheck shell=bash disable=SC2034 # TARGET_REASON is read by the callers

ELB_VERSION=2015-12-01 # of the Elastic Load Balancing query API

# target_leave: out of the load balancer, and every connection ended or cut off by its deregistration delay.
target_leave() {
  [[ -n $TOWLINE_TARGET_GROUP_ARN ]] || return 0
  rm -f "$TARGET_FILE"
  target_query DeregisterTargets || return 1
  log "left the load balancer, waiting for its connections to end"
  target_wait 'unused|absent' "$((${TOWLINE_DRAIN_TIMEOUT:-0} + 30))"
}

# target_join: back in the load balancer. Returns 0 once it says healthy, or Auto Scaling wants the host out of it; 1 with
# FAILURE set where it does not within the time it may take; 2 where AWS cannot be asked, or has other plans.
target_join() {
  local result=0
  [[ -n $TOWLINE_TARGET_GROUP_ARN ]] || return 0
  ! target_stays_out || return 0
  target_query RegisterTargets || return 2
  log "joined the load balancer, waiting for its health check"
  target_wait 'healthy|draining' "$((TOWLINE_HEALTH_TIMEOUT + 120))" || result=$?
  if [[ $TARGET_STATE == healthy ]]; then
    target_joined
    return 0
  fi
  # To be taken out again meanwhile says nothing about the version.
  ! target_stays_out || return 0
  [[ $TARGET_STATE != draining ]] || fail "the host was taken out of the load balancer again" || return 2
  return "$result"
}

# target_joined: it is in the load balancer, as was just seen.
target_joined() {
  write_file "$TARGET_FILE" "$EPOCHSECONDS" || log_error "that this host is in the load balancer is looked at again by the next poll"
}

target_stays_out() {
  lifecycle_leaving || return 1
  log "Auto Scaling takes this host to $LIFECYCLE_TARGET: it stays out of the load balancer"
}

# target_wait STATES SECONDS: until the load balancer says one of STATES (separated by |). What AWS made this host pause does not count.
target_wait() {
  local limit deadline
  turn_time_left "$2"
  limit=$LEFT deadline=$((SECONDS + LEFT))
  while true; do
    target_health || return 2
    deadline=$((deadline + AWS_PAUSED))
    [[ "|$1|" != *"|$TARGET_STATE|"* ]] || return 0
    ((SECONDS < deadline)) || break
    sleep 1
  done
  [[ $limit == "$2" ]] || TURN_EXCEEDED=yes
  fail "the load balancer still says $TARGET_STATE after $limit s${TARGET_DESCRIPTION:+: $TARGET_DESCRIPTION}"
}

# target_health: TARGET_STATE (initial, healthy, unhealthy, unused, draining, ... or absent), TARGET_REASON and TARGET_DESCRIPTION.
target_health() {
  local body
  TARGET_STATE=absent TARGET_REASON='' TARGET_DESCRIPTION=''
  target_query DescribeTargetHealth || return 1
  body=$(<"$AWS_BODY")
  [[ $body =~ \<State\>([a-z.]+)\</State\> ]] && TARGET_STATE=${BASH_REMATCH[1]}
  [[ $body =~ \<Reason\>([A-Za-z.]+)\</Reason\> ]] && TARGET_REASON=${BASH_REMATCH[1]}
  [[ $body =~ \<Description\>([^<]*)\</Description\> ]] && TARGET_DESCRIPTION=${BASH_REMATCH[1]}
  return 0
}

# targets_read: every target of the group, as "id state" with a tab between, in TARGETS. Returns 1 with FAILURE set where AWS does not say.
targets_read() {
  local body id state
  TARGETS=()
  aws_query elasticloadbalancing "$ELB_VERSION" DescribeTargetHealth \
    --data-urlencode "TargetGroupArn=$TOWLINE_TARGET_GROUP_ARN" || return 1
  body=$(tr -d '\n' <"$AWS_BODY")
  while [[ $body == *'<TargetHealth>'* ]]; do
    id=${body#*<Target>} id=${id#*<Id>} id=${id%%<*}
    state=${body#*<TargetHealth>} state=${state#*<State>} state=${state%%<*}
    TARGETS+=("$id"$'\t'"$state")
    body=${body#*</TargetHealth>}
  done
}

target_query() {
  aws_query elasticloadbalancing "$ELB_VERSION" "$1" \
    --data-urlencode "TargetGroupArn=$TOWLINE_TARGET_GROUP_ARN" --data-urlencode "Targets.member.1.Id=$INSTANCE"
}
