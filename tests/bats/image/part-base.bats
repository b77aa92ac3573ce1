#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet image/part-base core/paths
  IMAGE_BUILD_ARGUMENTS=() IMAGE_BUILD_DOWNLOADS=()
  CFG_AGENT_SHA256_AMD64=agent-amd64 CFG_AGENT_SHA256_ARM64=agent-arm64
  CFG_IMAGE_NODE_SHA256_AMD64=node-amd64 CFG_IMAGE_NODE_SHA256_ARM64=node-arm64 CFG_IMAGE_NODE_MIRROR=https://mirror
}

@test "packages are one argument, and each value has its own" {
  PATHS_ARCH=amd64 CFG_AGENT_NPM_REGISTRY='https://npm/a b'
  image_part_base
  [[ $(printf '<%s>' "${IMAGE_BUILD_ARGUMENTS[@]}") == "<BASE=$CFG_IMAGE_BASE><PACKAGES=ca-certificates curl git jq><AGENT_VERSION=2.1.330><AGENT_SHA256=agent-amd64><AGENT_NPM_REGISTRY=https://npm/a b>" ]]
}

@test "each architecture has its own archive and hashes" {
  PATHS_ARCH=amd64
  image_part_base
  [[ $(printf '<%s>' "${IMAGE_BUILD_DOWNLOADS[@]}") == '<Node.js v24.11.1><https://mirror/v24.11.1/node-v24.11.1-linux-x64.tar.xz><node-amd64><node.tar.xz>' ]]
  PATHS_ARCH=arm64 IMAGE_BUILD_ARGUMENTS=() IMAGE_BUILD_DOWNLOADS=()
  image_part_base
  [[ ${IMAGE_BUILD_DOWNLOADS[*]} == *'linux-arm64.tar.xz node-arm64 '* && ${IMAGE_BUILD_ARGUMENTS[*]} == *AGENT_SHA256=agent-arm64* ]]
}
