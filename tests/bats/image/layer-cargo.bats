#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet image/layer-cargo
  image_layer_cargo | sed -e '0,/^RUN/d;/^STEP$/,$d' -e "s|/run/podsand-ca.pem|$BATS_TEST_TMPDIR/ca.pem|g" >"$BATS_TEST_TMPDIR/body"
  mkdir -p "$HOME/.cargo/bin" "$HOME/.cargo/registry/src"
  stub cargo <<CARGO
printf '<%s>' "\$@" >'$BATS_TEST_TMPDIR/arguments'
printf '%s' "\${CARGO_HTTP_CAINFO:-none}" >'$BATS_TEST_TMPDIR/ca'
[[ -z \${FAILS:-} ]]
CARGO
}

layer() { # [VARIABLE=VALUE]…
  run env -i "PATH=$BATS_TEST_TMPDIR/bin:/usr/bin:/bin" "HOME=$HOME" 'CARGO_CRATES=ripgrep@14.1.1 fd-find@10.2.0' "$@" /bin/sh "$BATS_TEST_TMPDIR/body"
}

@test "the crates are built with their lock files into the home's directory of cargo, and their sources removed" {
  layer
  ((status == 0))
  [[ $(<"$BATS_TEST_TMPDIR/arguments") == "<install><--locked><--root><$HOME/.cargo><ripgrep@14.1.1><fd-find@10.2.0>" ]]
  [[ -d $HOME/.cargo/bin && ! -e $HOME/.cargo/registry ]]
}

@test "the cargo that dotfiles brought comes before the distribution's" {
  install -m 0755 /dev/stdin "$HOME/.cargo/bin/cargo" <<<$'#!/bin/sh\necho own >~/which'
  layer
  [[ $(<"$HOME/which") == own && ! -e $BATS_TEST_TMPDIR/arguments ]]
}

@test "trap 12: a crate that cannot be built stops the build" {
  layer FAILS=yes
  ((status != 0))
  [[ -e $HOME/.cargo/registry ]]
}

@test "the company's CA is cargo's when the build has the secret, and it holds something" {
  layer
  [[ $(<"$BATS_TEST_TMPDIR/ca") == none ]]
  printf 'certificate\n' >"$BATS_TEST_TMPDIR/ca.pem"
  layer
  [[ $(<"$BATS_TEST_TMPDIR/ca") == "$BATS_TEST_TMPDIR/ca.pem" ]]
}
