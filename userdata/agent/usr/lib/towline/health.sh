# The health gate: the one answer that decides whether a version stays.
# shellcheck shell=bash

# health_gate: healthy two times in a row within TOWLINE_HEALTH_TIMEOUT seconds. FAILURE holds the last answer otherwise.
health_gate() {
  local deadline=$((SECONDS + TOWLINE_HEALTH_TIMEOUT)) pause=0.3 good=0 log
  [[ -n $TOWLINE_HTTP_PORT ]] || pause=2
  while true; do
    if health_probe; then good=$((good + 1)); else good=0; fi
    ((good < 2)) || return 0
    ((SECONDS <= deadline)) || break
    sleep "$pause"
  done
  log=$(processes_journal)
  fail "not healthy within $TOWLINE_HEALTH_TIMEOUT s: ${HEALTH_ANSWER:-healthy only once}${log:+; log: $log}"
}

# health_probe: one look; why it is not healthy in HEALTH_ANSWER.
health_probe() {
  HEALTH_ANSWER=''
  if [[ -n $TOWLINE_HTTP_PORT ]]; then health_probe_http; else health_probe_status; fi
}

health_probe_http() {
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

health_probe_status() {
  local entry package
  for entry in $TOWLINE_PROCESSES; do
    package=${entry%%:*}
    processes_command "$package" status >"$RUN_DIR/health.body" 2>&1 && continue
    HEALTH_ANSWER="$package status: $(tail -n 1 "$RUN_DIR/health.body")"
    return 1
  done
}
