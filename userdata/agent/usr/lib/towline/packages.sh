# Installed packages: what is there, and installing a version.
# shellcheck shell=bash disable=SC2034 # VERSION is read by the callers

# package_version PACKAGE: the installed version in VERSION, '' where it is not installed.
package_version() {
  local answer
  VERSION=''
  # dpkg-query exits 1 for a package it has never heard of, which is an answer here.
  answer=$(dpkg-query --show --showformat='${db:Status-Status} ${Version}' "$1" 2>/dev/null) || return 0
  if [[ $answer == 'installed '* ]]; then VERSION=${answer#installed }; fi
}

# package_held PACKAGE: whether it is to stay as it is on this host, by apt-mark hold.
package_held() {
  [[ $(dpkg-query --show --showformat='${db:Status-Want}' "$1" 2>/dev/null) == hold ]]
}

PACKAGES_UNDONE=no      # whether an installation failed, which may have left more half done than its packages
SIMULATED=()            # what the last simulation would have changed, as package=version
PACKAGES_INSTALLED_AT=0 # seconds since the epoch: when this run last began to install something
PACKAGES_PATIENCE=120   # seconds to wait while another program, such as unattended-upgrades, holds dpkg's lock

# packages_install PACKAGE=VERSION|FILE...: one transaction. Returns 1 with FAILURE and INSTALL_FAULT set.
packages_install() {
  PACKAGES_INSTALLED_AT=$EPOCHSECONDS
  install_run "$@" || {
    PACKAGES_UNDONE=yes
    return 1
  }
  log "installed $*"
}

# packages_download PACKAGE=VERSION...: into apt's cache. Meets all that would keep a version from being installed, except for what dpkg
# refuses. Returns 1 with FAILURE and INSTALL_FAULT set.
packages_download() {
  install_run --download-only "$@"
}

# packages_simulate PACKAGE=VERSION...: what an installation would change, in SIMULATED as package=version, on a host that stays as it is.
# Returns 1 with FAILURE, INSTALL_FAULT and INSTALL_STANDING set where it would fail, or remove anything.
packages_simulate() {
  local verb name rest
  SIMULATED=()
  install_run --simulate "$@" || return 1
  # "Inst hello [1.0.0] (1.1.0 stable [amd64])", and without the version before where there is none
  while read -r verb name rest; do
    [[ $verb == Inst && $rest =~ \(([^ \)]+) ]] || continue
    SIMULATED+=("${name%:*}=${BASH_REMATCH[1]}")
  done <"$RUN_DIR/apt-install.log"
}

# packages_repair: ends what an interrupted dpkg left half done. dpkg does not wait for its lock as apt does.
packages_repair() {
  local file=$RUN_DIR/dpkg-configure.log deadline=$((SECONDS + PACKAGES_PATIENCE)) reason
  until DEBIAN_FRONTEND=noninteractive dpkg --configure -a --force-confdef --force-confold </dev/null >"$file" 2>&1; do
    if ! grep -qF 'locked by another process' "$file" || ((SECONDS >= deadline)); then
      cat "$file" >&2
      reason=$(grep -m 1 '^dpkg: error' "$file") || reason=$(tail -n 1 "$file")
      fail "dpkg --configure -a failed: $reason" || return 1
    fi
    sleep 2
  done
  PACKAGES_UNDONE=no
}
