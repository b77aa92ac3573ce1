# shellcheck shell=bash
# /// snippet
# name = "podman/mirrors"
# summary = "The part of registries.conf that names mirrors, which are asked before their registries."
# requires = ["core/json"]
# params = ["CFG_CONF_MIRRORS_INSECURE", "CFG_CONF_MIRRORS_LOCATION", "CFG_CONF_MIRRORS_PREFIX"]
# hosts = ["conf.mirrors"]
# ///

podman_mirrors() {
  local index text
  for ((index = 0; index < ${#CFG_CONF_MIRRORS_PREFIX[@]}; index++)); do
    json_string text "${CFG_CONF_MIRRORS_PREFIX[index]}"
    printf '%s\n' '' '[[registry]]' "prefix = $text" "location = $text" '' '[[registry.mirror]]'
    json_string text "${CFG_CONF_MIRRORS_LOCATION[index]}"
    printf '%s\n' "location = $text" "insecure = ${CFG_CONF_MIRRORS_INSECURE[index]}"
  done
}

podman_mirrors_insecure() { # those without TLS, as items of a JSON list
  local index text insecure=''
  for index in "${!CFG_CONF_MIRRORS_LOCATION[@]}"; do
    json_string text "${CFG_CONF_MIRRORS_LOCATION[index]%%/*}"
    [[ ${CFG_CONF_MIRRORS_INSECURE[index]} != true ]] || insecure+=${insecure:+, }$text
  done
  printf '%s' "$insecure"
}
