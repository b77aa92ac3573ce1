#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet core/as-root core/steps
  stub sudo <<'SUDO'
[[ $1 != -n ]] || exit 0
printf '[%s]' "$@" >>"$HOME/sudo"
SUDO
}

@test "arguments arrive at sudo as they are, and are shown" {
  run production 'STEPS_PHASE=root STEPS_CURRENT=a/x; as_root touch "a b" "\$(x)" "" "it'\''s"'
  [[ $status == 0 && $(<"$HOME/sudo") == '[--][touch][a b][$(x)][][it'\''s]' ]]
  [[ $output == '# as root: touch a\ b \$\(x\)'* ]]
}

@test "sudo is told to keep the proxy variables that are set, by name" {
  http_proxy=http://u:secret@p:1 no_proxy=x run production 'STEPS_PHASE=root STEPS_CURRENT=a/x; as_root true'
  [[ $(<"$HOME/sudo") == '[--preserve-env=http_proxy,no_proxy][--][true]' ]]
}

@test "sudo that wants a password nobody can give ends with the command to run" {
  stub sudo <<<'[[ $1 != -n ]] || exit 1; printf x >"$HOME/sudo"'
  run production 'STEPS_PHASE=root STEPS_CURRENT=a/x; as_root apt-get install "a b" </dev/null'
  [[ $status == 77 && $output == *'apt-get install a\ b'* && ! -e $HOME/sudo ]]
}

@test "without sudo an administrator is told what to run" {
  without sudo
  run production 'STEPS_PHASE=root STEPS_CURRENT=a/x; as_root true'
  [[ $status == 77 && $output == *'there is no sudo'*'ask an administrator'* ]]
}

@test "the commands are shown before anything is asked" {
  run production 'a_x_commands() { printf "%s\n" "first thing" second; }; as_root_confirm a/x </dev/null'
  [[ $status == 77 && $output == *'these steps need root'*'a/x'*'sudo'*'first thing'*'a/x'*second*'must be confirmed'* ]]
}

@test "a step that prints no command needs no root: nothing is shown and nothing is asked" {
  run -0 production 'a_x_commands() { :; }; as_root_confirm a/x </dev/null'
  [[ -z $output && ! -e $HOME/sudo ]]
  run -77 production 'a_x_commands() { :; }; a_y_commands() { printf "touch x\n"; }; as_root_confirm a/x a/y </dev/null'
  [[ $output != *a/x* && $output == *a/y*'touch x'* ]]
}

@test "only a step of the root phase becomes root" {
  run production 'STEPS_PHASE=user STEPS_CURRENT=a/x; as_root touch "a b"; printf "went on\n"'
  [[ $status == 1 && $output == *'step a/x wanted to run as root: touch a\ b'* && $output != *'went on'* && ! -e $HOME/sudo ]]
}

on_terminal() { # <bash code>
  production ':'
  printf '%s\n' "$1" >>"$BATS_TEST_TMPDIR/production.bash"
  script --quiet --return --command "bash $BATS_TEST_TMPDIR/production.bash" /dev/null
}

@test "on a terminal the password is asked for once, however many commands follow" {
  stub sudo <<<'printf "[%s]" "$1" >>"$HOME/sudo"; [[ $1 != -n ]]'
  run on_terminal 'STEPS_PHASE=root STEPS_CURRENT=a/x; as_root one; as_root two'
  [[ $status == 0 && $(<"$HOME/sudo") == '[-n][-v][--][--]' ]]
}

@test "a password that is refused ends with the command to run" {
  stub sudo <<<'printf "[%s]" "$1" >>"$HOME/sudo"; [[ $1 != -[nv] ]]'
  run on_terminal 'STEPS_PHASE=root STEPS_CURRENT=a/x; as_root apt-get update'
  [[ $status == 77 && $output == *'sudo was refused; needed: apt-get update'* && $(<"$HOME/sudo") == '[-n][-v]' ]]
}

@test "a command that fails as root fails the step with its code" {
  stub sudo <<<'[[ $1 == -n ]] || exit 100'
  run production 'STEPS_PHASE=root STEPS_CURRENT=a/x; as_root apt-get update; printf "went on\n"'
  [[ $status == 100 && $output != *'went on'* ]]
}

@test "what fails as root fails the step, and its exit code is kept" {
  local code
  for code in 0 1 100; do
    stub sudo <<<"[[ \$1 != -n ]] || exit 0; exit $code"
    run production 'STEPS_PHASE=root STEPS_CURRENT=a/x; as_root true; printf "went on\n"'
    ((status == code))
    if ((code)); then
      [[ $output == *"step a/x failed (exit $code)"* && $output != *'went on'* ]]
    else
      [[ $output == *'went on' ]]
    fi
  done
}

@test "whether sudo wants a password is asked once for all commands" {
  stub sudo <<<'printf "[%s]" "$@" >>"$HOME/sudo"'
  production 'STEPS_PHASE=root STEPS_CURRENT=a/x; as_root one; as_root two'
  [[ $(<"$HOME/sudo") == '[-n][true][--][one][--][two]' ]]
}

@test "on a terminal sudo asks for its password before the command; refused, nothing is run" {
  stub sudo <<<'printf "[%s]" "$@" >>"$HOME/sudo"; [[ $1 != -n ]] || exit 1; [[ $1 != -v ]] || exit "$(<"$HOME/answer")"'
  production ':'
  printf '%s\n' 'STEPS_PHASE=root STEPS_CURRENT=a/x; as_root apt-get update' >>"$BATS_TEST_TMPDIR/production.bash"
  printf '0\n' >"$HOME/answer"
  run script --quiet --return --command "bash $BATS_TEST_TMPDIR/production.bash" /dev/null
  [[ $status == 0 && $(<"$HOME/sudo") == '[-n][true][-v][--][apt-get][update]' ]]
  printf '1\n' >"$HOME/answer"
  rm "$HOME/sudo"
  run script --quiet --return --command "bash $BATS_TEST_TMPDIR/production.bash" /dev/null
  [[ $status == 77 && $output == *'sudo was refused; needed: apt-get update'* && $(<"$HOME/sudo") == '[-n][true][-v]' ]]
}
