#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet sandbox/extra-mounts
  SANDBOX_FLAGS=()
  mkdir "$HOME/reference" "$HOME/a, \"b\""
}

mount() { # <source> <target> <writable>
  CFG_SANDBOX_MOUNTS_SOURCE+=("$1") CFG_SANDBOX_MOUNTS_TARGET+=("$2") CFG_SANDBOX_MOUNTS_WRITABLE+=("$3")
}

@test "no mount in the profile, no flag" {
  sandbox_extra_mounts
  ((${#SANDBOX_FLAGS[@]} == 0))
}

@test "each mount is read-only unless the profile says that it is writable" {
  mount '~/reference' /reference false
  mount "$BATS_TEST_TMPDIR" /work true
  sandbox_extra_mounts
  [[ $(mounts) == "type=bind|src=$HOME/reference|dst=/reference|ro=true"$'\n'"type=bind|src=$BATS_TEST_TMPDIR|dst=/work" ]]
}

@test "names with commas and quotes are mounted as they are" {
  mount '~/a, "b"' '/mnt/a, "b"' false
  sandbox_extra_mounts
  [[ $(mounts) == "type=bind|src=$HOME/a, \"b\"|dst=/mnt/a, \"b\"|ro=true" ]]
}

@test "a source that is not there stops the start, with its path and the remedy" {
  mount '~/reference' /reference false
  mount '~/missing' /missing false
  run -69 sandbox_extra_mounts
  [[ $output == *"the profile mounts $HOME/missing, which is not there"*'sandbox.mounts'* ]]
  ln -s missing "$HOME/missing-too"
  CFG_SANDBOX_MOUNTS_SOURCE=('~/missing-too')
  run -69 sandbox_extra_mounts
  mkdir "$HOME/missing"
  run -0 sandbox_extra_mounts
}

@test "a socket is refused, also behind a link: it is a way out" {
  helper_python
  (cd "$HOME" && "$HELPER_PYTHON" -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")')
  ln -s socket "$HOME/link"
  mount '~/socket' /socket false
  run -69 sandbox_extra_mounts
  [[ $output == *"$HOME/socket, which is a socket: a way out of the sandbox"* ]]
  CFG_SANDBOX_MOUNTS_SOURCE=('~/link')
  run -69 sandbox_extra_mounts
  : >"$HOME/file"
  CFG_SANDBOX_MOUNTS_SOURCE=('~/file')
  run -0 sandbox_extra_mounts
}
