#!/usr/bin/env bash
# The inside of the local region, up to the point where Node.js takes over. Runs as the first process of fresh PID and mount
# namespaces (see start), so whatever is mounted or started here ends with it.
#
#   host ── towline0 ══ uplink ── namespace "region": AWS names, metadata, DNS, Lambda ══ one veth per instance
set -euo pipefail

here=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd)
# shellcheck source=local/lib.sh
source "$here/lib.sh"

HOST_ADDRESS=198.18.255.$((4 * TOWLINE_PLACE + 1))
REGION_ADDRESS=198.18.255.$((4 * TOWLINE_PLACE + 2))
SERVICE_ADDRESS=198.18.0.1
PRIVATE='{ 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16, 198.18.0.0/15 }'

main() {
  mount_private
  make_network
  make_certificates
  export TOWLINE_SERVICE_ADDRESS=$SERVICE_ADDRESS
  # Node.js trusts a list of its own.
  export NODE_EXTRA_CA_CERTS=$TOWLINE_RUN/ca.pem
  exec nsenter --net=/run/netns/region "$here/../scripts/node" --require tsx/cjs "$here/main.ts" "$@"
}

# A mount namespace of our own: instances' disks, named network namespaces and the v2 control groups vanish with it.
mount_private() {
  mkdir -p /run/netns "$TOWLINE_RUN"
  mount -t tmpfs -o mode=755 towline "$TOWLINE_RUN"
  mount -t tmpfs -o mode=755 towline /run/netns
  umount -R /sys/fs/cgroup
  while mountpoint -q /sys/fs/cgroup; do umount -R /sys/fs/cgroup; done
  mount -t cgroup2 none /sys/fs/cgroup
  mkdir -p "/sys/fs/cgroup/$TOWLINE_CONTROL_GROUP"
}

make_network() {
  touch /run/netns/host
  mount --bind /proc/self/ns/net /run/netns/host
  ip netns add region
  ip link add "$TOWLINE_UPLINK" type veth peer name uplink netns region
  ip address add "$HOST_ADDRESS/30" dev "$TOWLINE_UPLINK"
  ip link set "$TOWLINE_UPLINK" up
  nft -f - <<NFT
table inet $TOWLINE_TABLE {
  chain postrouting {
    type nat hook postrouting priority srcnat;
    ip saddr $REGION_ADDRESS oifname != "$TOWLINE_UPLINK" masquerade
  }
}
NFT
  ip -n region link set lo up
  ip -n region address add "$REGION_ADDRESS/30" dev uplink
  ip -n region link set uplink up
  ip -n region route add default via "$HOST_ADDRESS"
  # The addresses EC2 gives the metadata service and the VPC's resolver, and one for every AWS name.
  for address in 169.254.169.254 169.254.169.253 169.254.1.1 "$SERVICE_ADDRESS"; do
    ip -n region address add "$address/32" dev lo
  done
  nsenter --net=/run/netns/region sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
  # Instances may reach Debian's packages outside, never a private network that happens to be around this machine.
  ip netns exec region nft -f - <<NFT
table inet $TOWLINE_TABLE {
  chain forward {
    type filter hook forward priority filter;
    oifname "uplink" ip daddr $PRIVATE drop
  }
  chain postrouting {
    type nat hook postrouting priority srcnat;
    oifname "uplink" masquerade
  }
}
NFT
  upstream_resolvers >"$TOWLINE_RUN/upstream"
  echo 'nameserver 169.254.169.253' >"$TOWLINE_RUN/resolv.conf"
  mount --bind "$TOWLINE_RUN/resolv.conf" "$(readlink -f /etc/resolv.conf)"
}

# The machine's real resolvers: behind systemd-resolved's loopback stub they stand in a file of its own.
upstream_resolvers() {
  local file=/etc/resolv.conf
  [ -r /run/systemd/resolve/resolv.conf ] && file=/run/systemd/resolve/resolv.conf
  awk '$1 == "nameserver" { print $2 }' "$file"
}

# A certificate authority for this run alone, there before Node.js starts and reads it. Python 3.13 insists on both extensions.
make_certificates() {
  local dir=$TOWLINE_RUN
  (
    umask 077
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=towline local region' \
      -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
      -keyout "$dir/ca.key" -out "$dir/ca.pem" 2>"$dir/openssl.log" || fail "openssl: $(tail -n 1 "$dir/openssl.log")"
  )
  chmod 644 "$dir/ca.pem"
  cat /etc/ssl/certs/ca-certificates.crt "$dir/ca.pem" >"$dir/trusted.pem"
  mount --bind "$dir/trusted.pem" /etc/ssl/certs/ca-certificates.crt
}

main "$@"
