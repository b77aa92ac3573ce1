#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet image/layer-agent
  IMAGE=$BATS_TEST_TMPDIR/image
  mkdir -p "$IMAGE/opt/node/node-v24.11.1-linux-x64/bin" "$IMAGE/run"
  # Where the layer writes is moved into the test's directory; everything else is as the build runs it.
  image_layer_agent | sed -e '0,/^RUN/d;/^STEP$/,$d' -e "s|/opt/|$IMAGE/opt/|g" -e "s|/run/|$IMAGE/run/|g" >"$BATS_TEST_TMPDIR/body"
  printf 'the program\n' >"$BATS_TEST_TMPDIR/program"
  SHA256=$(sha256sum <"$BATS_TEST_TMPDIR/program")
  npm
}

# As npm does: the command is a link to the program of a package.
npm() {
  install -m 0755 /dev/stdin "$IMAGE/opt/node/node-v24.11.1-linux-x64/bin/npm" <<NPM
#!/bin/bash
printf '<%s>' "\$@" >'$BATS_TEST_TMPDIR/arguments'
printf '%s' "\${NODE_EXTRA_CA_CERTS:-none}" >'$BATS_TEST_TMPDIR/ca'
[[ -z \${NPM_FAILS:-} ]] || exit 1
mkdir -p '$IMAGE/opt/agent/bin' '$IMAGE/opt/agent/lib/claude-code/bin'
cp '$BATS_TEST_TMPDIR/program' '$IMAGE/opt/agent/lib/claude-code/bin/claude.exe'
ln -s ../lib/claude-code/bin/claude.exe '$IMAGE/opt/agent/bin/claude'
NPM
}

layer() { # [VARIABLE=VALUE]…
  run env -i PATH=/usr/bin:/bin AGENT_NPM_REGISTRY= "AGENT_SHA256=${SHA256%% *}" AGENT_VERSION=2.1.330 "$@" /bin/sh "$BATS_TEST_TMPDIR/body"
}

@test "npm installs the pinned version from its own registry, and the program lands in /opt/out as a file" {
  layer
  ((status == 0))
  [[ $(<"$BATS_TEST_TMPDIR/arguments") == *'<--prefix><'*'/opt/agent>'*'<@anthropic-ai/claude-code@2.1.330>' ]]
  [[ $(<"$BATS_TEST_TMPDIR/arguments") != *--registry* && $(<"$BATS_TEST_TMPDIR/ca") == none ]]
  [[ -f $IMAGE/opt/out/claude && ! -L $IMAGE/opt/out/claude && $(stat -c %a "$IMAGE/opt/out/claude") == 755 ]]
  cmp "$IMAGE/opt/out/claude" "$BATS_TEST_TMPDIR/program"
}

@test "neither the optional dependency nor the postinstall may be left out: one is the program, the other puts it in place" {
  layer
  [[ $(<"$BATS_TEST_TMPDIR/arguments") == *install* ]]
  [[ $(<"$BATS_TEST_TMPDIR/arguments") != *omit* && $(<"$BATS_TEST_TMPDIR/arguments") != *ignore-scripts* ]]
}

@test "another registry is one argument, whatever is in it" {
  layer 'AGENT_NPM_REGISTRY=https://npm.example.org/a b'
  ((status == 0))
  [[ $(<"$BATS_TEST_TMPDIR/arguments") == *'<--registry=https://npm.example.org/a b>'* ]]
}

@test "the company's CA is Node's when the build has the secret, and it holds something" {
  : >"$IMAGE/run/podsand-ca.pem"
  layer
  [[ $(<"$BATS_TEST_TMPDIR/ca") == none ]]
  rm -r "$IMAGE/opt/agent"
  printf 'certificate\n' >"$IMAGE/run/podsand-ca.pem"
  layer
  [[ $(<"$BATS_TEST_TMPDIR/ca") == "$IMAGE/run/podsand-ca.pem" ]]
}

@test "a program of another sha256 stops the build, and does not land" {
  printf 'another program\n' >"$BATS_TEST_TMPDIR/program"
  layer
  ((status != 0))
  [[ $output == *FAILED* && ! -e $IMAGE/opt/out/claude ]]
}

@test "an empty sha256 stops the build as well" {
  layer AGENT_SHA256=
  ((status != 0))
  [[ ! -e $IMAGE/opt/out/claude ]]
}

@test "trap 12: a failing npm stops the build, although commands follow" {
  mkdir -p "$IMAGE/opt/agent/bin"
  cp "$BATS_TEST_TMPDIR/program" "$IMAGE/opt/agent/bin/claude"
  layer NPM_FAILS=yes
  ((status != 0))
  [[ ! -e $IMAGE/opt/out/claude ]]
}

@test "npm without the program, as after --omit=optional, stops the build" {
  sed -i '/cp /d;/ln -s/d' "$IMAGE/opt/node/node-v24.11.1-linux-x64/bin/npm"
  layer
  ((status != 0))
  [[ ! -e $IMAGE/opt/out/claude ]]
}
