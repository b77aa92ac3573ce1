#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet podman/source-keep
  CFG_PODMAN_ARCHIVES='~/kept archives'
  printf 'built\n' >"$BATS_TEST_TMPDIR/archive"
}

keep="PATHS_ARCH=arm64; STEPS_CURRENT=podman/build-docker; podman_source_keep"

@test "the archive is kept whole under its name, and what a profile must say to use it is told" {
  local sum
  sum=$(sha256sum <"$BATS_TEST_TMPDIR/archive")
  run -0 production "$keep '$BATS_TEST_TMPDIR/archive'"
  [[ $(ls -A "$HOME/kept archives") == podman-linux-arm64.tar.gz ]]
  cmp "$BATS_TEST_TMPDIR/archive" "$HOME/kept archives/podman-linux-arm64.tar.gz"
  [[ $output == *"podman.source = \"archive\", podman.sha256.arm64 = \"${sum%% *}\""* ]]
}

@test "one that is there already is kept beside the new one" {
  mkdir -p "$HOME/kept archives"
  printf 'older\n' >"$HOME/kept archives/podman-linux-arm64.tar.gz"
  production "$keep '$BATS_TEST_TMPDIR/archive'"
  [[ $(<"$HOME/kept archives/podman-linux-arm64.tar.gz") == built ]]
  [[ $(<"$HOME/kept archives/podman-linux-arm64.tar.gz.~1~") == older ]]
}
