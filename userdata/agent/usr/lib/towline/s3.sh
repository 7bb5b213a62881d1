# Objects of the stack's bucket.
# shellcheck shell=bash disable=SC2034 # S3_ETAG is read by the callers

S3_ETAG=''     # entity tag of the object in the last answer, with its quotes
LOOK_CONFIG='' # curl's configuration of the last look

# s3_url KEY: the object's URL in URL, or that of what is listed below a key that ends in "/". What RFC 3986 does not leave unreserved is
# percent-encoded, as SigV4 asks. A "+" in a query curl signs as a space (8.14): what is listed is more then, by a prefix that ends before it.
s3_url() {
  local key=$1 encoded='' character i list=no
  if [[ $key == */ ]]; then list=yes key=${key%%+*}; fi
  if [[ $key == *[!A-Za-z0-9._~/-]* ]]; then
    for ((i = 0; i < ${#key}; i++)); do
      character=${key:i:1}
      [[ $character == [A-Za-z0-9._~/-] ]] || printf -v character '%%%02X' "'$character"
      encoded+=$character
    done
    key=$encoded
  fi
  aws_endpoint s3 "$TOWLINE_BUCKET."
  URL=https://$ENDPOINT/$key
  [[ $list == no ]] || URL="https://$ENDPOINT/?list-type=2&prefix=${key//\//%2F}"
}

# s3_listed: of the listing on standard input, each key and when it was written. (A key holds no space; what would be escaped in XML is in none of ours.)
s3_listed() {
  tr '\n\0' '  ' | sed 's/<Contents>/\n&/g' | sed -n 's:^<Contents>.*<Key>\([^<]*\)</Key>.*<LastModified>\([^<]*\)</LastModified>.*:\1 \2:p' | tr '\n' ' '
}

# s3_get KEY [ETAG]: the object in AWS_BODY, its tag in S3_ETAG, AWS_STATUS 200, 304 (still ETAG, no body) or 404 (no tag).
# Returns 1 with FAILURE set on any other answer.
s3_get() {
  local condition=()
  [[ -z ${2:-} ]] || condition=(--header "If-None-Match: $2")
  s3_url "$1"
  aws_request s3 GET "$URL" "${condition[@]}" || return 1
  case $AWS_STATUS in
    200) s3_read_etag ;;
    304) S3_ETAG=$2 ;;
    404) S3_ETAG='' ;;
    *) aws_refused "reading $URL" ;;
  esac
}

# s3_look KEY ETAG [KEY ETAG]...: how several objects are now, by conditional requests on one connection, in the LOOK_ variables (look.sh): the tag of one
# that still is as it was is ETAG. The bodies are $S3_SCRATCH.<2i + 1>.body.
s3_look() {
  s3_look_config "$S3_SCRATCH" "$@" && look_ask "$LOOK_CONFIG"
}

# s3_tags KEY ETAG [KEY ETAG]...: s3_look without the bodies.
s3_tags() {
  s3_look_config '' "$@" && look_ask "$LOOK_CONFIG"
}

# s3_look_config SCRATCH KEY ETAG [KEY ETAG]...: the configuration of curl for that, in LOOK_CONFIG. Without SCRATCH no body is kept.
s3_look_config() {
  local scratch=$1 CONFIG etag output index
  shift
  LOOK_CONFIG=''
  aws_config s3 || return 1
  for ((index = 1; index < $#; index += 2)); do
    s3_url "${!index}"
    etag=$((index + 1)) etag=${!etag}
    output=/dev/null
    [[ -z $scratch ]] || output=$scratch.$index.body
    LOOK_CONFIG+="${LOOK_CONFIG:+next
}${CONFIG}url = \"$URL\"
output = \"$output\"
write-out = \"$LOOK_WRITES\"
"
    [[ -z $etag ]] || LOOK_CONFIG+="header = \"If-None-Match: ${etag//\"/\\\"}\"
"
  done
}

# s3_refused KEY: asks once more for what AWS refused, to say what with. Returns 1 with FAILURE set.
s3_refused() {
  s3_get "$1" || return 1
  fail "$1 could not be read, and now can: the next poll will"
}

# s3_put KEY JSON [CONDITION]: writes the object; CONDITION is a header such as "If-None-Match: *".
# AWS_STATUS is 200, or 412 where CONDITION did not hold (S3 says 404 for If-Match on an object that is gone: the same thing to the
# caller). That two wrote at once (409) says nothing of what is there: it is tried again. Returns 1 with FAILURE set otherwise.
s3_put() {
  local body=$S3_SCRATCH.request condition=() tries
  [[ -z ${3:-} ]] || condition=(--header "$3")
  printf '%s\n' "$2" >"$body"
  s3_url "$1"
  for ((tries = 0; tries < 5; tries++)); do
    aws_request s3 PUT "$URL" --header 'Content-Type: application/json' "${condition[@]}" --data-binary "@$body" || return 1
    [[ $AWS_STATUS == 409 ]] || break
    sleep "0.$((RANDOM % 8 + 1))"
  done
  case ${3:+conditional}:$AWS_STATUS in
    *:200) ;;
    conditional:404 | conditional:412) AWS_STATUS=412 ;;
    *) aws_refused "writing $URL" ;;
  esac
}

s3_read_etag() {
  local line
  S3_ETAG=''
  while IFS= read -r line; do
    line=${line%$'\r'}
    if [[ ${line,,} == etag:* ]]; then S3_ETAG=${line#*: }; fi
  done <"$AWS_HEADERS"
}
