# shellcheck shell=bash
# /// snippet
# name = "image/build"
# summary = "Build the image with the agent, when its recipe is another than the image's."
# requires = ["core/fetch", "image/dockerfile", "podman/engine", "podman/seccomp-json", "podman/storage-conf"]
# params = ["CFG_IMAGE_NAME", "CFG_SANDBOX_USER"]
# step = "image_build"
# hosts = ["conf.registries"]
# writes = ["@data/context", "@data/cache", "the image"]
# undo.image_build_image = "with --purge the image goes with the store; else it stays"
# ///

image_build_recipe() { # sets what the parts of the image append to, and IMAGE_BUILD_RECIPE, the sha256 of all that goes into it
  local part sum
  paths_arch
  # Downloads are rows of four: what it is, its URL, which is no part of the recipe, its sha256, its name in the build context.
  IMAGE_BUILD_ARGUMENTS=() IMAGE_BUILD_DOWNLOADS=() IMAGE_BUILD_PROBE=(/bin/true)
  for part in "${IMAGE_PARTS[@]}"; do
    "$part"
  done
  sum=$(
    printf '%s\n' "${IMAGE_BUILD_ARGUMENTS[@]}" "${IMAGE_BUILD_DOWNLOADS[@]/#*:\/\/*/}"
    image_dockerfile
    agent_claude_code_settings
    agent_claude_code_entrypoint
  )
  sum=$(sha256sum <<<"$sum")
  IMAGE_BUILD_RECIPE=${sum%% *}
}

image_build_check() {
  local label
  STEPS_WHY='podman is not set up yet'
  podman_engine_ready || return 1
  image_build_recipe
  label=$(podman_engine image inspect --format '{{index .Labels "podsand.recipe"}}' "localhost/$CFG_IMAGE_NAME:latest" 2>/dev/null) || label=''
  STEPS_WHY="localhost/$CFG_IMAGE_NAME is of this recipe"
  [[ $label == "$IMAGE_BUILD_RECIPE" ]] && return 0
  STEPS_WHY="there is no image localhost/$CFG_IMAGE_NAME of this recipe"
  return 1
}

image_build_apply() { # [podman build option]…
  local row
  podman_engine_setup
  image_build_recipe
  proxy_setup
  files_tree "$PATHS_CONTEXT"
  image_dockerfile_context "$PATHS_CONTEXT"
  for ((row = 0; row < ${#IMAGE_BUILD_DOWNLOADS[@]}; row += 4)); do
    image_build_download "${IMAGE_BUILD_DOWNLOADS[@]:row:4}"
  done
  journal_add image_build_image "localhost/$CFG_IMAGE_NAME:latest"
  task_run "build the image localhost/$CFG_IMAGE_NAME" image_build_podman "$@"
  task_run 'start a container of it' image_build_start
  rm -rf -- "$PATHS_CONTEXT" "$PATHS_CACHE"/image-*
}

image_build_download() { # <what> <url> <sha256> <name in the context>
  task_run "download $1" fetch_verified "$2" "$3" "$PATHS_CACHE/image-$3"
  ln -f -- "$PATHS_CACHE/image-$3" "$PATHS_CONTEXT/$4"
}

image_build_podman() { # [podman build option]…
  local -a options=("${IMAGE_BUILD_ARGUMENTS[@]/#/--build-arg=}")
  [[ -z $PATHS_CA ]] || options+=(--secret "id=ca,src=$PATHS_CA")
  # Proxy variables reach the build's commands, and stay out of the image. A build reads no seccomp_profile in containers.conf.
  podman_engine_online build --pull=missing --http-proxy=true --format oci "--security-opt=seccomp=$PATHS_CONF/seccomp.json" --label "podsand.recipe=$IMAGE_BUILD_RECIPE" \
    --tag "localhost/$CFG_IMAGE_NAME:candidate" "${options[@]}" "$@" "$PATHS_CONTEXT"
}

# The first start with the agent's ids copies the image: now, not when somebody waits. One that fails leaves the image as it was.
image_build_start() {
  local candidate=localhost/$CFG_IMAGE_NAME:candidate
  SANDBOX_FLAGS=()
  "sandbox_user_$CFG_SANDBOX_USER"
  podman_engine run --rm --pull=never --network=none "${SANDBOX_FLAGS[@]}" --entrypoint "${IMAGE_BUILD_PROBE[0]}" "$candidate" "${IMAGE_BUILD_PROBE[@]:1}"
  podman_engine tag "$candidate" "localhost/$CFG_IMAGE_NAME:latest"
  podman_engine untag "$candidate" "$candidate"
}

image_build_image_undo() { [[ ${UNINSTALL_PURGE:-false} == true ]] || return 3; }
