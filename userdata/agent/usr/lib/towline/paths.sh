# Where the agent keeps what it knows. TOWLINE_ROOT, empty on a host, moves every path for the tests.
# shellcheck shell=bash disable=SC2034 # used by the files that are loaded after this one

TOWLINE_ROOT=${TOWLINE_ROOT:-}
RUN_DIR=$TOWLINE_ROOT/run/towline        # gone after a reboot: lock, credentials, scratch
STATE_DIR=$TOWLINE_ROOT/var/lib/towline  # outlives reboots: markers, last reported status
KEEP_DIR=$TOWLINE_ROOT/var/cache/towline # the .deb of each running version, to go back to
HOST_ENV_FILE=$TOWLINE_ROOT/etc/towline/host.env
SOURCE_FILE=$TOWLINE_ROOT/etc/apt/sources.list.d/towline.sources
CHANNEL_SOURCE_FILE=$TOWLINE_ROOT/etc/apt/sources.list.d/towline-channel.sources   # there while the channel is
CHANNELS_KEY_FILE=$TOWLINE_ROOT/etc/apt/keyrings/towline-channels.asc              # written by the user data where channels have a key of their own
TIMER_FILE=$TOWLINE_ROOT/etc/systemd/system/towline-agent-poll.timer.d/second.conf # which second of the minute is this host's
LISTS_DIR=$TOWLINE_ROOT/var/lib/apt/lists
ARCHIVES_DIR=$TOWLINE_ROOT/var/cache/apt/archives
LAUNCHED_MARKER=$STATE_DIR/launched # the first boot ended well
WARMED_MARKER=$STATE_DIR/warmed     # it did, and this host waits in the group's warm pool
LEFT_MARKER=$RUN_DIR/left           # this host has stopped serving for good, or until it is started again
UNIT_DIR=$TOWLINE_ROOT/etc/systemd/system
ETAG_FILE=$STATE_DIR/inrelease.etag             # for which objects of the bucket nothing is left to do: a line "key tag" each
TURN_FILE=$STATE_DIR/turn.json                  # what the core is to know of this host's last turn, whatever becomes of the host meanwhile
CHANGE_PACKAGES_FILE=$STATE_DIR/upgrading.json  # a change of packages that has not ended
SETTINGS_DIR=$STATE_DIR/env                     # of each app: its settings, and the tag of those last judged; root alone
GUARD_DIR=$STATE_DIR/guard                      # over an upgrade of the agent: what brings the one before back
CHANGE_SETTINGS_FILE=$STATE_DIR/restarting.json # a change of settings that has not ended
STATUS_FILE=$STATE_DIR/status.json              # the status object as last reported
STATUS_UNSENT_FILE=$STATE_DIR/status.unsent     # there while the bucket does not have it
EVENTS_DIR=$STATE_DIR/events                    # events that the topic has not taken yet
REPORTED_FILE=$RUN_DIR/reported                 # when the bucket last took the status; gone after a reboot
QUIET_FILE=$RUN_DIR/quiet                       # what the next poll looks at where nothing happens until then; holds the credentials
STUCK_FILE=$STATE_DIR/stuck                     # since when this host is stuck, with what, and when it last asked to be replaced
CREDENTIALS_FILE=$RUN_DIR/credentials           # the role's, until they end
VOUCHED_FILE=$STATE_DIR/vouched                 # what this host has said is ok, a line "package version" each
TARGET_FILE=$RUN_DIR/joined                     # when this host was last seen in its target group; gone while it is out, and after a reboot

# paths_prepare: makes the agent's folders, readable by root alone where secrets, what the host knows or scratch live. (apt downloads
# into KEEP_DIR as an account of its own.)
paths_prepare() {
  [[ -d $RUN_DIR && -d $STATE_DIR && -d $KEEP_DIR ]] && return 0
  mkdir -p "$STATE_DIR" "$KEEP_DIR" "$RUN_DIR"
  chmod 0700 "$RUN_DIR" "$STATE_DIR"
}

# write_file FILE TEXT: replaces FILE at once and through to the disk, so that a crash or power loss leaves the old or the new text.
write_file() {
  local temporary
  temporary=$(mktemp "$1.XXXXXX") || return 1
  [[ ! -d $1 ]] || rm -rf "$1"
  printf '%s\n' "$2" >"$temporary" && sync "$temporary" && mv -T "$temporary" "$1" && sync "${1%/*}" && return 0
  rm -f "$temporary"
  return 1
}
