#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet command/run sandbox/home-tmpfs sandbox/user-agent
  mkdir -p "$HOME/src/my project"
  engine_conf
  CALLS=$BATS_TEST_TMPDIR/calls
  stub podman-stub <<STUB
printf '[%s]\n' "\$@" >'$CALLS'
cat
exit "\$(cat '$BATS_TEST_TMPDIR/code' 2>/dev/null || printf 0)"
STUB
  cd "$HOME/src/my project" || return 1
}

STUB_BIN='podman_static_bin() { PODMAN_BIN=$HOME/../bin/podman-stub PODMAN_PATH=/nowhere; }; podman_static_init() { printf -v "$1" init; };'

sandbox() { # [argument]…
  # As main has it.
  production "$STUB_BIN DIE_AS=125; command_run \"\$@\"" "$@"
}

last() { # <n>   the last arguments of podman, joined
  tail -n "$1" "$CALLS" | tr -d '\n'
}

@test "the agent's command is run in the image" {
  CFG_AGENT_COMMAND=(claude --flag 'two words')
  sandbox </dev/null
  [[ $(head -n 1 "$CALLS") == '[run]' ]]
  [[ $(last 4) == '[localhost/podsand:latest][claude][--flag][two words]' ]]
}

@test "another command is passed as it is" {
  sandbox -- sh -c 'echo "$1"; exit' -- '--print' '' '$(touch executed)' </dev/null
  [[ $(last 8) == '[localhost/podsand:latest][sh][-c][echo "$1"; exit][--][--print][][$(touch executed)]' ]]
  [[ ! -e executed ]]
}

@test "the session has a name and labels that stop and status find it by" {
  sandbox </dev/null
  grep -qE '^\[podsand-my-project-[0-9]+\]$' "$CALLS"
  grep -qF '[podsand.session=true]' "$CALLS"
  grep -qF "[podsand.workspace=$(pwd -P)]" "$CALLS"
}

@test "a directory with any name makes a name that podman takes" {
  local long
  printf -v long 'x%.0s' {1..100}
  for name in 'ünï 漢' '--help' '$(x)' "$long" '.'; do
    mkdir -p -- "$HOME/src/$name"
    cd -- "$HOME/src/$name" || return 1
    sandbox </dev/null
    grep -qE '^\[[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}\]$' <<<"$(grep -A1 -F '[--name]' "$CALLS" | tail -n 1)"
  done
}

@test "without a terminal none is asked for, and standard input arrives; with one it is" {
  [[ $(sandbox <<<'from outside') == 'from outside' ]]
  not grep -qF '[--tty]' "$CALLS"
  production "$STUB_BIN :"
  printf 'command_run\n' >>"$BATS_TEST_TMPDIR/production.bash"
  script --quiet --return --command "bash $BATS_TEST_TMPDIR/production.bash" /dev/null </dev/null
  grep -qF '[--tty]' "$CALLS"
}

@test "the exit code is the one from inside" {
  local code
  for code in 0 1 3 124 130; do
    echo "$code" >"$BATS_TEST_TMPDIR/code"
    run sandbox </dev/null
    [[ $status == "$code" ]]
  done
}

@test "podman takes the place of the script" {
  stub podman-stub <<<"printf '%s\n' \"\$\$\" >'$BATS_TEST_TMPDIR/pid'"
  production "$STUB_BIN printf '%s\n' \$\$ >'$BATS_TEST_TMPDIR/own'; command_run"
  cmp "$BATS_TEST_TMPDIR/pid" "$BATS_TEST_TMPDIR/own"
}

@test "with --print the command is shown, as a shell would take it, and not run" {
  CFG_AGENT_COMMAND=(claude 'two words')
  run --separate-stderr sandbox --print
  [[ $status == 0 && ! -e $CALLS ]]
  eval "set -- $output"
  [[ $1 == */podman-stub && $2 == run && ${*: -1} == 'two words' ]]
  run --separate-stderr sandbox --print -- ls 'a b'
  [[ $output == *"localhost/podsand:latest ls a\\ b "* ]]
}

@test "what does not start is 125: an unknown option, no command, nothing installed, no podman, a forbidden directory" {
  sandbox </dev/null
  [[ -e $CALLS ]]
  rm "$CALLS"
  run sandbox --prnt
  [[ $status == 125 && $output == *"run does not know '--prnt'"* ]]
  run sandbox ls
  [[ $status == 125 && $output == *'-- ls'* ]]
  run sandbox --
  [[ $status == 125 && $output == *'a command is missing'* ]]
  cd "$HOME"
  run sandbox
  [[ $status == 125 && $output == *'may not have'* ]]
  cd "$HOME/src/my project"
  mv "$PATHS_CONF/seccomp.json" "$PATHS_CONF/gone"
  run sandbox
  [[ $status == 125 && $output == *'not installed for this user'* ]]
  mv "$PATHS_CONF/gone" "$PATHS_CONF/seccomp.json"
  rm "$BATS_TEST_TMPDIR/bin/podman-stub"
  run sandbox
  [[ $status == 125 && $output == *'or a part of it is gone'* ]]
  [[ ! -e $CALLS ]]
}
