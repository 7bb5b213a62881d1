# Has the test do what curl would (test/userdata/fake-curl.ts).
# shellcheck shell=bash

# curl_asked ARGUMENT...: what curl says, on standard output and error, and its exit code.
curl_asked() {
  local config='' test code errors output
  if [[ " $* " == *' --config '* ]]; then IFS= read -r -d '' config || true; fi
  exec {test}<>"/dev/tcp/127.0.0.1/$FAKE_CURL"
  printf '%s\0' "$@" '' "$config" >&"$test"
  IFS= read -r -d '' code <&"$test"
  IFS= read -r -d '' errors <&"$test"
  IFS= read -r -d '' output <&"$test"
  exec {test}>&-
  printf '%s' "$output"
  printf '%s' "$errors" >&2
  return "$code"
}
