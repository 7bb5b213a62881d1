# The stack's signed apt repository, looked at by itself: Debian's own lists are left as they are, unless something is missing there.
# shellcheck shell=bash

# apt_one_source FILE: options for apt to look at one source, in APT_ONE_SOURCE.
apt_one_source() {
  # Without its own caches, it would rebuild those of all sources.
  APT_ONE_SOURCE=(-o "Dir::Etc::sourcelist=$1" -o Dir::Etc::sourceparts=- -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
}

# repository_update: apt fetches the index of each suite and checks its signature, after channel_look; on failure the old
# index stays. The reason is in FAILURE.
repository_update() {
  local source file=$RUN_DIR/apt-update.log
  channel_source
  for source in "$SOURCE_FILE" "$CHANNEL_SOURCE_FILE"; do
    [[ -e $source ]] || continue
    apt_one_source "$source"
    apt-get update -q "${APT_ONE_SOURCE[@]}" -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any >"$file" 2>&1 && continue
    apt_reason "$file"
    fail "apt-get update failed: $REASON" || return 1
  done
}

# repository_update_all: Debian's lists too, from which packages of the stack take what they depend on.
repository_update_all() {
  local file=$RUN_DIR/apt-update.log
  apt-get update -q -o APT::Update::Error-Mode=any >"$file" 2>&1 && return 0
  apt_reason "$file"
  fail "apt-get update failed: $REASON"
}

# repository_candidates PACKAGE SOURCE: the versions in the suite of a source file, which may be missing, in CANDIDATES,
# newest first by dpkg's order.
repository_candidates() {
  local lines name version rest last=''
  CANDIDATES=()
  [[ -e $2 ]] || return 0
  apt_one_source "$2"
  lines=$(apt-cache "${APT_ONE_SOURCE[@]}" madison "$1") || fail "apt-cache could not list the versions of $1" || return 1
  while IFS='| ' read -r name version rest; do
    [[ $name == "$1" && $version != "$last" && $rest == "s3://$TOWLINE_BUCKET"[/\ ]* ]] || continue
    CANDIDATES+=("$version")
    last=$version
  done <<<"$lines"
}

# apt_reason FILE: apt's first error line in REASON, or its last line where it names none. One is the same for as long as what it says: apt counts the seconds
# since an index ended. Why it takes a signature for none, as that its key has ended, it says in a warning before.
apt_reason() {
  local line warning=''
  REASON=''
  while IFS= read -r line; do
    case $line in
      'E: '*)
        REASON=${line#E: }
        REASON=${REASON%% (invalid since *}
        [[ $REASON != *' is not signed.' || -z $warning ]] || REASON="${REASON%.}: $warning"
        return 0
        ;;
      'W: '*' InRelease: '*) warning=${line#*' InRelease: '} ;;
    esac
    [[ -z $line ]] || REASON=$line
  done <"$1"
}
