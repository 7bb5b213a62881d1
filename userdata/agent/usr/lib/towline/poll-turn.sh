# A poll that holds the lock: what there is to do on the host first, then one look at the bucket, then whatever is new there.
# shellcheck shell=bash disable=SC2034 # POLL_MAIN and CHANNEL_ETAG are read by others

POLL_PATIENCE=600 # seconds one poll waits for the lease; the next poll goes on waiting

poll_turn() {
  if [[ ! -e $LAUNCHED_MARKER ]]; then
    log "the first boot has not ended: nothing to poll for yet"
    return 0
  fi
  if [[ -e $LEFT_MARKER ]]; then
    log "this host has left service: nothing to poll for any more"
    return 0
  fi
  host_env_load
  imds_instance || return 1
  load reboot target-check report
  records_check || return 1
  if [[ -e $STATUS_UNSENT_FILE || -d $EVENTS_DIR ]]; then
    load_everything
    outbox_send
  fi
  STUCK_PACKAGE='' BAKE_GOES_ON=no
  if [[ -e $GUARD_DIR/restored ]]; then
    load_everything
    guard_blame || return 1
  fi
  if change_open; then
    load_everything
    change_resume || [[ -n $STUCK_PACKAGE || $BAKE_GOES_ON == yes ]] || return 1
  fi
  if [[ -e $GUARD_DIR/guarded ]]; then
    load_everything
    guard_pass || return 1
  fi
  if [[ -n $STUCK_PACKAGE ]]; then
    stuck_resolve || [[ $BAKE_GOES_ON == yes ]] || {
      stuck_replace || log_error "this host could not ask to be replaced: the next poll tries again"
      return 1
    }
  fi
  [[ ! -e $STUCK_FILE ]] || rm -f "$STUCK_FILE"
  if [[ $BAKE_GOES_ON == yes ]]; then
    target_check
    report_due
    return 0
  fi
  reboot_retry || return 1
  target_check
  report_due
  while true; do
    poll_look || return 1
    if [[ $POLL_CHANGED == no && -z ${POLL_SETTINGS[*]} ]]; then
      quiet_prepare
      return 0
    fi
    load_everything
    settings_converge "${POLL_SETTINGS[@]}" || [[ $BAKE_GOES_ON == yes ]] || return 1
    [[ $BAKE_GOES_ON == no ]] || return 0
    [[ $POLL_CHANGED == yes ]] || return 0
    timer_spread || log_error "the timer keeps the second it has"
    rollout_poll "$POLL_PATIENCE" "${PACKAGES[@]/#/packages$TAB}" || return 1
    [[ $BAKE_GOES_ON == no ]] || return 0
    [[ $ROLLOUT != unchanged ]] || return 1
    [[ $ROLLOUT == changed ]] || return 0
  done
}

# poll_look: one conditional request for each object that the last poll found nothing left to do for, and each app's settings. POLL_CHANGED is
# whether one is another now, POLL_MAIN and CHANNEL_ETAG the tags of the suites, POLL_SETTINGS the packages whose settings are others
# than those last judged. LOOK_LIST is what was asked for.
poll_look() {
  local main="dists/$TOWLINE_SUITE/InRelease" channel key etag wake='' package index keys seen=() watched=() look=() known=()
  channel_key
  channel=$KEY
  keys=("$main" ${channel:+"$channel"} "rollout/$TOWLINE_GROUP/control.json" "rollout/$TOWLINE_GROUP/policy.json")
  if [[ -f $ETAG_FILE ]]; then
    while read -r key etag; do
      if [[ $key == wake ]]; then
        wake=$etag
        continue
      fi
      record_tag "$etag"
      known+=("$key") seen+=("$TAG")
    done 2>/dev/null <"$ETAG_FILE"
  fi
  # Without them, with another agent's, or with a damaged file, everything is looked at.
  POLL_CHANGED=no
  if [[ ${known[*]} != "${keys[*]}" ]]; then
    POLL_CHANGED=yes keys=("$main" ${channel:+"$channel"}) seen=('' '')
  fi
  # A freeze ends, or the index does, and no object says so. (A clock that was set back has it end later; what a damaged file says is no time.)
  if [[ -n $wake ]]; then
    if [[ ! $wake =~ ^[1-9][0-9]{0,10}$ ]] || ((EPOCHSECONDS >= wake)); then POLL_CHANGED=yes; else due_at "$wake"; fi
  fi
  for index in "${!keys[@]}"; do look+=("${keys[index]}" "${seen[index]}"); done
  settings_packages
  for package in "${SETTINGS_PACKAGES[@]}"; do
    settings_key "$package"
    settings_seen "$package"
    look+=("$KEY" "$ETAG") watched+=("$ETAG")
  done
  # The quiet poll may have asked for just that.
  [[ $LOOK_ASKED == "${look[*]}" ]] || s3_tags "${look[@]}" || return 1
  LOOK_ASKED='' LOOK_LIST=${look[*]}
  POLL_MAIN=${LOOK_ETAGS[0]} CHANNEL_ETAG='' POLL_SETTINGS=()
  [[ -z $channel ]] || CHANNEL_ETAG=${LOOK_ETAGS[1]}
  for index in "${!keys[@]}"; do
    if [[ ${LOOK_ETAGS[index]} == 'HTTP '* ]]; then s3_refused "${keys[index]}" || return 1; fi
    [[ ${LOOK_ETAGS[index]} == "${seen[index]}" ]] || POLL_CHANGED=yes
  done
  [[ -n $POLL_MAIN ]] || fail "the repository s3://$TOWLINE_BUCKET has no InRelease for $TOWLINE_SUITE" || return 1
  for index in "${!SETTINGS_PACKAGES[@]}"; do
    package=${SETTINGS_PACKAGES[index]}
    # Without a tag's file they were never judged, or could not be read: that there are none now is news too.
    [[ -e $SETTINGS_DIR/$package.etag && ${LOOK_ETAGS[${#keys[@]} + index]} == "${watched[index]}" ]] || POLL_SETTINGS+=("$package")
  done
}

# poll_remember (KEY TAG)...: the objects for which nothing is left to do, as they are; "wake TIME": until then, or until the index ends.
poll_remember() {
  packages_standing_end
  waiting_end
  local lines='' wake='' FAILURE # no reason for anything
  while (($#)); do
    if [[ $1 == wake ]]; then wake=$2; else lines+="${lines:+$'\n'}$1 $2"; fi
    shift 2
  done
  if index_current && [[ -n $INDEX_FIRST_END && (-z $wake || $INDEX_FIRST_END -lt $wake) ]]; then wake=$INDEX_FIRST_END; fi
  write_file "$ETAG_FILE" "$lines${wake:+$'\n'wake $wake}"
}
