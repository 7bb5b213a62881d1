#!/bin/bash -p
# A stand-in for a command, as a process.
set -euo pipefail
# shellcheck source=/dev/null # what is beside it is checked by itself
source "$FAKES/commands.sh"
fake_command "${0##*/}" "$@"
