# What stands in for the commands that the agent calls on a host, each by its name. Each call appends one line to $FAKE_STATE/calls; a call it does not know
# ends with 99 and is noted, so that it fails the test. One whose text ends in a line "hang" does not end. Below $FAKE_STATE: installed/<package> holds a version,
# candidates/<package> the versions in the main suite, channel/<package> those in the channel's, fail/<call> the text a
# call fails with (times/<call> times, if that is there; unpack-… only where dpkg runs, update-all an update of all sources),
# on-update what an update finds of hello, lists/ what it leaves of the indexes, signal/<call> one for the agent (install, restart, leave, drain: a pause of one second, or bake: one of ten),
# names/<name> the lines of getent for it, disk what is on the group's volume (empty:
# nothing), signatures what wipefs lists of it where blkid cannot tell, watched how many looks of the watch are left,
# later/<n>/ what lies below the root once the agent has slept n times.
# shellcheck shell=bash

fake_unexpected() {
  echo "unexpected: $name $*" | tee -a "$state/unexpected" >&2
  exit 99
}
fake_failing() {
  local left
  [[ -e $state/fail/$1 ]] || return 0
  if [[ -e $state/times/$1 ]]; then
    left=$(<"$state/times/$1")
    ((left > 0)) || return 0
    echo $((left - 1)) >"$state/times/$1"
  fi
  cat "$state/fail/$1"
  [[ $(tail -n 1 "$state/fail/$1") != hang ]] || fake_hanging
  exit 100
}
# Does not end, nor does what it has started, which ignores every signal that can be. The limit it has, where it has one, passes at once.
fake_hanging() {
  (
    trap '' TERM HUP INT
    exec /bin/sleep 1000
  ) &
  echo $! >>"$state/hanging"
  # On a busy machine timeout may not have come so far yet: an alarm before it waits ends it, and nothing of what it has started.
  until [[ $(</proc/"$PPID"/stat) == *') S '* ]]; do /bin/sleep 0.01; done
  kill -s ALRM "$PPID"
  /bin/sleep 1000
}
# The agent, which calls some commands by way of timeout.
fake_agent_id() {
  local id=$PPID
  while [[ $(</proc/"$id"/comm) == timeout ]]; do id=$(cut -d ' ' -f 4 "/proc/$id/stat"); done
  echo "$id"
}
# The call a signal is for: sends it to the agent, once.
fake_signalling() {
  local signal
  [[ -e $state/signal/$1 ]] || return 0
  signal=$(<"$state/signal/$1")
  rm "$state/signal/$1"
  kill -s "$signal" "$(fake_agent_id)"
  [[ $signal != KILL ]] || exit 137
}
fake_passing() {
  local later
  later=$state/later/$(grep -c '^sleep [1-9]' "$state/calls")
  [[ ! -d $later ]] || cp -R "$later/." "$TOWLINE_ROOT"
}
fake_file_of() { printf '%s_%s_amd64.deb' "$1" "${2//:/%3a}"; }
fake_install_spec() {
  local package version
  if [[ $1 == */* ]]; then
    [[ -f $1 ]] || {
      echo "E: Unsupported file $1 given on commandline"
      exit 100
    }
    IFS=_ read -r package version _ <<<"${1##*/}"
  else
    package=${1%%=*} version=${1#*=}
    [[ $1 == *=* ]] || version=$(head -n 1 "$state/candidates/$package")
    fake_listed "$version" "$state/candidates/$package" "$state/channel/$package" "$state/installed/$package" || {
      echo "E: Version '$version' for '$package' was not found"
      exit 100
    }
    # What is there already stays as it is.
    [[ $simulate == yes ]] || ! fake_listed "$version" "$state/installed/$package" || return 0
    [[ -d $TOWLINE_ROOT/var/cache/apt/archives ]] || mkdir -p "$TOWLINE_ROOT/var/cache/apt/archives"
    echo deb >"$TOWLINE_ROOT/var/cache/apt/archives/$(fake_file_of "$package" "$version")"
  fi
  if [[ $simulate == yes ]]; then
    fake_simulating "$package" "$version"
    return 0
  fi
  if [[ $download == yes ]]; then
    # What dpkg refuses can be downloaded.
    grep -qsF 'Sub-process /usr/bin/dpkg' "$state/fail/install-$package-$version" || fake_failing "install-$package-$version"
    return 0
  fi
  fake_signalling install
  # Half configured, which is not installed.
  if grep -qs "^Setting up $package " "$state/fail/unpack-$package-$version"; then : >"$state/installed/$package"; fi
  fake_failing "unpack-$package-$version"
  fake_failing "install-$package-$version"
  # Its script edits a configuration file.
  if [[ -e $state/edits/$package-$version ]]; then cp "$state/edits/$package-$version" "$TOWLINE_ROOT/etc/default/$package"; fi
  echo "$version" >"$state/installed/$package"
}
# What apt would change, of which a failing resolution is known as such. Of a package that is needed and not named, it takes the highest.
fake_simulating() {
  local needed least version held
  if grep -qsE 'unmet dependencies|Unable to locate' "$state/fail/install-$1-$2"; then fake_failing "install-$1-$2"; fi
  if [[ -e $state/removes/$1-$2 ]]; then
    printf 'The following packages will be REMOVED:\n  %s\nThe following packages will be upgraded:\n  %s\n' "$(<"$state/removes/$1-$2")" "$1"
    echo 'E: Packages need to be removed but remove is disabled.'
    exit 100
  fi
  held=$1
  if [[ -e $state/needs/$1-$2 ]]; then
    read -r needed least <"$state/needs/$1-$2"
    version=$(fake_named "$needed")
    [[ -n $version ]] || version=$(head -n 1 "$state/candidates/$needed")
    # shellcheck disable=SC2154 # set by the loop that calls
    if [[ $unheld == no ]] && fake_listed "$needed" "$state/held"; then version=0; fi
    if /usr/bin/dpkg --compare-versions "$version" lt "$least"; then
      printf 'The following packages have unmet dependencies:\n %s : Depends: %s (>= %s) but %s is to be installed\n' "$1" "$needed" "$least" "$version"
      echo 'E: Unable to correct problems, you have held broken packages.'
      exit 100
    fi
    echo "Inst $needed [0] ($version stable [all])"
  fi
  if [[ $unheld == no ]] && fake_listed "$held" "$state/held"; then
    echo 'E: Held packages were changed and -y was used without --allow-change-held-packages.'
    exit 100
  fi
  echo "Inst $1 ($2 stable [amd64])"
}
fake_named() {
  local spec
  for spec in "${all[@]}"; do
    if [[ $spec == "$1="* ]]; then echo "${spec#*=}"; fi
  done
}
# Whether one of the files has this line.
fake_listed() {
  local text=$1 file line
  shift
  for file; do
    [[ -f $file ]] || continue
    while IFS= read -r line || [[ -n $line ]]; do
      [[ $line != "$text" ]] || return 0
    done <"$file"
  done
  return 1
}
# fake_command NAME ARGUMENT...: ends the shell it is called in.
fake_command() {
  local name=$1 state=$FAKE_STATE IFS=$' \t\n' kept fd call
  shift
  printf '%s\n' "$name${*:+ $*}" >>"$state/calls"
  # state/kill: the beginning of a call before which the agent is killed, once. (apt's options come before the packages.)
  if [[ -e $state/kill ]]; then
    call=$(sed -E 's/ -o \S+//g; s/ -[^-][a-z-]*//g; s/ --(allow|no)-[a-z-]+//g' <<<"$name $*")
    if [[ $call == "$(<"$state/kill")"* ]]; then
      rm "$state/kill"
      kill -s KILL "$(fake_agent_id)"
      exit 137
    fi
  fi
  if [[ -e $state/note-locks ]]; then
    kept=unlocked
    for fd in "/proc/$$/fd"/*; do
      if [[ $(readlink "$fd") == "$TOWLINE_ROOT/run/towline/lock" ]]; then kept=locked-by; fi
    done
    case $name in apt-get | dpkg | hello) echo "$name ${1:-}" >>"$state/$kept" ;; esac
  fi
  # shellcheck disable=SC2016 # dpkg-query's own fields
  case "$name $*" in
    'apt-get update '*)
      if [[ $* =~ sourceparts=(/[^ ]+) ]]; then ls "${BASH_REMATCH[1]}" >"$state/sourceparts"; fi
      if [[ -e $state/on-update ]]; then cp "$state/on-update" "$state/candidates/hello"; fi
      fake_failing update
      if [[ -d $state/lists ]]; then mkdir -p "$TOWLINE_ROOT/var/lib/apt" && cp -R "$state/lists" "$TOWLINE_ROOT/var/lib/apt/"; fi
      [[ $* == *sourceparts=* ]] || fake_failing update-all
      ;;
    'apt-get install '*)
      specs=0 download=no simulate=no unheld=no all=("$@")
      shift
      while (($#)); do
        case $1 in
          -o) shift ;;
          --download-only) download=yes ;;
          --simulate) simulate=yes ;;
          --ignore-hold) unheld=yes ;;
          -*) ;;
          *)
            fake_install_spec "$1"
            specs=$((specs + 1))
            ;;
        esac
        shift
      done
      ((specs)) || fake_unexpected "$@"
      ;;
    'apt-get download -q '*) echo deb >"$(fake_file_of "${3%%=*}" "${3#*=}")" ;;
    'apt-cache '*' madison '*)
      package=${*: -1} listed=$state/candidates/${*: -1} suite=stable
      if [[ $* == *towline-channel.sources* ]]; then listed=$state/channel/$package suite=stable-feature-x; fi
      [[ ! -e $listed ]] || while read -r version; do
        printf '%10s | %10s | s3://towline-test %s/main amd64 Packages\n' "$package" "$version" "$suite"
      done <"$listed"
      ;;
    'dpkg-query --show --showformat=${db:Status-Status} ${Version} '*)
      package=${*: -1}
      [[ -s $state/installed/$package ]] || exit 1
      printf 'installed %s' "$(<"$state/installed/$package")"
      ;;
    'dpkg-query --show --showformat=${Conffiles}\n '*)
      [[ ! -e $TOWLINE_ROOT/etc/default/${*: -1} ]] || printf '\n /etc/default/%s 0123456789abcdef0123456789abcdef\n' "${*: -1}"
      echo ' /etc/gone 0123456789abcdef0123456789abcdef obsolete'
      ;;
    'dpkg-query --show --showformat=${db:Status-Want} '*)
      if fake_listed "${*: -1}" "$state/held"; then echo hold; else echo install; fi
      ;;
    'apt-mark showhold') [[ ! -e $state/held ]] || cat "$state/held" ;;
    'dpkg-query --show --showformat=${Version} towline-agent') cat "$state/installed/towline-agent" ;;
    'dpkg --force-confdef --force-confold --install '*/guard/towline-agent.deb)
      fake_failing restore
      echo 0.1.0 >"$state/installed/towline-agent"
      ;;
    'dpkg --configure -a '*) fake_failing configure ;;
    # What dpkg finds is no failure, though its exit code may say so.
    'dpkg --verify '*)
      fake_failing verify
      [[ ! -e $state/verify ]] || { cat "$state/verify" && exit 1; }
      ;;
    'dpkg-deb --fsys-tarfile '*) fake_listed deb "$2" ;;
    'journalctl --quiet --no-pager --output=cat --lines=5 --since=@'[0-9]*' --unit='*)
      if [[ $* == *_TRANSPORT=stdout ]]; then
        cat "$state/log"
      else
        echo 'hello-web@1.service: Main process exited'
      fi
      ;;
    # state/full names a file that the disk does not take.
    'sync '*)
      if [[ -e $state/full && $1 == */$(<"$state/full").* ]]; then exit 1; fi
      ;;
    'sleep 0.'*) ;;
    'sleep 5')
      fake_passing
      if [[ -e $state/watched ]]; then
        left=$(<"$state/watched")
        echo $((left - 1)) >"$state/watched"
        ((left > 1)) || kill -s TERM "$PPID"
      fi
      ;;
    'sleep 1')
      fake_passing
      fake_signalling drain
      ;;
    'sleep 10.'*)
      fake_passing
      fake_signalling bake
      ;;
    'sleep '*) fake_passing ;;
    'hello scale '* | 'other scale '*) fake_failing "scale-$(<"$state/installed/$name")" ;;
    # By the checksum of its settings: with some it may start, with others not.
    'hello restart' | 'other restart')
      fake_signalling restart
      fake_failing "restart-$(md5sum <"$TOWLINE_ROOT/var/lib/towline/env/$name.env" | cut -d ' ' -f 1)"
      ;;
    'hello status' | 'other status') fake_failing "$name-status-$(<"$state/installed/$name")" ;;
    'towline-agent self-test')
      version=$(<"$state/installed/towline-agent")
      if [[ -e $state/no-self-test/$version ]]; then exit 64; fi
      fake_failing "self-test-$version"
      echo 'self-test passed'
      ;;
    'towline-agent status') fake_failing "agent-status-$(<"$state/installed/towline-agent")" ;;
    'towline-agent leave')
      fake_signalling leave
      fake_failing leave
      ;;
    'towline-agent boot' | 'towline-agent poll') ;;
    'systemctl enable --now towline-agent-guard.timer' | 'systemctl disable --now '*towline-agent-guard.timer) ;;
    'systemctl restart towline-agent-guard.timer') ;;
    'systemctl is-system-running')
      if [[ -e $state/system ]]; then cat "$state/system"; else echo running; fi
      [[ ! -e $state/system ]] || exit 1
      ;;
    'systemctl show --property=NRestarts '*) if [[ -e $state/restarts ]]; then cat "$state/restarts"; else echo NRestarts=0; fi ;;
    'systemctl list-jobs --no-legend --plain') [[ ! -e $state/jobs ]] || cat "$state/jobs" ;;
    'systemctl daemon-reload' | 'systemctl restart towline-agent-poll.timer') ;;
    'systemctl start --no-block towline-agent-watch.service') ;;
    'systemctl stop towline-agent-poll.timer towline-agent-poll.service') ;;
    'systemctl start towline-agent-poll.timer') ;;
    'systemctl start srv-data.mount') fake_failing mount ;;
    'systemctl stop srv-data.mount') fake_failing unmount ;;
    'journalctl --quiet --no-pager --output=cat --lines=2 --unit=srv-data.mount') cat "$state/log" ;;
    'getent ahostsv4 '*)
      [[ -e $state/names/$2 ]] || exit 2
      answers=$(<"$state/names/$2")
      [[ $answers != *$'\n\n'* ]] || printf '%s\n' "${answers#*$'\n\n'}" >"$state/names/$2"
      answer=${answers%%$'\n\n'*}
      [[ -n $answer ]] || exit 2
      printf '%s\n' "$answer"
      ;;
    'getent passwd hello' | 'getent passwd towline-hello') echo "$2:x:999:999::/opt/hello:/usr/sbin/nologin" ;;
    'chown hello:hello '* | 'chown towline-hello:towline-hello '*) ;;
    "blkid --probe --output export $TOWLINE_ROOT/dev/"*)
      fake_failing blkid
      if [[ ! -s $state/disk ]]; then exit 2; fi
      cat "$state/disk"
      ;;
    "wipefs --no-act --noheadings $TOWLINE_ROOT/dev/"*)
      fake_failing wipefs
      if [[ -e $state/signatures ]]; then cat "$state/signatures"; else cat "$state/disk"; fi
      ;;
    "mkfs.ext4 -q -L towline $TOWLINE_ROOT/dev/"*)
      fake_failing mkfs
      printf 'LABEL=towline\nTYPE=ext4\n' >"$state/disk"
      ;;
    "resize2fs $TOWLINE_ROOT/dev/"* | 'xfs_growfs /srv/data') fake_failing grow ;;
    *) fake_unexpected "$@" ;;
  esac
  exit
}
