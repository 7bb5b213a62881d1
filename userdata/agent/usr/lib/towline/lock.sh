# One run of the agent at a time.
# shellcheck shell=bash

# lock_take SECONDS: waits that long for the lock. Returns 1 where another run holds it.
lock_take() {
  exec {LOCK}>"$RUN_DIR/lock"
  flock --wait "$1" "$LOCK"
}

# lock_release: before handing over to another program, which would inherit the lock and the descriptor of the log.
lock_release() {
  exec {LOCK}>&- {OUT}>&-
}
