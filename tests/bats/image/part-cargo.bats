#!/usr/bin/env bats
load ../../support/bats/helper

@test "the crates are one argument, each with its version" {
  load_snippet image/part-cargo
  IMAGE_BUILD_ARGUMENTS=() CFG_IMAGE_CARGO=(ripgrep@14.1.1 fd-find@10.2.0)
  image_part_cargo
  [[ ${#IMAGE_BUILD_ARGUMENTS[@]} == 1 && ${IMAGE_BUILD_ARGUMENTS[0]} == 'CARGO_CRATES=ripgrep@14.1.1 fd-find@10.2.0' ]]
}
