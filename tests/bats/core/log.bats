#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet core/log
}

# What a terminal gets. script(1) returns the code of what it ran.
on_terminal() { # <bash code>
  local code
  printf -v code '%q ' bash -c "source '$HELPER_SNIPPETS/core/log.bash'; CFG_LAUNCHER_NAME=podsand; log_setup; $1"
  script -qec "$code" /dev/null </dev/null
}

@test "messages go to standard error, with the name of the command" {
  run --separate-stderr production 'log_info one two; log_warn three; log_error four'
  ((status == 0))
  [[ -z $output ]]
  # shellcheck disable=SC2154 # set by run
  [[ $stderr == $'podsand: one two\npodsand: warning: three\npodsand: error: four' ]]
}

@test "the name of the command is the profile's" {
  CFG_LAUNCHER_NAME='box'
  run production 'log_info hello'
  [[ $output == 'box: hello' ]]
}

@test "each remedy has a line of its own, and none leaves no line" {
  run production 'log_remedy "first thing" "second thing"'
  [[ $output == $'  -> first thing\n  -> second thing' ]]
  run production 'log_remedy'
  ((status == 0))
  [[ -z $output ]]
}

@test "a message is never a format or a command" {
  run production "log_info '%s %d \\n \$(touch executed)' '\`touch executed\`'; log_step '%s' needed '%d \\n'; log_remedy '%s'"
  ((status == 0))
  [[ ${lines[0]} == "podsand: %s %d \\n \$(touch executed) \`touch executed\`" ]]
  [[ ${lines[1]} == '  %s                       needed   %d \n' ]]
  [[ ${lines[2]} == '  -> %s' ]]
  [[ ! -e executed ]]
}

@test "colour on a terminal" {
  TERM=xterm run on_terminal 'log_error no; log_step a/b done fine'
  ((status == 0))
  [[ $output == *$'\e[31merror:\e[0m no'* ]]
  [[ $output == *$'\e[32mdone    \e[0m fine'* ]]
}

@test "no colour on a terminal with NO_COLOR, unless that is empty" {
  NO_COLOR=1 TERM=xterm run on_terminal 'log_error no; log_step a/b done fine'
  [[ $output == *'error: no'* && $output != *$'\e'* ]]
  NO_COLOR='' TERM=xterm run on_terminal 'log_error no'
  [[ $output == *$'\e[31m'* ]]
}

@test "no colour on a terminal that cannot show it" {
  TERM=dumb run on_terminal 'log_error no'
  [[ $output == *'error: no'* && $output != *$'\e'* ]]
}

@test "no colour in a file, and LOG_TERMINAL says which it is" {
  TERM=xterm run production 'log_error no; log_step a/b done fine; printf "%s\n" "$LOG_TERMINAL"'
  [[ $output == *'error: no'* && $output != *$'\e'* && ${lines[2]} == false ]]
  TERM=xterm run on_terminal 'printf "%s\n" "$LOG_TERMINAL"'
  [[ $output == true* ]]
}
