# A change of packages: what of it is not that of settings.
# shellcheck shell=bash disable=SC2034,SC2153 # the CHANGE_ variables are read in change.sh, FILE is set by package_keep

# packages_change PACKAGE VERSION PREVIOUS CAUSE: PREVIOUS is '' where the package was not installed, CAUSE where VERSION comes for being newer.
packages_change() {
  CHANGE_KIND=packages CHANGE_PACKAGE=$1 CHANGE_VERSION=$2 CHANGE_PREVIOUS=$3 CHANGE_REASON=$4 CHANGE_ETAG='' CHANGE_WITH=()
  change_run
}

packages_words() {
  CHANGE_NAME="$CHANGE_PACKAGE $CHANGE_VERSION" CHANGE_TITLE="the upgrade of $CHANGE_PACKAGE to $CHANGE_VERSION"
  CHANGE_BEGINS="upgrading $CHANGE_PACKAGE from ${CHANGE_PREVIOUS:-nothing} to $CHANGE_VERSION"
  CHANGE_BEFORE="$CHANGE_PACKAGE ${CHANGE_PREVIOUS:-(none)}"
  CHANGE_NEITHER="neither $CHANGE_VERSION nor $CHANGE_PREVIOUS of $CHANGE_PACKAGE"
  CHANGE_IS=is CHANGE_WAS=was CHANGE_UNDONE="rolled back" CHANGE_EVENT=upgraded
}

# packages_prepare: everything that comes before the first change to the host's software, and what may fail for other reasons than
# the version first, while the host still serves.
packages_prepare() {
  INSTALL_FAULT=host INSTALL_STANDING=no CHANGE_WITH=()
  packages_stage && return 0
  CHANGE_FAULT=$INSTALL_FAULT
  [[ $INSTALL_STANDING == no ]] || packages_standing_begin "$CHANGE_PACKAGE" "$CHANGE_VERSION"
  return 1
}

packages_stage() {
  # What is half installed of this very package is mended by installing it.
  packages_repair || { package_version "$CHANGE_PACKAGE" && [[ -z $VERSION ]]; } || return 1
  # A stuck host is out of service already, with or without a way back.
  if [[ -n $CHANGE_PREVIOUS && $CHANGE_TOLD == no ]]; then
    package_keep "$CHANGE_PACKAGE" "$CHANGE_PREVIOUS" && conffiles_keep "$CHANGE_PACKAGE" || return 1
  fi
  packages_plan && packages_download "${PLAN_SPECS[@]}" || return 1
  [[ $CHANGE_PACKAGE != towline-agent || -z $CHANGE_PREVIOUS ]] || guard_arm
}

packages_apply() {
  packages_install "${PLAN_SPECS[@]}" || {
    CHANGE_FAULT=$INSTALL_FAULT
    [[ $INSTALL_STANDING == no ]] || packages_standing_begin "$CHANGE_PACKAGE" "$CHANGE_VERSION"
    return 1
  }
  [[ $CHANGE_PACKAGE != towline-agent ]] || guard_hand_over
}

# packages_progress: how far an interrupted change has come, in CHANGE_PROGRESS. What apt was told then may be old by now: it begins anew.
packages_progress() {
  packages_repair || log_error "going on: installing a version again may repair it"
  package_version "$CHANGE_PACKAGE"
  CHANGE_PROGRESS=none
  [[ $VERSION != "$CHANGE_VERSION" ]] || CHANGE_PROGRESS=applied
}

# packages_restore: the versions before, from this host's own copies.
packages_restore() {
  local spec package previous files=()
  [[ -n $CHANGE_PREVIOUS ]] || fail "no version of $CHANGE_PACKAGE was here to go back to" || return 1
  for spec in "$CHANGE_PACKAGE $CHANGE_VERSION $CHANGE_PREVIOUS" "${CHANGE_WITH[@]}"; do
    read -r package _ previous <<<"$spec"
    package_version "$package"
    [[ -n $previous && $VERSION != "$previous" ]] || continue
    package_keep "$package" "$previous" || return 1
    conffiles_restore "$package"
    files+=("$FILE")
  done
  ((${#files[@]} == 0)) || packages_install "${files[@]}" || return 1
  [[ $PACKAGES_UNDONE == no ]] || packages_repair || log_error "dpkg is left with something half done"
}

# packages_settle OUTCOME: the files of what stays are kept, to go back to.
packages_settle() {
  local spec package version
  [[ $1 == ok ]] || return 0
  for spec in "$CHANGE_PACKAGE $CHANGE_VERSION" "${CHANGE_WITH[@]}"; do
    read -r package version _ <<<"$spec"
    package_keep "$package" "$version" || log_error "the next upgrade will try again to keep it"
  done
}

packages_end() {
  # A new agent that knows of its guard ends it by itself.
  [[ $CHANGE_PACKAGE != towline-agent || ($AGENT_OLD == no && $CHANGE_OUTCOME != bad) ]] || guard_end
}
