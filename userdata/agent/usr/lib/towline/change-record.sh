# The record of a change that has not ended: what a poll or a boot finds after a crash, a kill or a reboot. Each kind has a file of its own, in
# the form that agents before 0.8 know, since the agent is upgraded in the middle of one, and may be brought back.
# shellcheck shell=bash disable=SC2034 # the CHANGE_ variables are read by the callers

CHANGE_KIND=''     # packages or settings
CHANGE_PACKAGE=''  # for settings: the app
CHANGE_VERSION=''  # for settings: what verdicts call them
CHANGE_PREVIOUS='' # '' where there was none, and for settings
CHANGE_ETAG=''     # the settings' tag, '' where they are deleted
CHANGE_WITH=()     # what comes along, as "package version previous", the last '' where it was not installed
CHANGE_OUTCOME=''  # bad once it is known to be
CHANGE_REASON=''   # why it is bad; until then why it comes
CHANGE_STUCK=no    # whether this host is stuck with it, and has left its lease to expire
CHANGE_TOLD=no     # whether the topic has heard that this host is stuck

# change_specs: everything that changes, each as "package version previous", in CHANGE_SPECS.
change_specs() {
  CHANGE_SPECS=("$CHANGE_PACKAGE $CHANGE_VERSION $CHANGE_PREVIOUS" "${CHANGE_WITH[@]}")
}

# change_file KIND: its record, in FILE.
change_file() {
  if [[ $1 == settings ]]; then FILE=$CHANGE_SETTINGS_FILE; else FILE=$CHANGE_PACKAGES_FILE; fi
}

# change_record_write: the CHANGE_ variables to disk. Returns 1 with FAILURE set where they are not there for sure.
change_record_write() {
  local record
  change_file "$CHANGE_KIND"
  record=$(jq -nc --arg kind "$CHANGE_KIND" --arg package "$CHANGE_PACKAGE" --arg version "$CHANGE_VERSION" \
    --arg previous "$CHANGE_PREVIOUS" --arg etag "$CHANGE_ETAG" --arg outcome "$CHANGE_OUTCOME" --arg reason "$CHANGE_REASON" \
    --argjson started "$CHANGE_STARTED" --arg stuck "$CHANGE_STUCK" --arg told "$CHANGE_TOLD" '
      {$package} + if $kind == "settings" then {id: $version, $etag} else {$version, $previous} end
        + {$started, $outcome, $reason, $stuck, $told}
        + if $kind == "settings" then {} else
            {with: [$ARGS.positional[] | split(" ") | {package: .[0], version: .[1], previous: (.[2] // "")}]} end' \
    --args "${CHANGE_WITH[@]}") &&
    write_file "$FILE" "$record" || fail "$FILE could not be written: is the disk full?" || return 1
}

# change_record_read: the open change, into the CHANGE_ variables. Returns 1 with FAILURE set where its record is damaged.
change_record_read() {
  local fields
  CHANGE_KIND=packages
  # Of two, which a crash in the middle of one taking the other's place leaves, the one that began last.
  if [[ ! -e $CHANGE_PACKAGES_FILE || $CHANGE_SETTINGS_FILE -nt $CHANGE_PACKAGES_FILE ]]; then CHANGE_KIND=settings; fi
  change_record_supersede
  change_file "$CHANGE_KIND"
  mapfile -t fields < <(jq -r '
    .package, .version // .id, .previous // "", .etag // "", .started, .outcome, (.reason | gsub("\n"; " ")), .stuck // "no",
    .told // .stuck // "no", (.with // [] | .[] | "\(.package) \(.version) \(.previous)")' "$FILE")
  ((${#fields[@]} >= 9)) || fail "$FILE is damaged: see what runs, then remove it" || return 1
  CHANGE_PACKAGE=${fields[0]} CHANGE_VERSION=${fields[1]} CHANGE_PREVIOUS=${fields[2]} CHANGE_ETAG=${fields[3]}
  CHANGE_STARTED=${fields[4]} CHANGE_OUTCOME=${fields[5]} CHANGE_REASON=${fields[6]} CHANGE_STUCK=${fields[7]} CHANGE_TOLD=${fields[8]}
  CHANGE_WITH=("${fields[@]:9}")
}

# change_record_supersede: of the other kind, nothing is left to resume.
change_record_supersede() {
  if [[ $CHANGE_KIND == settings ]]; then rm -f "$CHANGE_PACKAGES_FILE"; else rm -f "$CHANGE_SETTINGS_FILE"; fi
}

# change_record_end: nothing is left to resume.
change_record_end() {
  rm -f "$CHANGE_PACKAGES_FILE" "$CHANGE_SETTINGS_FILE"
  CHANGE_STUCK=no CHANGE_TOLD=no
}

# change_open: whether there is anything to resume.
change_open() {
  [[ -e $CHANGE_PACKAGES_FILE || -e $CHANGE_SETTINGS_FILE ]]
}
