#!/bin/bash -p
# Stands in for curl, as a process. Without FAKE_CURL it is the hosts' own curl, with every request led to the test's server. argv is kept, to
# prove that no secret is in it. A request stands in argv, or, where there are several, in the configuration on standard input.
set -euo pipefail
if [[ -n $FAKE_CURL ]]; then
  # shellcheck source=/dev/null # what is beside it is checked by itself
  source "$FAKES/curl-asked.sh"
  curl_asked "$@"
  exit
fi
printf '%s\n' "$@" >>"$FAKE_STATE/curl-argv"
method=GET action='' before='' url='' arguments=() configured=no
for argument; do
  case $before in
    --request) method=$argument ;;
    --config) configured=yes ;;
  esac
  case $argument in Action=*) action=" $argument" ;; esac
  before=$argument url=$argument
  arguments+=("${argument/#https:/http:}")
done
if [[ $configured == no || $url == http* ]]; then
  printf 'curl %s %s%s\n' "$method" "$url" "$action" >>"$FAKE_STATE/calls"
fi
if [[ $configured == no ]]; then
  exec "$FAKE_TOOLS/curl" "${arguments[@]}" --connect-to "::127.0.0.1:$FAKE_PORT"
fi
lead="connect-to = \"::127.0.0.1:$FAKE_PORT\""$'\n'
config=$lead
while IFS= read -r line; do
  case $line in
    next) line+=$'\n'${lead%$'\n'} ;;
    'url = "'*)
      line=${line#'url = "'}
      printf 'curl GET %s\n' "${line%'"'}" >>"$FAKE_STATE/calls"
      line="url = \"${line/#https:/http:}"
      ;;
  esac
  config+=$line$'\n'
done
exec "$FAKE_TOOLS/curl" "${arguments[@]}" <<<"$config"
