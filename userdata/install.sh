#!/bin/bash
# Run once by cloud-init (and safe to run again): installs the towline agent, which does the rest.
set -euo pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

root=${TOWLINE_ROOT:-} # empty on a host
source_file=$root/etc/apt/sources.list.d/towline.sources
log_file=$root/run/towline-install.log
# One source, and none of apt's own caches, which would be rebuilt for it.
one_source=(-o "Dir::Etc::sourcelist=$source_file" -o Dir::Etc::sourceparts=- -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
patience=900 # seconds; Auto Scaling replaces a host whose launch hook (600 s) nobody answers

say() {
  printf 'towline-install: %s\n' "$*"
}

die() {
  printf 'towline-install: error: %s\n' "$*" >&2
  exit 1
}

# retry WHAT COMMAND...: every 2 s, later every 8, until it works. Each new reason is said once.
retry() {
  local what=$1 reason said='' tries=0
  shift
  until "$@" >"$log_file" 2>&1; do
    reason=$(grep '^E: ' "$log_file" | head -n 1 || tail -n 1 "$log_file")
    # apt counts the seconds.
    reason=${reason%% (invalid since *}
    ((SECONDS < patience)) || die "$what did not work within $patience s: $reason"
    [[ $reason == "$said" ]] || say "$what: trying again: $reason"
    said=$reason
    sleep $((tries < 24 ? 2 + tries / 4 : 8))
    tries=$((tries + 1))
  done
  sed -n '/^towline-install: /p' "$log_file"
  say "$what: done after $SECONDS s"
}

# The region for the S3 transport, which asks the metadata service for it otherwise.
read_region() {
  local line
  [[ -r $root/etc/towline/host.env ]] || die "$root/etc/towline/host.env is missing: the user data writes it"
  while IFS= read -r line; do
    if [[ $line =~ ^TOWLINE_REGION=\'([a-z0-9-]+)\'$ ]]; then
      export AWS_REGION=${BASH_REMATCH[1]}
      return
    fi
  done <"$root/etc/towline/host.env"
  die "$root/etc/towline/host.env has no TOWLINE_REGION: the user data writes it"
}

# value NAME: what the user data says of it.
value() {
  sed -n "s/^$1='\([A-Za-z0-9._-]*\)'\$/\1/p" "$root/etc/towline/host.env"
}

# An apt that hangs would hang for good.
apt-get() {
  local result=0
  timeout --signal=KILL 600 apt-get "$@" || result=$?
  ((result != 137)) || echo 'E: apt-get did not end within 600 s and was killed'
  return "$result"
}

apt_install() {
  apt-get install -y -q --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 \
    -o APT::Keep-Downloaded-Packages=true "$@" </dev/null
}

# What the agent needs from Debian. Its own source is left out: apt refuses s3:// until the transport is there.
install_from_debian() {
  local parts part
  parts=$(mktemp -d)
  for part in "$root"/etc/apt/sources.list.d/*; do
    [[ $part == "$source_file" || ! -e $part ]] || ln -s "$part" "$parts/"
  done
  if apt-get update -q -o "Dir::Etc::sourceparts=$parts" -o APT::Update::Error-Mode=any; then
    rm -rf "$parts"
    apt_install "$@"
  else
    rm -rf "$parts"
    return 1
  fi
}

# signed_field NAME FILE: of an InRelease; what stands above its first empty line is not signed.
signed_field() {
  [[ ! -f $2 ]] || sed -n "/^\$/,\$ s/^$1: //p" "$2" | head -n 1
}

# An index older than one that the group has seen was put back, and may bring an agent that does not ask; of one that was signed for another suite, apt
# only warns. (The agent asks again, of all suites.)
index_new() {
  local bucket suite of date list seen=$root/run/towline-seen.json
  bucket=$(value TOWLINE_BUCKET) suite=$(value TOWLINE_SUITE)
  list=$root/var/lib/apt/lists/${bucket}_dists_${suite//_/%5f}_InRelease
  of=$(signed_field Suite "$list")
  if [[ -n $of && $of != "$suite" ]]; then
    echo "E: the index dists/$suite/InRelease was signed as that of $of: somebody copied it there"
    return 1
  fi
  rm -f "$seen"
  if ! timeout 120 "$root/usr/lib/apt/apt-helper" download-file "s3://$bucket/rollout/$(value TOWLINE_GROUP)/seen.json" "$seen" >"$log_file.seen" 2>&1; then
    # A new group has seen none.
    grep -q ' 404 ' "$log_file.seen" || { cat "$log_file.seen" && return 1; }
    return 0
  fi
  seen=$(jq -r ".suites[\"dists/$suite/InRelease\"] | fromdateiso8601" "$seen") || return 0
  date=$(signed_field Date "$list")
  date=$(date -d "${date:-now}" +%s)
  # A time to come is made up.
  ((date >= seen || seen > $(date +%s) + 600)) && return
  echo "E: the index dists/$suite/InRelease is older than one of $(date -ud "@$seen" +%FT%TZ), which the group has seen"
  return 1
}

# The newest agent, or the one before where it is broken: an agent that cannot poll would stay for good. No index is believed for longer than its end, or
# than the stack says, whatever the image sets.
install_agent() {
  local days believed=(-o Acquire::Check-Date=true -o Acquire::Check-Valid-Until=true)
  days=$(value TOWLINE_VALID_DAYS)
  [[ ! $days =~ ^[0-9]+$ ]] || believed+=(-o "Acquire::Max-ValidTime=$((days * 86400))")
  apt-get update -q "${one_source[@]}" "${believed[@]}" -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any && index_new || return 1
  if apt_install "${one_source[@]}" towline-agent; then
    ! agent_whole || return 0
  elif ! grep -qF 'Sub-process /usr/bin/dpkg returned an error code' "$log_file"; then
    return 1
  fi
  step_down
}

step_down() {
  local name version rest newest=yes
  while IFS='| ' read -r name version rest; do
    [[ $name == towline-agent && $rest == s3://* ]] || continue
    if [[ $newest == no ]] && apt_install "${one_source[@]}" --allow-downgrades "towline-agent=$version" && agent_whole; then
      say "took towline-agent $version, since what is newer does not pass its self-test"
      return 0
    fi
    newest=no
  done < <(apt-cache "${one_source[@]}" madison towline-agent)
  echo 'E: no towline-agent in the repository passes its self-test'
  return 1
}

# agent_whole: whether the agent passes its self-test, which says so in its last line. Those before 0.5.0 have none (64): that they parse.
agent_whole() {
  local result=0 part
  timeout 60 "$root/usr/sbin/towline-agent" self-test </dev/null >"$log_file.self-test" 2>&1 || result=$?
  cat "$log_file.self-test"
  if ((result == 64)); then
    for part in "$root"/usr/lib/towline/*.sh; do bash -n "$part" || return 1; done
    return 0
  fi
  ((result == 0)) && [[ $(tail -n 1 "$log_file.self-test") == 'self-test passed' ]]
}

main() {
  local needed=()
  [[ -r $source_file ]] || die "$source_file is missing: the user data writes it"
  read_region
  [[ -x $root/usr/lib/apt/methods/s3 ]] || needed+=(apt-transport-s3)
  command -v curl >/dev/null || needed+=(ca-certificates curl)
  command -v jq >/dev/null || needed+=(jq)
  # In every image whose root file system is ext4; Debian does not call it essential.
  command -v mkfs.ext4 >/dev/null || needed+=(e2fsprogs)
  ((${#needed[@]} == 0)) || retry "installing ${needed[*]} from Debian" install_from_debian "${needed[@]}"
  retry "installing towline-agent from the stack's repository" install_agent
  exec "$root/usr/sbin/towline-agent" boot
}

main "$@"
