# The record of a change of settings that has not ended: what a poll or a boot finds after a crash, a kill or a reboot.
# shellcheck shell=bash

# change_record_write: the CHANGE_ variables to disk. Returns 1 with FAILURE set where they are not there for sure.
change_record_write() {
  local record
  record=$(jq -nc --arg package "$CHANGE_PACKAGE" --arg id "$CHANGE_ID" --arg etag "$CHANGE_ETAG" --arg outcome "$CHANGE_OUTCOME" \
    --arg reason "$CHANGE_REASON" --argjson started "$CHANGE_STARTED" --arg stuck "$CHANGE_STUCK" \
    '{$package, $id, $etag, $started, $outcome, $reason, $stuck}') &&
    write_file "$CHANGE_FILE" "$record" || fail "$CHANGE_FILE could not be written: is the disk full?" || return 1
}

# change_record_read: the CHANGE_ variables from disk. Returns 1 with FAILURE set where the record is damaged.
change_record_read() {
  local fields
  mapfile -t fields < <(jq -r '.package, .id, .etag, .started, .outcome, (.reason | gsub("\n"; " ")), .stuck' "$CHANGE_FILE")
  ((${#fields[@]} == 7)) || fail "$CHANGE_FILE is damaged: see what runs, then remove it" || return 1
  CHANGE_PACKAGE=${fields[0]} CHANGE_ID=${fields[1]} CHANGE_ETAG=${fields[2]}
  CHANGE_STARTED=${fields[3]} CHANGE_OUTCOME=${fields[4]} CHANGE_REASON=${fields[5]} CHANGE_STUCK=${fields[6]}
}

# change_record_end: nothing is left to resume.
change_record_end() {
  rm -f "$CHANGE_FILE"
}
