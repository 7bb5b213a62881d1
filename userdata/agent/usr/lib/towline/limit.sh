# Time limits for programs that may hang. One that does is killed with all of its process group, which is a failure with a reason. None
# of them has the agent's lock or log, or what ends its renewal of the lease: a daemon that one starts, as a package's script may, would keep them for good.
# shellcheck shell=bash disable=SC2034,SC2317 # TURN_EXCEEDED is read by turn_time_reason, the functions named like programs are called in their place

LIMIT_REASON='' # why the last one was ended, '' where it ended by itself
# Run by a shell in the process group that timeout makes: the numbers of the descriptors that are the agent's own, and the command.
# shellcheck disable=SC2016 # its own variables
LIMIT_PROGRAM='for fd in $1; do exec {fd}>&-; done; shift; exec "$@" 2>&3 3>&-'

# limited SECONDS COMMAND...: its exit code, and 137 where it did not end by itself within SECONDS, or what this host may still be out.
limited() {
  local own=$1 seconds report=$RUN_DIR/limit.err result=0
  shift
  turn_time_left "$own"
  seconds=$LEFT
  LIMIT_REASON=''
  # That it killed something is known from what timeout says: a command may have been killed by others.
  { timeout --verbose --signal=KILL "$seconds" bash -c "$LIMIT_PROGRAM" limited "${LOCK:-} ${OUT:-} ${RENEWAL:-}" "$@" || result=$?; } 3>&2 2>"$report"
  if ((result == 137)) && grep -qF 'timeout: sending signal KILL' "$report"; then
    LIMIT_REASON="${1##*/} did not end within $seconds s and was killed"
    [[ $seconds == "$own" ]] || TURN_EXCEEDED=yes
    printf 'E: %s\n' "$LIMIT_REASON" >&2
  fi
  return "$result"
}

apt-get() { limited 600 apt-get "$@"; }
dpkg() { limited 300 dpkg "$@"; }
# It waits for a poll to end, which systemd gives two minutes, and for a disk to be mounted.
systemctl() { limited 180 systemctl "$@"; }
journalctl() { limited 30 journalctl "$@"; }
getent() { limited 30 getent "$@"; }
blkid() { limited 60 blkid "$@"; }
wipefs() { limited 60 wipefs "$@"; }
mkfs.ext4() { limited 600 mkfs.ext4 "$@"; }
resize2fs() { limited 600 resize2fs "$@"; }
xfs_growfs() { limited 600 xfs_growfs "$@"; }
