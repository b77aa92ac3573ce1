# shellcheck shell=bash
# /// snippet
# name = "image/part-base"
# summary = "Part of the image: the base with its packages, and claude-code."
# requires = ["image/layer-agent", "image/layer-base", "image/layer-claude-code"]
# params = ["CFG_AGENT_NPM_REGISTRY", "CFG_AGENT_SHA256_AMD64", "CFG_AGENT_SHA256_ARM64", "CFG_AGENT_VERSION", "CFG_IMAGE_BASE", "CFG_IMAGE_NODE_MIRROR", "CFG_IMAGE_NODE_SHA256_AMD64", "CFG_IMAGE_NODE_SHA256_ARM64", "CFG_IMAGE_NODE_VERSION", "CFG_IMAGE_PACKAGES"]
# hosts = ["image.base", "image.node_mirror", "agent.npm_registry|registry.npmjs.org", "the base image's package mirrors"]
# [[downloads]]
# what = "the base image"
# source = "{image.base}"
# pin = "image.base"
# [[downloads]]
# what = "Node.js, by which the agent is installed"
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

image_part_base() { # appends to IMAGE_BUILD_ARGUMENTS and IMAGE_BUILD_DOWNLOADS
  local agent=$CFG_AGENT_SHA256_AMD64 node=$CFG_IMAGE_NODE_SHA256_AMD64 platform=x64
  [[ $PATHS_ARCH == amd64 ]] || agent=$CFG_AGENT_SHA256_ARM64 node=$CFG_IMAGE_NODE_SHA256_ARM64 platform=arm64
  IMAGE_BUILD_ARGUMENTS+=("BASE=$CFG_IMAGE_BASE" "PACKAGES=${CFG_IMAGE_PACKAGES[*]}"
    "AGENT_VERSION=$CFG_AGENT_VERSION" "AGENT_SHA256=$agent" "AGENT_NPM_REGISTRY=$CFG_AGENT_NPM_REGISTRY")
  IMAGE_BUILD_DOWNLOADS+=("Node.js $CFG_IMAGE_NODE_VERSION"
    "$CFG_IMAGE_NODE_MIRROR/$CFG_IMAGE_NODE_VERSION/node-$CFG_IMAGE_NODE_VERSION-linux-$platform.tar.xz" "$node" node.tar.xz)
}
