# Read by bash before every script (BASH_ENV): what it calls most is done in its own process or a copy of it, since starting another costs more
# than all that a stand-in does. (That both come to the same is shown by stand-ins.integration.test.ts.) Where $FAKE_STATE/processes is, each is a
# process of its own: it hangs there, meets a signal, or is looked at.
# shellcheck shell=bash source=/dev/null disable=SC2317 # what is beside it is checked by itself; the functions are called in the commands' place
source "$FAKES/clock.sh"
[[ ! -e $FAKE_STATE/processes ]] || return 0
source "$FAKES/commands.sh"
source "$FAKES/curl-asked.sh"

# in_place COMMAND: whether it is a stand-in, and none that has to be a process.
in_place() {
  [[ ! -e $FAKE_STATE/processes ]] || return 1
  case $1 in
    "$TOWLINE_ROOT"/*) [[ -L $1 ]] ;;
    */*) return 1 ;;
    *) [[ -L $TOWLINE_ROOT/fake-bin/$1 ]] ;;
  esac
}

# The limit of what hangs never, as limit.sh gives it: --verbose --signal=KILL SECONDS bash -c PROGRAM limited DESCRIPTORS COMMAND...
timeout() {
  if [[ $# -ge 9 && $7 == limited ]] && in_place "$9"; then
    (fake_command "${9##*/}" "${@:10}") 2>&3 3>&-
  else
    command timeout "$@"
  fi
}

for STAND_IN in dpkg-query dpkg-deb apt-mark apt-cache chown; do
  eval "$STAND_IN() { if in_place $STAND_IN; then (fake_command $STAND_IN \"\$@\"); else command $STAND_IN \"\$@\"; fi; }"
done
unset STAND_IN

curl() {
  if [[ -n $FAKE_CURL ]] && in_place curl; then curl_asked "$@"; else command curl "$@"; fi
}

# Where it was fetched for the tests it is a script that executes it.
jq() {
  if [[ $FAKE_TOOLS == /usr/bin ]]; then /usr/bin/jq "$@"; else (source "$FAKE_TOOLS/jq" "$@"); fi
}
