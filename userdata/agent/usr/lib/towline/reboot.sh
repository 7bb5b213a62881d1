# From a reboot back to service: by the boot or, where that did not get there, by a poll.
# shellcheck shell=bash

REBOOT_PATIENCE=480 # seconds to wait for the group's volume

# reboot_resume: called by the boot. What is installed stays, unless the reboot came in the middle of a change; the poll looks for more.
reboot_resume() {
  host_status_put booting unknown ''
  if ! volume_claim $((SECONDS + REBOOT_PATIENCE)); then
    boot_failed "$FAILURE"
    return 1
  fi
  if change_open; then
    change_resume || [[ $BAKE_GOES_ON == yes ]]
    return
  fi
  if ! reboot_serve; then
    boot_failed "$FAILURE"
    return 1
  fi
}

# reboot_retry: called by every poll, once no change is open. A host whose boot failed, or was cut short, or whose record of an open change
# was lost, is tried anew, without a word
# to the topic. Returns 1 where the volume is missing: nothing new could be proven then, while a newer version may be what cures an app.
reboot_retry() {
  record_status
  [[ $STATUS_TEXT =~ \"state\":\"(booting|failed|upgrading)\" ]] || return 0
  # A host out of the warm pool that failed there has been abandoned.
  [[ ! -e $WARMED_MARKER ]] || return 0
  load_everything
  log "the last boot left this host out of service: trying again"
  if ! volume_claim $((SECONDS + REBOOT_PATIENCE)); then
    host_status_put failed unhealthy "$FAILURE"
    return 1
  fi
  reboot_serve || host_status_put failed unhealthy "$FAILURE"
}

# reboot_serve: starts and proves what is there. Returns 1 with FAILURE set.
reboot_serve() {
  processes_start && health_gate && address_claim || return 1
  host_status_put serving healthy "$RECORDS_FAULT"
  log "serving again after a reboot"
}
