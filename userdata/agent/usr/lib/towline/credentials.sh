# The role's temporary credentials: from the metadata service, kept in /run (root alone) until shortly before they expire.
# shellcheck shell=bash

CREDENTIALS_MARGIN=300 # seconds; the service has fresh ones at least five minutes before the old ones end
CREDENTIALS_EXPIRES=0
CREDENTIALS_KEY='' CREDENTIALS_SECRET='' CREDENTIALS_TOKEN=''

# credentials_load: sets CREDENTIALS_KEY, _SECRET and _TOKEN. Returns 1 with FAILURE set where there are none.
credentials_load() {
  ((CREDENTIALS_EXPIRES - EPOCHSECONDS > CREDENTIALS_MARGIN)) && return 0
  if [[ -r $CREDENTIALS_FILE ]]; then
    credentials_parse <"$CREDENTIALS_FILE"
    ((CREDENTIALS_EXPIRES - EPOCHSECONDS > CREDENTIALS_MARGIN)) && return 0
  fi
  credentials_fetch || return 1
  (umask 077 && write_file "$CREDENTIALS_FILE" "$CREDENTIALS_EXPIRES $CREDENTIALS_KEY $CREDENTIALS_SECRET $CREDENTIALS_TOKEN")
}

# credentials_forget: the next request asks for others.
credentials_forget() {
  CREDENTIALS_EXPIRES=0
  rm -f "$CREDENTIALS_FILE"
}

# credentials_parse: one line "expires key secret token" on stdin. Values that could end a curl config string are refused.
credentials_parse() {
  local safe='^[A-Za-z0-9+/=_-]+$'
  read -r CREDENTIALS_EXPIRES CREDENTIALS_KEY CREDENTIALS_SECRET CREDENTIALS_TOKEN || true
  if [[ $CREDENTIALS_EXPIRES =~ ^[0-9]+$ && $CREDENTIALS_KEY =~ $safe && $CREDENTIALS_SECRET =~ $safe && $CREDENTIALS_TOKEN =~ $safe ]]; then
    return 0
  fi
  CREDENTIALS_EXPIRES=0
}

credentials_fetch() {
  local role answer line
  imds_open || return 1
  role=$(imds_get meta-data/iam/security-credentials/) ||
    fail "the instance metadata service names no role: the launch template needs an instance profile" || return 1
  [[ $role =~ ^[A-Za-z0-9+=,.@_-]+$ ]] || fail "the instance metadata service names the role \"$role\", which is malformed" || return 1
  answer=$(imds_get "meta-data/iam/security-credentials/$role") ||
    fail "the instance metadata service gave no credentials for role $role" || return 1
  line=$(jq -r '"\(.Expiration | sub("\\.[0-9]+"; "") | fromdate) \(.AccessKeyId) \(.SecretAccessKey) \(.Token)"' <<<"$answer") ||
    fail "the credentials of role $role are not the JSON the metadata service documents" || return 1
  credentials_parse <<<"$line"
  ((CREDENTIALS_EXPIRES > EPOCHSECONDS)) || fail "the credentials of role $role are malformed or have expired"
}
