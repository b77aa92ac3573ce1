#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet command/version
}

@test "the versions of the script, of its profile and of the agent, one a line" {
  PODSAND_VERSION=1.2.3 CFG_NAME=release CFG_AGENT_NAME=claude-code CFG_AGENT_VERSION=2.1.330
  run --separate-stderr production command_version
  [[ $status == 0 && -z $stderr ]]
  [[ $output == "podsand 1.2.3"$'\n'"profile release sha256:$PROFILE_SHA256"$'\n'"claude-code 2.1.330" ]]
}
