#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet podman/static
  paths_arch
  ARCHIVE=$PATHS_CACHE/archive.tar.gz
  TREE=$BATS_TEST_TMPDIR/tree/podman-linux-$PATHS_ARCH
}

archive() { # [bash code, in the tree]   as podman-static's: modes and owners of the builder's, and more than is wanted
  local file
  podman_layout_files
  for file in "${PODMAN_LAYOUT_FILES[@]}"; do
    install -D -m 0755 /dev/null "$TREE/usr/local/$file"
  done
  printf '#!/bin/sh\necho podman version 5.8.4\n' >"$TREE/usr/local/bin/podman"
  install -D -m 0644 /dev/null "$TREE/etc/containers/storage.conf"
  (cd "$TREE" && eval "${1:-}")
  mkdir -p "${ARCHIVE%/*}"
  tar -C "${TREE%/*}" --owner=1001 --group=1001 -czf "$ARCHIVE" "${TREE##*/}"
}

install='STEPS_PHASE=user STEPS_CURRENT=podman/x; paths_arch; podman_static_install "$PATHS_CACHE/archive.tar.gz" one; podman_static_switch one'

@test "a tree is installed under its name; the archive's owners, modes of directories and configuration stay out" {
  archive 'chmod 0700 usr usr/local/lib'
  production "$install"
  podman_static_installed one
  not podman_static_installed two
  [[ $STEPS_WHY == 'podman v5.8.4 is not installed in '* ]]
  [[ $(ls -A "$PATHS_PREFIX") == $'current\none' && $(stat -c %a "$PATHS_PREFIX/one") == 755 && ! -e $PATHS_PREFIX/one/etc ]]
  [[ -z $(find "$PATHS_PREFIX" -not -uid "$EUID") && ! -e $ARCHIVE ]]
}

@test "the home directory may have any name" {
  hostile_home
  ARCHIVE=$PATHS_CACHE/archive.tar.gz
  archive
  production "$install"
  [[ $("$PATHS_PREFIX/current/bin/podman") == 'podman version 5.8.4' ]]
}

@test "an archive that is not podman-static's, or not of this architecture, leaves nothing behind" {
  archive
  tar -C "$TREE/usr" -czf "$ARCHIVE" local
  run -1 production "$install"
  [[ $output == *'the archive of podman v5.8.4 does not unpack'* && -z $(ls -A "$PATHS_PREFIX") && ! -e $ARCHIVE ]]
}

@test "half a tree of an interrupted run gives way" {
  archive
  mkdir -p "$PATHS_PREFIX"/{one,one.new}/bin
  production "$install"
  [[ ! -e $PATHS_PREFIX/one.new && -x $PATHS_PREFIX/one/bin/podman ]]
}

@test "current is what was installed, whole: a file less, or another link, and it is not installed" {
  archive
  production "$install"
  rm "$PATHS_PREFIX/one/lib/podman/conmon"
  not podman_static_installed one
  touch "$PATHS_PREFIX/one/lib/podman/conmon"
  chmod 0755 "$PATHS_PREFIX/one/lib/podman/conmon"
  podman_static_installed one
  ln -sfT two "$PATHS_PREFIX/current"
  not podman_static_installed one
}

@test "podman is told of its parts by absolute paths, right in a home of any name; cgroupfs, because its crun knows no systemd" {
  hostile_home
  podman_static_conf | sed '1i [engine]' >"$BATS_TEST_TMPDIR/conf"
  local current=$HOME/.local/share/podsand/engine/current
  [[ $(toml_get "$BATS_TEST_TMPDIR/conf" 'd["engine"]["conmon_path"][0]' '"\n".join(d["engine"]["helper_binaries_dir"])' \
    'd["engine"]["runtimes"]["crun"][0]' 'd["engine"]["runtimes"]["runc"][0]' 'd["engine"]["cgroup_manager"]') == "$current/lib/podman/conmon
$current/bin
$current/lib/podman
$current/bin/crun
$current/bin/runc
cgroupfs" ]]
}

@test "where helpers are: catatonit for --init, the bundle's bin for podman's PATH, all under current" {
  local init
  podman_static_bin
  podman_static_init init
  [[ $PODMAN_BIN == "$PATHS_PREFIX/current/bin/podman" && $PODMAN_PATH == "$PATHS_PREFIX/current/bin" ]]
  [[ $init == "$PATHS_PREFIX/current/lib/podman/catatonit" ]]
}

@test "crun, but runc where cgroups v1 and v2 are mixed, and no noise where there are none" {
  mkdir -p "$PODSAND_ROOT/sys/fs/cgroup"
  stub stat <<<'echo cgroup2fs'
  [[ $(podman_static_runtime) == crun ]]
  stub stat <<<'echo tmpfs'
  [[ $(podman_static_runtime) == runc ]]
  rm "$BATS_TEST_TMPDIR/bin/stat"
  rm -r "$PODSAND_ROOT/sys"
  run -0 podman_static_runtime
  [[ $output == crun ]]
}
