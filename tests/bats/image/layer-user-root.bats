#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet image/layer-user-root
}

@test "claude is told that this is a sandbox, by exactly 1: as root it would not skip its permission prompts" {
  [[ $(image_layer_user_root | tr -d '\\\n' | tr -s ' ') == *'ENV CLAUDE_CONFIG_DIR=/root/.config/claude IS_SANDBOX=1WORKDIR /root' ]]
}

@test "the directory that CLAUDE_CONFIG_DIR names is made, for root alone" {
  [[ $(image_layer_user_root | head -n 1) == 'RUN install -d -m 0700 /root/.config /root/.config/claude' ]]
}
