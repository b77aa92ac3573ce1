# shellcheck shell=bash
# /// snippet
# name = "podman/storage-conf"
# summary = "Choose the storage driver by trying it, and render storage.conf with absolute paths."
# requires = ["core/decision", "core/files", "core/json", "podman/engine", "podman/containers-conf", "podman/storage-driver"]
# params = ["CFG_CONF_IGNORE_CHOWN_ERRORS", "CFG_CONF_STORAGE_DRIVER"]
# step = "podman_storage_conf"
# writes = ["@conf/storage.conf", "the store of images, containers and volumes"]
# undo.podman_storage_conf_store = "with --purge the store is removed; else images and volumes stay"
# tools = ["mountpoint"]
# ///

podman_storage_conf_render() {
  local graphroot runroot program driver=$DECISION_VALUE
  json_string graphroot "$PATHS_STORAGE"
  json_string runroot "$PATHS_RUNTIME/containers"
  # No rootless_storage_path: with graphroot, podman warns about it at every command.
  printf '%s\n' '# Written by podsand; edits are lost.' '[storage]' "driver = \"${driver/fuse-overlayfs/overlay}\"" \
    "graphroot = $graphroot" "runroot = $runroot" '' "[storage.options.${driver/fuse-overlayfs/overlay}]"
  if [[ $driver == fuse-overlayfs ]]; then
    podman_storage_driver_program
    json_string program "$PODMAN_STORAGE_DRIVER_PROGRAM"
    printf '%s\n' "mount_program = $program" 'mountopt = "nodev"'
  fi
  printf '%s\n' "ignore_chown_errors = \"$CFG_CONF_IGNORE_CHOWN_ERRORS\""
}

podman_storage_conf_check() {
  if ! decision_get storage_driver; then
    STEPS_WHY='the storage driver is not chosen yet'
    return 1
  fi
  [[ $CFG_CONF_STORAGE_DRIVER == auto ]] || podman_storage_fixed_agrees "$DECISION_VALUE" || return 1
  if ! journal_has podman_storage_conf_store "$PATHS_STORAGE"; then
    STEPS_WHY='the store is not in the journal yet'
    return 1
  fi
  files_rendered podman_storage_conf_render "$PATHS_CONF/storage.conf"
}

podman_storage_conf_apply() {
  podman_engine_setup
  podman_storage_driver_choose
  decision_set storage_driver "$PODMAN_STORAGE_DRIVER" "$PODMAN_STORAGE_DRIVER_WHY"
  decision_get storage_driver
  podman_storage_conf_render | files_render "$PATHS_CONF/storage.conf" 0644
  # After the file, so that uninstall still has it when it removes the store with podman's help.
  journal_add podman_storage_conf_store "$PATHS_STORAGE" "$PATHS_RUNTIME"
}

# Files in the store belong to subordinate ids: only podman itself can remove them. The process that holds the
# user namespace open goes as well.
podman_storage_conf_store_undo() { # <store> <runtime directory>
  podman_engine_setup
  [[ ! -x $PODMAN_BIN ]] || podman_engine system migrate
  if [[ ${UNINSTALL_PURGE:-false} != true ]]; then
    [[ ! -d $1 ]] || log_info "images and volumes stay in $1; uninstall --purge removes them"
    return 3
  fi
  # podman mounts the driver's directory on itself in its namespace. After an uninstall without --purge podman is gone,
  # and unshare of util-linux 2.38 or newer can do the same.
  # shellcheck disable=SC2016
  local remove='if mountpoint -q "$1/overlay"; then umount "$1/overlay"; fi; rm -rf --one-file-system -- "$1"'
  if [[ -d $1 && -x $PODMAN_BIN ]]; then
    podman_engine unshare bash -c "$remove" podsand "$1"
    podman_engine system migrate
  elif [[ -d $1 ]]; then
    unshare --user --map-auto --map-root-user rm -rf --one-file-system -- "$1" ||
      die 1 "$1 holds files of other ids, which only podman can remove" 'install again, then run: uninstall --purge'
  fi
  rm -rf --one-file-system -- "$1" "$2"
}
