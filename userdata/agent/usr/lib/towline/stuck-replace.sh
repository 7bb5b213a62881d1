# A host that is stuck for long, with nothing to take that might mend it, asks Auto Scaling for another in its place.
# shellcheck shell=bash

STUCK_PATIENCE=900 # seconds, also until it asks again

# stuck_replace: called by each poll that leaves the host stuck. Others have to be well, so that a group whose hosts are all sick does not
# replace itself host by host.
stuck_replace() {
  local since='' what='' asked='' with began
  change_open || return 0
  with="$CHANGE_PACKAGE=$CHANGE_VERSION" began=$CHANGE_STARTED
  if [[ -f $STUCK_FILE ]]; then read -r since what asked <"$STUCK_FILE" || true; fi
  # What came meanwhile and failed as well begins it anew, and so does a clock that was set.
  if [[ $what != "$with" || ! $since =~ ^[0-9]+$ || ! $asked =~ ^[0-9]+$ ]] || ((since > EPOCHSECONDS || asked > EPOCHSECONDS)); then
    write_file "$STUCK_FILE" "$EPOCHSECONDS $with 0" || log_error "since when this host is stuck is not kept"
    return 0
  fi
  ((EPOCHSECONDS - since >= STUCK_PATIENCE && EPOCHSECONDS - asked >= STUCK_PATIENCE)) || return 0
  # With something to take, or where the bucket does not say, there is hope.
  [[ $STUCK_LOOKED == yes && " ${POLL_SETTINGS[*]} " != *" $STUCK_PACKAGE "* ]] || return 0
  [[ $POLL_CHANGED == no || $ROLLOUT == '' ]] || return 0
  # The next host would take over the disk as it is.
  [[ -z ${TOWLINE_VOLUME_ID:-} ]] || return 0
  # Nobody says how the others are.
  [[ -n $TOWLINE_TARGET_GROUP_ARN ]] || return 0
  ! lifecycle_leaving || return 0
  stuck_allowed && stuck_others_well || return 0
  stuck_ask || return 1
  write_file "$STUCK_FILE" "$since $with $EPOCHSECONDS" || log_error "that this host has asked to be replaced is not kept"
  [[ $asked != 0 ]] || event_publish replaced "${with%%=*}" "${with#*=}" '' \
    "stuck for $(((EPOCHSECONDS - since) / 60)) minutes with nothing to take that might mend it" "$began"
}

# stuck_allowed: whether nobody holds the group, and none of the alarms that its policy names does.
stuck_allowed() {
  local word reason=''
  core_run replace || return 1
  IFS=$TAB read -r word reason <<<"${CORE_ANSWERS[0]}"
  [[ $word == go ]] || { log "this host is not replaced: $reason" && return 1; }
}

# stuck_others_well: whether all other targets are healthy, and as many as there were when this host left them.
stuck_others_well() {
  local target size others=0
  size=$(jq -r 'if (.size | type) == "number" then .size | floor else empty end' "$TURN_FILE" 2>/dev/null) || size=''
  [[ $size =~ ^[0-9]{1,6}$ ]] || fail "this host is not replaced: how many there were is not known" || return 1
  targets_read || return 1
  for target in "${TARGETS[@]}"; do
    [[ ${target%%"$TAB"*} != "$INSTANCE" && ${target#*"$TAB"} != unused ]] || continue
    [[ ${target#*"$TAB"} == healthy ]] || { log "this host is not replaced: ${target/"$TAB"/ is }" && return 1; }
    others=$((others + 1))
  done
  ((others + 1 >= size)) || { log "this host is not replaced: $others others serve of $((size - 1))" && return 1; }
}

# stuck_ask: the patience has been had, and the grace of a launch is no reason to wait for more.
stuck_ask() {
  aws_query autoscaling 2011-01-01 SetInstanceHealth --data-urlencode "InstanceId=$INSTANCE" \
    --data-urlencode HealthStatus=Unhealthy --data-urlencode ShouldRespectGracePeriod=false || return 1
  log_error "this host asked Auto Scaling to replace it"
}
