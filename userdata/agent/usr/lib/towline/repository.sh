# The stack's signed apt repository, and only it: Debian's own lists are left as they are.
# shellcheck shell=bash

# Without its own caches, a look at one source would rebuild apt's cache of all of them.
APT_ONE_SOURCE=(-o "Dir::Etc::sourcelist=$SOURCE_FILE" -o Dir::Etc::sourceparts=- -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)

# repository_update: apt fetches the index and checks its signature; on failure the old index stays. The reason is in FAILURE.
repository_update() {
  local file=$RUN_DIR/apt-update.log
  apt-get update -q "${APT_ONE_SOURCE[@]}" -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any >"$file" 2>&1 && return 0
  apt_reason "$file"
  fail "apt-get update failed: $REASON"
}

# repository_candidates PACKAGE: the versions in the repository in CANDIDATES, newest first by dpkg's order.
repository_candidates() {
  local lines name version rest last=''
  CANDIDATES=()
  lines=$(apt-cache "${APT_ONE_SOURCE[@]}" madison "$1") || fail "apt-cache could not list the versions of $1" || return 1
  while IFS='| ' read -r name version rest; do
    [[ $name == "$1" && $version != "$last" && $rest == "s3://$TOWLINE_BUCKET"[/\ ]* ]] || continue
    CANDIDATES+=("$version")
    last=$version
  done <<<"$lines"
}

# apt_reason FILE: apt's first error line in REASON, or its last line where it names none.
apt_reason() {
  local line
  REASON=''
  while IFS= read -r line; do
    if [[ $line == 'E: '* ]]; then
      REASON=${line#E: }
      return 0
    fi
    [[ -z $line ]] || REASON=$line
  done <"$1"
}
