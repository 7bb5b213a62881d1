# What the group has learnt about a version: ok or bad.
# shellcheck shell=bash

verdict_key() {
  KEY=rollout/$TOWLINE_GROUP/verdicts/$1/$2.json
}

VERDICT_FAULT='' # which verdict of the last ones says something that this agent does not know

# verdict_get PACKAGE VERSION: VERDICT is ok, bad or '' where there is none yet, or none that this agent knows: that is for a person, and a
# newer agent, and stops nobody.
verdict_get() {
  VERDICT=''
  verdict_key "$1" "$2"
  s3_get "$KEY" || return 1
  [[ $AWS_STATUS == 200 ]] || return 0
  VERDICT=$(jq -r '.verdict' "$AWS_BODY" 2>/dev/null) || VERDICT=unreadable
  [[ $VERDICT != ok && $VERDICT != bad ]] || return 0
  VERDICT_FAULT="$KEY holds the verdict \"${VERDICT:0:40}\", not ok or bad, and counts as none: correct or delete it"
  log_error "$VERDICT_FAULT"
  VERDICT=''
}

# verdict_put ok|bad|doubt PACKAGE VERSION REASON: a bad replaces an ok. An ok never replaces what is there, nor does a doubt, which is a
# bad of a host that may be at fault itself.
verdict_put() {
  local condition='' verdict kind=${1/doubt/bad}
  if [[ $1 != bad ]]; then condition='If-None-Match: *'; fi
  now
  verdict=$(jq -nc --arg verdict "$kind" --arg package "$2" --arg version "$3" --arg reason "$4" \
    --arg instance "$INSTANCE" --arg at "$NOW" '{$verdict, $package, $version, $instance, $reason, $at}')
  verdict_key "$2" "$3"
  s3_put "$KEY" "$verdict" "$condition"
}
