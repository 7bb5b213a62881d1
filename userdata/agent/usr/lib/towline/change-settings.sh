# A change of an app's settings: what of it is not that of packages. PACKAGE.next is staged, PACKAGE.env is what the app has, PACKAGE.before what
# it had, PACKAGE.etag the tag of those that are not looked at again.
# shellcheck shell=bash disable=SC2034 # the CHANGE_ variables are read in change.sh

# settings_change PACKAGE: to what settings_wanted has staged.
settings_change() {
  CHANGE_KIND=settings CHANGE_PACKAGE=$1 CHANGE_VERSION=$SETTINGS_ID CHANGE_ETAG=$SETTINGS_ETAG
  CHANGE_PREVIOUS='' CHANGE_REASON='' CHANGE_WITH=()
  rm -f "$SETTINGS_DIR/$1.before"
  change_run
}

settings_words() {
  CHANGE_NAME="$CHANGE_VERSION of $CHANGE_PACKAGE" CHANGE_TITLE=$CHANGE_NAME
  CHANGE_BEGINS="restarting $CHANGE_PACKAGE for its new settings, $CHANGE_VERSION"
  CHANGE_BEFORE="the settings before"
  CHANGE_NEITHER="with neither $CHANGE_NAME nor $CHANGE_BEFORE"
  CHANGE_IS=are CHANGE_WAS=were CHANGE_UNDONE="taken back" CHANGE_EVENT=''
}

# settings_prepare: they are staged when this host learns of them.
settings_prepare() {
  return 0
}

settings_apply() {
  local files=$SETTINGS_DIR/$CHANGE_PACKAGE
  if [[ -e $files.next ]]; then
    cp -p "$files.env" "$files.before"
    mv "$files.next" "$files.env"
  fi
  CHANGE_FAULT=version
  settings_restart
}

# settings_progress: how far an interrupted change has come, in CHANGE_PROGRESS.
settings_progress() {
  local files=$SETTINGS_DIR/$CHANGE_PACKAGE
  settings_seen "$CHANGE_PACKAGE"
  if [[ -e $files.next ]]; then
    CHANGE_PROGRESS=staged
  elif [[ -e $files.before || (-e $files.etag && $ETAG == "$CHANGE_ETAG") ]]; then
    CHANGE_PROGRESS=applying
  else
    # It was being put off.
    CHANGE_PROGRESS=none
  fi
}

settings_restore() {
  local files=$SETTINGS_DIR/$CHANGE_PACKAGE
  # Nothing has changed yet.
  [[ ! -e $files.next ]] || return 0
  [[ ! -e $files.before ]] || mv "$files.before" "$files.env"
  settings_restart
}

settings_restart() {
  # What the app wrote before does not explain what comes now.
  PACKAGES_INSTALLED_AT=$EPOCHSECONDS
  processes_command "$CHANGE_PACKAGE" restart || fail "$CHANGE_PACKAGE restart failed: $(processes_failure "$CHANGE_PACKAGE")"
}

# settings_settle OUTCOME: what is judged is not looked at again; what was put off, or failed on this host alone, is.
settings_settle() {
  local file=$SETTINGS_DIR/$CHANGE_PACKAGE.etag
  case $1 in
    off | own) rm -f "$file" ;;
    *) write_file "$file" "$CHANGE_ETAG" ;;
  esac
}

settings_end() {
  rm -f "$SETTINGS_DIR/$CHANGE_PACKAGE".{next,before}
}
