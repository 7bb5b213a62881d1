# shellcheck shell=bash
# Where the local region keeps things, and how it is cleared away. Sourced by start, down and exec.
# Nearly all of a region lives in its own PID, mount and network namespaces and goes with its first process. What lies
# outside them is listed here, in one place, and removed by clear_region: an nftables table, the forwarding switch, empty
# control groups, the link to the outside and the state folder.

# Several regions may run side by side, each in a place of its own: npm start's is 0, tests take others.

TOWLINE_LIBRARY=$(readlink -f -- "${BASH_SOURCE[0]}")
# The caller's own, where their clean roots lie; empty for its default. From the first script that sources this on.
export TOWLINE_CALLERS_CACHE=${TOWLINE_CALLERS_CACHE-${TOWLINE_CACHE-}}
TOWLINE_CACHE=${TOWLINE_CACHE:-/var/cache/towline}
# Elsewhere in tests alone.
FORWARDING=${TOWLINE_FORWARDING:-/proc/sys/net/ipv4/ip_forward}
FORWARDING_STATE=${TOWLINE_FORWARDING_STATE:-/run/towline-forwarding}
HIGHEST_PLACE=9
export TOWLINE_CACHE

# use_place NUMBER: what lies outside the namespaces of the region in this place is named so.
use_place() {
  TOWLINE_PLACE=$1
  local suffix=-$1
  [ "$1" != 0 ] || suffix=
  TOWLINE_STATE=/run/towline$suffix
  # Mount point, empty outside the region's own mount namespace.
  TOWLINE_RUN=/run/towline-region$suffix
  TOWLINE_TABLE=towline${suffix#-}
  TOWLINE_UPLINK=towline$1
  TOWLINE_CONTROL_GROUP=towline$suffix
  export TOWLINE_PLACE TOWLINE_STATE TOWLINE_RUN TOWLINE_TABLE TOWLINE_UPLINK TOWLINE_CONTROL_GROUP
}

# The places of which something is left, and the first one in any case.
used_places() {
  local place
  echo 0
  for place in $(seq "$HIGHEST_PLACE"); do
    [ ! -d "/run/towline-$place" ] || echo "$place"
  done
}

fail() {
  echo "towline: $*" >&2
  exit 1
}

# build_package DIR OUT: builds an app as its owner does, with the machine's own network and the clean roots that are there already. Each
# version is higher than the one before, whatever git says. Prints what towline build --json prints. Takes the place of the shell, for which
# the caller makes one, and ends with the caller's.
build_package() {
  local version
  version=0.0.0.$(date -u +%Y%m%d%H%M%S)
  TOWLINE_CACHE=$TOWLINE_CALLERS_CACHE exec setpriv --pdeathsig TERM -- \
    "$(dirname "$TOWLINE_LIBRARY")/../bin/towline" build "$1" --version "$version" --out "$2" --json
}

# True while the process that was recorded under NAME still is the one that was recorded (a PID alone may be reused).
recorded_process_lives() {
  local file=$TOWLINE_STATE/$1 pid started
  [ -r "$file" ] && read -r pid started <"$file" && [ -n "$started" ] || return 1
  [ "$(process_start_time "$pid")" = "$started" ]
}

recorded_pid() {
  local pid rest
  # shellcheck disable=SC2034 # rest takes the start time, which only recorded_process_lives reads
  [ -r "$TOWLINE_STATE/$1" ] && read -r pid rest <"$TOWLINE_STATE/$1" && echo "$pid"
}

# One region per place: its names are fixed. The kernel lets go of the lock with the last holder.
lock_region() {
  exec 9>"$TOWLINE_CACHE/place-$TOWLINE_PLACE.lock"
  flock --timeout "$1" 9
}

# The machine has one switch for all regions: the first one keeps what it was, and the last one puts that back.
forwarding_on() (
  exec 8<"$TOWLINE_CACHE"
  flock 8
  mkdir -p "$FORWARDING_STATE"
  [ -s "$FORWARDING_STATE/before" ] || cat "$FORWARDING" >"$FORWARDING_STATE/before"
  echo $$ >"$FORWARDING_STATE/place-$TOWLINE_PLACE"
  echo 1 >"$FORWARDING"
)

# forwarding_off PID: only if it was that process that turned it on for this place; whoever it was where PID is empty.
forwarding_off() (
  [ -e "$FORWARDING_STATE/place-$TOWLINE_PLACE" ] || return 0
  exec 8<"$TOWLINE_CACHE"
  flock 8
  [ -z "$1" ] || [ "$(cat "$FORWARDING_STATE/place-$TOWLINE_PLACE" 2>/dev/null)" = "$1" ] || return 0
  rm -f "$FORWARDING_STATE/place-$TOWLINE_PLACE"
  [ -z "$(find "$FORWARDING_STATE" -name 'place-*')" ] || return 0
  cat "$FORWARDING_STATE/before" >"$FORWARDING"
  rm -r "$FORWARDING_STATE"
)

# Puts the switch back where this shell is killed and cannot: a machine that goes on forwarding is open to its neighbours. It is in a session
# of its own, so that neither Ctrl-C nor whoever kills a process group ends it, and holds no lock of the region's.
watch_forwarding() {
  # shellcheck disable=SC2016 # expanded by the inner shell
  setsid --fork bash -c 'source "$1"; tail --pid="$2" --follow /dev/null; forwarding_off "$2"' watch "$TOWLINE_LIBRARY" $$ \
    9>&- </dev/null >/dev/null 2>&1
}

record_process() {
  printf '%s %s\n' "$2" "$(process_start_time "$2")" >"$TOWLINE_STATE/$1"
}

# Clock ticks after boot at which a process started: field 22 of stat, counted behind the name's closing bracket. Nothing for
# a process that has ended, even where its parent has not asked for it yet (a stopped `npm start` cannot). One whose first thread has ended
# before its others (field 20 counts them) has not: the last thread of a region's first process is the one that ends all others.
process_start_time() {
  local stat
  [ -r "/proc/$1/stat" ] && read -r stat <"/proc/$1/stat" 2>/dev/null || return 0
  # shellcheck disable=SC2086 # split into fields on purpose
  set -- ${stat##*) }
  [[ $1 = Z && ${18} -le 1 ]] || echo "${20}"
}

# Ends the region's first process; the kernel ends everything else in its PID namespace with it.
end_region() {
  local pid
  if recorded_process_lives sandbox; then
    pid=$(recorded_pid sandbox)
    kill -KILL "$pid" 2>/dev/null || true # it has ended meanwhile
  fi
  # The first process is the last of its namespace to go.
  while recorded_process_lives sandbox || recorded_process_lives first; do sleep 0.05; done
}

# Takes back everything that outlives the namespaces. Safe to run twice, and when nothing is there.
clear_region() {
  end_region
  if command -v nft >/dev/null; then
    # Adding it first makes the deletion safe when it is not there.
    nft "add table inet $TOWLINE_TABLE; delete table inet $TOWLINE_TABLE"
  fi
  clear_uplink
  forwarding_off ''
  clear_control_group "$TOWLINE_CONTROL_GROUP"
  rm -rf "$TOWLINE_STATE"
  [ ! -d "$TOWLINE_RUN" ] || rmdir "$TOWLINE_RUN"
}

# The kernel takes the link away itself once the namespace at its other end is gone, which may be at any moment.
clear_uplink() {
  ! ip link show "$TOWLINE_UPLINK" >/dev/null 2>&1 || ip link delete "$TOWLINE_UPLINK" 2>/dev/null ||
    ! ip link show "$TOWLINE_UPLINK" >/dev/null 2>&1 || fail "the link $TOWLINE_UPLINK could not be removed"
}

# Removes the control group NAME (v2) and those below it. They are empty by then, but the kernel needs a moment to see the last
# process out.
clear_control_group() {
  # shellcheck disable=SC2016 # expanded by the inner shell, in its own mount namespace
  unshare --mount sh -c '
    umount -R /sys/fs/cgroup 2>/dev/null
    mount -t cgroup2 none /sys/fs/cgroup && [ -d "/sys/fs/cgroup/$1" ] || exit 0
    for try in $(seq 50); do
      find "/sys/fs/cgroup/$1" -depth -type d -exec rmdir {} + 2>/dev/null
      [ -d "/sys/fs/cgroup/$1" ] || exit 0
      sleep 0.1
    done
    echo "towline: the control group $1 could not be removed" >&2' sh "$1"
}

[[ ${TOWLINE_PLACE:=0} =~ ^[0-9]$ ]] || fail "TOWLINE_PLACE: should be a number from 0 to $HIGHEST_PLACE, but is \"$TOWLINE_PLACE\""
use_place "$TOWLINE_PLACE"
