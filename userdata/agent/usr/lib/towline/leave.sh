# The end of a host's service: called before Auto Scaling ends it, and when a spot host is about to be taken away.
# shellcheck shell=bash

LEAVE_PATIENCE=150 # seconds for a run of the agent to end: systemd gives a stopped poll two minutes

# leave_main: whatever fails on the way is logged and gone past, since the host goes anyway; what it holds goes with it then.
leave_main() {
  paths_prepare
  host_env_load
  load_everything
  imds_instance || return 1
  if [[ ! -e $LEFT_MARKER ]]; then leave_service; fi
  leave_answer
}

leave_service() {
  log "this host leaves service"
  # A poll may be in the middle of an upgrade, which is of no use any more.
  systemctl stop towline-agent-poll.timer towline-agent-poll.service || log_error "the poll could not be stopped"
  lock_take "$LEAVE_PATIENCE" || log_error "another run of the agent did not end within $LEAVE_PATIENCE s"
  host_status_put leaving unknown '' || log_error "other hosts are not told that this one leaves"
  target_leave || log_error "going on without having left the load balancer"
  registry_wait || log_error "going on while clients may still be sent here"
  processes_stop
  volume_release || log_error "AWS detaches the volume when this host is off"
  if change_open; then rollout_abandon || log_error "the version it was taking may be blamed for its end"; fi
  rollout_release || log_error "the lease expires by itself"
  change_record_end
  write_file "$LEFT_MARKER" "$INSTANCE"
}

# leave_answer: lets Auto Scaling go on, where it waits. It comes to its hook once it has itself taken the host out of the load
# balancer, which may take as long as connections are given.
leave_answer() {
  [[ -n $TOWLINE_TERMINATION_HOOK ]] || return 0
  imds_open && lifecycle_target ||
    fail "the instance metadata service does not say what Auto Scaling has in mind for this host: its hook is not answered yet" || return 1
  [[ $LIFECYCLE_TARGET == Terminated || $LIFECYCLE_TARGET == Warmed:* ]] || return 0
  if [[ $LIFECYCLE_TARGET == Warmed:* ]]; then
    write_file "$WARMED_MARKER" "$INSTANCE"
    rm -f "$LAUNCHED_MARKER"
  fi
  lifecycle_complete CONTINUE "$TOWLINE_TERMINATION_HOOK" $((${TOWLINE_DRAIN_TIMEOUT:-0} + 60))
}
