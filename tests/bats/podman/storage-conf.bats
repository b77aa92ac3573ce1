#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet podman/storage-conf podman/storage-fixed podman/release podman/system
  FILE=$BATS_TEST_TMPDIR/storage.conf
}

DRIVER=overlay

rendered() { # <python expression about d>…   with DRIVER as the decision
  DECISION_VALUE=$DRIVER
  podman_storage_conf_render >"$FILE"
  toml_get "$FILE" "$@"
}

engine() { # a podman that writes down how it was called
  mkdir -p "$PATHS_PREFIX/current/bin"
  printf '%s\n' '#!/bin/bash' "printf '%q ' \"\$@\" >>'$BATS_TEST_TMPDIR/calls'; echo >>'$BATS_TEST_TMPDIR/calls'" >"$PATHS_PREFIX/current/bin/podman"
  chmod 0755 "$PATHS_PREFIX/current/bin/podman"
}

step='STEPS_PHASE=user; steps_state podman/storage-conf; steps_apply podman/storage-conf'

@test "trap 14: graphroot and runroot are set and absolute, and no rootless_storage_path beside them" {
  hostile_home
  mapfile -t found < <(rendered 'd["storage"]["graphroot"]' 'd["storage"]["runroot"]' 'sorted(d["storage"])' 'list(d)')
  [[ ${found[0]} == "$HOME/.local/share/podsand/storage" ]]
  [[ ${found[1]} == "$PATHS_RUNTIME/containers" && $PATHS_RUNTIME == /* ]]
  [[ ${found[2]} == "['driver', 'graphroot', 'options', 'runroot']" ]]
  [[ ${found[3]} == "['storage']" ]]
}

@test "trap 14: the same in scope user, where the store is the article's" {
  CFG_CONF_SCOPE=user
  hostile_home
  mapfile -t found < <(rendered 'd["storage"]["graphroot"]' 'd["storage"]["runroot"]' '"rootless_storage_path" in d["storage"]')
  [[ ${found[0]} == "$HOME/.local/share/containers/graphroot" && ${found[1]} == "$PATHS_RUNTIME/containers" && ${found[2]} == False ]]
}

@test "trap 14: a home whose name podman would expand in graphroot is refused; a dollar sign alone is none" {
  local name
  for name in 'a$HOME' 'a${HOME}' 'a$_' 'a$1' 'a$$b'; do
    mkdir -p "$BATS_TEST_TMPDIR/$name"
    HOME=$BATS_TEST_TMPDIR/$name run paths_setup
    ((status == 69))
    [[ $output == *'a $ before a name'* ]]
  done
  for name in 'a$' 'a$(x)' 'a$ b' 'a$.'; do
    mkdir -p "$BATS_TEST_TMPDIR/$name"
    HOME=$BATS_TEST_TMPDIR/$name run paths_setup
    ((status == 0))
  done
}

@test "trap 15: options stand only under the driver's own table" {
  local table
  for DRIVER in overlay fuse-overlayfs vfs; do
    table=overlay
    [[ $DRIVER != vfs ]] || table=vfs
    [[ $(rendered 'list(d["storage"]["options"])' 'd["storage"]["driver"]') == "['$table']"$'\n'"$table" ]]
  done
}

@test "trap 15: no fsync=0, which risks the store on power loss" {
  for DRIVER in overlay fuse-overlayfs vfs; do
    rendered d >/dev/null
    [[ $(<"$FILE") == *graphroot* && $(<"$FILE") != *fsync* ]]
  done
  DRIVER=fuse-overlayfs
  [[ $(rendered 'd["storage"]["options"]["overlay"]["mountopt"]') == nodev ]]
}

@test "trap 15: ignore_chown_errors hides missing subuids, so it is false unless the profile asks for it" {
  for DRIVER in overlay fuse-overlayfs vfs; do
    [[ $(rendered 'list(d["storage"]["options"].values())[0]["ignore_chown_errors"]') == false ]]
  done
  CFG_CONF_IGNORE_CHOWN_ERRORS=true
  DRIVER=overlay
  # A string: podman refuses a boolean here.
  [[ $(rendered 'repr(d["storage"]["options"]["overlay"]["ignore_chown_errors"])') == "'true'" ]]
}

@test "trap 7: with the kernel's overlay there is no mount_program; with fuse-overlayfs it is absolute" {
  hostile_home
  [[ $(rendered 'sorted(d["storage"]["options"]["overlay"])') == "['ignore_chown_errors']" ]]
  DRIVER=fuse-overlayfs
  mkdir -p "$PATHS_PREFIX/current/bin"
  cp /bin/true "$PATHS_PREFIX/current/bin/fuse-overlayfs"
  [[ $(rendered 'd["storage"]["options"]["overlay"]["mount_program"]') == "$PATHS_PREFIX/current/bin/fuse-overlayfs" ]]
}

@test "trap 7: applied with auto on a kernel that can, the conf has native overlay, and the decision says why" {
  hostile_home
  engine
  not podman_storage_conf_check
  [[ $STEPS_WHY == 'the storage driver is not chosen yet' ]]
  production "$step"
  podman_storage_conf_check
  [[ $(toml_get "$PATHS_CONF/storage.conf" 'd["storage"]["driver"], list(d["storage"]["options"]["overlay"])') == "('overlay', ['ignore_chown_errors'])" ]]
  [[ $(<"$PATHS_DECISIONS") == *$'storage_driver\toverlay\tthe kernel mounted'* ]]
  [[ -z $(find "$BATS_TEST_TMPDIR" -name executed) ]]
}

@test "the choice is made once: the second run neither probes nor changes anything" {
  engine
  production "$step"
  cp "$PATHS_DECISIONS" "$BATS_TEST_TMPDIR/decisions"
  cp "$PATHS_JOURNAL" "$BATS_TEST_TMPDIR/journal"
  rm "$BATS_TEST_TMPDIR/calls"
  podman_storage_conf_check
  [[ ! -e $BATS_TEST_TMPDIR/calls ]]
  cmp "$PATHS_DECISIONS" "$BATS_TEST_TMPDIR/decisions"
  cmp "$PATHS_JOURNAL" "$BATS_TEST_TMPDIR/journal"
}

@test "trap 16: another driver in the profile than in the store stops the step, and the conf stays" {
  engine
  mkdir -p "$PATHS_STORAGE/overlay-layers"
  production "$step"
  cp "$PATHS_CONF/storage.conf" "$FILE"
  CFG_CONF_STORAGE_DRIVER=vfs
  not podman_storage_conf_check
  [[ $STEPS_WHY == 'the storage driver is overlay, the profile asks for vfs' ]]
  run -1 production "$step"
  [[ $output == *'was made with overlay, and the profile asks for vfs'* ]]
  cmp "$PATHS_CONF/storage.conf" "$FILE"
  # With the store gone the profile has its way.
  rm -r "$PATHS_STORAGE"
  production "$step"
  [[ $(toml_get "$PATHS_CONF/storage.conf" 'd["storage"]["driver"]') == vfs ]]
}

@test "uninstall keeps the store, and with --purge has podman remove it, whose ids its files have" {
  engine
  production "$step"
  mkdir -p "$PATHS_STORAGE/overlay" "$PATHS_RUNTIME"
  grep -qxF "podman/storage-conf"$'\t'"podman_storage_conf_store"$'\t'"$PATHS_STORAGE"$'\t'"$PATHS_RUNTIME" "$PATHS_JOURNAL"
  : >"$BATS_TEST_TMPDIR/calls"
  local undo="podman_storage_conf_store_undo $PATHS_STORAGE $PATHS_RUNTIME"
  run -3 production "UNINSTALL_PURGE=false; $undo"
  [[ -d $PATHS_STORAGE/overlay && -d $PATHS_RUNTIME && $output == *"stay in $PATHS_STORAGE"* ]]
  # The process that holds the user namespace open goes either way.
  [[ $(<"$BATS_TEST_TMPDIR/calls") == 'system migrate ' ]]
  : >"$BATS_TEST_TMPDIR/calls"
  run -0 production "UNINSTALL_PURGE=true; $undo"
  [[ ! -e $PATHS_STORAGE && ! -e $PATHS_RUNTIME ]]
  [[ $(<"$BATS_TEST_TMPDIR/calls") == *$'\nunshare bash -c '*" podsand $PATHS_STORAGE "*'system migrate ' ]]
}

@test "a store that outlived its podman is removed in a user namespace of util-linux, or stays, and it is said how to mend that" {
  local undo="UNINSTALL_PURGE=true; podman_storage_conf_store_undo $PATHS_STORAGE $PATHS_RUNTIME"
  mkdir -p "$PATHS_STORAGE/overlay"
  stub unshare <<<'exit 1'
  run -1 production "$undo"
  [[ -d $PATHS_STORAGE/overlay && $output == *"$PATHS_STORAGE holds files of other ids"*'install again, then run: uninstall --purge'* ]]
  stub unshare <<<'while [[ $1 == --* ]]; do printf "%s\n" "$1"; shift; done; exec "$@"'
  run -0 production "$undo"
  [[ $output == $'--user\n--map-auto\n--map-root-user' && ! -e $PATHS_STORAGE && ! -e $PATHS_RUNTIME ]]
}

@test "what uninstall --purge runs inside the namespace removes the store that it is given, whatever its name, and no other" {
  hostile_home
  engine
  # The engine runs it as it is; the real one does so in its user namespace.
  printf '%s\n' '#!/bin/bash' '[[ $1 == unshare ]] || exit 0' 'shift' 'exec "$@"' >"$PATHS_PREFIX/current/bin/podman"
  mkdir -p "$PATHS_STORAGE/overlay/x" "$PATHS_STORAGE.other"
  local undo
  printf -v undo 'podman_storage_conf_store_undo %q %q' "$PATHS_STORAGE" "$PATHS_RUNTIME"
  run -0 production "UNINSTALL_PURGE=true; $undo"
  [[ ! -e $PATHS_STORAGE && -d $PATHS_STORAGE.other ]]
}
