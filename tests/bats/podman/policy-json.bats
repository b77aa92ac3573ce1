#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet podman/policy-json
  FILE=$BATS_TEST_TMPDIR/policy.json
}

rendered() { # <jq expression>
  podman_policy_json_render >"$FILE"
  json_get "$FILE" "$1"
}

step='STEPS_PHASE=user; steps_state podman/policy-json; steps_apply podman/policy-json'

@test "what is not named is rejected: the default, and every transport but two" {
  [[ $(rendered '.default | tojson') == '[{"type":"reject"}]' ]]
  [[ $(rendered '.transports | keys | join(" ")') == 'containers-storage docker' ]]
}

@test "only the profile's registries are let in, each whole, none by a prefix of its name" {
  CFG_CONF_REGISTRIES=(docker.io quay.io registry.example.org:5000)
  [[ $(rendered '.transports.docker | keys | join(" ")') == 'docker.io quay.io registry.example.org:5000' ]]
  [[ $(rendered '[.transports.docker[][].type] | unique | join(" ")') == insecureAcceptAnything ]]
  # "" would be every registry.
  [[ $(rendered '.transports.docker | has("") | not') == true ]]
}

@test "one registry makes a file that parses as well as many" {
  [[ $(rendered '.transports.docker | keys | join(" ")') == docker.io ]]
}

@test "what is in the store already may be used" {
  [[ $(rendered '.transports["containers-storage"] | tojson') == '{"":[{"type":"insecureAcceptAnything"}]}' ]]
}

@test "a name with quotes stays a name" {
  CFG_CONF_REGISTRIES=('x": [], "": [{"type": "insecureAcceptAnything"}], "\n')
  [[ $(rendered '.transports.docker | length') == 1 ]]
  [[ $(rendered '.transports.docker | keys[0]') == "${CFG_CONF_REGISTRIES[0]}" ]]
}

@test "applied, the file holds what is rendered; one that somebody opened up is noticed and mended" {
  not podman_policy_json_check
  production "$step"
  podman_policy_json_check
  [[ $(<"$PATHS_CONF/policy.json") == "$(podman_policy_json_render)" && $(stat -c %a "$PATHS_CONF/policy.json") == 644 ]]
  printf '{"default": [{"type": "insecureAcceptAnything"}]}\n' >"$PATHS_CONF/policy.json"
  not podman_policy_json_check
  production "$step"
  podman_policy_json_check
}
