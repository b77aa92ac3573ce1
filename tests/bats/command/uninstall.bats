#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet command/install command/uninstall core/task podman/storage-conf
  STEPS_USER=(t/one)
  rm -rf "$HOME/.local"
  echo mine >"$HOME/one"
  snapshot >"$BATS_TEST_TMPDIR/before"
  stub podman-stub <<STUB
printf '[%s]' "\$@" >>'$BATS_TEST_TMPDIR/calls'
printf '\n' >>'$BATS_TEST_TMPDIR/calls'
[[ \$1 != ps ]] || cat '$BATS_TEST_TMPDIR/sessions' 2>/dev/null
[[ \$1 != unshare ]] || exec "\${@:2}"
STUB
}

snapshot() {
  (cd "$HOME" && find . -printf '%p %y %m %l\n' | sort && find . -type f -exec sha256sum {} + | sort)
}

# A step that adopts a file, makes a link, keeps a log and fills a store.
STEPS='
podman_static_bin() { PODMAN_BIN=$HOME/../bin/podman-stub PODMAN_PATH=/nowhere; }
t_one_check() { STEPS_WHY=why; files_holds "$HOME/one" 1; }
t_one_apply() {
  task_run work true
  files_render "$HOME/one" 0644 <<<1
  files_link x "$HOME/bin dir/l"
  files_render "$PATHS_CONF/storage.conf" 0644 <<<"# none"
  journal_add podman_storage_conf_store "$PATHS_STORAGE" "$PATHS_RUNTIME"
  mkdir -p -- "$PATHS_STORAGE/images" "$PATHS_RUNTIME"
  decision_set a b c
}
'

installed() {
  production "$STEPS command_install --adopt"
  [[ $(<"$HOME/one") == 1 ]]
}

uninstall() { # [argument]…
  production "$STEPS command_uninstall \"\$@\"" "$@"
}

@test "with --purge everything is as it was before the installation, and a second time nothing happens" {
  installed
  run uninstall --purge --yes
  [[ $status == 0 && $output == *uninstalled ]]
  snapshot | diff "$BATS_TEST_TMPDIR/before" -
  [[ ! -e $PATHS_RUNTIME ]]
  run uninstall --purge --yes
  [[ $status == 0 && $output == *'nothing is installed'* ]]
  snapshot | diff "$BATS_TEST_TMPDIR/before" -
}

@test "without --purge the store stays, with what is needed to take it back later" {
  installed
  run uninstall --yes
  [[ $status == 0 && $output == *"stay in $PATHS_STORAGE"* ]]
  [[ $(<"$HOME/one") == mine && ! -e "$HOME/bin dir" && -d $PATHS_STORAGE/images ]]
  run uninstall --purge --yes
  ((status == 0))
  snapshot | diff "$BATS_TEST_TMPDIR/before" -
}

@test "where nothing is installed that is said, and is no failure" {
  run uninstall --yes
  [[ $status == 0 && $output == *'nothing is installed'* ]]
  snapshot | diff "$BATS_TEST_TMPDIR/before" -
}

@test "without a terminal it asks for --yes, and does nothing" {
  installed
  run uninstall --purge </dev/null
  [[ $status == 77 && $output == *'--yes'* && $(<"$HOME/one") == 1 ]]
  # The environment is nobody's answer.
  STEPS_YES=true run uninstall </dev/null
  [[ $status == 77 && $(<"$HOME/one") == 1 ]]
  UNINSTALL_PURGE=true run uninstall --yes
  [[ $status == 0 && -d $PATHS_STORAGE/images ]]
}

on_terminal() { # <answer> [argument]…
  production "$STEPS"
  printf 'command_uninstall %s\n' "${*:2}" >>"$BATS_TEST_TMPDIR/production.bash"
  printf '%s\n' "$1" | script --quiet --return --command "bash $BATS_TEST_TMPDIR/production.bash" /dev/null
}

@test "on a terminal it asks whether the login shall go as well, and only yes is a yes" {
  installed
  run on_terminal ''
  [[ $status == 77 && $output == *'the login of the agent, stay. [y/N]'*'nothing was changed'* && $(<"$HOME/one") == 1 ]]
  run on_terminal n --purge
  [[ $status == 77 && $output == *'and its volumes with the login of the agent? [y/N]'* && $(<"$HOME/one") == 1 ]]
  run on_terminal y --purge
  [[ $status == 0 && $output == *'[y/N]'*uninstalled* ]]
  snapshot | diff "$BATS_TEST_TMPDIR/before" -
}

@test "while sessions run it refuses, and names them" {
  installed
  printf '%s\n' podsand-x-1 podsand-y-2 >"$BATS_TEST_TMPDIR/sessions"
  run uninstall --yes
  [[ $status == 75 && $output == *'podsand-x-1 podsand-y-2'*'stop --all'* && $(<"$HOME/one") == 1 ]]
  [[ $(head -n 1 "$BATS_TEST_TMPDIR/calls") == '[ps][--filter][label=podsand.session]'* ]]
}

@test "without podman it still takes back the rest" {
  installed
  rm "$BATS_TEST_TMPDIR/bin/podman-stub"
  stub unshare <<<'while [[ $1 == --* ]]; do shift; done; exec "$@"'
  run uninstall --purge --yes
  ((status == 0))
  snapshot | diff "$BATS_TEST_TMPDIR/before" -
}

@test "what cannot be taken back stays on record, is told, and may be tried again" {
  installed
  run production "$STEPS"'files_link_undo() { false; printf went-on; }; command_uninstall --purge --yes'
  [[ $status == 1 && $output == *'1 things could not be taken back'*"$PATHS_JOURNAL"* && $output != *went-on* ]]
  [[ $(<"$HOME/one") == mine && -L "$HOME/bin dir/l" ]]
  grep -q files_link "$PATHS_JOURNAL"
  run uninstall --purge --yes
  ((status == 0))
  snapshot | diff "$BATS_TEST_TMPDIR/before" -
}

@test "what somebody put into the data directory is kept, and told" {
  installed
  echo x >"$PATHS_DATA/theirs"
  run uninstall --purge --yes
  [[ $status == 0 && $output == *"$PATHS_DATA is not empty"* && $(ls -A "$PATHS_DATA") == theirs ]]
}

@test "a directory that was there before the installation stays, though it is empty" {
  mkdir -p "$HOME/.local/share"
  snapshot >"$BATS_TEST_TMPDIR/before"
  installed
  run uninstall --purge --yes
  snapshot | diff "$BATS_TEST_TMPDIR/before" -
}

@test "options that it does not know are refused, and nothing is done" {
  installed
  local argument
  for argument in --everything -y x ''; do
    run uninstall --yes "$argument"
    [[ $status == 64 && $output == *"uninstall does not know '$argument'"* && $(<"$HOME/one") == 1 ]]
  done
}

@test "while another command changes the installation it asks to try again" {
  installed
  exec 8>>"$PATHS_DATA/lock"
  flock 8
  run uninstall --yes
  [[ $status == 75 && $(<"$HOME/one") == 1 ]]
}
