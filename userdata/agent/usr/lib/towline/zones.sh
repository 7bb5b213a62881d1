# How far time zones are from UTC, which the core does not know: from tzdata, by bash's own printf, without a process.
# shellcheck shell=bash disable=SC2034 # CORE_ROWS is read by core_run

ZONES_DIR=/usr/share/zoneinfo

# zone_rows ZONE FROM TO: adds a row "zone, since when, seconds ahead of UTC" for each span of time with one distance to CORE_ROWS; the zone
# and "unknown" where this host does not know it, of which printf says nothing.
zone_rows() {
  local at next offset
  if ! zone_known "$1"; then
    CORE_ROWS+=("$1${TAB}unknown")
    return 0
  fi
  zone_offset "$1" "$2"
  offset=$OFFSET
  CORE_ROWS+=("$1$TAB$2$TAB$offset")
  for ((at = $2; at < $3; at = next)); do
    next=$((at + 3600))
    zone_offset "$1" "$next"
    [[ $OFFSET != "$offset" ]] || continue
    offset=$OFFSET
    zone_change "$1" "$at" "$next"
    CORE_ROWS+=("$1$TAB$AT$TAB$offset")
  done
}

# zone_known ZONE: whether it is one. UTC needs no tzdata, which small images lack.
zone_known() {
  [[ $1 =~ ^(Etc/)?(UTC|GMT)$ ]] && return 0
  [[ $1 =~ ^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$ && -f $ZONES_DIR/$1 ]]
}

# zone_offset ZONE TIME: the seconds that ZONE is ahead of UTC then, in OFFSET.
zone_offset() {
  local text zone=$1
  [[ $zone != */UTC && $zone != */GMT ]] || zone=UTC0
  TZ=$zone printf -v text '%(%z)T' "$2"
  OFFSET=$(((10#${text:1:2} * 60 + 10#${text:3:2}) * 60))
  [[ $text == +* ]] || OFFSET=$((-OFFSET))
}

# zone_change ZONE FROM TO: the first second after FROM, up to TO, at which the distance is another, in AT.
zone_change() {
  local from=$2 middle before
  AT=$3
  zone_offset "$1" "$from"
  before=$OFFSET
  while ((AT - from > 1)); do
    middle=$(((from + AT) / 2))
    zone_offset "$1" "$middle"
    if [[ $OFFSET == "$before" ]]; then from=$middle; else AT=$middle; fi
  done
}
