# What the group has learnt about a version: ok or bad.
# shellcheck shell=bash

verdict_key() {
  KEY=rollout/$TOWLINE_GROUP/verdicts/$1/$2.json
}

# verdict_get PACKAGE VERSION: VERDICT is ok, bad or '' where there is none yet.
verdict_get() {
  VERDICT=''
  verdict_key "$1" "$2"
  s3_get "$KEY" || return 1
  [[ $AWS_STATUS == 200 ]] || return 0
  VERDICT=$(jq -r '.verdict' "$AWS_BODY") || VERDICT=unreadable
  [[ $VERDICT == ok || $VERDICT == bad ]] || fail "$KEY holds the verdict \"$VERDICT\", not ok or bad: correct or delete it"
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
