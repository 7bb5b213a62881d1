# The effects of core.jq that are answered. Each sets the event it is answered with.
# shellcheck shell=bash disable=SC2034 # CORE_EVENT and CORE_ROWS are read by core_run

# core_get (KEY TAG)...: objects, and what is listed below keys that end in "/", in one run of curl. Only those of the rollout are read.
core_get() {
  local index text key
  s3_look "$@" || { core_failed && return; }
  CORE_EVENT=got
  for index in "${!LOOK_ETAGS[@]}"; do
    key=${*:2*index+1:1} text=''
    case ${LOOK_STATUSES[index]} in
      200)
        if [[ $key == rollout/*/ ]]; then
          text=$(s3_listed <"$S3_SCRATCH.$((2 * index + 1)).body")
        elif [[ $key == rollout/* ]]; then
          text=$(tr -d '\0' <"$S3_SCRATCH.$((2 * index + 1)).body")
        fi
        ;;
      304 | 404) ;;
      *)
        s3_refused "$key" || core_failed
        return
        ;;
    esac
    core_row "$key" "${LOOK_STATUSES[index]}" "${LOOK_ETAGS[index]}" "${LOOK_DATES[index]}" "${LOOK_MODIFIED[index]}" "$text"
    CORE_ROWS+=("$ROW")
  done
}

# core_put KEY CONDITION BODY: done, refused where CONDITION did not hold, or unknown where no answer says.
core_put() {
  CORE_EVENT=put
  if ! s3_put "$1" "$3" "$2"; then
    core_row unknown "$FAILURE"
    CORE_ROWS=("$ROW")
  elif [[ $AWS_STATUS == 200 ]]; then
    CORE_ROWS=("done")
  else
    CORE_ROWS=(refused)
  fi
}

# core_lists TAG: what the repository lists now, of its channel where that has a TAG, and what is installed. A boot's has been read.
core_lists() {
  local package suite candidate INDEX_DATES=()
  if [[ $CORE_LISTS == read ]]; then
    CHANNEL_ETAG=$1
    index_dates
    if ! { repository_update && index_current; }; then
      host_status_fault repository "$FAILURE"
      core_failed
      return
    fi
  fi
  index_rows "${INDEX_DATES[@]}"
  CORE_EVENT=lists CORE_ROWS=("${INDEX_ROWS[@]}")
  for package in "${PACKAGES[@]}"; do
    package_version "$package"
    CORE_ROWS+=("package$TAB$package$TAB$VERSION")
    for suite in channel:"$CHANNEL_SOURCE_FILE" main:"$SOURCE_FILE"; do
      repository_candidates "$package" "${suite#*:}" || { core_failed && return; }
      for candidate in "${CANDIDATES[@]}"; do
        CORE_ROWS+=("version$TAB$package$TAB${suite%%:*}$TAB$candidate")
      done
    done
  done
}

# core_targets: each target of the load balancer's group and its state; nothing where that cannot be told. That there are none is an answer as
# well: the only host of a group is no target while it is out.
core_targets() {
  CORE_EVENT=targets
  targets_read || return 0
  CORE_ROWS=("${TARGETS[@]}")
  ((${#CORE_ROWS[@]} > 0)) || CORE_ROWS=("none${TAB}unused")
}

# core_able PACKAGE VERSION: whether this host can take it as it is. One that Auto Scaling takes away takes nothing.
core_able() {
  CORE_EVENT=able CORE_ROWS=(yes)
  if lifecycle_leaving; then
    log "$1 $2 is not taken, since Auto Scaling takes this host to $LIFECYCLE_TARGET"
    CORE_ROWS=(no)
  elif packages_standing "$@"; then
    CORE_ROWS=(no)
  fi
}

# core_zones FROM TO ZONE...: how far each is from UTC from when on.
core_zones() {
  local zone
  CORE_EVENT=zones
  for zone in "${@:3}"; do zone_rows "$zone" "$1" "$2"; done
}

# core_confirm: whether this host serves well with what it runs: yes, no or unknown, and why; and how often systemd started its processes
# again.
core_confirm() {
  local answer=unknown reason=''
  if [[ -n $TOWLINE_TARGET_GROUP_ARN ]] && ! target_health; then
    reason=$FAILURE
  elif [[ ${TARGET_STATE:-} == unhealthy ]]; then
    answer=no reason="the load balancer finds this host unhealthy${TARGET_DESCRIPTION:+: $TARGET_DESCRIPTION}"
  elif ! health_gate; then
    answer=no reason=$FAILURE
  elif rollout_serves; then
    answer=yes
  fi
  core_row "$answer" "$reason"
  CORE_EVENT=confirmed CORE_ROWS=("$ROW")
  ! processes_restarts || CORE_ROWS+=("restarts$TAB$RESTARTS")
}

# core_change PACKAGE VERSION PREVIOUS CAUSE [PACKAGE VERSION PREVIOUS]...: it is this host's turn. Answered by "done" and what is installed then of it and of what came
# along, or by "not done"; and whether the host serves well with that.
core_change() {
  local package
  CORE_EVENT=changed CORE_ROWS=("not done")
  packages_change "$@" || return 0
  if rollout_serves; then CORE_ROWS=("done${TAB}yes"); else CORE_ROWS=("done"); fi
  if [[ $1 != towline-agent ]]; then
    for package in "$1" "${CHANGE_WITH[@]%% *}"; do
      package_version "$package"
      CORE_ROWS+=("$package$TAB$VERSION")
    done
    return 0
  fi
  # What else there is to do is done by the agent now installed.
  lock_release
  exec "$TOWLINE_ROOT/usr/sbin/towline-agent" poll
}
