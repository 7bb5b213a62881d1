# The processes of the host's apps, through their own command: the agent never knows what they are.
# shellcheck shell=bash disable=SC2034 # HEALTH_PACKAGE is read by the boot

PROCESSES_PATIENCE=600       # seconds for an app's command, which waits for what it ends: jobs may take long to stop
PROCESSES_STATUS_PATIENCE=30 # seconds for its answer whether the processes run

# processes_start: starts what TOWLINE_PROCESSES asks for; starting again what runs changes nothing.
processes_start() {
  local entry package scale
  for entry in $TOWLINE_PROCESSES; do
    package=${entry%%:*} HEALTH_PACKAGE=${entry%%:*}
    IFS=, read -ra scale <<<"${entry#*:}"
    processes_command "$package" scale "${scale[@]}" || fail "$package scale ${scale[*]} failed: $(processes_failure "$package")" || return 1
    log "started $package ${scale[*]}"
  done
}

# processes_stop: ends them all and waits, each for as long as its unit gives it. What does not end is logged: the host goes anyway.
processes_stop() {
  local entry package scale
  for entry in $TOWLINE_PROCESSES; do
    package=${entry%%:*}
    IFS=, read -ra scale <<<"${entry#*:}"
    scale=("${scale[@]/%=*/=0}")
    if processes_command "$package" scale "${scale[@]}"; then
      log "stopped $package ${scale[*]}"
    else
      log_error "$package scale ${scale[*]} failed: $(processes_failure "$package")"
    fi
  done
}

# processes_command PACKAGE ARGUMENT...: the command the package brings. Its full path: a name alone could be another's.
processes_command() {
  local package=$1 seconds=$PROCESSES_PATIENCE
  shift
  [[ $1 != status ]] || seconds=$PROCESSES_STATUS_PATIENCE
  limited "$seconds" "$TOWLINE_ROOT/usr/bin/$package" "$@" </dev/null
}

# processes_restarts: how often systemd has started the apps' processes again by itself since they were started, in RESTARTS. Returns 1
# where it does not say.
processes_restarts() {
  local entry line shown units=()
  RESTARTS=0
  for entry in $TOWLINE_PROCESSES; do units+=("${entry%%:*}-*.service"); done
  ((${#units[@]})) || return 0
  shown=$(systemctl show --property=NRestarts "${units[@]}" 2>/dev/null) || return 1
  while IFS= read -r line; do
    if [[ $line =~ ^NRestarts=([0-9]+)$ ]]; then RESTARTS=$((RESTARTS + BASH_REMATCH[1])); fi
  done <<<"$shown"
}

# processes_failure PACKAGE: prints why its command failed: that it hung, or what the app wrote.
processes_failure() {
  local reason=$LIMIT_REASON
  [[ -n $reason ]] || reason=$(processes_journal "$1")
  printf '%s' "$reason"
}

# processes_journal [PACKAGE]: prints the last lines an app wrote since the last installation, every app without PACKAGE, as
# one line of 600 characters; what systemd says of it where it wrote none.
processes_journal() {
  local entry lines units=()
  for entry in ${1:-$TOWLINE_PROCESSES}; do
    units+=("--unit=${entry%%:*}-*")
  done
  ((${#units[@]})) || return 0
  lines=$(processes_log "${units[@]}" _TRANSPORT=stdout)
  [[ -n $lines ]] || lines=$(processes_log "${units[@]}")
  lines=${lines//$'\n'/ | }
  if ((${#lines} > 600)); then lines=${lines: -600}; fi
  printf '%s' "$lines"
}

processes_log() {
  journalctl --quiet --no-pager --output=cat --lines=5 --since="@$PACKAGES_INSTALLED_AT" "$@" ||
    printf '(its log could not be read)'
}
