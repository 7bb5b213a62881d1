# A host that had left the load balancer in vain, for what it failed at by itself, serves for a while before it leaves for it again.
# shellcheck shell=bash disable=SC2034 # PAUSES is read by the callers

CHANGE_PAUSE=900                         # seconds
CHANGE_PAUSE_FILE=$RUN_DIR/upgrade-pause # a line for each package, "package=version" and until when

# change_pause: everything of this change, from now on.
change_pause() {
  local spec package version line lines=''
  change_pauses
  change_specs
  for spec in "${CHANGE_SPECS[@]}"; do
    read -r package version _ <<<"$spec"
    lines+="$package=$version $((EPOCHSECONDS + CHANGE_PAUSE))"$'\n'
  done
  for line in "${PAUSES[@]}"; do
    [[ $'\n'$lines == *$'\n'"${line% *} "* ]] || lines+=$line$'\n'
  done
  write_file "$CHANGE_PAUSE_FILE" "${lines%$'\n'}"
}

# change_pauses: what this host pauses with, as "package=version until", in PAUSES.
change_pauses() {
  local spec until
  PAUSES=()
  [[ -r $CHANGE_PAUSE_FILE ]] || return 0
  while read -r spec until; do
    [[ ! $until =~ ^[0-9]+$ ]] || ((until <= EPOCHSECONDS)) || PAUSES+=("$spec $until")
  done <"$CHANGE_PAUSE_FILE"
}

# change_pause_rows: the same as rows for the core, in ROWS.
change_pause_rows() {
  change_pauses
  ROWS=("${PAUSES[@]/#/pause$TAB}")
  ROWS=("${ROWS[@]/ /$TAB}")
}
