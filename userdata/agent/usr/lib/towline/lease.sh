# The group's rollout lease: one host at a time. Every write is conditional, so that of two hosts one loses.
# shellcheck shell=bash

LEASE_PROGRAM=$(<"$TOWLINE_LIB/lease.jq")

lease_key() {
  KEY=rollout/$TOWLINE_GROUP/lease.json
}

# lease_read: LEASE_STATE (free, mine, expired, held), LEASE_HOLDER and the object's tag in S3_ETAG ('' where absent).
lease_read() {
  local answer lease=null
  lease_key
  s3_get "$KEY" || return 1
  if [[ $AWS_STATUS == 200 ]]; then lease=$(<"$AWS_BODY"); fi
  now
  answer=$(jq -nr --arg lease "$lease" --arg instance "$INSTANCE" --arg now "$NOW" "
    {lease: (\$lease | try fromjson catch null | if type == \"object\" then . else null end), \$instance, \$now}
    | $LEASE_PROGRAM | .holder, .state") ||
    fail "the lease $KEY could not be judged" || return 1
  { read -r LEASE_HOLDER && read -r LEASE_STATE; } <<<"$answer"
}

# lease_take PACKAGE VERSION: LEASE_STATE is "taken", or "held" where another host has it or was faster.
lease_take() {
  local condition='If-None-Match: *' since expires
  lease_read || return 1
  [[ $LEASE_STATE != held ]] || return 0
  [[ -z $S3_ETAG ]] || condition="If-Match: $S3_ETAG"
  if [[ $LEASE_STATE == expired ]]; then log "taking over the lease that $LEASE_HOLDER let expire"; fi
  since=$NOW
  now $((EPOCHSECONDS + 600 + ${TOWLINE_DRAIN_TIMEOUT:-0} + 2 * TOWLINE_HEALTH_TIMEOUT))
  expires=$NOW
  lease_write "$condition" "$INSTANCE" "$1" "$2" "$since" "$expires" || return 1
  LEASE_STATE=taken
  if [[ $AWS_STATUS == 412 ]]; then
    LEASE_STATE=held LEASE_HOLDER='another host, which was faster'
  fi
}

# lease_turn PACKAGE VERSION: takes the lease, or waits some seconds where another host has it and says whose it is, once.
# LEASE_STATE is "taken" or "held".
lease_turn() {
  lease_take "$1" "$2" || return 1
  [[ $LEASE_STATE == held ]] || return 0
  [[ ${LEASE_WAITING:-} == "$1 $2 $LEASE_HOLDER" ]] || log "waiting with $1 $2: the lease is held by $LEASE_HOLDER"
  LEASE_WAITING="$1 $2 $LEASE_HOLDER"
  sleep "2.$((RANDOM % 10))"
}

# lease_release: gives the lease back where it is still this host's.
lease_release() {
  lease_read || return 1
  if [[ $LEASE_STATE == mine ]]; then
    lease_write "If-Match: $S3_ETAG" '' '' '' "$NOW" "$NOW" || return 1
    [[ $AWS_STATUS == 412 ]] || return 0
  fi
  log "the lease is no longer this host's: nothing to release"
}

# lease_write CONDITION HOLDER PACKAGE VERSION SINCE EXPIRES: none of them can hold what JSON would have to escape.
lease_write() {
  local lease
  printf -v lease '{"holder":"%s","package":"%s","version":"%s","since":"%s","expires":"%s"}' "${@:2}"
  lease_key
  s3_put "$KEY" "$lease" "$1"
}
