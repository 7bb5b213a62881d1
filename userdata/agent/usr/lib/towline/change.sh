# One change of what this host runs, under the group's lease (docs/rollout.md, "A change on one host"): of its packages or of an app's
# settings. Both go the same way; a kind (change-packages.sh, change-settings.sh) says no more than what to prepare, how to apply it and take it
# back, and how to name it.
# A function here returns 0 once the host serves and everything is reported, 1 where the record stays for the next poll.
# shellcheck shell=bash disable=SC2034,SC2153 # CHANGE_FAULT is written by the kinds, CHANGE_KIND in change-record.sh

# What each kind has as a function of its own, kind_step: self-test looks for them.
CHANGE_KINDS=(packages settings)
CHANGE_STEPS=(words prepare apply progress restore settle end)
CHANGE_FAULT=host # of the last failure: "version" where the way back convicts what came, "host" where it is put off

# change_step STEP [ARGUMENT]: as the kind of this change has it.
change_step() {
  "${CHANGE_KIND}_$1" "${@:2}"
}

# change_run: begins what the CHANGE_ variables name.
change_run() {
  CHANGE_STARTED=$EPOCHSECONDS CHANGE_OUTCOME='' CHANGE_STUCK=no
  change_step words
  change_record_write || {
    change_step end
    record_unwritten "$CHANGE_PACKAGE" "$CHANGE_VERSION"
    return 1
  }
  # It takes the place of what a stuck host could not go back from.
  change_record_supersede
  log "$CHANGE_BEGINS"
  host_status_put upgrading unknown ''
  change_forward
}

# change_resume: ends what a crash, a kill or a reboot left of a change.
change_resume() {
  change_record_read || return 1
  change_step words
  bake_under_way || log "resuming the interrupted change of $CHANGE_PACKAGE to $CHANGE_VERSION"
  # The lease of a stuck host is left to expire.
  [[ $CHANGE_STUCK == yes ]] || rollout_resume || return 1
  if [[ $CHANGE_OUTCOME != bad ]] && bake_under_way; then
    change_judged
    return
  fi
  change_step progress
  if [[ $CHANGE_OUTCOME == bad ]]; then
    change_go_back "$CHANGE_REASON"
    return
  fi
  case $CHANGE_PROGRESS in
    staged) change_forward ;;
    applying) change_apply ;;
    applied) change_prove ;;
    # An interruption says nothing about what came: no verdict.
    *) change_put_off "it was interrupted" ;;
  esac
}

# change_forward: prepared → leaving → changing.
change_forward() {
  CHANGE_FAULT=host
  if change_step prepare && change_leave; then
    change_apply
  elif [[ $CHANGE_FAULT == version ]]; then
    change_go_back "$FAILURE"
  else
    change_put_off "$FAILURE"
    return 1
  fi
}

change_leave() {
  rollout_leave "$CHANGE_PACKAGE" "$CHANGE_VERSION" && target_leave
}

# change_apply: changing → gate.
change_apply() {
  CHANGE_FAULT=host
  if change_step apply; then
    change_prove
  else
    turn_time_reason
    if [[ $CHANGE_FAULT == version ]]; then
      change_go_back "$FAILURE"
      return
    fi
    change_pause
    change_put_off "$FAILURE"
    return 1
  fi
}

# change_prove: gate → joined; or the host goes back.
change_prove() {
  change_serve || {
    (($? == 1)) || return 1
    turn_time_reason
    change_go_back "$FAILURE"
    return
  }
  turn_time_end
  change_judged
}

# change_judged: joined → (baking) → judged; or the host goes back.
change_judged() {
  local outcome=ok
  ! bake_other_settings || outcome=off
  change_judge "$outcome" '' || return 1
  case $ROLLOUT in
    bake*)
      bake_pause "${ROLLOUT#*"$TAB"}"
      return 1
      ;;
    alarm*)
      change_withdraw "${ROLLOUT#*"$TAB"}"
      return
      ;;
    # A version that others found bad meanwhile is replaced by the next poll, under a slot. Of settings no poll looks again.
    bad)
      if [[ $CHANGE_KIND == settings ]]; then
        change_withdraw "others found them bad meanwhile"
        return
      fi
      ;;
  esac
  bake_end
  [[ $ROLLOUT != off ]] || outcome=off
  change_step settle "$outcome"
  host_status_put serving healthy '' ''
  change_announce
  change_end
}

# change_serve: the gate that what is on the host now has to pass, and back into the load balancer. Returns 1 with FAILURE set where that is
# not to be had, 2 where only AWS keeps the host from joining: the next poll tries again.
change_serve() {
  processes_start || return 1
  if [[ $CHANGE_PACKAGE == towline-agent ]]; then
    agent_check || return 1
  fi
  health_gate && target_join
}

# change_judge OUTCOME REASON: what the group is to hear of everything that came, in ROLLOUT what it answers.
change_judge() {
  # Settings that were deleted have no name to be judged by, and nothing that could be tried again.
  if [[ $CHANGE_KIND == settings && -z $CHANGE_ETAG ]]; then
    ROLLOUT=${1/failed/bad}
    return 0
  fi
  rollout_judge "$1" "$CHANGE_PACKAGE" "$CHANGE_VERSION" "$2" "${CHANGE_WITH[@]}"
}

# change_announce: what has come, each by itself.
change_announce() {
  local spec package version previous
  change_specs
  for spec in "${CHANGE_SPECS[@]}"; do
    read -r package version previous <<<"$spec"
    log "$package serves with $version"
    [[ -z $CHANGE_EVENT ]] || event_publish "$CHANGE_EVENT" "$package" "$version" "$previous" "$CHANGE_REASON" "$CHANGE_STARTED"
  done
}

# change_end: nothing of it is left, and the next host may begin.
change_end() {
  local spec
  change_step end
  rollout_end
  change_record_end
  change_specs
  for spec in "${CHANGE_SPECS[@]}"; do conffiles_end "${spec%% *}"; done
}
