#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet podman/storage-fixed
  CFG_CONF_STORAGE_DRIVER=overlay
}

@test "what the profile names is taken, where there is no store or one of that driver" {
  local existing
  for existing in '' overlay; do
    PODMAN_STORAGE_DRIVER=''
    podman_storage_fixed "$existing"
    [[ $PODMAN_STORAGE_DRIVER == overlay && $PODMAN_STORAGE_DRIVER_WHY == 'the profile says so' ]]
  done
}

@test "trap 16: a store of another driver stops it, with the remedy" {
  run -1 production 'podman_storage_fixed vfs'
  [[ $output == *"was made with vfs, and the profile asks for overlay"*'uninstall --purge'*'"vfs"'* ]]
}

@test "a decision that the profile overrides is no agreement" {
  podman_storage_fixed_agrees overlay
  not podman_storage_fixed_agrees vfs
  [[ $STEPS_WHY == 'the storage driver is vfs, the profile asks for overlay' ]]
}
