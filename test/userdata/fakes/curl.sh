#!/bin/bash
# curl itself, with every request led to the test's server. argv is kept, to prove that no secret is in it. A request stands in argv,
# or, where there are several, in the configuration on standard input.
set -euo pipefail
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
lead="connect-to = \"::127.0.0.1:$FAKE_PORT\""
if [[ $configured == no ]]; then
  printf 'curl %s %s%s\n' "$method" "$url" "$action" >>"$FAKE_STATE/calls"
  exec /usr/bin/curl "${arguments[@]}" --connect-to "::127.0.0.1:$FAKE_PORT"
fi
config=$(cat)
if [[ $url == http* ]]; then
  printf 'curl %s %s%s\n' "$method" "$url" "$action" >>"$FAKE_STATE/calls"
else
  sed -n 's/^url = "\(.*\)"$/curl GET \1/p' <<<"$config" >>"$FAKE_STATE/calls"
fi
sed -e "1i $lead" -e "/^next\$/a $lead" -e 's/^url = "https:/url = "http:/' <<<"$config" | /usr/bin/curl "${arguments[@]}"
