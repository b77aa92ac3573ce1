#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet image/probe-own
  stub claude <<<'exit 0'
  stub id <<<'echo "${STUB_UID:-1000}"'
}

probe() { # [VARIABLE=VALUE]…   in an image that has everything but what these change
  run env -i "PATH=$BATS_TEST_TMPDIR/bin:/usr/bin:/bin" "HOME=$HOME" "CLAUDE_CONFIG_DIR=$HOME/.config/claude" "$@" \
    /bin/sh -euc "$(image_probe_own)" probe "$HOME" claude
}

@test "an image that has everything passes in silence, as either user" {
  probe
  [[ $status == 0 && -z $output ]]
  probe STUB_UID=0 IS_SANDBOX=1
  [[ $status == 0 && -z $output ]]
}

@test "an image without the agent is told so" {
  rm "$BATS_TEST_TMPDIR/bin/claude"
  probe
  [[ $status == 1 && $output == 'the image of image.dockerfile has no claude in its PATH; in the Dockerfile: install the agent, or say in agent.command what to start' ]]
}

@test "a login that would be kept elsewhere, or nowhere, is told with the line that mends it" {
  probe CLAUDE_CONFIG_DIR=
  [[ $status == 1 && $output == *"; in the Dockerfile: ENV CLAUDE_CONFIG_DIR=$HOME/.config/claude" ]]
  probe CLAUDE_CONFIG_DIR=/elsewhere
  ((status == 1))
}

@test "another home than the sandbox mounts is told, as in an image whose user 1000 is another" {
  probe HOME=/home/ubuntu
  [[ $status == 1 && $output == *"gives user 1000 the home /home/ubuntu, wanted $HOME;"* ]]
}

@test "a home that is not there is told" {
  rmdir "$HOME"
  probe
  [[ $status == 1 && $output == *"has no directory $HOME that user 1000 may write"* ]]
}

@test "root without IS_SANDBOX, exactly 1, is told" {
  probe STUB_UID=0
  [[ $status == 1 && $output == *'; in the Dockerfile: ENV IS_SANDBOX=1' ]]
  probe STUB_UID=0 IS_SANDBOX=true
  ((status == 1))
}

@test "all that is missing is told at once" {
  rm "$BATS_TEST_TMPDIR/bin/claude"
  probe CLAUDE_CONFIG_DIR= HOME=/elsewhere
  [[ $status == 1 && ${#lines[@]} == 3 ]]
}
