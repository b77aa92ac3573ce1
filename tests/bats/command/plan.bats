#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet command/plan
  STEPS_ROOT=(t/root) STEPS_USER=(t/one)
}

# Two steps whose checks return what they are told to.
plan() { # <code of t/root> <code of t/one> [argument]…
  production "
    t_root_check() { STEPS_WHY='why \"root\" \\n'; return $1; }
    t_root_commands() { printf 'touch %s\n' root; }
    t_one_check() { STEPS_WHY=why-one; return $2; }
    command_plan \"\$@\"" "${@:3}"
}

@test "nothing to do is 0, changes are 2, and what cannot be said is 1" {
  local case
  for case in '0 0 0' '1 0 2' '0 1 2' '1 1 2' '2 0 1' '0 2 1' '1 2 2' '2 1 2'; do
    # shellcheck disable=SC2086 # three words
    set -- $case
    run plan "$1" "$2"
    [[ $status == "$3" ]]
    run plan "$1" "$2" --json
    [[ $status == "$3" ]]
  done
}

@test "changes are told as such, not as a failure" {
  run plan 1 0
  [[ $output != *error* && $output != *failed* ]]
}

@test "root commands come first, word for word" {
  run plan 1 1
  [[ $output == *'t/root'*needed*'why "root"'*'sudo'*'touch root'*'t/one'*needed*why-one* ]]
}

@test "a root step that is done shows no commands" {
  run plan 0 1
  [[ $output == *'t/root'*'done'* && $output != *'touch root'* ]]
}

@test "with --json standard output is JSON and nothing else, whatever the state" {
  local code
  for code in 0 1 2; do
    run --separate-stderr plan "$code" 0 --json
    [[ -n $output ]]
    jq -e '.schema == 1 and [.steps[].name] == ["t/root", "t/one"] and .steps[0].root and (.steps[1].root | not)
      and .steps[0].why == "why \"root\" \\n" and .steps[1].state == "done"' <<<"$output"
  done
}

@test "the JSON is what a strict reader has, letter by letter, also of a script without steps" {
  helper_python
  run --separate-stderr plan 1 2 --json
  [[ $status == 2 && -z $stderr ]]
  "$HELPER_PYTHON" -I -S -c 'import json, sys
assert json.loads(sys.argv[1]) == {"schema": 1, "steps": [
    {"name": "t/root", "root": True, "state": "needed", "why": "why \"root\" \\n"},
    {"name": "t/one", "root": False, "state": "unknown", "why": "why-one"}]}' "$output"
  STEPS_ROOT=() STEPS_USER=()
  run --separate-stderr plan 1 2 --json
  [[ $status == 0 && -z $stderr ]]
  "$HELPER_PYTHON" -I -S -c 'import json, sys
assert json.loads(sys.argv[1]) == {"schema": 1, "steps": []}' "$output"
}

@test "other arguments are refused, and nothing is checked" {
  local arguments
  for arguments in --jsonx json '--json --json' '--json now' -n; do
    # shellcheck disable=SC2086 # several words
    run plan 'touch "$HOME/checked"' 0 $arguments
    [[ $status == 64 && $output == *"plan does not know '$arguments'"* && ! -e $HOME/checked ]]
  done
}
