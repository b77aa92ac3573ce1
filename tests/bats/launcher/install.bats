#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet launcher/install
  STEPS_USER=(launcher/install)
  # Where a name that is executed leaves its trace.
  cd "$BATS_TEST_TMPDIR" || return 1
}

# A script that installs its launcher, and as the launcher says what it was given. $HOME/setup.sh, whole in one file as
# a real one is: what is installed is a copy of it.
make_script() { # [text that makes it another one]
  local name
  {
    printf '%s\n' 'set -euo pipefail' 'shopt -s inherit_errexit' 'export LC_ALL=C' 'umask 022' "# ${1:-}" 'PODSAND_ROOT=/nowhere'
    declare -p "${!CFG_@}" STEPS_ROOT STEPS_USER
    for name in "${HELPER_LOADED[@]}"; do
      cat "$HELPER_SNIPPETS/$name.bash"
    done
    printf '%s\n' 'if [[ ${1:-} == --launcher ]]; then shift; printf "[%s]" launched "$@"; exit 7; fi' \
      'log_setup; die_setup; steps_setup; paths_setup; mkdir -p "$PATHS_DATA"' 'if [[ ${1:-} == undo ]]; then UNINSTALL_PURGE=false; journal_undo; exit "$JOURNAL_FAILED"; fi' steps_user
  } >"$HOME/setup.sh"
}

launch() { # [argument]…   what it printed, and its code
  local code=0
  "$HOME/.local/bin/podsand" "$@" || code=$?
  printf ' %s\n' "$code"
}

@test "the launcher runs the kept copy with its arguments as they are, wherever the script went" {
  make_script
  bash "$HOME/setup.sh"
  rm "$HOME/setup.sh"
  [[ $(launch -- 'a b' '' '$(touch executed)' --help) == '[launched][--][a b][][$(touch executed)][--help] 7' ]]
  [[ ! -e executed ]]
  [[ $(stat -c %a "$HOME/.local/bin/podsand") == 755 && $(stat -c %a "$PATHS_SCRIPT") == 644 ]]
}

@test "the home directory may have any name that a shell would trip over" {
  hostile_home
  make_script
  bash "$HOME/setup.sh"
  [[ $(launch x) == '[launched][x] 7' ]]
  [[ ! -e executed ]]
}

@test "the launcher works with an empty environment but for PATH" {
  make_script
  bash "$HOME/setup.sh"
  run env -i PATH=/usr/bin:/bin "$HOME/.local/bin/podsand" x
  [[ $status == 7 && $output == '[launched][x]' ]]
}

@test "a second run, also by the kept copy, changes nothing" {
  make_script
  bash "$HOME/setup.sh"
  touch -d 2001-01-01 "$PATHS_SCRIPT" "$HOME/.local/bin/podsand"
  run bash "$HOME/setup.sh"
  [[ $status == 0 && $output == *'launcher/install'*'done'* ]]
  run bash "$PATHS_SCRIPT"
  [[ $status == 0 && $output == *'done'* ]]
  [[ $(stat -c %Y "$PATHS_SCRIPT" "$HOME/.local/bin/podsand" | sort -u) == "$(date -d 2001-01-01 +%s)" ]]
}

@test "another script takes the place of the kept one, and the launcher runs it" {
  make_script
  bash "$HOME/setup.sh"
  make_script 'another'
  run bash "$HOME/setup.sh"
  [[ $status == 0 && $output == *'apply'*'is another script'* ]]
  cmp "$HOME/setup.sh" "$PATHS_SCRIPT"
}

@test "a launcher that somebody changed is mended, and theirs is kept aside" {
  make_script
  bash "$HOME/setup.sh"
  echo mine >"$HOME/.local/bin/podsand"
  run bash "$HOME/setup.sh"
  [[ $status == 0 && $output == *'was edited'* && $(cat "$HOME"/.local/bin/podsand.edited-*) == mine ]]
  [[ $(launch) == '[launched] 7' ]]
}

@test "somebody else's command of the same name is refused, and stays" {
  make_script
  mkdir -p "$HOME/.local/bin"
  echo theirs >"$HOME/.local/bin/podsand"
  run bash "$HOME/setup.sh"
  [[ $status == 1 && $output == *'.local/bin/podsand is there already'*--adopt* && $(<"$HOME/.local/bin/podsand") == theirs ]]
}

@test "a script that comes by a pipe is refused, also where a file has the name that bash gives it" {
  make_script
  mkdir "$BATS_TEST_TMPDIR/here"
  cd "$BATS_TEST_TMPDIR/here"
  local file
  for file in none main bash environment; do
    echo 'not the script' >"$file"
    run bash <"$HOME/setup.sh"
    [[ $status == 64 && $output == *'must be a file'*'save it first'* ]]
    run bash -c "$(<"$HOME/setup.sh")"
    ((status == 64))
    run bash <(cat "$HOME/setup.sh")
    ((status == 64))
    [[ ! -e $PATHS_SCRIPT && ! -e $HOME/.local/bin ]]
    rm "$file"
  done
}

@test "the script may be named in any way" {
  make_script
  cd "$HOME"
  mv setup.sh './-e $(x)'
  bash './-e $(x)'
  cmp './-e $(x)' "$PATHS_SCRIPT"
}

@test "a directory that is not in PATH is said, with what to add; one that is, is not" {
  make_script
  run bash "$HOME/setup.sh"
  [[ $output == *"is not in your PATH; add it: export PATH=\"$HOME/.local/bin:\$PATH\""* ]]
  rm "$HOME/.local/bin/podsand"
  PATH=$HOME/.local/bin:$PATH run bash "$HOME/setup.sh"
  [[ $status == 0 && $output != *'in your PATH'* ]]
}

@test "name and directory are the profile's" {
  CFG_LAUNCHER_NAME=box CFG_LAUNCHER_DIRECTORY="$HOME/my bin"
  make_script
  bash "$HOME/setup.sh"
  run "$HOME/my bin/box"
  [[ $status == 7 && $output == '[launched]' ]]
}

@test "uninstall by the kept copy removes it and the launcher, and leaves the script that was run" {
  make_script
  bash "$HOME/setup.sh"
  bash "$PATHS_SCRIPT" undo
  [[ $(cd "$HOME" && find . -type f ! -name journal) == ./setup.sh && ! -e $HOME/.local/bin ]]
}
