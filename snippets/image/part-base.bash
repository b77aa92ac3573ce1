# shellcheck shell=bash
# /// snippet
# name = "image/part-base"
# summary = "Part of the image: the base with its packages, and claude-code."
# requires = ["image/layer-agent", "image/layer-base", "image/layer-claude-code"]
# params = ["CFG_AGENT_NPM_REGISTRY", "CFG_AGENT_SHA256_AMD64", "CFG_AGENT_SHA256_ARM64", "CFG_AGENT_VERSION", "CFG_IMAGE_BASE", "CFG_IMAGE_NODE_MIRROR", "CFG_IMAGE_NODE_SHA256_AMD64", "CFG_IMAGE_NODE_SHA256_ARM64", "CFG_IMAGE_NODE_VERSION", "CFG_IMAGE_PACKAGES"]
# hosts = ["image.base", "image.node_mirror", "agent.npm_registry", "the base image's package mirrors"]
# ///

image_part_base() { # appends to IMAGE_BUILD_ARGUMENTS and IMAGE_BUILD_DOWNLOADS
  local agent=$CFG_AGENT_SHA256_AMD64 node=$CFG_IMAGE_NODE_SHA256_AMD64 platform=x64
  [[ $PATHS_ARCH == amd64 ]] || agent=$CFG_AGENT_SHA256_ARM64 node=$CFG_IMAGE_NODE_SHA256_ARM64 platform=arm64
  IMAGE_BUILD_ARGUMENTS+=("BASE=$CFG_IMAGE_BASE" "PACKAGES=${CFG_IMAGE_PACKAGES[*]}"
    "AGENT_VERSION=$CFG_AGENT_VERSION" "AGENT_SHA256=$agent" "AGENT_NPM_REGISTRY=$CFG_AGENT_NPM_REGISTRY")
  IMAGE_BUILD_DOWNLOADS+=("Node.js $CFG_IMAGE_NODE_VERSION"
    "$CFG_IMAGE_NODE_MIRROR/$CFG_IMAGE_NODE_VERSION/node-$CFG_IMAGE_NODE_VERSION-linux-$platform.tar.xz" "$node" node.tar.xz)
}
