# What the agent keeps on disk, which power loss, a full disk or a hand may damage: set aside and reported, so that no poll fails by it
# for good.
# shellcheck shell=bash disable=SC2034 # TAG and STATUS_TEXT are read by the callers

RECORDS_DIR=$STATE_DIR/damaged # what was set aside, the last of each name
RECORDS_FAULT=''               # what was set aside in this run
RECORDS_PACKAGES='type == "object" and (.started | type) == "number" and .package != "" and .version != "" and
  ([.package, .version, .previous, .outcome, .reason] | all(.[]; type == "string"))'
RECORDS_SETTINGS='type == "object" and (.started | type) == "number" and .package != "" and .id != "" and
  ([.package, .id, .etag, .outcome, .reason, .stuck] | all(.[]; type == "string"))'

# records_check: sets damaged records aside. What the host was in the middle of is not known then: it is proven anew, as after a reboot,
# and returns to its load balancer. Returns 1 with FAILURE set where the disk does not even let a record go.
records_check() {
  record_check "$CHANGE_PACKAGES_FILE" "$RECORDS_PACKAGES" && record_check "$CHANGE_SETTINGS_FILE" "$RECORDS_SETTINGS" || return 1
  record_status
  if [[ -e $STATUS_FILE && $STATUS_TEXT != '{'*'"state":"'*'}' ]]; then record_set_aside "$STATUS_FILE" || return 1; fi
  [[ -n $RECORDS_FAULT ]] || return 0
  load_everything
  packages_repair || log_error "going on: what is installed is proven"
  rollout_end
  host_status_put upgrading unknown "$RECORDS_FAULT"
}

# record_status: the last status in STATUS_TEXT, '' where there is none. It is one line, and read by every poll, which runs no program for it.
record_status() {
  STATUS_TEXT=''
  [[ ! -f $STATUS_FILE ]] || IFS= read -r STATUS_TEXT <"$STATUS_FILE" || true
}

record_check() {
  [[ -e $1 ]] || return 0
  if [[ -f $1 ]] && jq --exit-status "$2" "$1" >/dev/null 2>&1; then return 0; fi
  record_set_aside "$1"
}

record_set_aside() {
  local aside=$RECORDS_DIR/${1##*/}
  mkdir -p "$RECORDS_DIR" && rm -rf "$aside" && mv -T "$1" "$aside" && sync "$STATE_DIR" ||
    fail "$1 is damaged and cannot be set aside: is the disk read-only?" || return 1
  RECORDS_FAULT+="${RECORDS_FAULT:+; }record: $1 was damaged and is in $RECORDS_DIR now"
  log_error "$1 is damaged: it was moved to $RECORDS_DIR"
}

# record_tag TEXT: an entity tag as S3 gives it in TAG, '' for anything else, which would not be a header's value.
record_tag() {
  TAG=''
  if [[ $1 =~ ^(W/)?\"[A-Za-z0-9-]+\"$ ]]; then TAG=$1; fi
}

# record_unwritten PACKAGE VERSION: called under the lease where a change to it cannot be recorded and does not begin, with why in FAILURE.
record_unwritten() {
  host_status_fault host "$FAILURE"
  rollout_put_off "$1" "$2" ''
  rollout_end
}
