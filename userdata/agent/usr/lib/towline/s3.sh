# Objects of the stack's bucket.
# shellcheck shell=bash disable=SC2034 # S3_ETAG and LOOK_ETAGS are read by the callers

S3_ETAG=''             # entity tag of the object in the last answer, with its quotes
S3_DATE=''             # when S3 gave it
S3_MODIFIED=''         # when the object was written, by the same clock
S3_SCRATCH=$RUN_DIR/s3 # beginning of the names of files for requests

# s3_url KEY: the object's URL in URL. What RFC 3986 does not leave unreserved is percent-encoded, as SigV4 asks.
s3_url() {
  local key=$1 encoded='' character i
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

# s3_look KEY ETAG [KEY ETAG]...: how several objects are now, by conditional requests of one curl on one connection. LOOK_ETAGS are
# their tags in the same order: ETAG where it still is the object's, '' where there is none, "HTTP 403" where AWS refused with that.
# LOOK_STATUSES, LOOK_DATES and LOOK_MODIFIED say more of the answers; their bodies are $S3_SCRATCH.<2i + 1>.body.
s3_look() {
  local config='' errors=$S3_SCRATCH.err AWS_HEADERS CONFIG etag statuses=() index
  LOOK_ETAGS=() LOOK_STATUSES=() LOOK_DATES=() LOOK_MODIFIED=()
  aws_config s3 || return 1
  for ((index = 1; index < $#; index += 2)); do
    s3_url "${!index}"
    etag=$((index + 1)) etag=${!etag}
    config+="${config:+next
}${CONFIG}url = \"$URL\"
dump-header = \"$S3_SCRATCH.$index\"
output = \"$S3_SCRATCH.$index.body\"
write-out = \"%{http_code}\\n\"
"
    [[ -z $etag ]] || config+="header = \"If-None-Match: ${etag//\"/\\\"}\"
"
  done
  # Through a file: a shell to catch them in would be a process more in each poll. An answer that did not come whole is none, whichever of
  # them it was: what it would leave behind is part of an object, or an older one.
  curl --disable --fail-early --config - >"$S3_SCRATCH.statuses" 2>"$errors" <<<"$config" ||
    fail "GET $URL: no answer, $(<"$errors")" || return 1
  mapfile -t statuses <"$S3_SCRATCH.statuses"
  index=1
  for etag in "${statuses[@]}"; do
    AWS_HEADERS=$S3_SCRATCH.$index
    LOOK_STATUSES+=("$etag")
    s3_read_etag
    case $etag in
      200 | 304) ;;
      404) S3_ETAG='' ;;
      *) S3_ETAG="HTTP $etag" ;;
    esac
    LOOK_ETAGS+=("$S3_ETAG") LOOK_DATES+=("$S3_DATE") LOOK_MODIFIED+=("$S3_MODIFIED")
    index=$((index + 2))
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
  S3_ETAG='' S3_DATE='' S3_MODIFIED=''
  while IFS= read -r line; do
    line=${line%$'\r'}
    case ${line,,} in
      etag:*) S3_ETAG=${line#*: } ;;
      date:*) S3_DATE=${line#*: } ;;
      last-modified:*) S3_MODIFIED=${line#*: } ;;
    esac
  done <"$AWS_HEADERS"
}
