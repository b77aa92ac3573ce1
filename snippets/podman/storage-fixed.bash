# shellcheck shell=bash
# /// snippet
# name = "podman/storage-fixed"
# summary = "The storage driver that the profile asks for, unless the store was made with another."
# requires = ["core/die", "core/paths"]
# params = ["CFG_CONF_STORAGE_DRIVER"]
# ///

podman_storage_fixed() { # <driver of the store, or nothing>   sets PODMAN_STORAGE_DRIVER and PODMAN_STORAGE_DRIVER_WHY
  PODMAN_STORAGE_DRIVER=$CFG_CONF_STORAGE_DRIVER PODMAN_STORAGE_DRIVER_WHY='the profile says so'
  [[ -z $1 || $1 == "$CFG_CONF_STORAGE_DRIVER" ]] ||
    die 1 "the store in $PATHS_STORAGE was made with $1, and the profile asks for $CFG_CONF_STORAGE_DRIVER" \
      "a store cannot change its driver; remove it (uninstall --purge), or set conf.storage_driver to \"$1\""
}

podman_storage_fixed_agrees() { # <driver that was decided>
  [[ $CFG_CONF_STORAGE_DRIVER != "$1" ]] || return 0
  STEPS_WHY="the storage driver is $1, the profile asks for $CFG_CONF_STORAGE_DRIVER"
  return 1
}
