#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet sandbox/user-root
  SANDBOX_FLAGS=(before)
}

@test "the agent is root with what apt needs and no more" {
  sandbox_user_root 2>/dev/null
  [[ ${SANDBOX_FLAGS[*]} == 'before --cap-drop=all --cap-add=CHOWN --cap-add=DAC_OVERRIDE --cap-add=FOWNER --cap-add=FSETID --cap-add=SETGID --cap-add=SETUID' ]]
  [[ $SANDBOX_HOME == /root ]]
}

@test "each start says that this is the weaker choice" {
  run -0 sandbox_user_root
  [[ $output == *'warning:'*'the agent is root in its container'*'sandbox.user'* ]]
}
