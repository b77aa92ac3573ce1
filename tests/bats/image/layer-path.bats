#!/usr/bin/env bats
load ../../support/bats/helper

@test "the directories come before those that PATH has already" {
  load_snippet image/layer-path
  [[ $(image_layer_path) == $'ARG EXTRA_PATH\nENV PATH=${EXTRA_PATH}:$PATH' ]]
}
