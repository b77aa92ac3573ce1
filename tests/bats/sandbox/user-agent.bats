#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet sandbox/user-agent
  SANDBOX_FLAGS=(before)
}

@test "the agent is uid 1000 in the sandbox and the caller outside, so that files in the workspace belong to the caller" {
  sandbox_user_agent
  [[ ${SANDBOX_FLAGS[*]} == 'before --userns=keep-id:uid=1000,gid=1000 --user=1000:1000 --cap-drop=all' ]]
  [[ $SANDBOX_HOME == /home/agent ]]
}

@test "it keeps no capability, and nothing gives one back" {
  sandbox_user_agent
  [[ ${SANDBOX_FLAGS[*]} == *--cap-drop=all* && ${SANDBOX_FLAGS[*]} != *--cap-add* && ${SANDBOX_FLAGS[*]} != *privileged* ]]
}
