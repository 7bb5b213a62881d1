# When a suite's index was signed: by that, one that somebody has put back is told from the newest (core.jq decides about it). And until when it is
# believed, so that nobody can hold newer ones back for good.
# shellcheck shell=bash disable=SC2034 # FAILURE is written by what is called

# index_date SUITE: the date of the index of it that apt has, whose signature it has checked, in INDEX_DATE; '' where it has none.
index_date() {
  index_date_of "$LISTS_DIR/${TOWLINE_BUCKET}_dists_${1//_/%5f}_InRelease"
}

# index_date_of FILE: of an InRelease, in INDEX_DATE, its end in INDEX_UNTIL, and the suite it was signed for in INDEX_OF, '' where it names none. What stands
# above its first empty line is not signed.
index_date_of() {
  local line signed=no
  INDEX_DATE='' INDEX_UNTIL='' INDEX_OF=''
  [[ -f $1 ]] || return 0
  while IFS= read -r line; do
    case $signed,$line in
      no,) signed=yes ;;
      yes,-----BEGIN*) break ;;
      yes,'Date: '*) INDEX_DATE=${INDEX_DATE:-${line#Date: }} ;;
      yes,'Suite: '*) INDEX_OF=${INDEX_OF:-${line#Suite: }} ;;
      yes,'Valid-Until: '*) INDEX_UNTIL=${INDEX_UNTIL:-${line#Valid-Until: }} ;;
    esac
  done <"$1"
}

# index_end SUITE: until when the index that apt has is believed, in seconds since the epoch, in INDEX_END; '' where nobody says. One that names no end
# counts from its date, where the stack says for how long. No time is one that has passed.
index_end() {
  INDEX_END=''
  index_date "$1"
  if [[ -n $INDEX_UNTIL ]]; then
    INDEX_END=$(date -d "$INDEX_UNTIL" +%s 2>/dev/null) || INDEX_END=0
  elif [[ -n $INDEX_DATE && -n $TOWLINE_VALID_DAYS ]]; then
    INDEX_END=$(date -d "$INDEX_DATE $TOWLINE_VALID_DAYS days" +%s 2>/dev/null) || INDEX_END=0
  fi
}

# index_current: the first end of all indexes that this host goes by, in INDEX_FIRST_END, '' where none has one. Returns 1 with FAILURE set, and INDEX_REFUSED
# to "yes", where one has ended, or was signed for another suite: to apt, that is worth a warning.
index_current() {
  local suite text
  INDEX_FIRST_END='' INDEX_REFUSED=yes
  index_suites
  for suite in "${INDEX_SUITES[@]}"; do
    index_end "$suite"
    [[ -z $INDEX_OF || $INDEX_OF == "$suite" ]] ||
      fail "the index dists/$suite/InRelease was signed as that of $INDEX_OF: somebody copied it there" || return 1
    [[ -n $INDEX_END ]] || continue
    printf -v text '%(%Y-%m-%dT%H:%M:%SZ)T' "$INDEX_END"
    ((INDEX_END > EPOCHSECONDS)) || fail "the index dists/$suite/InRelease ended on $text, and nobody has signed it anew" || return 1
    if [[ -z $INDEX_FIRST_END ]] || ((INDEX_END < INDEX_FIRST_END)); then INDEX_FIRST_END=$INDEX_END; fi
  done
  INDEX_REFUSED=no
}

# index_suites: those that this host follows and that are there now, in INDEX_SUITES.
index_suites() {
  INDEX_SUITES=("$TOWLINE_SUITE")
  [[ ! -e $CHANNEL_SOURCE_FILE ]] || INDEX_SUITES+=("$TOWLINE_SUITE-$TOWLINE_CHANNEL")
}

# index_dates: their dates, in INDEX_DATES.
index_dates() {
  local suite
  INDEX_DATES=()
  index_suites
  for suite in "${INDEX_SUITES[@]}"; do
    index_date "$suite"
    INDEX_DATES+=("$suite=$INDEX_DATE")
  done
}

# index_rows [SUITE=DATE...]: a row for each index with a date, in INDEX_ROWS: of apt's index and, where that still is the given one after
# an update, of the bucket's: of an older one apt takes nothing, and says nothing.
index_rows() {
  local dated suite date FAILURE # no reason for anything
  INDEX_ROWS=()
  index_dates
  for dated in "${INDEX_DATES[@]}"; do
    suite=${dated%%=*} date=${dated#*=} INDEX_DATE=''
    [[ -n $date ]] || continue
    if [[ " $* " == *" $dated "* ]] && s3_get "dists/$suite/InRelease"; then index_date_of "$AWS_BODY"; fi
    core_row index "dists/$suite/InRelease" "$date" "$INDEX_DATE"
    INDEX_ROWS+=("$ROW")
  done
}
