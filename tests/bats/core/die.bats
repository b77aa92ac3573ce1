#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet core/die core/steps
}

@test "die says what and the remedies, and exits with its code" {
  run --separate-stderr production "die 69 'it is broken' 'mend it' 'or not'"
  [[ $status == 69 && -z $output ]]
  [[ $stderr == *'it is broken'*'-> mend it'*'-> or not'* ]]
}

@test "what run could not start is 125, whatever the reason" {
  run production "DIE_AS=125; die 69 x"
  [[ $status == 125 ]]
}

@test "a step that fails is named at the end, with how to go on" {
  run --separate-stderr production 'STEPS_CURRENT=podman/release; false; printf "went on\n"'
  [[ $status == 1 && -z $output ]]
  [[ $stderr == *'step podman/release failed (exit 1)'*'it goes on where it stopped'* ]]
}

@test "a failure that was told already is not told again" {
  run --separate-stderr production "STEPS_CURRENT=podman/release; die 1 once"
  [[ $stderr == *once* && $stderr != *'failed (exit'* ]]
}

@test "what was to be cleaned up is gone, however the script ends" {
  local end
  for end in 'true' 'die 1 x' 'false' 'kill -TERM $$; sleep 5'; do
    : >"$BATS_TEST_TMPDIR/a b"
    : >"$BATS_TEST_TMPDIR/kept"
    run production "die_cleanup '$BATS_TEST_TMPDIR/a b'; $end"
    [[ ! -e $BATS_TEST_TMPDIR/a\ b && -e $BATS_TEST_TMPDIR/kept ]]
  done
}

@test "an interrupt exits with 130 and says how to go on" {
  run production 'STEPS_CURRENT=image/build; kill -INT $$; sleep 5'
  [[ $status == 130 && $output == *'interrupted in step image/build'* ]]
}

@test "each signal has its own code, and what is cleaned up is cleaned up once" {
  local pair
  for pair in TERM:143 HUP:129 INT:130; do
    run production "kill -${pair%:*} \$\$; sleep 5"
    [[ $status == "${pair#*:}" && $output == *interrupted*'it goes on where it stopped'* ]]
  done
}

@test "dying in a command substitution or at the end of a pipe ends the script with the same code" {
  run production 'x=$(die 69 "it is broken"); printf "went on\n"'
  [[ $status == 69 && $output == *'it is broken'* && $output != *'went on'* ]]
  run production 'printf x | die 75 "it is broken"; printf "went on\n"'
  [[ $status == 75 && $output != *'went on'* ]]
}

@test "a failure outside of a step keeps its code" {
  run production 'f() { return 42; }; f; printf "went on\n"'
  [[ $status == 42 && -z $output ]]
}

@test "a wrong use says where the right one is written" {
  run production 'die_usage "there is no --x"'
  [[ $status == 64 && $output == *'there is no --x'*'-> podsand help'* ]]
}

@test "an interruption in a step is said once, and is no failure of the step" {
  run production 'STEPS_CURRENT=a/x; kill -TERM "$$"; printf "went on\n"'
  [[ $status == 143 && $output == *'interrupted in step a/x'* && $output != *'failed'* && $output != *'went on'* ]]
}

@test "what is said is the message and the remedies, and nothing else" {
  run production 'die 69 "it is wrong" "do this" "or that"'
  [[ $status == 69 && $output == $'podsand: error: it is wrong\n  -> do this\n  -> or that' ]]
}
