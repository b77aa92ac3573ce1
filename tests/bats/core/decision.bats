#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet core/paths
}

@test "what was decided is found again, with its reason on record" {
  production 'decision_set storage_driver overlay "the kernel has it"'
  decision_get storage_driver
  [[ $DECISION_VALUE == overlay ]]
  [[ $(<"$PATHS_DECISIONS") == $'storage_driver\toverlay\tthe kernel has it' ]]
}

@test "what was not decided is not found, before and after others were" {
  DECISION_VALUE=stale
  not decision_get storage_driver
  [[ -z $DECISION_VALUE ]]
  production 'decision_set storage_driver overlay why; decision_set storage vfs why'
  DECISION_VALUE=stale
  not decision_get storage_drive
  [[ -z $DECISION_VALUE ]]
  decision_get storage
  [[ $DECISION_VALUE == vfs ]]
}

@test "a new decision replaces the old one and leaves the others" {
  production 'decision_set a 1 first; decision_set b 2 second; decision_set a 3 third'
  decision_get a
  [[ $DECISION_VALUE == 3 ]]
  decision_get b
  [[ $DECISION_VALUE == 2 ]]
  [[ $(sort "$PATHS_DECISIONS") == $'a\t3\tthird\nb\t2\tsecond' ]]
  [[ ! -e $PATHS_DECISIONS.new ]]
}

@test "values are text: spaces, quotes, backslashes, glob characters" {
  local value="/run/it's \"a\" \\n \$(touch executed) * ünï"
  production 'decision_set runtime_dir "$1" "because of $(id -u)"' "$value"
  decision_get runtime_dir
  [[ $DECISION_VALUE == "$value" ]]
  [[ ! -e executed ]]
}

@test "killed before the new record is in place, the old one still stands" {
  production 'decision_set a 1 why'
  run production 'mv() { kill -9 "$$"; }; decision_set a 2 why'
  ((status == 137))
  decision_get a
  [[ $DECISION_VALUE == 1 ]]
  production 'decision_set a 2 why'
  decision_get a
  [[ $DECISION_VALUE == 2 ]]
}
