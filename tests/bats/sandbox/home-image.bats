#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet sandbox/home-image
  SANDBOX_FLAGS=() SANDBOX_HOME=/home/agent
}

@test "nothing is mounted over the image's home, and it can be written to" {
  sandbox_home_image
  [[ ${SANDBOX_FLAGS[*]} == --read-only=false ]]
}
