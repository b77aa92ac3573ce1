#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet command/help
  COMMANDS=(help 'show this' install 'bring it there [--yes] $(x) %s' plan "it's planned")
}

@test "every command has its line, with its summary as it is" {
  run --separate-stderr production command_help
  [[ $status == 0 && -z $stderr ]]
  [[ $'\n'$output == *$'\n  help       show this\n  install    bring it there [--yes] $(x) %s\n  plan       it\'s planned\n'* ]]
}

@test "it begins with how to call it, by the profile's name" {
  CFG_LAUNCHER_NAME=box
  run production command_help
  [[ $output == 'usage: box [COMMAND]'*'box -- COMMAND…'* && $output != *podsand* ]]
}

@test "the exit codes that the driver uses are all explained" {
  local line
  local -a found=()
  run production command_help
  mapfile -t found < <(grep -ohrE 'die [0-9]+' "$HELPER_SNIPPETS" | sort -u)
  [[ " ${found[*]} " == *' die 69 '* ]]
  for line in "${found[@]}"; do
    grep -qE "(^| )${line#die } " <<<"$output"
  done
  not grep -qE '(^| )63 ' <<<"$output"
}

@test "it works without a home directory and for root, as main calls it" {
  load_snippet core/main
  run env -u HOME bash -c "$(
    printf 'set -euo pipefail; CFG_LAUNCHER_NAME=podsand COMMANDS=(a b)\n'
    cat "$HELPER_SNIPPETS"/core/{log,die,main,steps}.bash "$HELPER_SNIPPETS/command/help.bash"
  )"'
main --help'
  [[ $status == 0 && $output == *'  a          b'* ]]
}
