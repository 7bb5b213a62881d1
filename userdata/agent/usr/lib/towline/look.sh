# How several objects of the bucket are now, by conditional requests of one run of curl.
# shellcheck shell=bash disable=SC2034 # the LOOK_ variables are read by the callers

S3_SCRATCH=$RUN_DIR/s3 # beginning of the names of files for requests
# What curl is to say of each answer; the status last, since it is never empty.
LOOK_WRITES='%header{etag}\n%header{date}\n%header{last-modified}\n%{http_code}\n'

# look_ask CONFIG: the requests of a configuration of curl's, each of which has LOOK_WRITES written. Of their answers, in the same order: the tags
# in LOOK_ETAGS ('' where there is no such object, "HTTP 403" where AWS refused with that), LOOK_STATUSES, LOOK_DATES and LOOK_MODIFIED.
# Returns 1 with FAILURE set where one did not come whole: what it would leave behind is part of an object, or an older one.
look_ask() {
  local answers url lines=() line
  LOOK_ETAGS=() LOOK_STATUSES=() LOOK_DATES=() LOOK_MODIFIED=()
  # In place of the shell that catches the answers: a process less in each poll.
  answers=$(exec curl --disable --fail-early --config - 2>"$S3_SCRATCH.err" <<<"$1") || {
    url=${1##*$'\n'url = \"}
    fail "GET ${url%%\"*}: no answer, $(<"$S3_SCRATCH.err")"
    return 1
  }
  mapfile -t lines <<<"$answers"
  for ((line = 0; line < ${#lines[@]}; line += 4)); do
    LOOK_DATES+=("${lines[line + 1]}") LOOK_MODIFIED+=("${lines[line + 2]}") LOOK_STATUSES+=("${lines[line + 3]}")
    case ${lines[line + 3]} in
      200 | 304) LOOK_ETAGS+=("${lines[line]}") ;;
      404) LOOK_ETAGS+=('') ;;
      *) LOOK_ETAGS+=("HTTP ${lines[line + 3]}") ;;
    esac
  done
}
