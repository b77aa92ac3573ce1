# shellcheck shell=bash
# /// snippet
# name = "image/build"
# summary = "Build the image with the agent, when its recipe is another than the image's."
# requires = ["core/fetch", "image/dockerfile", "podman/engine", "podman/seccomp-json", "podman/storage-conf"]
# params = ["CFG_AGENT_NAME", "CFG_AGENT_NPM_REGISTRY", "CFG_AGENT_SHA256_AMD64", "CFG_AGENT_SHA256_ARM64", "CFG_AGENT_VERSION", "CFG_IMAGE_BASE", "CFG_IMAGE_NAME", "CFG_IMAGE_NODE_MIRROR", "CFG_IMAGE_NODE_SHA256_AMD64", "CFG_IMAGE_NODE_SHA256_ARM64", "CFG_IMAGE_NODE_VERSION", "CFG_IMAGE_PACKAGES", "CFG_SANDBOX_USER"]
# step = "image_build"
# hosts = ["image.base", "image.node_mirror", "agent.npm_registry|registry.npmjs.org", "the base image's package mirrors"]
# writes = ["@data/context", "@data/cache", "the image"]
# undo.image_build_image = "with --purge the image goes with the store; else it stays"
# [[downloads]]
# what = "the base image"
# source = "{image.base}"
# pin = "image.base"
# [[downloads]]
# what = "Node.js, for the build only"
# source = "{image.node_mirror}/{image.node_version}/node-{image.node_version}-linux-{x64,arm64}.tar.xz"
# pin = "image.node_sha256"
# [[downloads]]
# what = "the agent's program, by npm"
# source = "@anthropic-ai/{agent.name}@{agent.version}"
# pin = "agent.sha256"
# [[downloads]]
# what = "packages in the image: {image.packages}"
# source = "the base image's package mirrors"
# pin = "the distribution's signatures; no version is pinned unless one is named"
# ///

image_build_recipe() { # sets IMAGE_BUILD_ARGUMENTS and IMAGE_BUILD_RECIPE, the sha256 of all that goes into the image
  local agent=$CFG_AGENT_SHA256_AMD64 sum
  paths_arch
  IMAGE_BUILD_NODE_SHA256=$CFG_IMAGE_NODE_SHA256_AMD64
  if [[ $PATHS_ARCH == arm64 ]]; then
    agent=$CFG_AGENT_SHA256_ARM64 IMAGE_BUILD_NODE_SHA256=$CFG_IMAGE_NODE_SHA256_ARM64
  fi
  IMAGE_BUILD_ARGUMENTS=(
    --build-arg "BASE=$CFG_IMAGE_BASE"
    --build-arg "PACKAGES=${CFG_IMAGE_PACKAGES[*]}"
    --build-arg "AGENT_VERSION=$CFG_AGENT_VERSION"
    --build-arg "AGENT_SHA256=$agent"
    --build-arg "AGENT_NPM_REGISTRY=$CFG_AGENT_NPM_REGISTRY"
  )
  sum=$(
    printf '%s\n' "${IMAGE_BUILD_ARGUMENTS[@]}" "$IMAGE_BUILD_NODE_SHA256"
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
  STEPS_WHY="localhost/$CFG_IMAGE_NAME has $CFG_AGENT_NAME $CFG_AGENT_VERSION"
  [[ $label == "$IMAGE_BUILD_RECIPE" ]] && return 0
  STEPS_WHY="there is no image localhost/$CFG_IMAGE_NAME of this recipe"
  return 1
}

image_build_apply() { # [podman build option]…
  local archive=$PATHS_CACHE/node-$CFG_IMAGE_NODE_VERSION.tar.xz platform=x64
  podman_engine_setup
  image_build_recipe
  [[ $PATHS_ARCH == amd64 ]] || platform=$PATHS_ARCH
  proxy_setup
  task_run "download Node.js $CFG_IMAGE_NODE_VERSION" fetch_verified \
    "$CFG_IMAGE_NODE_MIRROR/$CFG_IMAGE_NODE_VERSION/node-$CFG_IMAGE_NODE_VERSION-linux-$platform.tar.xz" "$IMAGE_BUILD_NODE_SHA256" "$archive"
  files_tree "$PATHS_CONTEXT"
  image_dockerfile_context "$PATHS_CONTEXT"
  ln -f -- "$archive" "$PATHS_CONTEXT/node.tar.xz"
  journal_add image_build_image "localhost/$CFG_IMAGE_NAME:latest"
  task_run "build the image localhost/$CFG_IMAGE_NAME" image_build_podman "$@"
  task_run 'start a container of it' image_build_start
  rm -rf -- "$PATHS_CONTEXT" "$archive"
}

image_build_podman() { # [podman build option]…
  local -a options=("${IMAGE_BUILD_ARGUMENTS[@]}")
  [[ -z $PATHS_CA ]] || options+=(--secret "id=ca,src=$PATHS_CA")
  # Proxy variables reach the build's commands, and stay out of the image. A build does not read seccomp_profile in
  # containers.conf.
  podman_engine_online build --pull=missing --http-proxy=true --format oci "--security-opt=seccomp=$PATHS_CONF/seccomp.json" --label "podsand.recipe=$IMAGE_BUILD_RECIPE" \
    --tag "localhost/$CFG_IMAGE_NAME:latest" "${options[@]}" "$@" "$PATHS_CONTEXT"
}

# The first start with the agent's ids copies the image: now, and not when somebody waits for the agent.
image_build_start() {
  SANDBOX_FLAGS=()
  "sandbox_user_$CFG_SANDBOX_USER"
  podman_engine run --rm --pull=never --network=none "${SANDBOX_FLAGS[@]}" --entrypoint /bin/true "localhost/$CFG_IMAGE_NAME:latest"
}

image_build_image_undo() { # <image>
  [[ ${UNINSTALL_PURGE:-false} == true ]] || return 3
}
