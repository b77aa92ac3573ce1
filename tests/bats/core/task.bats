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
  [[ $status == 1 && $output == *'build it: failed (exit 1)'* && $output != *after* && $output != *'went on'* && $output != *'step image/build failed'* ]]
  [[ $output == *$'\n111\n'*$'\n130\n'* && $output != *$'\n110\n'* && $output == *"$PATHS_LOG/image-build.log"* ]]
}

@test "codes that mean something pass, others are 1" {
  local pair
  for pair in 64:64 69:69 75:75 77:77 3:1 127:1; do
    run production "STEPS_CURRENT=a/x; fails() { return ${pair%:*}; }; task_run it fails"
    [[ $status == "${pair#*:}" ]]
  done
}

on_terminal() { # <bash code>
  production ':'
  printf '%s\n' "$1" >>"$BATS_TEST_TMPDIR/production.bash"
  script --quiet --return --command "bash $BATS_TEST_TMPDIR/production.bash" /dev/null
}

@test "on a terminal too, a failure in the middle stops the task, and nothing is said of the clock" {
  run on_terminal 'STEPS_CURRENT=a/x; bad() { false; printf "went on\n"; }; task_run "try it" bad; printf "after\n"'
  [[ $status == 1 && $output == *'try it: failed (exit 1)'* && $output != *'went on'* && $output != *after* ]]
  [[ $output != *Terminated* && $output != *task_tick* ]]
}

@test "the clock on a terminal holds no lock, and ends with a script that is killed" {
  stub sleep <<<'printf "%s\n" "$PPID" >"$HOME/ticker"; [[ ! -e /dev/fd/9 ]] || : >"$HOME/holds"; exec /bin/sleep 0.1'
  run on_terminal 'exec 9>"$HOME/lock"; STEPS_CURRENT=a/x; kills() { until [[ -s $HOME/ticker ]]; do :; done; kill -9 "$$"; }; task_run it kills'
  [[ -s $HOME/ticker && ! -e $HOME/holds ]]
  local try
  for ((try = 0; try < 50; try++)); do
    kill -0 "$(<"$HOME/ticker")" 2>/dev/null || return 0
    /bin/sleep 0.05
  done
  return 1
}

@test "on a terminal a line shows the time that passes" {
  run on_terminal 'STEPS_CURRENT=a/x; task_run "wait for it" sleep 1.2'
  [[ $status == 0 && $output == *'wait for it … 0 s'*'wait for it … 1 s'*'done in'* ]]
}

@test "after a task a command that fails still ends the script" {
  run production 'STEPS_CURRENT=a/x; task_run it true; false; printf "went on\n"'
  [[ $status == 1 && $output == *'it: done'* && $output != *'went on'* ]]
}

@test "the logs are on record, and go with what wrote them" {
  production 'STEPS_CURRENT=a/x; task_run it true'
  [[ -e $PATHS_LOG/a-x.log ]]
  production 'journal_undo'
  [[ ! -e $PATHS_LOG ]]
}
