# One line per fact, on stdout and stderr, which systemd and cloud-init keep.
# shellcheck shell=bash disable=SC2034 # FAILURE and NOW are read by the callers

FAILURE=''

# log TEXT: a fact.
log() {
  printf '%s\n' "$*"
}

# log_error TEXT: a fact somebody should look at.
log_error() {
  printf 'error: %s\n' "$*" >&2
}

# fail TEXT: logs why a step failed and keeps it in FAILURE for verdict, status and event. Always returns 1.
fail() {
  FAILURE=$1
  log_error "$1"
  return 1
}

# die CODE TEXT: logs and ends the program with CODE (sysexits: 64 usage, 78 configuration).
die() {
  log_error "$2"
  exit "$1"
}

# now: the present time in NOW, ISO 8601 UTC.
now() {
  TZ=UTC printf -v NOW '%(%Y-%m-%dT%H:%M:%SZ)T' "${1:--1}"
}
