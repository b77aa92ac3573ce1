#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet podman/system
  CFG_PODMAN_SOURCE=system
}

put_podman() { # <what it says to --version> [directory]   puts one into the fake root
  local directory=$PODSAND_ROOT${2:-/usr/bin}
  mkdir -p "$directory"
  printf '#!/bin/sh\n[ "$*" = --version ] && echo "%s"\n' "$1" >"$directory/podman"
  chmod 0755 "$directory/podman"
}

step='STEPS_PHASE=user; steps_state podman/system; steps_apply podman/system'

@test "4.8 is the first that reads heredocs in a Dockerfile: it and all above are taken" {
  local version
  for version in 4.8.0 4.8.3 4.9.3 4.10.0 5.0.0 5.4.2 6.1.1 10.0.0; do
    put_podman "podman version $version"
    podman_system_check
    [[ $STEPS_WHY == "podman $version at $PODSAND_ROOT/usr/bin/podman" ]]
  done
}

@test "what is older is refused, with its version and the way out" {
  local version
  for version in 4.7.2 4.0.0 3.4.4 1.99.0 0.8.0; do
    put_podman "podman version $version"
    not podman_system_check
    run -69 production "$step"
    [[ $output == *"podman at $PODSAND_ROOT/usr/bin/podman is $version, and 4.8 is needed"*--set\ podman.source=release* ]]
  done
  put_podman 'podman version 4.8.0'
  run -0 podman_system_check
}

@test "suffixes of distributions are read over, and garbage is refused without an error of bash" {
  local said
  for said in 'podman version 5.4.2+ds1' 'podman version 5.0.0-rc1' 'podman version 4.9.4-rhel'; do
    put_podman "$said"
    run -0 podman_system_check
    [[ -z $output ]]
  done
  for said in '' 'podman' 'podman version' 'podman version unknown' 'podman version five.8' 'podman version 5' 'podman version .8.0' \
    'podman version -5.8.0' 'podman version 5.x' 'docker version 5.8.0' 'podman version x[0].8' 'podman version 9 .9'; do
    put_podman "$said"
    run -1 podman_system_check
    [[ -z $output ]]
    not podman_system_check
  done
  put_podman 'podman version unknown'
  run -69 production "$step"
}

@test "the parts of a version are decimal, whatever they begin with" {
  put_podman 'podman version 4.08.0'
  run -0 podman_system_check
  [[ -z $output ]]
  put_podman 'podman version 04.07.0'
  run -1 podman_system_check
  [[ -z $output ]]
}

@test "no podman: exit 69 with both ways out" {
  not podman_system_check
  [[ $STEPS_WHY == 'there is no podman on this machine' ]]
  run -69 production "$step"
  [[ $output == *'there is no podman on this machine'*'apt-get install podman'*'--set podman.source=release'* ]]
}

@test "a podman that does not run is one of unknown version" {
  put_podman 'podman version 5.4.2'
  printf '#!/no/such/interpreter\n' >"$PODSAND_ROOT/usr/bin/podman"
  not podman_system_check
  run -69 production "$step"
  [[ $output == *'is of unknown version, and 4.8 is needed'* ]]
}

@test "only the system's directories are looked at, /usr/local/bin first: a podman of the user's PATH is not the machine's" {
  stub podman <<<'echo podman version 5.4.2'
  podman_system_bin
  [[ -z $PODMAN_BIN ]]
  put_podman 'podman version 5.4.2' /bin
  podman_system_bin
  [[ $PODMAN_BIN == "$PODSAND_ROOT/bin/podman" && $PODMAN_PATH == "$PODSAND_ROOT/bin" ]]
  put_podman 'podman version 5.4.2' /usr/local/bin
  podman_system_bin
  [[ $PODMAN_BIN == "$PODSAND_ROOT/usr/local/bin/podman" ]]
}

@test "apply with a podman that is new enough changes nothing" {
  put_podman 'podman version 5.4.2'
  find "$HOME" "$PODSAND_ROOT" | sort >"$BATS_TEST_TMPDIR/before"
  production 'STEPS_PHASE=user STEPS_CURRENT=podman/system; podman_system_apply'
  find "$HOME" "$PODSAND_ROOT" | sort >"$BATS_TEST_TMPDIR/after"
  cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

@test "it brings its own program for --init" {
  local init=something
  podman_system_init init
  [[ -z $init ]]
}
