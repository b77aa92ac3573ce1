#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet command/status
  STEPS_USER=(t/one)
  CALLS=$BATS_TEST_TMPDIR/calls
  stub podman-stub <<STUB
printf '[%s]' "\$@" >'$CALLS'
printf 'session podsand-x-1 2 minutes in /src/x\n'
STUB
}

status_of() { # [argument]…
  production "podman_static_bin() { PODMAN_BIN=$BATS_TEST_TMPDIR/bin/podman-stub PODMAN_PATH=/nowhere; }
    t_one_check() { STEPS_WHY=why-one; return 1; }
    command_status \"\$@\"" "$@"
}

@test "before anything is installed it says the versions and the steps, and does not call podman" {
  run status_of
  ((status == 0))
  [[ $output == *"podsand $PODSAND_VERSION"*"data    $PATHS_DATA"*'t/one'*needed*why-one* ]]
  [[ ! -e $CALLS ]]
}

@test "decisions are shown with their reasons" {
  production 'decision_set storage_driver overlay "native, as the kernel has it"; decision_set runtime_dir "/run/a b" "the first"'
  run status_of
  [[ $output == *'decided storage_driver = overlay (native, as the kernel has it)'* ]]
  [[ $output == *'decided runtime_dir = /run/a b (the first)'* ]]
}

@test "sessions are those of podsand" {
  engine_conf
  run status_of
  [[ $status == 0 && $output == *'session podsand-x-1 2 minutes in /src/x' ]]
  [[ $(<"$CALLS") == '[ps][--filter][label=podsand.session][--format]'* ]]
}

@test "it changes nothing" {
  rmdir "$PATHS_DATA"
  run status_of
  [[ $status == 0 && ! -e $PATHS_DATA ]]
}

@test "arguments are refused" {
  run status_of --json
  [[ $status == 64 && $output == *"status does not know '--json'"* ]]
}
