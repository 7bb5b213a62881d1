# One change of an app's settings, under the group's lease: out of the load balancer, restarted once, proven, back in; or back to the
# settings before. A function here returns 0 once the host serves, 1 where the record stays for the next poll.
# shellcheck shell=bash disable=SC2034 # STUCK_PACKAGE is read by the poll

# settings_change PACKAGE: to what settings_wanted has staged.
settings_change() {
  CHANGE_PACKAGE=$1 CHANGE_ID=$SETTINGS_ID CHANGE_ETAG=$SETTINGS_ETAG CHANGE_STARTED=$EPOCHSECONDS
  CHANGE_OUTCOME='' CHANGE_REASON='' CHANGE_STUCK=no
  rm -f "$SETTINGS_DIR/$1.before"
  change_record_write || {
    rm -f "$SETTINGS_DIR/$1.next"
    record_unwritten "$1" "$SETTINGS_ID"
    return 1
  }
  # It takes the place of what a stuck host could not go back from.
  upgrade_record_end
  log "restarting $1 for its new settings, $CHANGE_ID"
  host_status_put upgrading unknown ''
  change_prove
}

# change_resume: ends what a crash, a kill or a reboot left of a change.
change_resume() {
  change_record_read || return 1
  log "resuming the interrupted change of $CHANGE_PACKAGE to $CHANGE_ID"
  # The lease of a stuck host is left to expire.
  [[ $CHANGE_STUCK == yes ]] || rollout_resume || return 1
  if [[ $CHANGE_OUTCOME == bad ]]; then change_go_back "$CHANGE_REASON"; else change_prove; fi
}

# change_prove: the new settings stay, or the host goes back.
change_prove() {
  local joined=0 files=$SETTINGS_DIR/$CHANGE_PACKAGE
  # Of a host that was interrupted past this point, nothing is staged any more.
  if [[ -e $files.next ]]; then
    if ! { rollout_leave "$CHANGE_PACKAGE" "$CHANGE_ID" && target_leave; }; then
      change_put_off "$FAILURE"
      return 1
    fi
    cp -p "$files.env" "$files.before"
    mv "$files.next" "$files.env"
  fi
  if ! change_restart; then
    change_go_back "$FAILURE"
    return
  fi
  target_join || joined=$?
  if ((joined == 1)); then
    change_go_back "$FAILURE"
    return
  fi
  ((joined == 0)) || return 1
  ROLLOUT=ok
  [[ -z $CHANGE_ETAG ]] || rollout_judge ok "$CHANGE_PACKAGE" "$CHANGE_ID" '' || return 1
  if [[ $ROLLOUT == alarm* ]]; then
    target_leave || log_error "going back in the load balancer: $FAILURE"
    change_go_back "${ROLLOUT#*"$TAB"}"
    return
  fi
  host_status_put serving healthy ''
  log "$CHANGE_PACKAGE serves with $CHANGE_ID"
  change_end
}

# change_put_off REASON: back to service as it was, for the next poll to try again.
change_put_off() {
  log_error "$CHANGE_ID of $CHANGE_PACKAGE are put off: $1"
  target_join || return 1
  change_judge_off "$1"
  host_status_put serving healthy "$CHANGE_ID of $CHANGE_PACKAGE were put off: $1"
  change_close
}

# change_judge_off REASON: the group hears that this host took nothing.
change_judge_off() {
  [[ -z $CHANGE_ETAG ]] || rollout_put_off "$CHANGE_PACKAGE" "$CHANGE_ID" "$1"
}

# change_go_back REASON: the settings before come back, and no other host tries these.
change_go_back() {
  local files=$SETTINGS_DIR/$CHANGE_PACKAGE joined=0
  if [[ $CHANGE_OUTCOME != bad ]]; then
    if ending_look; then
      change_interrupted "$1"
      return 1
    fi
    rollout_failing "$CHANGE_PACKAGE" "$CHANGE_ID" || log_error "it is not known whether other hosts are well"
  fi
  CHANGE_OUTCOME=bad CHANGE_REASON=${1:0:1000}
  change_record_write
  log_error "$CHANGE_ID of $CHANGE_PACKAGE are bad, going back to the settings before"
  [[ ! -e $files.before ]] || mv "$files.before" "$files.env"
  if change_restart; then target_join || joined=$?; else joined=1; fi
  if ending_stop; then
    change_interrupted "$1"
    return 1
  fi
  ((joined != 1)) || change_stuck
  ((joined == 0)) || return 1
  ROLLOUT=bad # of none there is nothing to try again
  [[ -z $CHANGE_ETAG ]] || rollout_judge failed "$CHANGE_PACKAGE" "$CHANGE_ID" "$CHANGE_REASON" || return 1
  host_status_put serving healthy "$CHANGE_ID of $CHANGE_PACKAGE were taken back: $CHANGE_REASON"
  event_publish rolled-back "$CHANGE_PACKAGE" "$CHANGE_ID" '' "$CHANGE_REASON" "$CHANGE_STARTED"
  log "$CHANGE_PACKAGE serves again with the settings before"
  if [[ $ROLLOUT == own ]]; then
    # They are not judged: this host tries them again.
    upgrade_pause "$CHANGE_PACKAGE" "$CHANGE_ID"
    change_close
  else
    change_end
  fi
}

# change_interrupted REASON: no verdict. A host that stops has its record for the next boot or poll; one that Auto Scaling takes out of
# service has the settings before again, and tries again later.
change_interrupted() {
  local files=$SETTINGS_DIR/$CHANGE_PACKAGE why=$ENDING
  log_error "$CHANGE_ID of $CHANGE_PACKAGE are not judged, since $ENDING: $1"
  if [[ $CHANGE_OUTCOME == bad ]]; then
    CHANGE_OUTCOME=''
    change_record_write || log_error "the next poll or boot judges them"
  fi
  ! ending_stop || return 0
  [[ ! -e $files.before ]] || mv "$files.before" "$files.env"
  rm -f "$files.etag"
  change_restart || log_error "$CHANGE_PACKAGE is not healthy with the settings before either"
  change_judge_off "since $why: $1"
  host_status_put serving unknown "$CHANGE_ID of $CHANGE_PACKAGE were put off, since $why: $1"
  change_close
}

# change_stuck: going back failed too, which convicts nothing: this host may be at fault. Its mark stays, and counts. Every poll tries
# again, and tells no more than once.
change_stuck() {
  local reason=$FAILURE
  STUCK_PACKAGE=$CHANGE_PACKAGE
  # They are judged: only others are worth a look.
  write_file "$SETTINGS_DIR/$CHANGE_PACKAGE.etag" "$CHANGE_ETAG"
  log_error "this host serves with neither $CHANGE_ID of $CHANGE_PACKAGE nor the settings before, and stays out of the load balancer: $reason"
  [[ -z $TOWLINE_TARGET_GROUP_ARN ]] || target_query DeregisterTargets || log_error "leaving the load balancer failed"
  renewal_stop
  host_status_put failed unhealthy "$reason"
  [[ $CHANGE_STUCK == no ]] || return 0
  event_publish stuck "$CHANGE_PACKAGE" "$CHANGE_ID" '' "${reason:0:1000}" "$CHANGE_STARTED"
  CHANGE_STUCK=yes
  change_record_write
}

# change_restart: the gate that settings must pass.
change_restart() {
  # shellcheck disable=SC2034 # what the app wrote before does not explain what comes now
  PACKAGES_INSTALLED_AT=$EPOCHSECONDS
  processes_command "$CHANGE_PACKAGE" restart ||
    fail "$CHANGE_PACKAGE restart failed: $(processes_failure "$CHANGE_PACKAGE")" || return 1
  processes_start && health_gate
}

# change_end: these settings are judged.
change_end() {
  write_file "$SETTINGS_DIR/$CHANGE_PACKAGE.etag" "$CHANGE_ETAG"
  change_close
}

# change_close: nothing of the change is left, and the next host may begin.
change_close() {
  local files=$SETTINGS_DIR/$CHANGE_PACKAGE
  rm -f "$files.next" "$files.before"
  rollout_end
  change_record_end
}
