# The record of an upgrade that has not ended: what a poll or a boot finds after a crash, a kill or a reboot.
# shellcheck shell=bash

UPGRADE_OUTCOME='' # bad once it is known to be
UPGRADE_STUCK=no   # whether the topic has heard that this host is stuck

# upgrade_record_write: the UPGRADE_ variables to disk. Returns 1 with FAILURE set where they are not there for sure.
upgrade_record_write() {
  local record
  record=$(jq -nc --arg package "$UPGRADE_PACKAGE" --arg version "$UPGRADE_VERSION" --arg previous "$UPGRADE_PREVIOUS" \
    --arg outcome "$UPGRADE_OUTCOME" --arg reason "$UPGRADE_REASON" --argjson started "$UPGRADE_STARTED" \
    --arg stuck "$UPGRADE_STUCK" '{$package, $version, $previous, $started, $outcome, $reason, $stuck,
      with: [$ARGS.positional[] | split(" ") | {package: .[0], version: .[1], previous: (.[2] // "")}]}' --args "${UPGRADE_WITH[@]}") &&
    write_file "$UPGRADE_FILE" "$record" || fail "$UPGRADE_FILE could not be written: is the disk full?" || return 1
}

# upgrade_record_read: the UPGRADE_ variables from disk. Returns 1 with FAILURE set where the record is damaged.
upgrade_record_read() {
  local fields
  mapfile -t fields < <(jq -r '
    .package, .version, .previous, .started, .outcome, (.reason | gsub("\n"; " ")), (.stuck // "no"),
    (.with // [] | .[] | "\(.package) \(.version) \(.previous)")' "$UPGRADE_FILE")
  ((${#fields[@]} >= 7)) || fail "$UPGRADE_FILE is damaged: see what runs, then remove it" || return 1
  UPGRADE_PACKAGE=${fields[0]} UPGRADE_VERSION=${fields[1]} UPGRADE_PREVIOUS=${fields[2]}
  UPGRADE_STARTED=${fields[3]} UPGRADE_OUTCOME=${fields[4]} UPGRADE_REASON=${fields[5]} UPGRADE_STUCK=${fields[6]}
  UPGRADE_WITH=("${fields[@]:7}")
}

# upgrade_record_end: nothing is left to resume.
upgrade_record_end() {
  rm -f "$UPGRADE_FILE"
  UPGRADE_STUCK=no
}
