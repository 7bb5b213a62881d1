# Whether the agent that is installed now may be believed: it may be another one than this, which runs.
# shellcheck shell=bash disable=SC2034,SC2153 # AGENT_OLD is read by the callers, FILE is set by package_keep

AGENT_PROGRAM=$TOWLINE_ROOT/usr/sbin/towline-agent
AGENT_LIB=$TOWLINE_ROOT/usr/lib/towline
AGENT_PASSED='self-test passed' # the last line of its self-test: an empty program exits with 0 as well
AGENT_OLD=no                    # whether the agent that was checked last has no self-test, as those before 0.5.0

# agent_check: its self-test, or what can be told of an agent that has none. Returns 1 with FAILURE set where it is broken.
agent_check() {
  local file=$RUN_DIR/self-test.log result=0
  AGENT_OLD=no
  limited 60 "$AGENT_PROGRAM" self-test </dev/null >"$file" 2>&1 || result=$?
  if ((result == 64)); then
    AGENT_OLD=yes
    agent_check_old "$file"
    return
  fi
  ((result == 0)) && [[ $(tail -n 1 "$file") == "$AGENT_PASSED" ]] && return 0
  fail "the installed towline-agent does not pass its self-test: $(agent_said "$file")"
}

# agent_check_old LOG: that it runs, and that all of it parses.
agent_check_old() {
  local part result
  limited 60 "$AGENT_PROGRAM" status </dev/null >"$1" 2>&1 || fail "the installed towline-agent does not run: $(agent_said "$1")" || return 1
  for part in "$AGENT_LIB"/*.sh; do
    [[ ! -e $part ]] || bash -n "$part" >"$1" 2>&1 || fail "the installed towline-agent does not parse: $(agent_said "$1")" || return 1
  done
  for part in "$AGENT_LIB"/*.jq; do
    result=0
    [[ ! -e $part ]] || jq --null-input --from-file "$part" </dev/null >"$1" 2>&1 || result=$?
    # 5: it was run, and wanted other input.
    ((result == 0 || result == 5)) || fail "the installed towline-agent does not parse: $part: $(agent_said "$1")" || return 1
  done
}

# agent_check_booted VERSION: at boot, where no group has proven anything yet. An agent that is broken makes way for VERSION, which runs and
# whose poll will judge it. Returns 1 with FAILURE set where that fails.
agent_check_booted() {
  package_version towline-agent
  [[ $VERSION != "$1" ]] && ! agent_check || return 0
  log_error "towline-agent $1 comes back in place of $VERSION"
  package_keep towline-agent "$1" && packages_install "$FILE"
}

# agent_said FILE: prints the first line of it, or that there is none.
agent_said() {
  local line=''
  IFS= read -r line <"$1" || true
  line=${line:-(it said nothing)}
  printf '%s' "${line:0:300}"
}
