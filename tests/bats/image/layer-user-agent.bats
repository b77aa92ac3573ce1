#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet image/layer-user-agent
  local name
  for name in userdel groupadd useradd install; do
    stub "$name" <<<"printf '%s\n' \"$name \$*\" >>'$BATS_TEST_TMPDIR/calls'; [[ \${FAILS:-} != $name ]]"
  done
  # Nothing but these and cut is on the layer's PATH, because it makes and removes users; and they are not on ours.
  ln -s /usr/bin/cut "$BATS_TEST_TMPDIR/bin/cut"
  mv "$BATS_TEST_TMPDIR/bin" "$BATS_TEST_TMPDIR/inside"
  image_layer_user_agent | sed '0,/^RUN/d;/^STEP$/,$d' >"$BATS_TEST_TMPDIR/body"
}

layer() { # <line of getent> [VARIABLE=VALUE]…
  local said=$1
  shift
  install -m 0755 /dev/stdin "$BATS_TEST_TMPDIR/inside/getent" <<GETENT
#!/bin/bash
[[ \$* == 'passwd 1000' && -n '$said' ]] && printf '%s\n' '$said'
GETENT
  rm -f "$BATS_TEST_TMPDIR/calls"
  run env -i "PATH=$BATS_TEST_TMPDIR/inside" "$@" /bin/sh "$BATS_TEST_TMPDIR/body"
}

made='groupadd --gid 1000 agent
useradd --uid 1000 --gid 1000 --create-home --shell /bin/bash agent
install -d -o agent -g agent -m 0700 /home/agent/.config /home/agent/.config/claude'

@test "a base without a user 1000 gets one, with a home and a directory for claude's settings of its own" {
  layer ''
  ((status == 0))
  [[ $(<"$BATS_TEST_TMPDIR/calls") == "$made" ]]
}

@test "the user 1000 that a base has, as Ubuntu's does, goes first" {
  layer 'ubuntu:x:1000:1000:Ubuntu:/home/ubuntu:/bin/bash'
  ((status == 0))
  [[ $(<"$BATS_TEST_TMPDIR/calls") == $'userdel --remove ubuntu\n'"$made" ]]
}

@test "trap 12: whichever of the commands fails, the build stops there" {
  local name
  for name in userdel groupadd useradd install; do
    layer 'ubuntu:x:1000:1000:Ubuntu:/home/ubuntu:/bin/bash' "FAILS=$name"
    ((status != 0))
    [[ $(tail -n 1 "$BATS_TEST_TMPDIR/calls") == "$name "* ]]
  done
}

@test "the directory that CLAUDE_CONFIG_DIR names is the one that was made, and the image is that user's" {
  [[ $(image_layer_user_agent | sed '1,/^STEP$/d') == $'\nENV CLAUDE_CONFIG_DIR=/home/agent/.config/claude\nUSER agent\nWORKDIR /home/agent' ]]
}
