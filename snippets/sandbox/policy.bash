# shellcheck shell=bash
# /// snippet
# name = "sandbox/policy"
# summary = "What the sandbox may reach and do, as podman's flags."
# requires = ["podman/engine", "sandbox/git", "sandbox/mount", "sandbox/workspace"]
# params = ["CFG_AGENT_NAME", "CFG_SANDBOX_CPUS", "CFG_SANDBOX_ENV", "CFG_SANDBOX_HOME", "CFG_SANDBOX_MEMORY", "CFG_SANDBOX_MOUNTS_SOURCE", "CFG_SANDBOX_NETWORK", "CFG_SANDBOX_PIDS", "CFG_SANDBOX_TMP_SIZE", "CFG_SANDBOX_USER"]
# ///

sandbox_policy() { # sets SANDBOX_FLAGS, from the profile and the workspace; reads nothing inside the workspace as configuration
  SANDBOX_FLAGS=(--rm --init --interactive --pull=never --log-driver=none --hostname=podsand --http-proxy=false)
  "sandbox_user_$CFG_SANDBOX_USER"
  SANDBOX_FLAGS+=(--security-opt=no-new-privileges "--security-opt=seccomp=$PATHS_CONF/seccomp.json")
  sandbox_policy_limits
  sandbox_policy_files
  sandbox_policy_environment
}

sandbox_policy_limits() {
  # podman has no default for pids with cgroupfs.
  SANDBOX_FLAGS+=("--pids-limit=$CFG_SANDBOX_PIDS" --ulimit=core=0:0)
  [[ -z $CFG_SANDBOX_MEMORY ]] || SANDBOX_FLAGS+=("--memory=$CFG_SANDBOX_MEMORY" "--memory-swap=$CFG_SANDBOX_MEMORY")
  [[ -z $CFG_SANDBOX_CPUS ]] || SANDBOX_FLAGS+=("--cpus=$CFG_SANDBOX_CPUS")
  # Without an address that stands for the host, its loopback services are out of reach.
  SANDBOX_FLAGS+=("--network=${CFG_SANDBOX_NETWORK/#pasta/pasta:--map-guest-addr,none}")
}

sandbox_policy_files() {
  SANDBOX_FLAGS+=("--tmpfs=/tmp:rw,nosuid,nodev,mode=1777,size=$CFG_SANDBOX_TMP_SIZE"
    "--tmpfs=/var/tmp:rw,nosuid,nodev,mode=1777,size=$CFG_SANDBOX_TMP_SIZE" "--tmpfs=/run:rw,nosuid,nodev,noexec,mode=0755,size=64m")
  "sandbox_home_$CFG_SANDBOX_HOME"
  sandbox_mount type=volume "src=podsand-$CFG_AGENT_NAME" "dst=$SANDBOX_HOME/.config/claude"
  sandbox_mount type=bind "src=$SANDBOX_WORKSPACE" "dst=$SANDBOX_WORKSPACE"
  sandbox_git
  ((${#CFG_SANDBOX_MOUNTS_SOURCE[@]} == 0)) || sandbox_extra_mounts
  SANDBOX_FLAGS+=("--workdir=$SANDBOX_WORKSPACE")
}

sandbox_policy_environment() {
  local name
  for name in "${CFG_SANDBOX_ENV[@]}"; do
    # By name: podman takes the value from its own environment, so that it stands on no command line.
    if [[ -n ${!name:-} ]]; then
      PODMAN_ENGINE+=("$name=${!name}")
      SANDBOX_FLAGS+=("--env=$name")
    fi
  done
  [[ -z $PATHS_CA ]] || sandbox_ca_bundle
}
