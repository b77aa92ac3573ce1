#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet core/files core/steps
  TARGET="$HOME/a b/\$(x)/it's"
  SOURCE=$BATS_TEST_TMPDIR/source
  printf 'one\n' >"$SOURCE"
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
  [[ ! -e $TARGET && $(<"$TARGET.edited") == edited ]]
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
  [[ $status == 1 && -d $HOME/l && $output == *'is not a symbolic link'* ]]
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
