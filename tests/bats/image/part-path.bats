#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet image/part-path
  IMAGE_BUILD_ARGUMENTS=()
  CFG_IMAGE_PATH=('~/.cargo/bin' '/opt/a b/~/bin')
}

@test "directories keep the profile's order, and ~/ is the home in the image" {
  image_part_path
  [[ ${IMAGE_BUILD_ARGUMENTS[*]} == 'EXTRA_PATH=/home/agent/.cargo/bin:/opt/a b/~/bin' ]]
}

@test "root has root's home" {
  CFG_SANDBOX_USER=root
  image_part_path
  [[ ${IMAGE_BUILD_ARGUMENTS[*]} == 'EXTRA_PATH=/root/.cargo/bin:/opt/a b/~/bin' ]]
}
