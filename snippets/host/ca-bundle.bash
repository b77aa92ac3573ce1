# shellcheck shell=bash
# /// snippet
# name = "host/ca-bundle"
# summary = "Put the company's CA beside the system's, in one file for every program that podsand starts."
# requires = ["core/files", "core/steps"]
# params = ["CFG_PROXY_CA_BUNDLE"]
# step = "host_ca_bundle"
# writes = ["@data/ca-bundle.pem"]
# ///

host_ca_bundle_source() { # sets HOST_CA_BUNDLE_SOURCE
  HOST_CA_BUNDLE_SOURCE=''
  paths_expand HOST_CA_BUNDLE_SOURCE "$CFG_PROXY_CA_BUNDLE"
  [[ -r $HOST_CA_BUNDLE_SOURCE ]]
}

host_ca_bundle_render() {
  local system
  for system in "$PODSAND_ROOT/etc/ssl/certs/ca-certificates.crt" "$PODSAND_ROOT/etc/pki/tls/certs/ca-bundle.crt"; do
    if [[ -r $system ]]; then
      cat -- "$system"
      break
    fi
  done
  printf '\n'
  cat -- "$HOST_CA_BUNDLE_SOURCE"
}

host_ca_bundle_check() {
  STEPS_WHY="$PATHS_CA"
  if ! host_ca_bundle_source; then
    STEPS_WHY="$HOST_CA_BUNDLE_SOURCE is not there"
    return 1
  fi
  local rendered
  # bash warns about a file in binary form; what is wrong with it, apply says.
  { rendered=$(host_ca_bundle_render); } 2>/dev/null
  files_holds "$PATHS_CA" "$rendered"
}

host_ca_bundle_apply() {
  host_ca_bundle_source || die 1 "the CA file of the profile is not there: $HOST_CA_BUNDLE_SOURCE" \
    "put your company's CA certificates (PEM) there, or change [proxy] ca_bundle"
  grep -q -- '-----BEGIN CERTIFICATE-----' "$HOST_CA_BUNDLE_SOURCE" || die 1 "$HOST_CA_BUNDLE_SOURCE holds no certificate in PEM form" \
    'convert it with: openssl x509 -inform der -in FILE'
  host_ca_bundle_render | files_render "$PATHS_CA" 0644
}
