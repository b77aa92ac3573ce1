#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet sandbox/home-volume
  SANDBOX_FLAGS=() SANDBOX_HOME=/home/agent
}

@test "the home is a volume, and the image read-only" {
  sandbox_home_volume
  [[ ${SANDBOX_FLAGS[*]} == '--read-only --mount type=volume,src=podsand-home,dst=/home/agent' ]]
}
