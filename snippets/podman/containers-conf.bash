# shellcheck shell=bash
# /// snippet
# name = "podman/containers-conf"
# summary = "Render containers.conf with absolute paths."
# requires = ["core/files", "core/json", "core/steps", "podman/engine"]
# params = ["CFG_CONF_SCOPE"]
# step = "podman_containers_conf"
# writes = ["@conf/containers.conf"]
# ///

podman_containers_conf_render() {
  local seccomp init temporary
  json_string seccomp "$PATHS_CONF/seccomp.json"
  json_string temporary "$PATHS_RUNTIME/libpod"
  podman_engine_kind init init
  printf '%s\n' '# Written by podsand; edits are lost.' '[containers]' \
    '# podman reads a seccomp.json only when it is named here.' "seccomp_profile = $seccomp" \
    '# Proxy variables hold credentials: a container gets none of them unasked.' 'http_proxy = false' 'keyring = false'
  if [[ -n $init ]]; then
    json_string init "$init"
    printf '%s\n' "init_path = $init"
  fi
  printf '%s\n' '' '[engine]' 'events_logger = "file"' 'image_copy_tmp_dir = "storage"' \
    '# Locks and state apart from any other podman of this user.' 'lock_type = "file"' "tmp_dir = $temporary" \
    '# ctrl-p belongs to the agent.' 'detach_keys = ""'
  podman_engine_kind conf
}

podman_containers_conf_check() { files_rendered podman_containers_conf_render "$PATHS_CONF/containers.conf"; }

podman_containers_conf_apply() {
  # podman writes more than its conf into a home of its own, which goes as a whole.
  [[ $CFG_CONF_SCOPE != private ]] || files_tree "$PATHS_ENGINE_HOME"
  decision_get runtime_dir || decision_set runtime_dir "$PATHS_RUNTIME" 'the first one seen: podman keeps it in its database'
  podman_containers_conf_render | files_render "$PATHS_CONF/containers.conf" 0644
}
