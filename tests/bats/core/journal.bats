#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet core/journal core/steps
}

# Two kinds of entries whose undo tells what it was called with; one fails, one is kept on purpose.
KINDS='
t_undo() { printf "undo %s\n" "$*"; }
bad_undo() { false; printf "went on after an error\n"; }
kept_undo() { return 3; }
add() { STEPS_CURRENT=$1; shift; journal_add "$@"; }
'

@test "entries are undone newest first, with their arguments whole" {
  run production "$KINDS
    add a/one t 'first thing' x
    add a/two t second
    journal_undo
    printf '%s failed, %s left\n' \"\$JOURNAL_FAILED\" \"\$(wc -l <\"\$PATHS_JOURNAL\")\""
  [[ $output == $'undo second\nundo first thing x\n0 failed, 0 left' ]]
}

@test "an entry is written once" {
  production "$KINDS add a/one t x; add a/one t x; add a/two t x"
  [[ $(<"$PATHS_JOURNAL") == $'a/one\tt\tx\na/two\tt\tx' ]]
}

@test "entries of steps that stay are kept in their order" {
  run production "$KINDS add a/one t 1; add b/two t 2; add a/one t 3; journal_undo a/one; cat \"\$PATHS_JOURNAL\""
  [[ $output == $'undo 2\na/one\tt\t1\na/one\tt\t3' ]]
}

@test "an undo that fails in the middle keeps its entry, and the others go on" {
  run production "$KINDS add a/x t 1; add a/x bad 2; add a/x t 3; journal_undo; printf '%s failed\n' \"\$JOURNAL_FAILED\"; cat \"\$PATHS_JOURNAL\""
  [[ $output == $'undo 3\nundo 1\n1 failed\na/x\tbad\t2' ]]
}

@test "what is kept on purpose is no failure" {
  run production "$KINDS add a/x kept 1; journal_undo; printf '%s failed\n' \"\$JOURNAL_FAILED\"; cat \"\$PATHS_JOURNAL\""
  [[ $output == $'0 failed\na/x\tkept\t1' ]]
}

@test "an entry that this script cannot undo is kept and told" {
  run production "$KINDS add a/x unheard-of 1; journal_undo; printf '%s failed\n' \"\$JOURNAL_FAILED\"; cat \"\$PATHS_JOURNAL\""
  [[ $output == *"does not know how to undo 'unheard-of 1'"*$'1 failed\na/x\tunheard-of\t1' && $output != *'command not found'* ]]
}

@test "entries are found by kind and arguments, whole ones only" {
  STEPS_CURRENT=a/x
  journal_add t '/a b' hash
  journal_has t '/a b'
  journal_has t '/a b' hash
  not journal_has t '/a'
  not journal_has other '/a b'
}

@test "the journal is not written when nothing changes" {
  production "$KINDS add a/x t 1"
  touch -d '2001-01-01' "$PATHS_JOURNAL"
  production "$KINDS journal_undo a/x"
  [[ $(stat -c %Y "$PATHS_JOURNAL") == "$(date -d 2001-01-01 +%s)" ]]
}

@test "without a journal there is nothing to undo" {
  run production 'journal_undo; printf "%s failed\n" "$JOURNAL_FAILED"'
  [[ $status == 0 && $output == '0 failed' && ! -e $PATHS_JOURNAL ]]
}

@test "after an undo a command that fails still ends the script" {
  run production "$KINDS add a/x t 1; journal_undo; false; printf 'went on\n'"
  [[ $status == 1 && $output == 'undo 1'* && $output != *'went on'* ]]
}
