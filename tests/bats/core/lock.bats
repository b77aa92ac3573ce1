#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet core/lock
}

@test "a second process is told to try again, and may once the first has ended" {
  exec 8>>"$PATHS_DATA/lock"
  flock 8
  run production 'lock_take; printf "took it\n"'
  [[ $status == 75 && $output == *'try again'* ]]
  exec 8>&-
  run production 'lock_take; printf "took it\n"'
  [[ $status == 0 && $output == 'took it' ]]
}

@test "a child whose descriptor is closed does not keep the lock" {
  production 'lock_take; sleep 5 9>&- & printf "%s" "$!" >"$PATHS_DATA/child"' 3>&-
  run production 'lock_take; printf "took it\n"'
  kill "$(<"$PATHS_DATA/child")"
  [[ $output == 'took it' ]]
}
