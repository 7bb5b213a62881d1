# What one run of apt is to change: the packages that the core has chosen, and with them those of the group that they need in other versions
# than are here, each in the version that is decided for it. Nothing of the host changes meanwhile.
# shellcheck shell=bash disable=SC2034 # PLAN_SPECS is read by the callers

# packages_plan: sets PLAN_SPECS, what of the group stays in PLAN_STAYS, and CHANGE_WITH, and records that. Returns 1 with FAILURE and INSTALL_FAULT set.
packages_plan() {
  local spec package version found=yes
  PLAN_SPECS=()
  change_specs
  for spec in "${CHANGE_SPECS[@]}"; do
    read -r package version _ <<<"$spec"
    PLAN_SPECS+=("$package=$version")
  done
  while [[ $found == yes ]]; do
    found=no
    packages_simulate "${PLAN_SPECS[@]}" || return 1
    for spec in "${SIMULATED[@]}"; do
      if [[ " ${PACKAGES[*]} " == *" ${spec%%=*} "* && " ${PLAN_SPECS[*]}" != *" ${spec%%=*}="* ]]; then
        packages_plan_add "${spec%%=*}" || return 1
        found=yes
      fi
    done
  done
  [[ ${#CHANGE_WITH[@]} == 0 ]] || change_record_write || return 1
  PLAN_STAYS=()
  for package in "${PACKAGES[@]}"; do
    package_version "$package"
    [[ -z $VERSION || " ${PLAN_SPECS[*]}" == *" $package="* ]] || PLAN_STAYS+=("$package=$VERSION")
  done
  change_step words
}

# packages_plan_add PACKAGE: apt would take the highest version of it in the repository, bad or unproven.
packages_plan_add() {
  local version
  # In a shell of its own: the decision that led here stays.
  version=$(rollout_decide "$1" >&2 && IFS=$TAB read -r _ version _ <<<"${CORE_ANSWERS[0]}" && printf '%s' "$version") && [[ -n $version ]] ||
    fail "no version of $1 is decided, which $CHANGE_PACKAGE $CHANGE_VERSION needs" || return 1
  PLAN_SPECS+=("$1=$version")
  package_version "$1"
  CHANGE_WITH+=("$1 $version $VERSION")
  log "$CHANGE_PACKAGE $CHANGE_VERSION comes with $1 $version"
  [[ -z $VERSION ]] || { package_keep "$1" "$VERSION" && conffiles_keep "$1"; }
}
