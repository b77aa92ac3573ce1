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
command_version() { printf "version\n"; }
main_prepare() { :; }
'

@test "without a command it installs, as the launcher it runs" {
  [[ $(production "$COMMANDS_OF_TEST main --yes") == 'install [--yes]' ]]
  [[ $(production "$COMMANDS_OF_TEST main --launcher -- ls 'a b'") == 'run [--] [ls] [a b]' ]]
  [[ $(production "$COMMANDS_OF_TEST main --launcher install --yes") == 'install [--yes]' ]]
}

@test "what keeps a sandbox from starting is 125, and the same thing elsewhere has its own code" {
  local refuses='main_prepare() { die 69 "no home"; }; command_shell() { :; }; command_plan() { :; }'
  local words
  for words in run shell '--launcher' '--launcher -- ls'; do
    run production "$COMMANDS_OF_TEST $refuses; main $words"
    [[ $status == 125 && $output == *'no home'* ]]
  done
  run production "$COMMANDS_OF_TEST $refuses; main plan"
  [[ $status == 69 ]]
}

@test "help has all its spellings" {
  local word
  for word in help --help -h; do
    [[ $(production "$COMMANDS_OF_TEST main $word") == help ]]
  done
  [[ $(production "$COMMANDS_OF_TEST main --version") == version ]]
}

@test "an unknown command is refused before anything, with how it would run in the sandbox" {
  run production "$COMMANDS_OF_TEST main ls"
  [[ $status == 64 && $output == *"no command 'ls'"*'podsand -- ls'* ]]
}

@test "what belongs to a command is no command" {
  run production "$COMMANDS_OF_TEST command_install_apply() { printf went-on; }; main install_apply"
  [[ $status == 64 && $output != *went-on* ]]
  run production "$COMMANDS_OF_TEST command_not_found_handle() { printf went-on; }; main not_found_handle"
  [[ $status == 64 && $output != *went-on* ]]
}

@test "root is refused" {
  ((EUID == 0)) || skip 'the test does not run as root'
  run production "command_plan() { printf went-on; }; main plan"
  [[ $status == 69 && $output == *'not for root'* && $output != *went-on* ]]
}

@test "anybody else is served, on the real machine whatever PODSAND_ROOT says" {
  run production 'main_prepare() { :; }; command_plan() { printf "root [%s]" "$PODSAND_ROOT"; }; main plan'
  [[ $output == 'root []' ]]
  ((EUID == 0)) || return 0
  # The code comes as text: somebody else may not read the files that it is made of.
  local name code='set -euo pipefail; PODSAND_ROOT=/elsewhere;'
  code+=$(declare -p "${!CFG_@}")
  for name in "${HELPER_LOADED[@]}"; do
    code+=$'\n'$(<"$HELPER_SNIPPETS/$name.bash")
  done
  HOME=/tmp run setpriv --reuid=65534 --clear-groups bash -c "$code"'
    command_plan() { printf "%s %s\n" "$EUID" "$PATHS_DATA"; }
    main plan'
  [[ $status == 0 && $output == '65534 /tmp/.local/share/podsand' ]]
}

@test "it sets up for itself: a step that fails inside of a command is named at the end" {
  run production 'trap - EXIT INT HUP TERM
    unset LOG_TERMINAL LOG_RED DIE_REPORTED DIE_CLEANUP STEPS_CURRENT STEPS_PHASE STEPS_WHY
    main_prepare() { :; }
    command_plan() { printf "terminal: %s, phase: [%s]\n" "$LOG_TERMINAL" "$STEPS_PHASE"; STEPS_CURRENT=a/x; false; }
    main plan'
  [[ $status == 1 && $output == *'terminal: false, phase: []'*'step a/x failed (exit 1)'* ]]
}
