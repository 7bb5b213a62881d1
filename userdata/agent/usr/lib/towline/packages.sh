# Installed packages: what is there, installing a version, going back to a kept one.
# shellcheck shell=bash disable=SC2034 # VERSION is read by the callers

# package_version PACKAGE: the installed version in VERSION, '' where it is not installed.
package_version() {
  local answer
  VERSION=''
  # dpkg-query exits 1 for a package it has never heard of, which is an answer here.
  answer=$(dpkg-query --show --showformat='${db:Status-Status} ${Version}' "$1" 2>/dev/null) || return 0
  if [[ $answer == 'installed '* ]]; then VERSION=${answer#installed }; fi
}

PACKAGES_INSTALLED_AT=0 # seconds since the epoch: when this run last began to install something

# packages_install PACKAGE=VERSION|FILE...: one run of apt-get; the reason of a failure is in FAILURE.
packages_install() {
  local file=$RUN_DIR/apt-install.log
  PACKAGES_INSTALLED_AT=$EPOCHSECONDS
  if DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get install -y -q --allow-downgrades --no-install-recommends \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 \
    -o DPkg::Lock::Timeout=120 -o APT::Keep-Downloaded-Packages=true "$@" </dev/null >"$file" 2>&1; then
    log "installed $*"
    return 0
  fi
  cat "$file" >&2
  apt_reason "$file"
  fail "apt-get install $* failed: $REASON"
}

# packages_repair: ends what an interrupted dpkg left half done.
packages_repair() {
  local file=$RUN_DIR/dpkg-configure.log
  DEBIAN_FRONTEND=noninteractive dpkg --configure -a --force-confdef --force-confold </dev/null >"$file" 2>&1 && return 0
  cat "$file" >&2
  fail "dpkg --configure -a failed: $(tail -n 1 "$file")"
}

# package_file DIR PACKAGE VERSION: the path of a package file in FILE. Returns 1 where DIR holds none.
package_file() {
  local candidates=("$1/$2_${3//:/%3a}"_*.deb)
  FILE=${candidates[0]}
  [[ -f $FILE ]]
}

# package_keep PACKAGE VERSION: keeps the .deb of this version, and of no other, out of reach of apt's own cleaning.
# Returns 1 with FAILURE set where neither apt's cache nor the repository has it any more.
package_keep() {
  local kept other
  if ! package_file "$KEEP_DIR" "$1" "$2"; then
    if package_file "$ARCHIVES_DIR" "$1" "$2"; then
      cp --force "$FILE" "$KEEP_DIR/"
    else
      (cd "$KEEP_DIR" && apt-get download -q "$1=$2" >"$RUN_DIR/apt-download.log" 2>&1) ||
        fail "the package file of $1 $2 is neither in apt's cache nor in the repository" || return 1
    fi
    package_file "$KEEP_DIR" "$1" "$2" || fail "the package file of $1 $2 could not be kept in $KEEP_DIR" || return 1
  fi
  kept=$FILE
  for other in "$KEEP_DIR/$1"_*.deb; do
    [[ $other == "$kept" ]] || rm -f "$other"
  done
}
