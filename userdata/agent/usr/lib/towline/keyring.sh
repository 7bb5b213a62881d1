# The package that brings the stack's public keys. It puts them where apt's source looks for them, and touches no service.
# shellcheck shell=bash

KEYRING=towline-archive-keyring

# keyring_install: the newest one, where the repository lists any. Returns 1 with FAILURE set where it cannot be installed:
# then no other package could be, and no version should be judged by that.
keyring_install() {
  repository_candidates "$KEYRING" "$SOURCE_FILE" || return 1
  ((${#CANDIDATES[@]})) || return 0
  package_version "$KEYRING"
  [[ $VERSION != "${CANDIDATES[0]}" ]] || return 0
  packages_repair && packages_install "$KEYRING=${CANDIDATES[0]}" || return 1
  host_status_repeat
}
