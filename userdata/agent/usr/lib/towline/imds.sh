# The instance metadata service, version 2 (session token first).
# shellcheck shell=bash

IMDS_URL=http://169.254.169.254/latest

# imds_open: a fresh session token in IMDS_TOKEN. Returns 1 where the service does not answer.
imds_open() {
  IMDS_TOKEN=$(imds_curl --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$IMDS_URL/api/token") ||
    fail "the instance metadata service gave no session token" || return 1
  [[ $IMDS_TOKEN =~ ^[A-Za-z0-9+/=_-]+$ ]] || fail "the instance metadata service gave a malformed session token"
}

# imds_get PATH: prints what the service holds at PATH. Call imds_open first.
imds_get() {
  imds_curl --config - "$IMDS_URL/$1" <<<"header = \"X-aws-ec2-metadata-token: $IMDS_TOKEN\""
}

imds_curl() {
  curl --disable --silent --show-error --fail --noproxy '*' --connect-timeout 2 --max-time 5 --max-filesize 65536 \
    --retry 3 --retry-connrefused --retry-max-time 20 "$@"
}

# imds_instance: this host's id in INSTANCE, remembered until the next reboot.
imds_instance() {
  local file=$RUN_DIR/instance
  if [[ -f $file ]] && read -r INSTANCE <"$file" && [[ $INSTANCE =~ ^i-[0-9a-z]+$ ]]; then return 0; fi
  imds_open || return 1
  INSTANCE=$(imds_get meta-data/instance-id) || fail "the instance metadata service gave no instance id" || return 1
  [[ $INSTANCE =~ ^i-[0-9a-z]+$ ]] || fail "the instance metadata service gave \"$INSTANCE\" as instance id" || return 1
  write_file "$file" "$INSTANCE"
}
