# hosts/<group>/<instance's ARN>.json: what this host runs, since when, and how it is.
# shellcheck shell=bash disable=SC2034 # STATUS_SENT is read by the callers, FAILURE written by what is called

# host_arn: under which name this host speaks, in ARN: IAM lets nobody else. The topic's ARN says which partition and account it is in.
host_arn() {
  local partition account rest
  # shellcheck disable=SC2034 # rest takes the topic's name
  IFS=: read -r _ partition _ _ account rest <<<"$TOWLINE_TOPIC_ARN"
  ARN=arn:$partition:ec2:$TOWLINE_REGION:$account:instance/$INSTANCE
}

# host_status_key: the object only this host may write, in KEY.
host_status_key() {
  host_arn
  KEY=hosts/$TOWLINE_GROUP/$ARN.json
}

# host_status_put STATE HEALTH ERROR [WAITING]: reports; a report that does not get through is logged, and no reason to stop.
# What it waits for stays while it is in the same state, unless WAITING says it anew: a JSON object, or '' for nothing.
host_status_put() {
  local package status previous='{}' versions=()
  if [[ -f $STATUS_FILE ]]; then previous=$(<"$STATUS_FILE"); fi 2>/dev/null
  for package in "${PACKAGES[@]}" "$KEYRING"; do
    package_version "$package"
    [[ -z $VERSION ]] || versions+=("$package $VERSION")
  done
  drift_found
  now
  status=$(jq -nc --arg instance "$INSTANCE" --arg group "$TOWLINE_GROUP" --arg state "$1" --arg health "$2" --arg error "$3" \
    --arg now "$NOW" --arg previous "$previous" --arg waiting "${4-same}" --arg drift "$DRIFT" '
      ($previous | try fromjson catch {} | if type == "object" then . else {} end) as $previous
      | ([$ARGS.positional[] | split(" ") | {(.[0]): .[1]}] | add // {}) as $packages
      | (if $previous.state == $state and $previous.packages == $packages then $previous.since else $now end) as $since
      | (if $waiting == "" or ($waiting == "same" and $previous.state != $state) then null
        elif $waiting == "same" then $previous.waiting
        else $waiting | fromjson end) as $waiting
      | {$instance, $group, $state, $health, $since, $packages, $error, reported: $now}
        + if $waiting | type == "object" then {$waiting} else {} end
        + if $drift != "" then {drift: ($drift | split("\n"))} else {} end' --args "${versions[@]}") ||
    fail "no status object could be made" || return 1
  write_file "$STATUS_FILE" "$status" || log_error "$STATUS_FILE could not be written: is the disk full?"
  host_status_send "$status"
}

# host_status_send STATUS: to the bucket, by a later poll where it is refused. STATUS_SENT says whether it got through.
host_status_send() {
  local FAILURE # the caller's own is not to be lost
  now
  host_status_key
  STATUS_SENT=no
  if s3_put "$KEY" "$1"; then
    STATUS_SENT=yes
    printf '%s\n' "$EPOCHSECONDS" >"$REPORTED_FILE" || log_error "$REPORTED_FILE could not be written: is the disk full?"
    [[ ! -e $STATUS_UNSENT_FILE ]] || rm -f "$STATUS_UNSENT_FILE"
  else
    log_error "the status of this host could not be reported"
    write_file "$STATUS_UNSENT_FILE" "$NOW" || log_error "it is not kept either"
  fi
}

# host_status_last: the last report's STATUS_STATE, STATUS_HEALTH and STATUS_ERROR. Returns 1 where there is none.
host_status_last() {
  [[ -f $STATUS_FILE ]] || return 1
  { read -r STATUS_STATE && read -r STATUS_HEALTH && read -r STATUS_ERROR; } \
    < <(jq -r '.state, .health, (.error | gsub("\n"; " "))' "$STATUS_FILE") ||
    fail "$STATUS_FILE is not the status object this agent wrote"
}

# host_status_repeat: reports other packages in the same state.
host_status_repeat() {
  host_status_last || return 0
  host_status_put "$STATUS_STATE" "$STATUS_HEALTH" "$STATUS_ERROR"
}

# host_status_forgive PATTERN: takes the last status' error away where it is one of PATTERN, which no longer holds.
host_status_forgive() {
  host_status_last || return 0
  # shellcheck disable=SC2053 # a pattern
  [[ $STATUS_ERROR != $1 ]] || host_status_put "$STATUS_STATE" "$STATUS_HEALTH" ''
}

# host_status_fault repository|settings|host|verdict ERROR: adds what keeps the host from reading one of them, or from an installation, to the last status, or takes it away
# with ''. Reports a change once, not every minute.
host_status_fault() {
  if [[ -z $2 ]]; then
    # What a roll-back left there stays until the next version.
    host_status_forgive "$1: *"
    return
  fi
  host_status_last || return 0
  [[ $STATUS_ERROR == "$1: $2" ]] || host_status_put "$STATUS_STATE" "$STATUS_HEALTH" "$1: $2"
}
