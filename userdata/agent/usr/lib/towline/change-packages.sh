# A change of packages: what of it is not that of settings.
# shellcheck shell=bash disable=SC2034,SC2153 # the CHANGE_ variables are read in change.sh, FILE is set by package_keep

# packages_change PACKAGE VERSION PREVIOUS CAUSE [PACKAGE VERSION PREVIOUS]...: PREVIOUS is '' where the package was not installed, CAUSE where
# VERSION comes for being newer. Those after CAUSE come with the first, as the core has it.
packages_change() {
  CHANGE_KIND=packages CHANGE_PACKAGE=$1 CHANGE_VERSION=$2 CHANGE_PREVIOUS=$3 CHANGE_REASON=$4 CHANGE_ETAG='' CHANGE_WITH=()
  shift 4
  while (($#)); do
    CHANGE_WITH+=("$1 $2 $3")
    shift 3
  done
  change_run
}

packages_words() {
  local spec package version previous
  CHANGE_NAME="$CHANGE_PACKAGE $CHANGE_VERSION" CHANGE_TITLE="the upgrade of $CHANGE_PACKAGE to $CHANGE_VERSION"
  CHANGE_BEGINS="upgrading $CHANGE_PACKAGE from ${CHANGE_PREVIOUS:-nothing} to $CHANGE_VERSION"
  CHANGE_BEFORE="$CHANGE_PACKAGE ${CHANGE_PREVIOUS:-(none)}"
  CHANGE_NEITHER="neither $CHANGE_VERSION nor $CHANGE_PREVIOUS of $CHANGE_PACKAGE"
  CHANGE_IS=is CHANGE_WAS=was CHANGE_UNDONE="rolled back" CHANGE_EVENT=upgraded
  [[ ${#CHANGE_WITH[@]} -gt 0 ]] || return 0
  CHANGE_TITLE="the upgrades of $CHANGE_PACKAGE to $CHANGE_VERSION"
  for spec in "${CHANGE_WITH[@]}"; do
    read -r package version previous <<<"$spec"
    CHANGE_NAME+=" and $package $version" CHANGE_TITLE+=" and $package to $version" CHANGE_BEFORE+=" and $package ${previous:-(none)}"
  done
  CHANGE_NEITHER="neither $CHANGE_NAME nor $CHANGE_BEFORE" CHANGE_IS=are CHANGE_WAS=were
}

# packages_prepare: everything that comes before the first change to the host's software, and what may fail for other reasons than
# the version first, while the host still serves.
packages_prepare() {
  INSTALL_FAULT=host INSTALL_STANDING=no
  packages_stage || packages_failed
}

packages_failed() {
  CHANGE_FAULT=$INSTALL_FAULT
  [[ $INSTALL_STANDING == no ]] || packages_standing_begin
  return 1
}

packages_stage() {
  local spec package previous
  # What is half installed of this very package is mended by installing it.
  packages_repair || { package_version "$CHANGE_PACKAGE" && [[ -z $VERSION ]]; } || return 1
  # A stuck host is out of service already, with or without a way back.
  change_specs
  for spec in "${CHANGE_SPECS[@]}"; do
    read -r package _ previous <<<"$spec"
    [[ -n $previous && $CHANGE_TOLD == no ]] || continue
    package_keep "$package" "$previous" && conffiles_keep "$package" || return 1
  done
  packages_plan && packages_named packages_download || return 1
  [[ $CHANGE_PACKAGE != towline-agent || -z $CHANGE_PREVIOUS ]] || guard_arm
}

# packages_named COMMAND: with every package of the group in its version.
packages_named() {
  local INSTALL_STAYS=("${PLAN_STAYS[@]}")
  "$1" "${PLAN_SPECS[@]}"
}

packages_apply() {
  packages_named packages_install || packages_failed || return 1
  [[ $CHANGE_PACKAGE != towline-agent ]] || guard_hand_over
}

# packages_progress: how far an interrupted change has come, in CHANGE_PROGRESS. What apt was told then may be old by now: it begins anew.
packages_progress() {
  local spec package version
  packages_repair || log_error "going on: installing a version again may repair it"
  CHANGE_PROGRESS=applied
  change_specs
  for spec in "${CHANGE_SPECS[@]}"; do
    read -r package version _ <<<"$spec"
    package_version "$package"
    [[ $VERSION == "$version" ]] || CHANGE_PROGRESS=none
  done
}

# packages_restore: the versions before, from this host's own copies.
packages_restore() {
  local spec package previous files=()
  [[ -n $CHANGE_PREVIOUS ]] || fail "no version of $CHANGE_PACKAGE was here to go back to" || return 1
  change_specs
  for spec in "${CHANGE_SPECS[@]}"; do
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
  change_specs
  for spec in "${CHANGE_SPECS[@]}"; do
    read -r package version _ <<<"$spec"
    package_keep "$package" "$version" || log_error "the next upgrade will try again to keep it"
  done
}

packages_end() {
  # A new agent that knows of its guard ends it by itself.
  [[ $CHANGE_PACKAGE != towline-agent || ($AGENT_OLD == no && $CHANGE_OUTCOME != bad) ]] || guard_end
}
