# shellcheck shell=bash
# /// snippet
# name = "image/volume"
# summary = "The volume that outlives a sandbox: the agent's login and settings."
# requires = ["image/build", "podman/engine"]
# params = ["CFG_AGENT_NAME"]
# step = "image_volume"
# writes = ["the volume podsand-<agent>"]
# undo.image_volume_volume = "with --purge the volume goes with the store, the agent's login in it; else it stays"
# ///

image_volume_check() {
  STEPS_WHY='podman is not set up yet'
  podman_engine_ready || return 1
  STEPS_WHY="podsand-$CFG_AGENT_NAME"
  podman_engine volume exists "podsand-$CFG_AGENT_NAME" 2>/dev/null && return 0
  STEPS_WHY="there is no volume podsand-$CFG_AGENT_NAME"
  return 1
}

image_volume_apply() {
  podman_engine_setup
  journal_add image_volume_volume "podsand-$CFG_AGENT_NAME"
  podman_engine volume create --label podsand=true "podsand-$CFG_AGENT_NAME" >/dev/null
}

# It goes with the store.
image_volume_volume_undo() { [[ ${UNINSTALL_PURGE:-false} == true ]] || return 3; }
