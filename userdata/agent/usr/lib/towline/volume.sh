# The group's disk (an EBS volume): claimed by its one host, formatted once, mounted before the processes start, let go at the end.
# EBS attaches such a volume to one instance only, and nothing here ever forces it away from another.
# shellcheck shell=bash

VOLUME_ATTACH_AS=/dev/sdf # what AWS is told; Nitro instances have it as an NVMe device, known by the volume's id

# volume_claim DEADLINE: attached to this host and mounted at TOWLINE_VOLUME_MOUNT. Waits, until SECONDS reaches DEADLINE, for the
# host that still has it and for AWS. Returns 1 with FAILURE set.
volume_claim() {
  [[ -n $TOWLINE_VOLUME_ID ]] || return 0
  volume_attach "$1" && volume_find && disk_format && disk_mount || return 1
  disk_grow
}

volume_attach() {
  local said=''
  until volume_turn; do
    ((SECONDS < $1)) || fail "the volume $TOWLINE_VOLUME_ID is still not here: $VOLUME_WAIT" || return 1
    [[ $said == "$VOLUME_WAIT" ]] || log "waiting for the volume $TOWLINE_VOLUME_ID: $VOLUME_WAIT"
    said=$VOLUME_WAIT
    sleep 2
  done
}

# volume_turn: one look at the volume, which is asked for where it is free. Returns 1 with what there is to wait for in VOLUME_WAIT
# while this host does not have it. What AWS refuses counts as that: too many requests, say, or rights that have just been given.
volume_turn() {
  # shellcheck disable=SC2034 # it is asked again in any case, so that a query need not pause
  local AWS_PAUSES=(0)
  if ! volume_look 2>/dev/null; then
    VOLUME_WAIT=$FAILURE
    return 1
  fi
  [[ $VOLUME_HOLDER != "$INSTANCE" || $VOLUME_STATE != attached ]] || return 0
  if [[ $VOLUME_STATE == available ]]; then
    if ! volume_query AttachVolume --data-urlencode "Device=$VOLUME_ATTACH_AS" 2>/dev/null; then
      VOLUME_WAIT=$FAILURE
      return 1
    fi
    log "attaching the volume $TOWLINE_VOLUME_ID"
    VOLUME_STATE=attaching VOLUME_HOLDER=$INSTANCE
  fi
  VOLUME_WAIT="$VOLUME_STATE${VOLUME_HOLDER:+, held by $VOLUME_HOLDER}"
  return 1
}

# volume_look: VOLUME_STATE (available, creating, attaching, attached, detaching, ...) and who holds it in VOLUME_HOLDER, or ''.
volume_look() {
  local body attachment=''
  VOLUME_STATE=unknown VOLUME_HOLDER=''
  aws_query ec2 2016-11-15 DescribeVolumes --data-urlencode "VolumeId.1=$TOWLINE_VOLUME_ID" || return 1
  body=$(<"$AWS_BODY")
  if [[ $body == *'<attachmentSet>'* ]]; then
    attachment=${body#*<attachmentSet>}
    attachment=${attachment%%</attachmentSet>*}
    body=${body%%<attachmentSet>*}${body#*</attachmentSet>}
  fi
  [[ $body =~ \<status\>([a-z-]+)\</status\> ]] && VOLUME_STATE=${BASH_REMATCH[1]}
  [[ $attachment =~ \<instanceId\>([a-z0-9-]+)\</instanceId\> ]] && VOLUME_HOLDER=${BASH_REMATCH[1]}
  [[ $attachment =~ \<status\>([a-z-]+)\</status\> ]] && VOLUME_STATE=${BASH_REMATCH[1]}
  return 0
}

# volume_find: the block device in VOLUME_FILE.
volume_find() {
  local candidate attempt
  for ((attempt = 0; attempt < 30; attempt++)); do
    for candidate in "disk/by-id/nvme-Amazon_Elastic_Block_Store_${TOWLINE_VOLUME_ID/-/}" xvdf sdf; do
      VOLUME_FILE=$TOWLINE_ROOT/dev/$candidate
      [[ ! -e $VOLUME_FILE ]] || return 0
    done
    sleep 1
  done
  fail "the volume $TOWLINE_VOLUME_ID is attached, but no block device of it appears in /dev"
}

# volume_release: unmounted and detached, for the next host. The processes have ended before.
volume_release() {
  [[ -n $TOWLINE_VOLUME_ID ]] || return 0
  disk_unmount && volume_query DetachVolume || return 1
  log "let go of the volume $TOWLINE_VOLUME_ID"
}

volume_query() {
  local action=$1
  shift
  aws_query ec2 2016-11-15 "$action" --data-urlencode "VolumeId=$TOWLINE_VOLUME_ID" --data-urlencode "InstanceId=$INSTANCE" "$@"
}
