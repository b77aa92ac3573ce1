#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet podman/storage-driver podman/storage-fixed podman/release podman/system
  engine works
  mkdir -p "$PODSAND_ROOT/dev"
}

# A podman that only knows unshare. Its environment is clean, so what it is to do stands in its text.
engine() { # <works|fails|real>
  local action='exit 0'
  [[ $1 != fails ]] || action='echo "mount: permission denied" >&2; exit 32'
  [[ $1 != real ]] || action='while [[ $1 != unshare ]]; do shift; done; shift; exec unshare --user --map-root-user --mount "$@"'
  mkdir -p "$PATHS_PREFIX/current/bin"
  printf '%s\n' '#!/bin/bash' "printf '%s\n' \"\$@\" >'$BATS_TEST_TMPDIR/arguments'" "$action" >"$PATHS_PREFIX/current/bin/podman"
  chmod 0755 "$PATHS_PREFIX/current/bin/podman"
}

program() { # puts the bundle's fuse-overlayfs in its place
  cp /bin/true "$PATHS_PREFIX/current/bin/fuse-overlayfs"
}

store() { # <overlay|vfs> [content of podman's own mark]
  mkdir -p "$PATHS_STORAGE/$1" "$PATHS_STORAGE/$1-layers" "$PATHS_STORAGE/$1-images"
  [[ -z ${2:-} ]] || printf '%s' "$2" >"$PATHS_STORAGE/$1/.has-mount-program"
}

choose='podman_engine_setup; podman_storage_driver_choose; printf "%s\n" "$PODMAN_STORAGE_DRIVER" "$PODMAN_STORAGE_DRIVER_WHY"'

chosen() { # <driver> <part of the reason>
  run production "$choose"
  ((status == 0))
  [[ ${lines[-2]} == "$1" && ${lines[-1]} == *"$2"* ]]
}

@test "trap 7: auto takes the kernel's own overlay where it works, although fuse-overlayfs is there" {
  program
  : >"$PODSAND_ROOT/dev/fuse"
  chosen overlay 'the kernel mounted an overlay'
  [[ $output != *warning* ]]
  engine fails
  chosen fuse-overlayfs 'the kernel mounted no overlay here'
}

@test "trap 7: the probe is an overlay mount with userxattr in podman's own user namespace, in a store of its own" {
  chosen overlay ''
  mapfile -t arguments <"$BATS_TEST_TMPDIR/arguments"
  [[ " ${arguments[*]} " == *" --root $PATHS_DATA/.probe/store --runroot $PATHS_RUNTIME/probe "*" unshare mount -t overlay overlay -o userxattr,lowerdir="* ]]
  [[ ! -e $PATHS_DATA/.probe && ! -e $PATHS_STORAGE ]]
}

@test "trap 7: the probe for real, in a user namespace of this kernel" {
  unshare --user --map-root-user --mount true || skip 'no user namespaces here'
  engine real
  run production 'podman_engine_setup; podman_storage_driver_native'
  if unshare --user --map-root-user --mount bash -c 'cd "$1" && mkdir l u w m && mount -t overlay o -o userxattr,lowerdir=l,upperdir=u,workdir=w m' - "$BATS_TEST_TMPDIR"; then
    ((status == 0))
  else
    ((status != 0))
  fi
  # Nothing stays, not even the directory that the kernel makes without any permission.
  [[ ! -e $PATHS_DATA/.probe ]]
}

@test "fuse-overlayfs wants its program and a /dev/fuse that is ours to read and write; else it is vfs, with a warning" {
  engine fails
  program
  chosen vfs 'neither native overlay nor /dev/fuse works here'
  [[ $output == *'mount: permission denied'*'warning: storage driver vfs'* ]]
  : >"$PODSAND_ROOT/dev/fuse"
  chosen fuse-overlayfs ''
  rm "$PATHS_PREFIX/current/bin/fuse-overlayfs"
  [[ -x /usr/bin/fuse-overlayfs || -x /usr/local/bin/fuse-overlayfs ]] || chosen vfs ''
}

@test "what the profile names is taken without a probe" {
  local driver
  for driver in overlay fuse-overlayfs vfs; do
    CFG_CONF_STORAGE_DRIVER=$driver
    chosen "$driver" 'the profile says so'
  done
  [[ ! -e $BATS_TEST_TMPDIR/arguments ]]
}

@test "trap 16: auto stays with the driver that a store was made with, and does not probe" {
  store vfs
  chosen vfs 'the store was made with it'
  rm -r "$PATHS_STORAGE"
  engine fails
  store overlay
  chosen overlay 'the store was made with it'
  [[ ! -e $BATS_TEST_TMPDIR/arguments ]]
}

@test "trap 16: podman's mark says by its content whether an overlay store was made with fuse-overlayfs" {
  store overlay true
  chosen fuse-overlayfs 'the store was made with it'
  # This is what podman writes into a store that it made with the kernel's own overlay.
  store overlay false
  chosen overlay 'the store was made with it'
}

@test "trap 16: another driver than the store's is refused with the remedy, before podman would fail" {
  local pair
  for pair in overlay:vfs overlay:fuse-overlayfs vfs:overlay vfs:fuse-overlayfs; do
    rm -rf "$PATHS_STORAGE"
    store "${pair%:*}"
    CFG_CONF_STORAGE_DRIVER=${pair#*:}
    run production "$choose"
    ((status == 1))
    [[ $output == *"the store in $PATHS_STORAGE was made with ${pair%:*}, and the profile asks for ${pair#*:}"*"uninstall --purge"*"\"${pair%:*}\""* ]]
    CFG_CONF_STORAGE_DRIVER=${pair%:*}
    chosen "${pair%:*}" 'the profile says so'
  done
}

@test "trap 16: an empty directory is no store" {
  mkdir -p "$PATHS_STORAGE"
  CFG_CONF_STORAGE_DRIVER=vfs
  chosen vfs 'the profile says so'
}

@test "the bundle's fuse-overlayfs comes before the machine's, by an absolute path" {
  program
  podman_storage_driver_program
  [[ $PODMAN_STORAGE_DRIVER_PROGRAM == "$PATHS_PREFIX/current/bin/fuse-overlayfs" ]]
}
