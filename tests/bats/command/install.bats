#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet command/install core/proxy-profile
  STEPS_ROOT=(t/root) STEPS_USER=(t/one t/two)
  stub sudo <<'STUB'
[[ $1 != -n ]] || exit 0
printf '[%s]' "$@" >>"$HOME/sudo"
while [[ $1 != -- ]]; do shift; done
shift
exec "$@"
STUB
  rmdir "$PATHS_DATA"
}

# Steps that write files of ours.
STEPS='
t_root_check() { STEPS_WHY=why-root; [[ -e $HOME/root ]]; }
t_root_commands() { printf "touch root\n"; }
t_root_apply() { as_root touch "$HOME/root"; }
t_one_check() { STEPS_WHY=why-one; files_holds "$HOME/one" 1; }
t_one_apply() { files_render "$HOME/one" 0644 <<<1; }
t_two_check() { STEPS_WHY=why-two; files_holds "$HOME/d/two" 2; }
t_two_apply() { files_render "$HOME/d/two" 0644 <<<2; }
'

install_it() { # [argument]…
  production "$STEPS command_install \"\$@\"" "$@"
}

files() {
  (cd "$HOME" && find . -path ./.local -prune -o -type f -print | sort | tr '\n' ' ')
}

@test "what is needed is applied, root first, and the second time nothing is" {
  run install_it --yes
  ((status == 0))
  [[ $output == *'profile test, 000000000000'*'t/root'*'sudo'*'touch root'*'t/one'*'t/two'*'done: 3 steps applied'*'podsand'* ]]
  [[ $(files) == './d/two ./one ./root ./sudo ' ]]
  rm "$HOME/sudo"
  find "$HOME" -exec stat -c '%n %Y %i' {} + | sort >"$BATS_TEST_TMPDIR/before"
  run install_it
  [[ $status == 0 && $output == *'no change: everything was in place'* && ! -e $HOME/sudo ]]
  find "$HOME" -exec stat -c '%n %Y %i' {} + | sort | diff "$BATS_TEST_TMPDIR/before" -
}

@test "without a terminal and without --yes nothing is done where root is needed" {
  run install_it </dev/null
  [[ $status == 77 && $output == *'touch root'*'run it with --yes'* && $(files) == '' ]]
  : >"$HOME/root"
  run install_it </dev/null
  [[ $status == 0 && $(files) == './d/two ./one ./root ' ]]
}

@test "--dry-run says what would be done, and does nothing at all" {
  local before
  before=$(find "$HOME" | sort)
  run install_it --dry-run
  [[ $status == 0 && $output == *'t/root'*needed*'touch root'*'t/one'*needed*'t/two'*needed* ]]
  [[ $(find "$HOME" | sort) == "$before" && ! -e $PATHS_DATA ]]
  install_it --yes
  [[ $(find "$HOME" | sort) != "$before" && -e $PATHS_DATA ]]
}

@test "--dry-run tells of the steps that were chosen" {
  run install_it --dry-run --only t/one
  [[ $output == *'t/root'*skipped*'t/one'*needed*'t/two'*skipped* && $output != *'touch root'* ]]
}

@test "--dry-run counts wherever it stands" {
  run install_it --yes --adopt --dry-run --only t/one
  [[ $status == 0 && $(files) == '' ]]
}

@test "--only and --skip, as often as they are given" {
  install_it --only t/one
  [[ $(files) == './one ' ]]
  install_it --skip t/root --skip t/one
  [[ $(files) == './d/two ./one ' ]]
  rm -r "$HOME/d"
  install_it --only t/one --only t/two --skip t/one
  [[ $(files) == './d/two ./one ' ]]
}

@test "a step that is skipped keeps what it did before" {
  install_it --yes
  install_it --skip t/two
  [[ -e $HOME/d/two ]]
}

@test "what is not known is refused before anything is done" {
  local arguments
  for arguments in --dryrun -y yes '--yes now' --only '--skip' '--only t/nothing' '--yes --skip one'; do
    # shellcheck disable=SC2086 # several words
    run install_it $arguments
    ((status == 64))
    [[ $(files) == '' && ! -e $PATHS_DATA ]]
  done
  run install_it --only t/nothing
  [[ $output == *"no step 't/nothing'"*'t/root t/one t/two'* ]]
}

@test "somebody else's file is refused, and adopted with --adopt" {
  echo theirs >"$HOME/one"
  run install_it --skip t/root
  [[ $status == 1 && $output == *"$HOME/one is there already"* && $(<"$HOME/one") == theirs && ! -e $HOME/d ]]
  install_it --skip t/root --adopt
  [[ $(<"$HOME/one") == 1 && $(cat "$PATHS_BACKUP"/*) == theirs ]]
}

@test "what was done by a step that left the plan is taken back, and only that" {
  install_it --yes
  STEPS_USER=(t/two)
  run install_it
  [[ $status == 0 && $(files) == './d/two ./root ./sudo ' ]]
  STEPS_USER=(t/one)
  install_it
  [[ $(files) == './one ./root ./sudo ' && ! -e $HOME/d ]]
}

@test "what cannot be taken back is a failure, and stays on record" {
  STEPS_USER=(t/gone)
  local gone='t_gone_check() { [[ -e $HOME/gone ]]; }; t_gone_apply() { journal_add t_gone x; touch "$HOME/gone"; }'
  production "$STEPS $gone; command_install --yes"
  STEPS_USER=(t/one)
  run production "$STEPS t_gone_undo() { false; }; command_install --yes"
  [[ $status == 1 && $output == *'1 things of steps that left the plan could not be taken back'* ]]
  grep -q t_gone "$PATHS_JOURNAL"
  run production "$STEPS t_gone_undo() { rm \"\$HOME/gone\"; }; command_install --yes"
  [[ $status == 0 && ! -e $HOME/gone ]]
}

@test "taking back may need root" {
  STEPS_USER=(t/gone)
  local gone='t_gone_check() { [[ -e $HOME/gone ]]; }; t_gone_apply() { journal_add t_gone x; touch "$HOME/gone"; }
    t_gone_undo() { as_root rm "$HOME/gone"; }'
  production "$STEPS $gone; command_install --yes"
  STEPS_USER=()
  run production "$STEPS $gone; command_install"
  [[ $status == 0 && ! -e $HOME/gone && $(<"$HOME/sudo") == *"[rm][$HOME/gone]" ]]
}

@test "steps see the proxy of the profile" {
  CFG_PROXY_URL=http://p:3128
  run production "$STEPS"'t_one_apply() { printf "%s\n" "$HTTPS_PROXY" >"$HOME/one"; }; t_one_check() { [[ -e $HOME/one ]]; }; command_install --only t/one'
  [[ $status == 0 && $(<"$HOME/one") == http://p:3128 ]]
}

@test "a failing step stops the rest, and the next run goes on there" {
  run production "$STEPS"'t_one_apply() { false; files_render "$HOME/one" 0644 <<<1; }; command_install --skip t/root'
  [[ $status == 1 && $output == *'step t/one failed'*'it goes on where it stopped'* && $(files) == '' ]]
  run install_it --skip t/root
  [[ $status == 0 && $(files) == './d/two ./one ' ]]
}

@test "two at a time is one too many" {
  mkdir -p "$PATHS_DATA"
  exec 8>>"$PATHS_DATA/lock"
  flock 8
  run install_it --skip t/root
  [[ $status == 75 && $(files) == '' ]]
  exec 8>&-
  install_it --skip t/root
  [[ $(files) == './d/two ./one ' ]]
}

@test "a script that is no file is refused before anything is done" {
  production ':'
  rm -rf "$PATHS_DATA"
  printf '%s\n' "$STEPS" 'command_install --yes' >>"$BATS_TEST_TMPDIR/production.bash"
  run bash <"$BATS_TEST_TMPDIR/production.bash"
  [[ $status == 64 && $output == *'save it first'* && $(files) == '' && ! -e $PATHS_DATA ]]
  run bash "$BATS_TEST_TMPDIR/production.bash"
  [[ $status == 0 && $output == *'done: 3 steps applied'* ]]
}

@test "every directory that is made on the way is on record, and no other" {
  rm -rf "$HOME/.local"
  mkdir "$HOME/.local"
  install_it --only t/one
  [[ $(grep -c "^podsand" "$PATHS_JOURNAL") == 2 ]]
  [[ $(head -n 2 "$PATHS_JOURNAL") == $'podsand\tfiles_directory\t'"$HOME/.local/share"$'\npodsand\tfiles_directory\t'"$PATHS_DATA" ]]
}
