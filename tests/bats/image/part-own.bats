#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet image/part-own
  CFG_AGENT_COMMAND=('my agent' --flag)
}

@test "the image is asked by its shell, for the home of the sandbox's user and for the agent's program" {
  image_part_own
  [[ $(printf '<%s>' "${IMAGE_BUILD_PROBE[@]}") == "</bin/sh><-euc><$(image_probe_own)><probe></home/agent><my agent>" ]]
  CFG_SANDBOX_USER=root
  image_part_own
  [[ ${IMAGE_BUILD_PROBE[4]} == /root ]]
}
