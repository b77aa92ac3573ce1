# shellcheck shell=bash
# /// snippet
# name = "podman/policy-json"
# summary = "Render policy.json: images come from the registries of the profile, or not at all."
# requires = ["core/files", "core/json", "core/steps"]
# params = ["CFG_CONF_REGISTRIES"]
# step = "podman_policy_json"
# writes = ["@conf/policy.json"]
# ///

podman_policy_json_render() {
  local registry key separator=''
  printf '%s\n' '{' '  "default": [{"type": "reject"}],' '  "transports": {' '    "docker": {'
  for registry in "${CFG_CONF_REGISTRIES[@]}"; do
    json_string key "$registry"
    printf '%s      %s: [{"type": "insecureAcceptAnything"}]' "$separator" "$key"
    separator=$',\n'
  done
  # What is in the store already was let in when it came.
  printf '%s\n' '' '    },' '    "containers-storage": {"": [{"type": "insecureAcceptAnything"}]}' '  }' '}'
}

podman_policy_json_check() { files_rendered podman_policy_json_render "$PATHS_CONF/policy.json"; }
podman_policy_json_apply() { podman_policy_json_render | files_render "$PATHS_CONF/policy.json" 0644; }
