#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet image/part-fnm
  IMAGE_BUILD_ARGUMENTS=() IMAGE_BUILD_DOWNLOADS=()
  CFG_IMAGE_FNM_SHA256_AMD64=fnm-amd64 CFG_IMAGE_FNM_SHA256_ARM64=fnm-arm64 CFG_IMAGE_FNM_MIRROR=https://mirror
}

@test "each architecture has its own archive, as the publisher names it, and its own hash" {
  PATHS_ARCH=amd64
  image_part_fnm
  [[ $(printf '<%s>' "${IMAGE_BUILD_DOWNLOADS[@]}") == '<fnm v1.39.0><https://mirror/v1.39.0/fnm-linux.zip><fnm-amd64><fnm.zip>' ]]
  PATHS_ARCH=arm64 IMAGE_BUILD_DOWNLOADS=()
  image_part_fnm
  [[ $(printf '<%s>' "${IMAGE_BUILD_DOWNLOADS[@]}") == '<fnm v1.39.0><https://mirror/v1.39.0/fnm-arm64.zip><fnm-arm64><fnm.zip>' ]]
}

@test "its Node.js is the one by which the agent is installed" {
  PATHS_ARCH=amd64 CFG_IMAGE_NODE_VERSION=v24.0.0
  image_part_fnm
  [[ ${IMAGE_BUILD_ARGUMENTS[*]} == NODE_VERSION=v24.0.0 ]]
}
