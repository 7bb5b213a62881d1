# From a host with an agent to a host in service, or to a host that says why not.
# shellcheck shell=bash

BOOT_PATIENCE=480 # seconds to wait for a first version of each package; below the launch hook's 600 s
BOOT_FAULT=host   # whose fault it is where the boot fails now: "version" where any host would have met it
BOOT_BLAMED=''    # which package's, '' where nobody knows

boot_main() {
  BOOT_STARTED=$EPOCHSECONDS
  paths_prepare
  host_env_load
  load_everything
  load reboot
  lock_take 1800 || die 75 "another run of the agent did not end within 1800 s"
  imds_instance && records_check || return 1
  timer_spread || log_error "the timer keeps the second it has"
  if [[ -e $LAUNCHED_MARKER && ! -e $WARMED_MARKER ]]; then
    reboot_resume
  else
    boot_first
  fi
}

# boot_first: called by the user data, and when a host of the warm pool is started to serve. Its result decides whether Auto Scaling
# takes the host.
boot_first() {
  host_status_put booting unknown ''
  # Of a boot that was cut short.
  rm -f "$TURN_FILE"
  if ! boot_prove; then
    if [[ $BOOT_FAULT == version ]] && ! ending_look; then
      rollout_booted failed "$FAILURE" "$BOOT_BLAMED"
    else
      rollout_booted off '' ''
    fi
    boot_failed "$FAILURE"
    lifecycle_launched ABANDON ||
      log_error "the launch lifecycle action could not be abandoned: it ends by its timeout"
    return 1
  fi
  if lifecycle_leaving && [[ $LIFECYCLE_TARGET == Warmed:* ]]; then
    rollout_booted ok '' ''
    boot_wait
  elif boot_serve; then
    boot_proven
  else
    rollout_booted off '' ''
    return 1
  fi
}

# boot_proven: in a group of which nothing is proven, it takes a load balancer that finds the host healthy. One that Auto Scaling ends before
# leaves its name there, and counts once nobody has heard of it for long.
boot_proven() {
  local result=0
  rollout_counted || return 0
  if [[ -n $TOWLINE_TARGET_GROUP_ARN ]]; then target_wait 'healthy|draining' "$((TOWLINE_HEALTH_TIMEOUT + 120))" || result=$?; fi
  # Without Auto Scaling, nobody has registered it yet.
  if ((result == 1)) && [[ $TARGET_STATE != absent && $TARGET_STATE != unused ]]; then
    rollout_booted failed "$FAILURE" ''
  elif [[ ${TARGET_STATE:-} != draining ]]; then
    rollout_booted ok '' ''
  fi
}

# boot_prove: everything between the launch and the answer to its hook. Each wait, the installation and the proof have the hook's time
# to themselves: how much of it passed before the agent was there, nobody knows.
boot_prove() {
  lifecycle_heartbeat
  uses_wait $((SECONDS + BOOT_PATIENCE)) || return 1
  [[ -z $TOWLINE_USES ]] || lifecycle_heartbeat
  volume_claim $((SECONDS + BOOT_PATIENCE)) || return 1
  [[ -z $TOWLINE_VOLUME_ID ]] || lifecycle_heartbeat
  settings_fetch && boot_install || return 1
  lifecycle_heartbeat
  disk_share || return 1
  BOOT_FAULT=version HEALTH_PACKAGE=''
  if ! { processes_start && health_gate; }; then
    BOOT_BLAMED=$HEALTH_PACKAGE
    return 1
  fi
  BOOT_FAULT=host
  address_claim
}

# boot_serve: into service.
boot_serve() {
  host_status_put serving healthy ''
  boot_keep
  lifecycle_launched CONTINUE || return 1
  write_file "$LAUNCHED_MARKER" "$INSTANCE"
  rm -f "$WARMED_MARKER"
  # Auto Scaling registers it now.
  target_joined
  systemctl start --no-block towline-agent-watch.service || log_error "this host does not watch for its end"
  log "booted in $((EPOCHSECONDS - BOOT_STARTED)) s: ${BOOT_INSTALLED[*]}"
}

# boot_wait: into the warm pool, with nothing running: Auto Scaling starts the host again once it is to serve.
boot_wait() {
  processes_stop
  host_status_put booting healthy ''
  boot_keep
  # Before the answer: the host may be stopped right after.
  write_file "$WARMED_MARKER" "$INSTANCE"
  lifecycle_launched CONTINUE || return 1
  log "ready for the warm pool in $((EPOCHSECONDS - BOOT_STARTED)) s: ${BOOT_INSTALLED[*]}"
}

# boot_keep: the files to go back to. A boot gives no verdict: nobody has seen yet how the host serves.
boot_keep() {
  local spec
  for spec in "${BOOT_INSTALLED[@]}"; do
    # An agent that did not pass its self-test is not here any more.
    package_version "${spec%%=*}"
    [[ $VERSION == "${spec#*=}" ]] || continue
    package_keep "${spec%%=*}" "${spec#*=}" || log_error "the next upgrade will try again to keep it"
  done
}

# boot_install: the decided version of every package, in one run of apt; a package the repository does not hold yet is
# waited for. BOOT_INSTALLED lists them all as package=version.
boot_install() {
  local row package chosen action reason missing specs notes agent deadline=$((SECONDS + BOOT_PATIENCE)) said=''
  package_version towline-agent
  agent=$VERSION
  # The main suite has been read by towline-install, which knows no other; in the warm pool time has passed since.
  if [[ -n $TOWLINE_CHANNEL || -e $WARMED_MARKER ]]; then
    until boot_update; do
      ((SECONDS < deadline)) || return 1
      sleep 2
    done
  fi
  while true; do
    missing='' specs=() notes=() BOOT_INSTALLED=()
    until rollout_boot; do
      ((SECONDS < deadline)) || return 1
      sleep 5
      [[ $INDEX_REFUSED == no ]] || boot_update || log "the repository could not be read, trying again"
    done
    for row in "${CORE_ANSWERS[@]}"; do
      IFS=, read -r package chosen action reason <<<"${row//$TAB/,}"
      if [[ -z $chosen ]]; then missing=$reason; else BOOT_INSTALLED+=("$package=$chosen"); fi
      if [[ $action != none ]]; then specs+=("$package=$chosen") notes+=("installing $package $chosen: $reason"); fi
    done
    [[ -n $missing ]] || break
    ((SECONDS < deadline)) || fail "waited $BOOT_PATIENCE s: $missing" || return 1
    [[ $said == "$missing" ]] || log "waiting: $missing"
    said=$missing
    sleep 2
    boot_update || log "the repository could not be read, trying again"
  done
  if ((${#specs[@]})); then
    for reason in "${notes[@]}"; do log "$reason"; done
    lifecycle_heartbeat
    packages_install "${specs[@]}" || {
      BOOT_FAULT=$INSTALL_FAULT
      boot_blame
      return 1
    }
    agent_check_booted "$agent"
  fi
}

# boot_blame: at which of the group's packages dpkg failed, where it is one alone.
boot_blame() {
  local name names
  mapfile -t names < <(sed -nE "$INSTALL_FAILED" "$RUN_DIR/apt-install.log" | sort -u)
  for name in "${PACKAGES[@]}"; do
    if [[ ${names[*]} == "$name" ]]; then BOOT_BLAMED=$name; fi
  done
}

boot_update() {
  channel_look && repository_update
}

# boot_failed REASON: says so in the status object and on the topic. The health gate's reason ends in the app's last log lines.
boot_failed() {
  local package=${PACKAGES[1]:-${PACKAGES[0]}}
  log_error "this host is not fit to serve: $1"
  host_status_put failed unhealthy "$1"
  package_version "$package"
  event_publish boot-failed "$package" "$VERSION" '' "${1:0:1000}" "$BOOT_STARTED"
}
