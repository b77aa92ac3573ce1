# shellcheck shell=bash
# /// snippet
# name = "podman/registries-conf"
# summary = "Render registries.conf (version 2): where short names are looked up, and mirrors."
# requires = ["core/files", "core/json", "core/steps"]
# params = ["CFG_CONF_MIRRORS_INSECURE", "CFG_CONF_MIRRORS_LOCATION", "CFG_CONF_MIRRORS_PREFIX", "CFG_CONF_REGISTRIES"]
# step = "podman_registries_conf"
# hosts = ["conf.registries", "conf.mirrors"]
# writes = ["@conf/registries.conf"]
# ///

podman_registries_conf_render() {
  local index text
  json_list text "${CFG_CONF_REGISTRIES[@]}"
  printf '%s\n' '# Written by podsand; edits are lost.' "unqualified-search-registries = $text" 'short-name-mode = "disabled"'
  for ((index = 0; index < ${#CFG_CONF_MIRRORS_PREFIX[@]}; index++)); do
    json_string text "${CFG_CONF_MIRRORS_PREFIX[index]}"
    printf '%s\n' '' '[[registry]]' "prefix = $text" "location = $text" '' '[[registry.mirror]]'
    json_string text "${CFG_CONF_MIRRORS_LOCATION[index]}"
    printf '%s\n' "location = $text" "insecure = ${CFG_CONF_MIRRORS_INSECURE[index]}"
  done
}

podman_registries_conf_check() { files_rendered podman_registries_conf_render "$PATHS_CONF/registries.conf"; }
podman_registries_conf_apply() { podman_registries_conf_render | files_render "$PATHS_CONF/registries.conf" 0644; }
