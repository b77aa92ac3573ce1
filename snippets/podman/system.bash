# shellcheck shell=bash
# /// snippet
# name = "podman/system"
# summary = "Use the podman that the machine has, when it is new enough."
# requires = ["core/steps", "podman/engine"]
# step = "podman_system"
# ///

podman_system_check() {
  podman_system_bin
  if [[ -z $PODMAN_BIN ]]; then
    STEPS_WHY='there is no podman on this machine'
    return 1
  fi
  podman_engine_version "$PODMAN_BIN"
  STEPS_WHY="podman ${PODMAN_ENGINE_VERSION:-of unknown version} at $PODMAN_BIN"
  podman_system_new_enough
}

podman_system_apply() {
  podman_system_bin
  [[ -n $PODMAN_BIN ]] || die 69 'there is no podman on this machine' \
    'install it (sudo apt-get install podman), or generate the script with: --set podman.source=release'
  podman_engine_version "$PODMAN_BIN"
  # Heredocs in the Dockerfile need 4.8.
  podman_system_new_enough || die 69 "podman at $PODMAN_BIN is ${PODMAN_ENGINE_VERSION:-of unknown version}, and 4.8 is needed" \
    'install a newer one, or generate the script with: --set podman.source=release'
}

podman_system_new_enough() {
  local major minor
  IFS=. read -r major minor _ <<<"$PODMAN_ENGINE_VERSION"
  [[ $major =~ ^[0-9]+$ && $minor =~ ^[0-9]+$ ]] && ((10#$major > 4 || (10#$major == 4 && 10#$minor >= 8)))
}

podman_system_bin() { # sets PODMAN_BIN, PODMAN_PATH
  PODMAN_BIN=$(PATH=$PODSAND_ROOT/usr/local/bin:$PODSAND_ROOT/usr/bin:$PODSAND_ROOT/bin command -v podman) || PODMAN_BIN=''
  PODMAN_PATH=${PODMAN_BIN%/*}
}

podman_system_conf() { # a distribution's podman knows its helpers; only the manager may lack its systemd session
  if [[ -S $PODSAND_ROOT/run/user/$UID/bus ]]; then
    printf '%s\n' 'cgroup_manager = "systemd"'
  else
    printf '%s\n' 'cgroup_manager = "cgroupfs"'
  fi
}

podman_system_init() { # <variable>   empty: podman looks for its own
  printf -v "$1" ''
}
