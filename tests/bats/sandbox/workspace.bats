#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet sandbox/workspace
  mkdir -p "$HOME/.config/app" "$HOME/.ssh/keys" "$HOME/.gnupg" "$HOME/.local/bin" "$HOME/project/src"
}

from() { # <directory>
  cd "$1" || return
  sandbox_workspace
  printf '%s\n' "$SANDBOX_WORKSPACE"
}

allowed() { # <directory>
  run from "$1"
  ((status == 0))
  [[ $output == "$(realpath "$1")" ]]
}

refused() { # <directory>
  run from "$1"
  ((status == 69))
  [[ $output == *"the agent may not have $(realpath "$1"): it would have /"*"cd to the project's own directory first"* ]]
}

@test "a project's directory is allowed, below the home, below /tmp and elsewhere, and is named without links" {
  allowed "$HOME/project"
  allowed "$HOME/project/src"
  mkdir "$BATS_TEST_TMPDIR/elsewhere"
  ln -s "$BATS_TEST_TMPDIR/elsewhere" "$HOME/link"
  allowed "$HOME/link"
  sandbox_workspace_allowed /srv/project
  sandbox_workspace_allowed /opt/project
  sandbox_workspace_allowed /home/somebody/project
  sandbox_workspace_allowed /usr/src/project
}

@test "the root, the home and all that is above it are refused" {
  refused /
  refused "$HOME"
  refused "${HOME%/*}"
  mkdir -p "$BATS_TEST_TMPDIR/a/b/home"
  HOME=$BATS_TEST_TMPDIR/a/b/home
  paths_setup
  refused "$BATS_TEST_TMPDIR/a/b"
  refused "$BATS_TEST_TMPDIR/a"
  mkdir "$BATS_TEST_TMPDIR/a/b/beside"
  allowed "$BATS_TEST_TMPDIR/a/b/beside"
}

@test "directories of the system are refused, with all that is inside those that are nobody's project" {
  local directory
  for directory in /etc /etc/ssl /dev /proc /sys /run /boot /usr /bin /usr/bin /lib /home /opt /tmp /var /mnt /media /srv /root; do
    run -69 sandbox_workspace_allowed "$(realpath "$directory")"
  done
  refused /etc
  refused /etc/ssl
  refused /proc/sys
}

@test "a name that only begins like a protected one is another directory" {
  local directory
  for directory in /etcetera /etc-project /runner /tmpfiles/x /varnish /devel /homestead; do
    sandbox_workspace_allowed "$directory"
  done
  mkdir -p "$HOME/.configurations" "$HOME/.ssh-project" "${HOME}work"
  allowed "$HOME/.configurations"
  allowed "$HOME/.ssh-project"
  allowed "${HOME}work"
}

@test "settings and keys are refused, with all that is inside" {
  local directory
  for directory in .config .config/app .ssh .ssh/keys .gnupg; do
    refused "$HOME/$directory"
  done
}

@test "what podsand itself stands on is refused: data, engine, store, runtime directory and the launcher's directory" {
  local directory
  for directory in "$PATHS_DATA" "$PATHS_DATA/log" "$PATHS_PREFIX" "$PATHS_PREFIX/current" "$PATHS_STORAGE" "$PATHS_RUNTIME" "$HOME/.local" "$HOME/.local/bin" "$HOME/.local/share"; do
    mkdir -p "$directory"
    refused "$directory"
  done
  mkdir -p "$HOME/.local/share/project"
  allowed "$HOME/.local/share/project"
}

@test "an engine, a store and a launcher in other places are protected there, and nothing around them" {
  CFG_PODMAN_PREFIX='~/engine' CFG_LAUNCHER_DIRECTORY='~/bin' CFG_CONF_SCOPE=user
  paths_setup
  mkdir -p "$HOME/engine/v1" "$HOME/bin" "$PATHS_STORAGE/overlay"
  refused "$HOME/engine"
  refused "$HOME/engine/v1"
  refused "$HOME/bin"
  refused "$HOME/.local/share/containers"
  refused "$PATHS_STORAGE/overlay"
  allowed "$HOME/project"
  CFG_PODMAN_PREFIX=/podsand-engine
  paths_setup
  allowed "$HOME/project"
}

@test "a link to a protected directory is that directory" {
  ln -s /etc "$HOME/project/link"
  refused "$HOME/project/link"
  ln -s "$HOME/.ssh" "$HOME/project/keys"
  refused "$HOME/project/keys"
  ln -s ../.. "$HOME/project/src/up"
  refused "$HOME/project/src/up"
}

@test "a protected directory that is a link is protected where it leads" {
  mkdir -p "$HOME/dotfiles/config/app" "$BATS_TEST_TMPDIR/disk"
  rm -r "$HOME/.config"
  ln -s dotfiles/config "$HOME/.config"
  refused "$HOME/dotfiles/config"
  refused "$HOME/dotfiles/config/app"
  refused "$HOME/dotfiles"
  # So is the home itself, and with it all that podsand has below it.
  mv "$HOME" "$BATS_TEST_TMPDIR/disk/home"
  ln -s disk/home "$HOME"
  refused "$BATS_TEST_TMPDIR/disk/home"
  refused "$BATS_TEST_TMPDIR/disk"
  refused "$BATS_TEST_TMPDIR/disk/home/.ssh"
  refused "$BATS_TEST_TMPDIR/disk/home/.local/share/podsand"
  allowed "$BATS_TEST_TMPDIR/disk/home/project"
}

@test "control characters in the path are refused, a newline at its end too, which would mean another directory" {
  local name
  for name in $'a\nb' $'a\n' $'\n' $'a\tb' $'a\e[31m' $'a\x7f' $'a\r'; do
    mkdir -p "$HOME/project/$name"
    (cd "$HOME/project/$name" && run -69 sandbox_workspace && [[ $output == *'holds a control character'* ]])
  done
  for name in ' a ' '"a"' "it's" '$(x)' 'a,b' 'a:b' 'a=b' '漢' '*' '[a]' '.' '-n'; do
    mkdir -p "$HOME/project/$name"
    allowed "$HOME/project/$name"
  done
}

@test "a protected directory whose name is a pattern protects itself, and nothing else" {
  mkdir -p "$HOME/project/a" "$BATS_TEST_TMPDIR/ho[m]e*/.ssh"
  HOME="$BATS_TEST_TMPDIR/ho[m]e*"
  paths_setup
  refused "$HOME/.ssh"
  allowed "$BATS_TEST_TMPDIR/home/project"
}

@test "a directory that is gone is said to be" {
  mkdir "$HOME/gone"
  cd "$HOME/gone" || return
  rmdir "$HOME/gone"
  run -69 sandbox_workspace
  [[ $output == *'the current directory is gone'* ]]
}

@test "a directory that cannot be written to is a warning, and no refusal" {
  allowed "$HOME/project"
  ((EUID != 0)) || skip 'root can write everywhere'
  chmod 0555 "$HOME/project"
  run -0 from "$HOME/project"
  chmod 0755 "$HOME/project"
  [[ $output == *'is not writable for you, and so not for the agent'* ]]
}
