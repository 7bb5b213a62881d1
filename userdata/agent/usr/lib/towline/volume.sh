# The group's disk (an EBS volume): claimed by its one host, formatted once, mounted before the processes start, let go at the end.
# EBS attaches such a volume to one instance only, and nothing here ever forces it away from another.
# shellcheck shell=bash

VOLUME_ATTACH_AS=/dev/sdf # what AWS is told; Nitro instances have it as an NVMe device, known by the volume's id

# volume_claim DEADLINE: attached to this host and mounted at TOWLINE_VOLUME_MOUNT. Waits, until SECONDS reaches DEADLINE, for the
# host that still has it. Returns 1 with FAILURE set.
volume_claim() {
  [[ -n $TOWLINE_VOLUME_ID ]] || return 0
  volume_attach "$1" && volume_find && disk_format && disk_mount
}

volume_attach() {
  local said=''
  while true; do
    volume_look || return 1
    [[ $VOLUME_HOLDER != "$INSTANCE" || $VOLUME_STATE != attached ]] || return 0
    if [[ $VOLUME_STATE == available ]] && volume_query AttachVolume --data-urlencode "Device=$VOLUME_ATTACH_AS"; then
      log "attaching the volume $TOWLINE_VOLUME_ID"
      VOLUME_STATE=attaching VOLUME_HOLDER=$INSTANCE
    elif [[ $VOLUME_STATE == available && $FAILURE != *VolumeInUse* && $FAILURE != *IncorrectState* ]]; then
      return 1
    fi
    ((SECONDS < $1)) || fail "the volume $TOWLINE_VOLUME_ID is still $VOLUME_STATE${VOLUME_HOLDER:+, held by $VOLUME_HOLDER}" || return 1
    [[ $said == "$VOLUME_STATE $VOLUME_HOLDER" ]] ||
      log "waiting for the volume $TOWLINE_VOLUME_ID: $VOLUME_STATE${VOLUME_HOLDER:+, held by $VOLUME_HOLDER}"
    said="$VOLUME_STATE $VOLUME_HOLDER"
    sleep 2
  done
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
