# A package's configuration files (conffiles) as they are before an upgrade: the new version's scripts may edit them, dpkg keeps what was
# edited, and the version before may not work with it.
# shellcheck shell=bash

# conffiles_keep PACKAGE: a copy of them, with owners and modes. Returns 1 with FAILURE set.
conffiles_keep() {
  local archive=$KEEP_DIR/$1.conffiles.tar file files=()
  rm -f "$archive"
  # " /etc/default/hello 0123456789abcdef0123456789abcdef", and " obsolete" after it where the version has it no more
  while read -r file _; do
    [[ -z $file || ! -f $TOWLINE_ROOT$file ]] || files+=(".$file")
  done < <(dpkg-query --show --showformat='${Conffiles}\n' "$1")
  ((${#files[@]})) || return 0
  tar --create --file="$archive" --directory="$TOWLINE_ROOT/" -- "${files[@]}" && sync "$archive" ||
    fail "the configuration files of $1 could not be kept in $KEEP_DIR: is the disk full?" || return 1
}

# conffiles_restore PACKAGE: as they were kept, before the version is installed that they belong to: dpkg finds its own then.
conffiles_restore() {
  local archive=$KEEP_DIR/$1.conffiles.tar
  [[ -e $archive ]] || return 0
  tar --extract --preserve-permissions --file="$archive" --directory="$TOWLINE_ROOT/" ||
    log_error "going on with the configuration files of $1 as they are"
}

# conffiles_end PACKAGE: the upgrade has ended.
conffiles_end() {
  rm -f "$KEEP_DIR/$1.conffiles.tar"
}
