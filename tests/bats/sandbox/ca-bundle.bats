#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet sandbox/policy sandbox/ca-bundle sandbox/home-tmpfs sandbox/user-agent podman/release
  SANDBOX_WORKSPACE=$BATS_TEST_TMPDIR/project
  mkdir "$SANDBOX_WORKSPACE"
  podman_engine_setup
}

@test "the company's CA is mounted read-only and named to every program that has its own list" {
  CFG_PROXY_CA_BUNDLE='~/ca.pem'
  paths_setup
  sandbox_policy
  [[ $(mounts) == *"type=bind|src=$PATHS_DATA/ca-bundle.pem|dst=/etc/podsand-ca.pem|ro=true" ]]
  local name
  for name in SSL_CERT_FILE NODE_EXTRA_CA_CERTS REQUESTS_CA_BUNDLE GIT_SSL_CAINFO CURL_CA_BUNDLE PIP_CERT CARGO_HTTP_CAINFO; do
    [[ " ${SANDBOX_FLAGS[*]} " == *" --env=$name=/etc/podsand-ca.pem "* ]]
  done
  CFG_PROXY_CA_BUNDLE=''
  paths_setup
  sandbox_policy
  [[ "${SANDBOX_FLAGS[*]}" != *podsand-ca* ]]
}
