# Signed requests to AWS by curl. Credentials reach curl on stdin, never in argv.
# shellcheck shell=bash

AWS_STATUS='' # HTTP status of the last request
AWS_PAUSED=0  # seconds for which the last query was put off, since AWS throttled
AWS_BODY=$RUN_DIR/response.body
AWS_HEADERS=$RUN_DIR/response.headers

# aws_endpoint SERVICE [PREFIX.]: the host name of a service in the host's region, in ENDPOINT.
aws_endpoint() {
  ENDPOINT=${2:-}$1.$TOWLINE_REGION.amazonaws.com
}

# The largest answer that is taken, in bytes: nothing that a host asks for is near it, and it goes to the disk and through a variable.
AWS_LARGEST=16777216

# aws_config SERVICE: what makes a request of curl's a signed one, as lines of a configuration file, in CONFIG.
aws_config() {
  credentials_load || return 1
  printf -v CONFIG '%s\n' silent show-error globoff 'connect-timeout = 5' 'max-time = 30' \
    'retry = 3' "max-filesize = $AWS_LARGEST" retry-connrefused 'retry-max-time = 60' "aws-sigv4 = \"aws:amz:$TOWLINE_REGION:$1\"" \
    "user = \"$CREDENTIALS_KEY:$CREDENTIALS_SECRET\"" "header = \"x-amz-security-token: $CREDENTIALS_TOKEN\""
}

# aws_request SERVICE METHOD URL [curl options]: sets AWS_STATUS, AWS_BODY and AWS_HEADERS.
# Returns 1 with FAILURE set where no answer came within the retries; an HTTP error is an answer.
aws_request() {
  local service=$1 method=$2 url=$3 errors=$RUN_DIR/curl.err CONFIG
  shift 3
  aws_config "$service" || return 1
  : >"$AWS_BODY"
  AWS_STATUS=$(
    curl --disable --config - --request "$method" --dump-header "$AWS_HEADERS" --output "$AWS_BODY" \
      --write-out '%{http_code}' "$@" "$url" 2>"$errors" <<<"$CONFIG"
  ) || fail "$method $url: no answer, $(<"$errors")"
}

# aws_refused WHAT: fails with WHAT and the error code and message AWS answered.
aws_refused() {
  local body code='' message=''
  body=$(<"$AWS_BODY")
  [[ $body =~ \<Code\>([^<]*)\</Code\> ]] && code=${BASH_REMATCH[1]}
  [[ $body =~ \<Message\>([^<]*)\</Message\> ]] && message=${BASH_REMATCH[1]}
  # By a clock that is behind they last longer than they do; a role's may be revoked before their time.
  if [[ $code =~ ^(ExpiredToken|ExpiredTokenException|InvalidToken|InvalidClientTokenId|UnrecognizedClientException)$ ]]; then credentials_forget; fi
  fail "$1: HTTP $AWS_STATUS ${code:-without an error code}${message:+: $message}"
}

# What a Query API says, with HTTP 400, to who asks too often. (curl itself tries 429 and 503 again.)
AWS_THROTTLED='<Code>(Throttling|ThrottlingException|Throttled|RequestLimitExceeded|TooManyRequestsException|RequestThrottled)</Code>'

AWS_PAUSES=(1 2 4 8 16 0) # seconds until it is asked again, 0 for not any more

# aws_query SERVICE VERSION ACTION [curl options]: a form POST to a service with a Query API; again, ever later, where it throttles.
aws_query() {
  local service=$1 version=$2 action=$3 pause
  shift 3
  AWS_PAUSED=0
  aws_endpoint "$service"
  for pause in "${AWS_PAUSES[@]}"; do
    aws_request "$service" POST "https://$ENDPOINT/" \
      --data-urlencode "Action=$action" --data-urlencode "Version=$version" "$@" || return 1
    [[ $AWS_STATUS != 200 ]] || return 0
    [[ $pause != 0 && $(<"$AWS_BODY") =~ $AWS_THROTTLED ]] || break
    sleep "$pause.$((RANDOM % 10))"
    AWS_PAUSED=$((AWS_PAUSED + pause + 1))
  done
  aws_refused "$service $action"
}
