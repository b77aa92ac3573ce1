# shellcheck shell=bash
# /// snippet
# name = "image/volume"
# summary = "The volumes that outlive a sandbox: the agent's login and settings, and its home when the profile says so."
# requires = ["podman/engine", "podman/storage-conf"]
# params = ["CFG_AGENT_NAME", "CFG_SANDBOX_HOME"]
# step = "image_volume"
# writes = ["volumes"]
# ///

image_volume_names() { # sets IMAGE_VOLUME_NAMES
  IMAGE_VOLUME_NAMES=("podsand-$CFG_AGENT_NAME")
  [[ $CFG_SANDBOX_HOME != volume ]] || IMAGE_VOLUME_NAMES+=("podsand-home")
}

image_volume_check() {
  local name
  image_volume_names
  if [[ ! -r $PATHS_CONF/storage.conf || ! -r $PATHS_CONF/containers.conf ]]; then
    STEPS_WHY='podman is not set up yet'
    return 1
  fi
  podman_engine_setup
  for name in "${IMAGE_VOLUME_NAMES[@]}"; do
    if ! podman_engine volume exists "$name" 2>/dev/null; then
      STEPS_WHY="there is no volume $name"
      return 1
    fi
  done
  STEPS_WHY="${IMAGE_VOLUME_NAMES[*]}"
}

image_volume_apply() {
  local name
  image_volume_names
  podman_engine_setup
  for name in "${IMAGE_VOLUME_NAMES[@]}"; do
    journal_add image_volume_volume "$name"
    podman_engine volume exists "$name" || podman_engine volume create --label podsand=true "$name" >/dev/null
  done
}

image_volume_volume_undo() { # <volume>   goes with the store
  [[ ${UNINSTALL_PURGE:-false} == true ]] || return 3
}
