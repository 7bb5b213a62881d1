# apt-get install: what may help where it fails, and whose fault it is where that does not.
# shellcheck shell=bash disable=SC2034 # INSTALL_FAULT is read by the callers

INSTALL_FAULT=host  # of the last failure: "version" where any host would have met it, "host" where it may be this one's alone
INSTALL_STAYS=()    # what of the group stays as it is, as package=version: named too, so that apt leaves it where lists have changed meanwhile
INSTALL_STANDING=no # whether it stays this host's until somebody changes the host
INSTALL_UNMET='(unmet|Unsatisfied) dependencies|Unable to satisfy dependencies'
INSTALL_OLD_LISTS="$INSTALL_UNMET|Unable to locate package|has no installation candidate|Unable to fetch some archives|Some files failed to download"
# What dpkg fails with on a host that is in trouble itself.
INSTALL_TROUBLE='No space left on device|Read-only file system|Input/output error|Cannot allocate memory|locked by another process'
# Which packages dpkg failed at, and where it is with which.
INSTALL_FAILED='s/^dpkg: error processing (package|archive) (\S*\/)?([a-z0-9][a-z0-9+.-]+).*/\3/p'
INSTALL_STEP='s/^(Preparing to unpack \S*\/|Unpacking |Setting up |Removing |Processing triggers for )([a-z0-9][a-z0-9+.-]+).*/\2/p'

# install_run [OPTION...] PACKAGE=VERSION|FILE...: once more after what may help. Returns 1 with FAILURE and INSTALL_FAULT set.
install_run() {
  local file=$RUN_DIR/apt-install.log lists=old
  INSTALL_FAULT=host INSTALL_STANDING=no
  ! install_once "$@" || return 0
  if grep -qF 'dpkg was interrupted' "$file"; then
    packages_repair || log_error "going on: installing a version again may repair it"
    ! install_once "$@" || return 0
  elif grep -qE "$INSTALL_OLD_LISTS" "$file"; then
    # Of an image or a host that was off, Debian's lists may name what is gone, or nothing at all.
    log "trying again with the newest lists of all sources"
    if repository_update_all; then lists=new; fi
    ! install_once "$@" || return 0
  fi
  install_judge "$lists" "$@"
  fail "apt-get install $* failed: $REASON"
}

# install_once ARGUMENT...: its output is in $file, and in the log where it fails.
install_once() {
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get install -y -q --allow-downgrades --no-install-recommends --no-remove \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 \
    -o DPkg::Lock::Timeout="$PACKAGES_PATIENCE" -o APT::Keep-Downloaded-Packages=true "$@" "${INSTALL_STAYS[@]}" </dev/null >"$file" 2>&1 && return 0
  cat "$file" >&2
  return 1
}

# install_judge old|new ARGUMENT...: the reason in REASON and whose fault it is in INSTALL_FAULT and INSTALL_STANDING, by apt's output in
# $file and the lists it had.
install_judge() {
  local lists=$1
  shift
  apt_reason "$file"
  if install_held "$@"; then
    INSTALL_STANDING=yes
  elif grep -qF 'Packages need to be removed' "$file"; then
    install_removal
  elif [[ -n $LIMIT_REASON ]]; then
    install_hung "$@"
  elif grep -qF 'Sub-process /usr/bin/dpkg returned an error code' "$file"; then
    if ! grep -qE "$INSTALL_TROUBLE" "$file" && install_changes "$(sed -nE "$INSTALL_FAILED" "$file")" "$@"; then INSTALL_FAULT=version; fi
  elif grep -qE "$INSTALL_UNMET" "$file"; then
    REASON=$(grep -m 1 -E '^ .* (Pre)?Depends: ' "$file" || printf '%s' "$REASON")
    REASON=${REASON# }
    # --fix-broken is apt's advice where packages that are installed already lack something.
    [[ $lists == old ]] || grep -qF -- '--fix-broken' "$file" || INSTALL_FAULT=version
  fi
}

# install_held ARGUMENT...: whether it works once nothing is held on this host (apt-mark hold), and what is then, in REASON.
install_held() {
  local held
  held=$(apt-mark showhold) && [[ -n $held ]] || return 1
  grep -qE "$INSTALL_UNMET|Held packages were changed" "$file" || return 1
  file=$RUN_DIR/apt-unheld.log install_once --simulate --ignore-hold --allow-change-held-packages "$@" 2>/dev/null || return 1
  REASON="held on this host (apt-mark hold): ${held//$'\n'/, }"
}

# install_removal: what of the group may not go says that the version is bad; of anything else, other hosts may have none.
install_removal() {
  local removed package
  removed=$(sed -n '/^The following packages will be REMOVED:/,/^[^ ]/s/^ //p' "$file" | xargs)
  REASON="it would remove ${removed// /, }"
  INSTALL_STANDING=yes
  for package in "${PACKAGES[@]}" "$KEYRING"; do
    [[ " $removed " != *" $package "* ]] || INSTALL_FAULT=version INSTALL_STANDING=no
  done
}

# install_hung ARGUMENT...: the version's fault where dpkg was at a package that comes with it.
install_hung() {
  local step
  step=$(sed -nE "$INSTALL_STEP" "$file" | tail -n 1)
  REASON="$LIMIT_REASON${step:+, at $step}"
  [[ -z $step ]] || ! install_changes "$step" "$@" || INSTALL_FAULT=version
}

# install_changes NAMES ARGUMENT...: whether this run changes one of the packages, or none is named.
install_changes() {
  local name argument names=$1
  shift
  [[ -n $names ]] || return 0
  for name in $names; do
    for argument in "$@" "${SIMULATED[@]}"; do
      argument=${argument##*/}
      [[ ${argument%%[=_]*} != "$name" ]] || return 0
    done
  done
  return 1
}
