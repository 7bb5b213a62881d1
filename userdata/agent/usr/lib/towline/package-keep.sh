# The package files of running versions, to go back to when the repository lists them no more, or nobody answers.
# shellcheck shell=bash

# package_file DIR PACKAGE VERSION: the path of a package file in FILE. Returns 1 where DIR holds none that is whole: a crash or
# a full disk may have torn it.
package_file() {
  local candidates=("$1/$2_${3//:/%3a}"_*.deb)
  FILE=${candidates[0]}
  [[ -f $FILE ]] && dpkg-deb --fsys-tarfile "$FILE" >/dev/null 2>&1
}

# package_keep PACKAGE VERSION: keeps the .deb of this version, and of no other, out of reach of apt's own cleaning; its path in FILE.
# Returns 1 with FAILURE set where it cannot be had whole.
package_keep() {
  local new=$KEEP_DIR/.new other result=0
  if ! package_file "$KEEP_DIR" "$1" "$2"; then
    rm -rf "$new"
    mkdir "$new"
    package_fetch "$1" "$2" && mv "$FILE" "$KEEP_DIR/" || result=1
    rm -rf "$new"
    ((result == 0)) || return 1
    FILE=$KEEP_DIR/${FILE##*/}
  fi
  for other in "$KEEP_DIR/$1"_*.deb; do
    [[ $other == "$FILE" ]] || rm -f "$other"
  done
}

# package_fetch PACKAGE VERSION: the .deb of this version in the folder $new, from apt's cache or the repository; its path in FILE.
package_fetch() {
  if package_file "$ARCHIVES_DIR" "$1" "$2"; then
    cp "$FILE" "$new/" || fail "the package file of $1 $2 could not be copied to $KEEP_DIR: is the disk full?" || return 1
  else
    (cd "$new" && apt-get download -q "$1=$2" >"$RUN_DIR/apt-download.log" 2>&1) ||
      fail "the package file of $1 $2 is neither in apt's cache nor in the repository" || return 1
  fi
  package_file "$new" "$1" "$2" || fail "the package file of $1 $2 could not be kept in $KEEP_DIR"
}
