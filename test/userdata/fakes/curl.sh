#!/bin/bash
# curl itself, with every request led to the test's server. argv is kept, to prove that no secret is in it.
set -euo pipefail
printf '%s\n' "$@" >>"$FAKE_STATE/curl-argv"
method=GET action=''
for ((i = 1; i <= $#; i++)); do
  case ${!i} in
    --request)
      next=$((i + 1))
      method=${!next}
      ;;
    Action=*) action=" ${!i}" ;;
  esac
done
printf 'curl %s %s%s\n' "$method" "${*: -1}" "$action" >>"$FAKE_STATE/calls"
exec /usr/bin/curl "${@/#https:/http:}" --connect-to "::127.0.0.1:$FAKE_PORT"
