#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet core/main
  chmod 755 "$BATS_TEST_TMPDIR" "$HOME"
}

COMMANDS_OF_TEST='
command_install() { printf "install"; printf " [%s]" "$@"; }
command_run() { printf "run"; printf " [%s]" "$@"; }
command_help() { printf "help\n"; }
main_prepare() { :; }
'

@test "without a command it installs, as the launcher it runs" {
  [[ $(production "$COMMANDS_OF_TEST main --yes") == 'install [--yes]' ]]
  [[ $(production "$COMMANDS_OF_TEST main --launcher -- ls 'a b'") == 'run [--] [ls] [a b]' ]]
  [[ $(production "$COMMANDS_OF_TEST main --launcher install --yes") == 'install [--yes]' ]]
}

@test "help has all its spellings" {
  local word
  for word in help --help -h; do
    [[ $(production "$COMMANDS_OF_TEST main $word") == help ]]
  done
}

@test "an unknown command is refused before anything, with how it would run in the sandbox" {
  run production "$COMMANDS_OF_TEST main ls"
  [[ $status == 64 && $output == *"no command 'ls'"*'podsand -- ls'* ]]
}

@test "root is refused" {
  ((EUID == 0)) || skip 'the test does not run as root'
  run production "command_plan() { printf went-on; }; main plan"
  [[ $status == 69 && $output == *'not for root'* && $output != *went-on* ]]
}
