#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet command/build
  engine_conf
}

build() { # [argument]…
  production 'podman_static_bin() { PODMAN_BIN=/bin/true PODMAN_PATH=/bin; }
    image_build_apply() { printf "%s %s" "$STEPS_PHASE" "$STEPS_CURRENT"; printf " [%s]" "$@"; flock -n "$PATHS_DATA/lock" true && printf " unlocked"; printf "\n"; }
    command_build "$@"' "$@"
}

@test "the image is built, under the lock, in the name of its step, whether it is needed or not" {
  run build
  [[ $status == 0 && $output == 'user image/build []' ]]
}

@test "options become podman's" {
  run build --no-cache --pull
  [[ $output == 'user image/build [--no-cache] [--pull=always]' ]]
}

@test "a failure in the middle of the build is a failure" {
  run production 'podman_static_bin() { PODMAN_BIN=/bin/true PODMAN_PATH=/bin; }
    image_build_apply() { false; printf "went on"; }; command_build'
  [[ $status == 1 && $output == *'step image/build failed'* && $output != *'went on'* ]]
}

@test "other arguments are refused before anything" {
  local argument
  for argument in --nocache x ''; do
    run build --pull "$argument"
    [[ $status == 64 && $output == *"build does not know '$argument'"* && $output != *image/build* ]]
  done
}

@test "where nothing is installed that is said" {
  rm "$PATHS_CONF/storage.conf"
  run build
  [[ $status == 69 && $output == *'not installed for this user'* && $output != *image/build* ]]
}

@test "while another command changes the installation it asks to try again" {
  exec 8>>"$PATHS_DATA/lock"
  flock 8
  run build
  [[ $status == 75 && $output != *image/build* ]]
  exec 8>&-
  run build
  [[ $status == 0 && $output == *image/build* ]]
}
