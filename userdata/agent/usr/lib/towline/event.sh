# The agent's own events on the stack's topic.
# shellcheck shell=bash disable=SC2034 # FAILURE is written by what is called

# event_publish OUTCOME PACKAGE VERSION PREVIOUS REASON STARTED: STARTED in seconds since the epoch.
# An event that does not get through is kept for later polls, and no reason to stop.
event_publish() {
  local file=$RUN_DIR/event.json
  now
  jq -nc --arg outcome "$1" --arg package "$2" --arg version "$3" --arg previous "$4" --arg reason "$5" \
    --argjson seconds "$((EPOCHSECONDS - $6))" --arg stack "$TOWLINE_STACK" --arg group "$TOWLINE_GROUP" \
    --arg instance "$INSTANCE" --arg at "$NOW" '
      {source: "towline", event: "deploy", $outcome, $stack, $group, $instance, $package, $version, $previous, $reason,
        $seconds, $at}' >"$file"
  event_send "$file" || {
    log_error "the event $1 could not be published: later polls try again"
    outbox_keep "$file" || log_error "it is not kept either: is the disk full?"
  }
}

# event_send FILE: to the topic of hosts. A stack of before 0.8 has none, and lets them publish to its only one.
event_send() {
  local FAILURE # the caller's own is not to be lost
  AWS_STATUS=''
  event_to "$TOWLINE_TOPIC_ARN-hosts" "$1" && return 0
  [[ $AWS_STATUS == 40[34] ]] || return 1
  event_to "$TOWLINE_TOPIC_ARN" "$1"
}

event_to() {
  aws_query sns 2010-03-31 Publish --data-urlencode "TopicArn=$1" --data-urlencode "Message@$2"
}
