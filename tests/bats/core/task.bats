#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet core/task core/steps
}

@test "output goes into the log, and the time is said" {
  run production 'STEPS_CURRENT=image/build; task_run "build it" printf "%s\n" inside'
  [[ $status == 0 && $output == *'build it …'*'build it: done in 0 s'* && $output != *inside* ]]
  [[ $(<"$PATHS_LOG/image-build.log") == inside ]]
}

@test "a failure shows the last twenty lines and where the rest is" {
  run production 'STEPS_CURRENT=image/build; many() { seq 100 130; false; printf "went on\n"; }; task_run "build it" many; printf "after\n"'
  [[ $status == 1 && $output == *'build it: failed (exit 1)'* && $output != *after* && $output != *'went on'* ]]
  [[ $output == *$'\n111\n'*$'\n130\n'* && $output != *$'\n110\n'* && $output == *"$PATHS_LOG/image-build.log"* ]]
}

@test "codes that mean something pass, others are 1" {
  local pair
  for pair in 64:64 69:69 75:75 77:77 3:1 127:1; do
    run production "STEPS_CURRENT=a/x; fails() { return ${pair%:*}; }; task_run it fails"
    [[ $status == "${pair#*:}" ]]
  done
}

@test "on a terminal a line shows the time that passes" {
  production ':'
  printf '%s\n' 'STEPS_CURRENT=a/x; task_run "wait for it" sleep 1.2' >>"$BATS_TEST_TMPDIR/production.bash"
  run script --quiet --return --command "bash $BATS_TEST_TMPDIR/production.bash" /dev/null
  [[ $status == 0 && $output == *'wait for it … 0 s'*'wait for it … 1 s'*'done in'* ]]
}
