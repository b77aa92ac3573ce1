# shellcheck shell=bash
# /// snippet
# name = "command/export"
# summary = "write every file that the script embeds or renders into a directory, for review: export DIRECTORY"
# requires = ["image/dockerfile", "podman/containers-conf", "podman/policy-json", "podman/registries-conf", "podman/seccomp-json", "podman/storage-conf"]
# command = "export"
# ///

command_export() {
  (($# == 1)) && [[ $1 != -* ]] || die_usage 'export wants one directory'
  local directory=$1 content=''
  [[ ! -e $directory || -d $directory ]] || die 1 "$directory is there already, and is not a directory" 'name another'
  mkdir -p -- "$directory"
  content=$(ls -A -- "$directory")
  [[ -z $content ]] || die 1 "$directory is not empty" 'name a new directory'
  decision_get storage_driver || DECISION_VALUE=overlay
  podman_storage_conf_render >"$directory/storage.conf"
  podman_containers_conf_render >"$directory/containers.conf"
  podman_registries_conf_render >"$directory/registries.conf"
  podman_policy_json_render >"$directory/policy.json"
  podman_seccomp_json_render >"$directory/seccomp.json"
  image_dockerfile_context "$directory"
  log_info "written to $directory"
}
