#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet core/steps
  STEPS_ROOT=(t/root) STEPS_USER=(t/one t/two)
  stub sudo <<<'[[ $1 == -n ]] && exit 0; while [[ $1 != -- ]]; do shift; done; shift; exec "$@"'
}

# Steps that are done when a file of their name is there.
STEPS='
t_root_check() { STEPS_WHY=why-root; [[ -e $HOME/root ]]; }
t_root_commands() { printf "touch root\n"; }
t_root_apply() { as_root touch "$HOME/root"; }
t_one_check() { STEPS_WHY=why-one; [[ -e $HOME/one ]]; }
t_one_apply() { touch "$HOME/one"; }
t_two_check() { STEPS_WHY=why-two; [[ -e $HOME/two ]]; }
t_two_apply() { touch "$HOME/two"; }
STEPS_YES=true
'

@test "what is needed is applied in its order, what is done is not" {
  : >"$HOME/one"
  run production "$STEPS steps_root; steps_user; printf 'changed %s\n' \"\$STEPS_CHANGED\""
  [[ $status == 0 && -e $HOME/root && -e $HOME/two ]]
  [[ $output == *'t/root'*apply*why-root*'t/one'*done*'t/two'*apply*'changed 2' ]]
}

@test "a command that fails in the middle of a step ends it" {
  run production "$STEPS t_one_apply() { false; touch \"\$HOME/one\"; }; steps_user"
  [[ $status == 1 && ! -e $HOME/one && ! -e $HOME/two && $output == *'step t/one failed'* ]]
}

@test "a step whose check stays red has failed" {
  run production "$STEPS t_one_apply() { :; }; steps_user"
  [[ $status == 1 && $output == *'its check still says: why-one'* && ! -e $HOME/two ]]
}

@test "only and skip choose steps, and unknown names are refused" {
  run production "$STEPS STEPS_ONLY=(t/two); steps_root; steps_user"
  [[ ! -e $HOME/root && ! -e $HOME/one && -e $HOME/two ]]
  run production "$STEPS STEPS_ONLY=() STEPS_SKIP=(t/root); steps_root; steps_user"
  [[ ! -e $HOME/root && -e $HOME/one ]]
  run production "$STEPS steps_named t/nothing"
  [[ $status == 64 && $output == *"no step 't/nothing'"*'t/root t/one t/two'* ]]
}

@test "a check says done, needed or unknown by its code" {
  local pair
  for pair in 0:done 1:needed 2:unknown 127:needed; do
    run production "t_one_check() { return ${pair%:*}; }; steps_state t/one; printf '%s\n' \"\$STEPS_STATE\""
    [[ $output == "${pair#*:}" ]]
  done
}

@test "a user step cannot become root" {
  run production "$STEPS t_one_apply() { as_root touch \"\$HOME/one\"; }; steps_user"
  [[ $status == 1 && $output == *'wanted to run as root: touch'* && ! -e $HOME/one ]]
}

@test "root steps are asked for once, all before the first, and each with its own reason" {
  STEPS_ROOT=(t/root t/more)
  STEPS+='
    t_more_check() { STEPS_WHY=why-more; [[ -e $HOME/more ]]; }
    t_more_commands() { printf "touch more\n"; }
    t_more_apply() { as_root touch "$HOME/more"; }
    '
  run production "$STEPS steps_root"
  [[ $status == 0 && $output == *'need root'*'sudo'*'touch root'*'sudo'*'touch more'*'t/root'*apply*why-root*'t/more'*apply*why-more* ]]
  rm "$HOME/root" "$HOME/more"
  run production "$STEPS STEPS_YES=false; steps_root" </dev/null
  [[ $status == 77 && $output == *'touch root'* && ! -e $HOME/root ]]
}

@test "when no root step is needed nobody is asked, and what is done is said" {
  : >"$HOME/root"
  run production "$STEPS STEPS_YES=false; steps_root; printf 'went on\n'" </dev/null
  [[ $status == 0 && $output == *'t/root'*'done'*why-root*'went on' && $output != *'need root'* ]]
}

@test "after the root phase a user step cannot become root either" {
  run production "$STEPS t_one_apply() { as_root touch \"\$HOME/one\"; }; steps_root; steps_user"
  [[ $status == 1 && -e $HOME/root && ! -e $HOME/one ]]
}

@test "a failure after the last step is not blamed on it" {
  run production "$STEPS steps_user; false"
  [[ $status == 1 && -e $HOME/two && $output != *'failed (exit'* ]]
}

@test "the reason of one step is not told of the next" {
  run production 't_one_check() { STEPS_WHY=mine; }; t_two_check() { return 1; }; steps_state t/one; steps_state t/two; printf "[%s]\n" "$STEPS_WHY"'
  [[ $output == '[]' ]]
}

@test "steps are chosen by whole names, whatever the caller's IFS is" {
  run production "$STEPS IFS=,; STEPS_ONLY=(t/one t/two); steps_named t/one; steps_root; steps_user"
  [[ $status == 0 && ! -e $HOME/root && -e $HOME/one && -e $HOME/two ]]
  rm "$HOME/one" "$HOME/two"
  run production "$STEPS IFS=,; STEPS_ONLY=() STEPS_SKIP=(t/root t/two); steps_root; steps_user"
  [[ $status == 0 && ! -e $HOME/root && -e $HOME/one && ! -e $HOME/two ]]
  run production "$STEPS steps_named t/on"
  [[ $status == 64 && $output == *"no step 't/on'"* ]]
}
