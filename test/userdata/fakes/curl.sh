#!/bin/sh
# curl itself, with every request led to the test's server. argv is kept, to prove that no secret is in it.
set -eu
printf '%s\n' "$@" >>"$FAKE_STATE/curl-argv"
method=GET action='' before='' url=''
for argument; do
  case $before in --request) method=$argument ;; esac
  case $argument in Action=*) action=" $argument" ;; esac
  before=$argument url=$argument
  case $argument in https:*) argument=http:${argument#https:} ;; esac
  shift
  set -- "$@" "$argument"
done
printf 'curl %s %s%s\n' "$method" "$url" "$action" >>"$FAKE_STATE/calls"
exec /usr/bin/curl "$@" --connect-to "::127.0.0.1:$FAKE_PORT"
