#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet sandbox/home-tmpfs
  SANDBOX_FLAGS=() SANDBOX_HOME=/home/agent
}

@test "the home is in memory, a copy of the image's with its owners, and the image read-only" {
  CFG_SANDBOX_HOME_SIZE=1g
  sandbox_home_tmpfs
  [[ ${SANDBOX_FLAGS[*]} == '--read-only --mount type=tmpfs,dst=/home/agent,tmpfs-size=1g,tmpfs-mode=0700,chown=true' ]]
}
