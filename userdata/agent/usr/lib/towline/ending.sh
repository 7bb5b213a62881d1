# Whether this host is ending, or its apps are being stopped: what fails then says nothing about a version, and nobody is convicted by it.
# shellcheck shell=bash disable=SC2034 # FAILURE is written by what is called

ENDING='' # why it ends, '' where it does not

# ending_look: why this host ends, in ENDING. Returns 1 where it does not.
ending_look() {
  local FAILURE # the caller's own is not to be lost
  ending_stop && return 0
  ! lifecycle_leaving || ENDING="Auto Scaling takes this host to $LIFECYCLE_TARGET"
  [[ -n $ENDING ]]
}

# ending_stop: as ending_look, of what leaves no time for a way back.
ending_stop() {
  local state unit job
  ENDING=''
  if [[ -e $LEFT_MARKER ]]; then
    ENDING="this host has left service"
    return 0
  fi
  # It exits with 1 for a degraded system, too.
  state=$(systemctl is-system-running 2>/dev/null) || state=${state:-nothing}
  case $state in
    initializing | starting | running | degraded) ;;
    *)
      ENDING="this host stops: systemd says $state"
      return 0
      ;;
  esac
  while read -r _ unit job _; do
    if [[ $job == stop && " ${TOWLINE_PROCESSES//:/-}" == *" ${unit%%-*}-"* ]]; then ENDING="$unit is being stopped"; fi
  done < <(systemctl list-jobs --no-legend --plain 2>/dev/null)
  [[ -n $ENDING ]]
}
