# shellcheck shell=bash
# /// snippet
# name = "docker/daemon-json"
# summary = "Tell a docker that podsand installs of the proxy and of registries without TLS."
# requires = ["core/json", "core/proxy", "docker/packages"]
# params = ["CFG_CONF_MIRRORS_PREFIX"]
# writes = ["/etc/docker/daemon.json"]
# root = true
# ///

docker_daemon_json_render() { # one line, or nothing when there is nothing to say
  local name value proxies='' insecure=''
  for name in http_proxy https_proxy no_proxy; do
    [[ -n ${!name:-} ]] || continue
    json_string value "${!name}"
    proxies+="${proxies:+, }\"${name/_/-}\": $value"
  done
  [[ -z ${CFG_CONF_MIRRORS_PREFIX[*]-} ]] || insecure=$(podman_mirrors_insecure)
  [[ -z $proxies$insecure ]] || printf '{"proxies": {%s}, "insecure-registries": [%s]}\n' "$proxies" "$insecure"
}

docker_daemon_json_apply() {
  local file=/etc/docker/daemon.json text
  proxy_setup
  text=$(docker_daemon_json_render)
  [[ -n $text ]] || return 0
  if [[ -e $PODSAND_ROOT$file ]] && ! journal_has docker_packages_file "$file"; then
    log_warn "$file is there already and stays as it is; docker may not reach its registries through the proxy"
    return 0
  fi
  # It holds the proxy's login.
  docker_packages_write "$file" 0600 <<<"$text"
}
