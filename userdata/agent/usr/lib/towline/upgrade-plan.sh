# What one run of apt is to change: the package that is upgraded, and with it those of the group that it needs in other versions than are
# here, each in the version that is decided for it. Nothing of the host changes meanwhile.
# shellcheck shell=bash disable=SC2034 # UPGRADE_SPECS is read by the callers

UPGRADE_WITH=() # the packages that come along, as "package version previous", the last '' where it was not installed

# upgrade_plan: sets UPGRADE_SPECS and UPGRADE_WITH, and records them. Returns 1 with FAILURE and INSTALL_FAULT set.
upgrade_plan() {
  local spec found=yes
  UPGRADE_SPECS=("$UPGRADE_PACKAGE=$UPGRADE_VERSION") UPGRADE_WITH=()
  while [[ $found == yes ]]; do
    found=no
    packages_simulate "${UPGRADE_SPECS[@]}" || return 1
    for spec in "${SIMULATED[@]}"; do
      if [[ " ${PACKAGES[*]} " == *" ${spec%%=*} "* && " ${UPGRADE_SPECS[*]}" != *" ${spec%%=*}="* ]]; then
        upgrade_plan_add "${spec%%=*}" || return 1
        found=yes
      fi
    done
  done
  [[ ${#UPGRADE_WITH[@]} == 0 ]] || upgrade_record_write
}

# upgrade_plan_add PACKAGE: apt would take the highest version of it in the repository, bad or unproven.
upgrade_plan_add() {
  local version
  # In a shell of its own: the decision that led here stays.
  version=$(rollout_decide "$1" >&2 && IFS=$TAB read -r _ version _ <<<"${CORE_ANSWERS[0]}" && printf '%s' "$version") && [[ -n $version ]] ||
    fail "no version of $1 is decided, which $UPGRADE_PACKAGE $UPGRADE_VERSION needs" || return 1
  UPGRADE_SPECS+=("$1=$version")
  package_version "$1"
  UPGRADE_WITH+=("$1 $version $VERSION")
  log "$UPGRADE_PACKAGE $UPGRADE_VERSION comes with $1 $version"
  [[ -z $VERSION ]] || { package_keep "$1" "$VERSION" && conffiles_keep "$1"; }
}
