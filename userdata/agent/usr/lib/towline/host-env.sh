# The host environment, /etc/towline/host.env, written by the user data: parsed as data, never evaluated.
# shellcheck shell=bash

HOST_ENV_NAME='[A-Za-z0-9._-]+'
HOST_ENV_PACKAGE='[a-z0-9][a-z0-9+.-]+'
HOST_ENV_SCALE='[A-Za-z0-9_-]+=[0-9]+'
declare -gA HOST_ENV_PATTERNS=(
  [TOWLINE_STACK]="^$HOST_ENV_NAME\$"
  [TOWLINE_GROUP]="^$HOST_ENV_NAME\$"
  [TOWLINE_REGION]='^[a-z]{2}(-[a-z]+)+-[0-9]+$'
  [TOWLINE_BUCKET]='^[a-z0-9][a-z0-9-]+[a-z0-9]$'
  [TOWLINE_SUITE]="^$HOST_ENV_NAME\$"
  [TOWLINE_CHANNEL]="^($HOST_ENV_NAME)?\$"
  [TOWLINE_COMPONENT]="^$HOST_ENV_NAME\$"
  [TOWLINE_ARCHITECTURE]='^[a-z0-9-]+$'
  [TOWLINE_PACKAGES]="^($HOST_ENV_PACKAGE( $HOST_ENV_PACKAGE)*)?\$"
  [TOWLINE_PROCESSES]="^($HOST_ENV_PACKAGE:$HOST_ENV_SCALE(,$HOST_ENV_SCALE)*( |\$))*\$"
  [TOWLINE_HTTP_PORT]='^([1-9][0-9]{0,4})?$'
  [TOWLINE_HEALTH_PATH]='^(/[^[:space:]]*)?$'
  [TOWLINE_HEALTH_TIMEOUT]='^[1-9][0-9]*$'
  [TOWLINE_TARGET_GROUP_ARN]='^(arn:[^[:space:]]+)?$'
  [TOWLINE_DRAIN_TIMEOUT]='^[0-9]*$'
  [TOWLINE_TOPIC_ARN]='^arn:[^[:space:]]+$'
  [TOWLINE_AUTO_SCALING_GROUP]='^[^[:space:]]+$'
  [TOWLINE_LAUNCH_HOOK]='^[A-Za-z0-9_/-]+$'
  [TOWLINE_TERMINATION_HOOK]='^[A-Za-z0-9_/-]*$'
  [TOWLINE_NAMESPACE]='^[a-z0-9.-]*$'
  [TOWLINE_USES]='^([a-z0-9-]+( [a-z0-9-]+)*)?$'
  [TOWLINE_VOLUME_ID]='^(vol-[0-9a-z]+)?$'
  [TOWLINE_VOLUME_MOUNT]='^((/[A-Za-z0-9_][A-Za-z0-9._-]*)+)?$'
  [TOWLINE_SETTINGS]='^([a-z0-9-]+/)?$'
  [TOWLINE_VALID_DAYS]='^([1-9][0-9]{0,3})?$'
  [TOWLINE_ELASTIC_IP]='^(eipalloc-[0-9a-z]+)?$'
)
# Keys that hosts of older launch templates lack: empty there.
HOST_ENV_OPTIONAL=(TOWLINE_CHANNEL TOWLINE_TERMINATION_HOOK TOWLINE_NAMESPACE TOWLINE_USES TOWLINE_VOLUME_ID TOWLINE_VOLUME_MOUNT
  TOWLINE_ELASTIC_IP TOWLINE_SETTINGS TOWLINE_VALID_DAYS)

# host_env_load: sets the TOWLINE_ variables of the contract and PACKAGES (the agent first).
# Ends the program with 78 where the file is missing, malformed or lacks a key.
host_env_load() {
  local line number=0 name value found=" ${HOST_ENV_OPTIONAL[*]} "
  for name in "${HOST_ENV_OPTIONAL[@]}"; do printf -v "$name" ''; done
  [[ -r $HOST_ENV_FILE ]] || die 78 "$HOST_ENV_FILE is missing: the user data of the launch template writes it"
  while IFS= read -r line || [[ -n $line ]]; do
    number=$((number + 1))
    [[ -z $line || $line == '#'* ]] && continue
    [[ $line =~ ^([A-Z_]+)=\'([^\']*)\'$ ]] ||
      die 78 "$HOST_ENV_FILE line $number is \"$line\": each line must be KEY='value'"
    name=${BASH_REMATCH[1]} value=${BASH_REMATCH[2]}
    # A key this version of the agent does not know yet is left alone.
    [[ -n ${HOST_ENV_PATTERNS[$name]:-} ]] || continue
    [[ $value =~ ${HOST_ENV_PATTERNS[$name]} ]] ||
      die 78 "$HOST_ENV_FILE line $number: $name is \"$value\", which does not match ${HOST_ENV_PATTERNS[$name]}"
    printf -v "$name" '%s' "$value"
    found+="$name "
  done <"$HOST_ENV_FILE"
  for name in "${!HOST_ENV_PATTERNS[@]}"; do
    [[ $found == *" $name "* ]] || die 78 "$HOST_ENV_FILE lacks $name: replace this host by one of the current launch template"
  done
  host_env_packages
}

host_env_packages() {
  local package
  PACKAGES=(towline-agent)
  for package in $TOWLINE_PACKAGES; do
    [[ $package == towline-agent ]] || PACKAGES+=("$package")
  done
}
