#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet image/layer-base
  local name
  for name in apt-get rm; do
    stub "$name" <<<"printf '%s\n' \"$name \$*\" >>'$BATS_TEST_TMPDIR/calls'; [[ \$* != *\"\${FAILS:-nothing}\"* ]]"
  done
  # Nothing but these is on the layer's PATH, because it removes files of the system that it runs on; and not on ours.
  mv "$BATS_TEST_TMPDIR/bin" "$BATS_TEST_TMPDIR/inside"
  image_layer_base | sed '0,/^RUN/d;/^STEP$/,$d' >"$BATS_TEST_TMPDIR/body"
}

layer() { # [VARIABLE=VALUE]…   runs the RUN of the layer as the build does
  rm -f "$BATS_TEST_TMPDIR/calls"
  run env -i "PATH=$BATS_TEST_TMPDIR/inside" 'PACKAGES=curl git jq' "$@" /bin/sh "$BATS_TEST_TMPDIR/body"
}

@test "the packages are installed after an update, without recommended ones, and lists and logs are removed" {
  layer
  ((status == 0))
  mapfile -t calls <"$BATS_TEST_TMPDIR/calls"
  [[ ${calls[0]} == 'apt-get update' && ${calls[1]} == 'apt-get install -y --no-install-recommends curl git jq' ]]
  [[ ${calls[2]} == 'rm -rf '*/var/lib/apt/lists/* ]]
}

@test "trap 12: a failing update stops the layer, and nothing is installed" {
  layer FAILS=update
  ((status != 0))
  [[ $(<"$BATS_TEST_TMPDIR/calls") == 'apt-get update' ]]
}

@test "trap 12: a failing install stops the layer, although a command follows that works" {
  layer FAILS=install
  ((status != 0))
  [[ $(<"$BATS_TEST_TMPDIR/calls") != *rm* ]]
}

@test "trap 12: a missing value stops the layer before anything runs on it" {
  run env -i "PATH=$BATS_TEST_TMPDIR/inside" /bin/sh "$BATS_TEST_TMPDIR/body"
  ((status != 0))
  [[ $(<"$BATS_TEST_TMPDIR/calls") != *install* ]]
}
