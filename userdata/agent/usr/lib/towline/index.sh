# The date of a suite's index: by it, one that somebody has put back is told from the newest (core.jq decides about it).
# shellcheck shell=bash disable=SC2034 # FAILURE is written by what is called

# index_date SUITE: the date of the index of it that apt has, whose signature it has checked, in INDEX_DATE; '' where it has none.
index_date() {
  index_date_of "$LISTS_DIR/${TOWLINE_BUCKET}_dists_${1//_/%5f}_InRelease"
}

# index_date_of FILE: of an InRelease, in INDEX_DATE. What stands above its first empty line is not signed.
index_date_of() {
  local line signed=no
  INDEX_DATE=''
  [[ -f $1 ]] || return 0
  while IFS= read -r line && [[ -z $INDEX_DATE ]]; do
    if [[ -z $line ]]; then
      signed=yes
    elif [[ $signed == yes && $line == 'Date: '* ]]; then
      INDEX_DATE=${line#Date: }
    fi
  done <"$1"
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
