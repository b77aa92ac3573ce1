#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet core/files core/steps
  TARGET="$HOME/a b/\$(x)/it's"
  SOURCE=$BATS_TEST_TMPDIR/source
  printf 'one\n' >"$SOURCE"
  cd "$BATS_TEST_TMPDIR" || return 1
}

install_it() { # [code before]
  production "STEPS_CURRENT=a/x; ${1:-:}; files_install '$SOURCE' \"\$HOME/a b/\\\$(x)/it's\" 0640"
}

undo_all() {
  production 'journal_undo; exit "$JOURNAL_FAILED"'
}

@test "a file is there with its mode and its parents, and undone with them" {
  install_it
  [[ $(<"$TARGET") == one && $(stat -c %a "$TARGET") == 640 ]]
  undo_all
  [[ ! -e $HOME/a\ b ]]
}

@test "what somebody else put into a directory of ours keeps the directory" {
  install_it
  : >"$HOME/a b/theirs"
  undo_all
  [[ -e $HOME/a\ b/theirs && ! -e $TARGET ]]
}

@test "a foreign file is refused and stays" {
  mkdir -p "${TARGET%/*}"
  printf 'theirs\n' >"$TARGET"
  run install_it
  [[ $status == 1 && $output == *'podsand did not write it'*'--adopt'* ]]
  [[ $(<"$TARGET") == theirs ]]
}

@test "a foreign file that says the same is left to its owner" {
  mkdir -p "${TARGET%/*}"
  install -m 0640 "$SOURCE" "$TARGET"
  install_it
  undo_all
  [[ $(<"$TARGET") == one ]]
}

@test "an adopted file is replaced, and put back in the end" {
  mkdir -p "${TARGET%/*}"
  printf 'theirs\n' >"$TARGET"
  install_it FILES_ADOPT=true
  [[ $(<"$TARGET") == one ]]
  undo_all
  [[ $(<"$TARGET") == theirs ]]
}

@test "a symbolic link in the way is foreign, and what it points to is not written" {
  mkdir -p "${TARGET%/*}"
  printf 'precious\n' >"$HOME/precious"
  ln -s "$HOME/precious" "$TARGET"
  run install_it
  [[ $status == 1 && -L $TARGET && $(<"$HOME/precious") == precious ]]
  install_it FILES_ADOPT=true
  [[ ! -L $TARGET && $(<"$TARGET") == one && $(<"$HOME/precious") == precious ]]
}

@test "a file of ours is replaced, and one that was edited since is kept aside" {
  install_it
  printf 'two\n' >"$SOURCE"
  install_it
  [[ $(<"$TARGET") == two ]]
  printf 'edited\n' >"$TARGET"
  printf 'three\n' >"$SOURCE"
  run install_it
  [[ $status == 0 && $output == *'was edited'* ]]
  [[ $(<"$TARGET") == three && $(cat "$TARGET".edited-*) == edited ]]
}

@test "uninstall keeps what was edited" {
  install_it
  printf 'edited\n' >"$TARGET"
  run undo_all
  [[ ! -e $TARGET && $(cat "$TARGET".edited-*) == edited ]]
}

@test "a file that did not change is not written again" {
  install_it
  touch -d 2001-01-01 "$TARGET"
  install_it
  [[ $(stat -c %Y "$TARGET") == "$(date -d 2001-01-01 +%s)" ]]
}

@test "rendered content arrives byte for byte, and nothing is left in the directory for temporary files" {
  export TMPDIR=$BATS_TEST_TMPDIR/tmp
  mkdir "$TMPDIR"
  production 'STEPS_CURRENT=a/x; printf "a\\\\b\n\n" | files_render "$HOME/r" 0600'
  [[ $(od -An -c "$HOME/r" | tr -d ' \n') == 'a\b\n\n' ]]
  [[ -z $(ls -A "$TMPDIR") && $(ls -A "$HOME" | grep -c podsand.) == 0 ]]
}

@test "a link is switched, a foreign thing in its place is refused" {
  production 'STEPS_CURRENT=a/x; files_link one "$HOME/l"; files_link two "$HOME/l"'
  [[ $(readlink "$HOME/l") == two ]]
  undo_all
  [[ ! -L $HOME/l ]]
  mkdir "$HOME/l"
  run production 'STEPS_CURRENT=a/x; files_link one "$HOME/l"'
  [[ $status == 1 && -d $HOME/l && $output == *'is there already'* ]]
}

@test "a tree goes as a whole, and what a link in it points to stays" {
  mkdir "$HOME/outside"
  : >"$HOME/outside/kept"
  production 'STEPS_CURRENT=a/x; files_tree "$HOME/tree"; mkdir "$HOME/tree/d"; ln -s "$HOME/outside" "$HOME/tree/d/l"'
  undo_all
  [[ ! -e $HOME/tree && -e $HOME/outside/kept ]]
}

@test "a tree that was replaced by a link is not followed" {
  mkdir "$HOME/outside"
  : >"$HOME/outside/kept"
  production 'STEPS_CURRENT=a/x; files_tree "$HOME/tree"'
  rmdir "$HOME/tree"
  ln -s "$HOME/outside" "$HOME/tree"
  undo_all
  [[ -e $HOME/outside/kept ]]
}

@test "for a step's check, a file holds what it should or says why not" {
  install_it
  files_holds "$TARGET" one
  [[ $STEPS_WHY == *'up to date' ]]
  not files_holds "$TARGET" other
  [[ $STEPS_WHY == *'something else' ]]
  not files_holds "$HOME/missing" one
  [[ $STEPS_WHY == *'is not there' ]]
}

in_step() { # <text of the file "source"> <bash code> [argument]…
  printf '%s\n' "$1" >"$SOURCE"
  production "STEPS_CURRENT=a/x; source=$SOURCE; $2" "${@:3}"
}

uninstall() {
  production 'UNINSTALL_PURGE=false; journal_undo; exit "$JOURNAL_FAILED"'
}

home_now() { # names, kinds and contents of all in the home directory, podsand's own records apart
  (cd "$HOME" && find . -path ./.local/share/podsand -prune -o -printf '%p %y %l ' \( -type f -exec cat {} \; -o -printf '\n' \) | sort)
}

@test "names may hold anything that a file's name may" {
  local name
  for name in "it's" '"double"' '$(touch executed)`touch executed`' '-dash' '*' 'ünï 漢' 'back\slash {{ y }}' '.hidden'; do
    in_step "text of $name" 'files_install "$source" "$1" 0640; files_link "$2" "$1.l"' "$HOME/d $name/$name" "$name"
    [[ $(<"$HOME/d $name/$name") == "text of $name" && $(readlink -- "$HOME/d $name/$name.l") == "$name" ]]
  done
  [[ ! -e executed ]]
  uninstall
  [[ $(ls -A "$HOME") == .local ]]
}

@test "bytes stay bytes: no final newline, nothing at all, NUL and carriage return" {
  local content
  for content in '' 'no newline' 'a\0b\r\n\xff\n'; do
    printf '%b' "$content" >"$SOURCE"
    production 'STEPS_CURRENT=a/b; files_render "$HOME/out" 0644 <"$1"' "$SOURCE"
    cmp "$SOURCE" "$HOME/out"
  done
}

@test "whatever is refused is untouched, and leaves no temporary file, in a pipe either" {
  local make
  export TMPDIR=$BATS_TEST_TMPDIR/tmp
  mkdir "$TMPDIR"
  for make in 'echo theirs >"$HOME/f"' 'mkdir "$HOME/f"' 'ln -s nowhere "$HOME/f"'; do
    rm -rf "$HOME/f"
    eval "$make"
    home_now >"$BATS_TEST_TMPDIR/before"
    run in_step ours 'files_install "$source" "$HOME/f" 0644'
    [[ $status == 1 && $output == *"$HOME/f is there already"*--adopt* ]]
    run in_step ours 'cat "$source" | files_render "$HOME/f" 0644'
    [[ $status == 1 && $output == *--adopt* ]]
    [[ -z $(ls -A "$TMPDIR") ]]
    home_now | diff "$BATS_TEST_TMPDIR/before" -
  done
}

@test "whatever is adopted is put back in the end: a file, a directory, a link" {
  local make
  for make in 'echo theirs >"$HOME/f x"' 'mkdir "$HOME/f x"; echo deep >"$HOME/f x/y"' 'ln -s nowhere "$HOME/f x"'; do
    rm -rf "$HOME/f x"
    eval "$make"
    home_now >"$BATS_TEST_TMPDIR/before"
    in_step ours 'FILES_ADOPT=true; files_install "$source" "$HOME/f x" 0644'
    [[ -f $HOME/f\ x && ! -L $HOME/f\ x && $(<"$HOME/f x") == ours ]]
    uninstall
    home_now | diff "$BATS_TEST_TMPDIR/before" -
  done
}

@test "a file that was edited twice is kept twice" {
  in_step one 'files_install "$source" "$HOME/f" 0644'
  echo first >"$HOME/f"
  run in_step two 'files_install "$source" "$HOME/f" 0644'
  echo second >"$HOME/f"
  run uninstall
  [[ $status == 0 && ! -e $HOME/f && $(cat "$HOME"/f.edited-* | sort) == $'first\nsecond' ]]
}

@test "a file whose mode changed is written again" {
  in_step one 'files_install "$source" "$HOME/f" 0644'
  in_step one 'files_install "$source" "$HOME/f" 0755'
  [[ $(stat -c %a "$HOME/f") == 755 ]]
}

@test "a link to a directory is switched, not written into, and somebody else's link is refused" {
  mkdir "$HOME/v1" "$HOME/v2"
  production 'STEPS_CURRENT=a/b; files_link v1 "$HOME/current"; files_link v2 "$HOME/current"'
  [[ $(readlink "$HOME/current") == v2 && -z $(ls -A "$HOME/v1") ]]
  ln -s theirs "$HOME/l"
  run production 'STEPS_CURRENT=a/x; files_link ours "$HOME/l"'
  [[ $status == 1 && $output == *'is there already'* && $(readlink "$HOME/l") == theirs ]]
}

@test "a finished tree takes its name, and never the place of one that is there" {
  mkdir "$HOME/new" "$HOME/there"
  : >"$HOME/new/x"
  : >"$HOME/there/theirs"
  run production 'STEPS_CURRENT=a/b; files_give_tree "$HOME/new" "$HOME/there"'
  ((status != 0))
  uninstall
  [[ -e $HOME/there/theirs && ! -e $HOME/there/new ]]
  production 'STEPS_CURRENT=a/b; files_give_tree "$HOME/new" "$HOME/final"'
  [[ -e $HOME/final/x && ! -e $HOME/new ]]
  uninstall
  [[ ! -e $HOME/final ]]
}

@test "a directory that another step uses by now is given up by uninstall, not before" {
  production 'STEPS_CURRENT=gone/step; files_directory "$HOME/d"; STEPS_CURRENT=a/x; files_tree "$HOME/d/tree"; journal_undo a/x'
  [[ -d $HOME/d/tree ]]
  uninstall
  [[ ! -e $HOME/d ]]
}

@test "a directory that cannot be made stops the script, at the top of the file system too" {
  : >"$HOME/file"
  run production 'STEPS_CURRENT=a/b; files_directory "$HOME/file/x"; echo went on'
  [[ $status == 1 && $output != *'went on'* ]]
  run production 'STEPS_CURRENT=a/b; mkdir() { echo "mkdir $*"; false; }; ulimit -s 1024; files_directory /podsand-nowhere; echo went on'
  [[ $status == 1 && $output == 'mkdir -- /podsand-nowhere'* && $output != *'went on'* ]]
}

# Runs the code up to its n-th command that changes something, and is killed there; fails when there is no such command.
killed_at() { # <n> <bash code>
  run in_step new "set -T; at=0
    trap 'case \$BASH_COMMAND in mv\ * | mkdir\ * | chmod\ * | ln\ * | rm\ * | *\>*) ((at++ != $1)) || kill -9 \$\$ ;; esac' DEBUG
    $2"
  ((status == 137))
}

WORK='FILES_ADOPT=true; files_install "$source" "$HOME/f" 0644; files_link x "$HOME/d/l"'

@test "killed anywhere, the next run converges, and uninstall leaves everything as it was" {
  local at count=0
  echo theirs >"$HOME/f"
  home_now >"$BATS_TEST_TMPDIR/before"
  for ((at = 0; at < 40; at++)); do
    rm -rf "${PATHS_DATA:?}"/*
    killed_at "$at" "$WORK" || break
    count=$((count + 1))
    in_step new "$WORK"
    [[ $(<"$HOME/f") == new && $(readlink "$HOME/d/l") == x && $(ls -A "$HOME/d") == l ]]
    uninstall
    home_now | diff "$BATS_TEST_TMPDIR/before" -
  done
  ((count > 10))
}

@test "killed anywhere and uninstalled at once, everything is as it was" {
  local at count=0
  echo theirs >"$HOME/f"
  home_now >"$BATS_TEST_TMPDIR/before"
  for ((at = 0; at < 40; at += 2)); do
    rm -rf "${PATHS_DATA:?}"/*
    killed_at "$at" "$WORK" || break
    count=$((count + 1))
    uninstall
    home_now | diff "$BATS_TEST_TMPDIR/before" -
  done
  ((count > 5))
}

@test "uninstall killed anywhere and run again leaves everything as it was" {
  local at count=0
  echo theirs >"$HOME/f"
  home_now >"$BATS_TEST_TMPDIR/before"
  for ((at = 0; at < 40; at += 2)); do
    rm -rf "${PATHS_DATA:?}"/*
    in_step new "$WORK"
    killed_at "$at" 'UNINSTALL_PURGE=false; journal_undo' || break
    count=$((count + 1))
    uninstall
    home_now | diff "$BATS_TEST_TMPDIR/before" -
  done
  ((count > 5))
}
