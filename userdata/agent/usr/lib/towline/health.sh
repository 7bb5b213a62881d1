# The health gate: the one answer that decides whether a version stays.
# shellcheck shell=bash disable=SC2034 # TURN_EXCEEDED is read by turn_time_reason

# health_gate: three good looks in a row, begun within TOWLINE_HEALTH_TIMEOUT seconds: the processes run and http answers. FAILURE
# holds the last bad look otherwise. A crash loop looks good whenever systemd has just started it again, so that good looks are less
# than its pause of 2 s apart, and where a process has ended meanwhile, twelve of them, ten seconds, have to be good.
health_gate() {
  local limit deadline good=0 wanted=3 ran=no log
  turn_time_left "$TOWLINE_HEALTH_TIMEOUT"
  limit=$LEFT deadline=$((SECONDS + LEFT))
  while true; do
    if health_probe_status; then
      ran=yes
      if health_probe_http; then good=$((good + 1)); else good=0; fi
    else
      good=0
      [[ $ran == no ]] || wanted=12
    fi
    if ((good)); then
      ((good < wanted)) || return 0
      sleep 0.9
    else
      ((SECONDS <= deadline)) || break
      sleep 0.3
    fi
  done
  [[ $limit == "$TOWLINE_HEALTH_TIMEOUT" ]] || TURN_EXCEEDED=yes
  # To look into its log takes as long as it takes.
  turn_time_end
  log=$(processes_journal "$HEALTH_PACKAGE")
  fail "not healthy within $limit s: $HEALTH_ANSWER${log:+; log: $log}"
}

# health_probe_status: whether the processes of every app run. Where not, HEALTH_ANSWER says what its command does, of the app
# HEALTH_PACKAGE.
health_probe_status() {
  local entry answer
  for entry in $TOWLINE_PROCESSES; do
    HEALTH_PACKAGE=${entry%%:*}
    processes_command "$HEALTH_PACKAGE" status >"$RUN_DIR/health.body" 2>&1 && continue
    answer=$(tr '\t' ' ' <"$RUN_DIR/health.body")
    answer=${answer//$'\n'/ | }
    if ((${#answer} > 300)); then answer=${answer: -300}; fi
    HEALTH_ANSWER="$HEALTH_PACKAGE status: ${answer//[![:print:]]/}"
    return 1
  done
}

# health_probe_http: whether the group's port answers, where it has one. Where not, why in HEALTH_ANSWER; any app may be the cause.
health_probe_http() {
  [[ -n $TOWLINE_HTTP_PORT ]] || return 0
  HEALTH_PACKAGE=''
  local url=http://127.0.0.1:$TOWLINE_HTTP_PORT${TOWLINE_HEALTH_PATH:-/} body=$RUN_DIR/health.body status line=''
  : >"$body"
  status=$(curl --disable --silent --show-error --noproxy '*' --globoff --max-time 5 --max-filesize 65536 \
    --output "$body" --write-out '%{http_code}' "$url" 2>"$RUN_DIR/health.err") || {
    HEALTH_ANSWER="GET $url did not answer: $(<"$RUN_DIR/health.err")"
    return 1
  }
  [[ $status != 200 ]] || return 0
  # An app may answer anything at all: its first line, cut, without control characters.
  IFS= read -r line <"$body" || true
  HEALTH_ANSWER="GET $url answered $status ${line//[![:print:]]/}"
  HEALTH_ANSWER=${HEALTH_ANSWER:0:300}
  return 1
}
