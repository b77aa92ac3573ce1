#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet command/shell
}

@test "it is run with a shell in the agent's place" {
  run production 'command_run() { printf "[%s]" "$@"; }; command_shell'
  [[ $status == 0 && $output == '[--][/bin/bash]' ]]
}

@test "arguments are refused, with how to run a command" {
  run production 'command_run() { printf started; }; command_shell ls "a b"'
  [[ $status == 64 && $output == *'-- ls a b'* && $output != *started* ]]
}
