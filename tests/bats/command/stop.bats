#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet command/stop
  mkdir -p "$BATS_TEST_TMPDIR/work dir"
  engine_conf
  CALLS=$BATS_TEST_TMPDIR/calls
  # ps prints the sessions that the test wrote down.
  stub podman-stub <<STUB
printf '[%s]' "\$@" >>'$CALLS'
printf '\n' >>'$CALLS'
[[ \$1 != ps || ! -e '$BATS_TEST_TMPDIR/sessions' ]] || cat '$BATS_TEST_TMPDIR/sessions'
[[ \$1 != "\$(cat '$BATS_TEST_TMPDIR/fails' 2>/dev/null)" ]] || exit 125
STUB
  cd "$BATS_TEST_TMPDIR/work dir" || return 1
}

stop() { # [argument]…
  production "podman_static_bin() { PODMAN_BIN=$BATS_TEST_TMPDIR/bin/podman-stub PODMAN_PATH=/nowhere; }
    command_stop \"\$@\"" "$@"
}

@test "without a name the sessions of this directory are stopped, in one call" {
  printf '%s\n' one two >"$BATS_TEST_TMPDIR/sessions"
  stop
  [[ $(sed -n 1p "$CALLS") == "[ps][--filter][label=podsand.session][--filter][label=podsand.workspace=$(pwd -P)]"* ]]
  [[ $(sed -n '2,$p' "$CALLS") == '[stop][--time][10][one][two]' ]]
}

@test "a directory is meant by its real path" {
  ln -s 'work dir' "$BATS_TEST_TMPDIR/link"
  cd "$BATS_TEST_TMPDIR/link"
  stop
  grep -qF "[label=podsand.workspace=$(pwd -P)]" "$CALLS"
  not grep -qF "$BATS_TEST_TMPDIR/link" "$CALLS"
}

@test "with --all those of every directory, and no other containers" {
  printf '%s\n' one >"$BATS_TEST_TMPDIR/sessions"
  stop --all
  [[ $(<"$CALLS") == $'[ps][--filter][label=podsand.session][--format][{{.Names}}]\n[stop][--time][10][one]' ]]
}

@test "with names those, without asking which run" {
  stop 'podsand-x-1' 'podsand-y-2'
  [[ $(<"$CALLS") == '[stop][--time][10][podsand-x-1][podsand-y-2]' ]]
}

@test "no session is said, and is no failure" {
  run stop
  [[ $status == 0 && $output == *"no session runs in $(pwd -P)"* ]]
  run stop --all
  [[ $status == 0 && $output == *'no session runs' ]]
  not grep -q '^\[stop' "$CALLS"
}

@test "a podman that fails is a failure" {
  printf '%s\n' one >"$BATS_TEST_TMPDIR/sessions"
  echo ps >"$BATS_TEST_TMPDIR/fails"
  run stop
  ((status == 125))
  not grep -q '^\[stop' "$CALLS"
  echo stop >"$BATS_TEST_TMPDIR/fails"
  run stop
  ((status == 125))
}

@test "options that it does not know are refused, also behind a name, where podman would take them" {
  local arguments
  for arguments in --everything -a 'one --all' '--all one' 'one -t'; do
    # shellcheck disable=SC2086 # several words
    run stop $arguments
    [[ $status == 64 && $output == *"stop does not know '$arguments'"* ]]
  done
  [[ ! -e $CALLS ]]
}

@test "where nothing is installed that is said, and podman is not called" {
  rm "$PATHS_CONF/storage.conf"
  run stop
  [[ $status == 69 && $output == *'not installed for this user'* && ! -e $CALLS ]]
}
