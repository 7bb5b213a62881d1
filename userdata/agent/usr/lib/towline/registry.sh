# The name under which other groups find this one's hosts, in the private DNS domain of the stack.
# shellcheck shell=bash

REGISTRY_PATIENCE=30 # seconds for the stack's registry to take the host out: it hears of it from Auto Scaling
REGISTRY_TTL=5       # seconds that clients may remember an answer: the TTL of the records

# registry_wait: until no client is sent to this host by the name of its group any more, and then as long as one may remember that it
# was. Returns 1 with FAILURE set where the host is still found by its name.
registry_wait() {
  local name=$TOWLINE_GROUP.$TOWLINE_NAMESPACE address found deadline=$((SECONDS + REGISTRY_PATIENCE)) waited=no
  [[ -n $TOWLINE_NAMESPACE ]] || return 0
  imds_open && address=$(imds_get meta-data/local-ipv4) ||
    fail "the instance metadata service gave no address of this host" || return 1
  while true; do
    found=$(getent ahostsv4 "$name") || found=''
    [[ $'\n'$found == *$'\n'"$address "* ]] || break
    ((SECONDS < deadline)) || fail "$name still leads to this host after $REGISTRY_PATIENCE s" || return 1
    [[ $waited == yes ]] || log "waiting until $name does not lead to this host any more"
    waited=yes
    sleep 1
  done
  sleep "$REGISTRY_TTL"
}
