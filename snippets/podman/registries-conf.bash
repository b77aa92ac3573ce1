# shellcheck shell=bash
# /// snippet
# name = "podman/registries-conf"
# summary = "Render registries.conf (version 2): where short names are looked up, and mirrors."
# requires = ["core/files", "core/json", "core/steps"]
# params = ["CFG_CONF_MIRRORS_PREFIX", "CFG_CONF_REGISTRIES"]
# step = "podman_registries_conf"
# hosts = ["conf.registries"]
# writes = ["@conf/registries.conf"]
# ///

podman_registries_conf_render() {
  local text
  json_list text "${CFG_CONF_REGISTRIES[@]}"
  printf '%s\n' '# Written by podsand; edits are lost.' "unqualified-search-registries = $text" 'short-name-mode = "disabled"'
  ((${#CFG_CONF_MIRRORS_PREFIX[@]} == 0)) || podman_mirrors
}

podman_registries_conf_check() { files_rendered podman_registries_conf_render "$PATHS_CONF/registries.conf"; }
podman_registries_conf_apply() { podman_registries_conf_render | files_render "$PATHS_CONF/registries.conf" 0644; }
