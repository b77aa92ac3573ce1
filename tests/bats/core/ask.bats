#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet core/ask
}

on_terminal() { # <answer> <code>
  production ':'
  printf '%s\n' "$2" >>"$BATS_TEST_TMPDIR/production.bash"
  printf '%s\n' "$1" | script --quiet --return --command "bash $BATS_TEST_TMPDIR/production.bash" /dev/null
}

@test "with --yes nothing is asked" {
  run production "STEPS_YES=true; ask_yes 'sure?' remedy; printf done"
  [[ $status == 0 && $output == *done ]]
}

@test "without a terminal nobody is asked, and the remedy is said" {
  run production "ask_yes 'sure?' 'run it with --yes' </dev/null; printf done"
  [[ $status == 77 && $output == *'-> run it with --yes'* && $output != *done ]]
}

@test "on a terminal yes goes on and anything else does not" {
  run on_terminal yes "ask_yes 'sure?' remedy; printf 'went on\n'"
  [[ $output == *'sure? [y/N]'*'went on'* ]]
  run on_terminal n "ask_yes 'sure?' remedy; printf 'went on\n'"
  [[ $status == 77 && $output == *'nothing was changed'* && $output != *'went on'* ]]
}
