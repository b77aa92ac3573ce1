#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet command/export image/part-base podman/release sandbox/seccomp-strict sandbox/user-agent image/layer-user-agent
  OUT=$BATS_TEST_TMPDIR/"for \$(touch executed) review"
}

export_to() { # [argument]…
  production 'command_export "$@"' "$@"
}

@test "every file that is rendered or embedded is written, and each can be read by what will read it" {
  run export_to "$OUT"
  [[ $status == 0 && $output == "podsand: written to $OUT" ]]
  [[ $(cd "$OUT" && ls -A) == $'Dockerfile\ncontainers.conf\nentrypoint\nmanaged-settings.json\npolicy.json\nregistries.conf\nseccomp.json\nstorage.conf' ]]
  [[ $(toml_get "$OUT/storage.conf" 'd["storage"]["graphroot"]') == "$PATHS_STORAGE" ]]
  toml_get "$OUT/containers.conf" d
  toml_get "$OUT/registries.conf" d
  json_get "$OUT/policy.json" .default
  json_get "$OUT/seccomp.json" '.syscalls | length > 0'
  json_get "$OUT/managed-settings.json" .
  grep -q '^FROM ' "$OUT/Dockerfile"
  bash -n "$OUT/entrypoint"
  [[ ! -e executed ]]
}

@test "nothing else of the machine is touched" {
  export_to "$OUT"
  [[ $(cd "$HOME" && find . -type f) == '' ]]
}

@test "the driver that was chosen on this machine is in the export" {
  decision_set storage_driver vfs 'the only one'
  export_to "$OUT"
  [[ $(toml_get "$OUT/storage.conf" 'd["storage"]["driver"]') == vfs ]]
}

@test "an empty directory will do" {
  mkdir "$OUT"
  export_to "$OUT"
  [[ -s $OUT/Dockerfile ]]
}

@test "a directory that holds something, a file, and a place where nothing can be made are refused" {
  mkdir "$OUT"
  : >"$OUT/.hidden"
  run export_to "$OUT"
  [[ $status == 1 && $output == *'is not empty'* && $(ls -A "$OUT") == .hidden ]]
  run export_to "$OUT/.hidden"
  [[ $status == 1 && $output == *'not a directory'* ]]
  run export_to "$OUT/.hidden/below"
  ((status == 1))
}

@test "anything but one directory is refused" {
  local arguments
  for arguments in '' '--all' 'a b' '-- x'; do
    # shellcheck disable=SC2086 # several words
    run export_to $arguments
    [[ $status == 64 && $output == *'wants one directory'* ]]
  done
  [[ ! -e a && ! -e x ]]
}
