#!/bin/bash -p
# Stands in for the jq that keeps reading lines and answering them, as the agent leads its conversations with core.jq: the test answers
# (test/userdata/fake-core.ts), since reading the program costs jq more than all else that the agent does. Any other jq is the hosts' own.
set -euo pipefail
if [[ $1 == -nrR && -n $FAKE_CORE ]]; then
  exec {test}<>"/dev/tcp/127.0.0.1/$FAKE_CORE"
  printf '%s\0' "${@: -1}" >&"$test"
  IFS= read -r answer <&"$test"
  if [[ $answer == known ]]; then
    while IFS= read -r line; do
      printf '%s\n' "$line" >&"$test"
      IFS= read -r answer <&"$test"
      printf '%s\n' "$answer"
    done
    exit
  fi
  exec {test}>&-
fi
exec "$FAKE_TOOLS/jq" "$@"
