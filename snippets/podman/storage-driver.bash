# shellcheck shell=bash
# /// snippet
# name = "podman/storage-driver"
# summary = "Which storage driver works here: native overlay, fuse-overlayfs or vfs."
# requires = ["core/die", "podman/engine"]
# params = ["CFG_CONF_STORAGE_DRIVER"]
# ///

podman_storage_driver_choose() { # sets PODMAN_STORAGE_DRIVER and PODMAN_STORAGE_DRIVER_WHY
  local existing=''
  podman_storage_driver_existing existing
  if [[ $CFG_CONF_STORAGE_DRIVER != auto ]]; then
    podman_storage_fixed "$existing"
  elif [[ -n $existing ]]; then
    PODMAN_STORAGE_DRIVER=$existing PODMAN_STORAGE_DRIVER_WHY='the store was made with it'
  elif podman_storage_driver_native; then
    PODMAN_STORAGE_DRIVER=overlay PODMAN_STORAGE_DRIVER_WHY='the kernel mounted an overlay in the user namespace'
  elif podman_storage_driver_program && [[ -r $PODSAND_ROOT/dev/fuse && -w $PODSAND_ROOT/dev/fuse ]]; then
    PODMAN_STORAGE_DRIVER=fuse-overlayfs PODMAN_STORAGE_DRIVER_WHY='the kernel mounted no overlay here; /dev/fuse is usable'
  else
    PODMAN_STORAGE_DRIVER=vfs PODMAN_STORAGE_DRIVER_WHY='neither native overlay nor /dev/fuse works here'
    log_warn 'storage driver vfs: every container copies the whole image; it works, slowly'
  fi
}

podman_storage_driver_existing() { # <variable>   the driver of a store that is there, or nothing
  local found='' mark=$PATHS_STORAGE/overlay/.has-mount-program
  if [[ -d $PATHS_STORAGE/overlay-layers ]]; then
    found=overlay
    # podman writes "false" into the store of the kernel's own overlay.
    [[ ! -r $mark || $(<"$mark") != true ]] || found=fuse-overlayfs
  elif [[ -d $PATHS_STORAGE/vfs-layers ]]; then
    found=vfs
  fi
  printf -v "$1" '%s' "$found"
}

# unshare alone misleads where AppArmor allows namespaces by program, so podman itself makes them; a store of its
# own keeps the try out of the real one.
podman_storage_driver_native() {
  local work=$PATHS_DATA/.probe code=0
  rm -rf -- "$work"
  mkdir -p -- "$work/lower" "$work/upper" "$work/work" "$work/merged"
  die_cleanup "$work"
  podman_engine --root "$work/store" --runroot "$PATHS_RUNTIME/probe" --storage-driver vfs unshare \
    mount -t overlay overlay -o "userxattr,lowerdir=$work/lower,upperdir=$work/upper,workdir=$work/work" "$work/merged" \
    >"$work/said" 2>&1 || code=$?
  # For the log of the installation.
  cat -- "$work/said" >&2
  # The kernel makes an inaccessible directory inside workdir, which belongs to us all the same.
  chmod -R u+rwx -- "$work"
  rm -rf -- "$work" "$PATHS_RUNTIME/probe"
  return "$code"
}

podman_storage_driver_program() { # sets PODMAN_STORAGE_DRIVER_PROGRAM; 1 when there is none
  local directory
  podman_engine_kind bin
  for directory in "$PODMAN_PATH" /usr/local/bin /usr/bin; do
    PODMAN_STORAGE_DRIVER_PROGRAM=$directory/fuse-overlayfs
    [[ ! -x $PODMAN_STORAGE_DRIVER_PROGRAM ]] || return 0
  done
  return 1
}
