# shellcheck shell=bash
# /// snippet
# name = "sandbox/ca-bundle"
# summary = "The company's CA in the sandbox, under the names by which programs look for one."
# requires = ["sandbox/mount"]
# ///

sandbox_ca_bundle() {
  local name
  sandbox_mount type=bind "src=$PATHS_CA" dst=/etc/podsand-ca.pem ro=true
  for name in SSL_CERT_FILE NODE_EXTRA_CA_CERTS REQUESTS_CA_BUNDLE GIT_SSL_CAINFO CURL_CA_BUNDLE PIP_CERT CARGO_HTTP_CAINFO; do
    SANDBOX_FLAGS+=("--env=$name=/etc/podsand-ca.pem")
  done
}
