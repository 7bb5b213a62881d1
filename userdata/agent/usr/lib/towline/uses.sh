# The groups this host cannot work without.
# shellcheck shell=bash

# uses_wait DEADLINE: until each of TOWLINE_USES has a name in DNS, which it has from its first host in service on. DEADLINE counts
# as SECONDS does. Returns 1 with FAILURE set where one has none by then.
uses_wait() {
  local group missing said=''
  [[ -n $TOWLINE_USES ]] || return 0
  while true; do
    missing=''
    for group in $TOWLINE_USES; do
      getent ahostsv4 "$group.$TOWLINE_NAMESPACE" >/dev/null || missing+="${missing:+, }$group.$TOWLINE_NAMESPACE"
    done
    [[ -n $missing ]] || break
    ((SECONDS < $1)) || fail "what this group uses has no host in service: $missing does not resolve" || return 1
    [[ $said == "$missing" ]] || log "waiting for $missing to resolve"
    said=$missing
    sleep 2
  done
  log "found what this group uses: $TOWLINE_USES"
}
