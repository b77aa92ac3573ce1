#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet image/part-path
}

@test "directories come first in PATH in the order of the profile, and ~ is the home in the image" {
  CFG_IMAGE_PATH=('~/.cargo/bin' '/opt/a b/bin')
  IMAGE_BUILD_ARGUMENTS=()
  image_part_path
  [[ ${IMAGE_BUILD_ARGUMENTS[*]} == '--build-arg EXTRA_PATH=/home/agent/.cargo/bin:/opt/a b/bin' ]]
}
