#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet host/ca-bundle
  CFG_PROXY_CA_BUNDLE='~/company ca.pem'
  paths_setup
  SYSTEM=$PODSAND_ROOT/etc/ssl/certs/ca-certificates.crt
  mkdir -p "${SYSTEM%/*}"
  certificate system >"$SYSTEM"
  certificate company >"$HOME/company ca.pem"
}

certificate() { # <name>
  printf -- '-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n' "$1"
}

step='STEPS_PHASE=user; steps_state host/ca-bundle; steps_apply host/ca-bundle'

@test "the bundle holds the system's certificates and the company's, each whole" {
  not host_ca_bundle_check
  production "$step"
  host_ca_bundle_check
  [[ $PATHS_CA == "$PATHS_DATA/ca-bundle.pem" ]]
  [[ $(<"$PATHS_CA") == "$(certificate system)"$'\n\n'"$(certificate company)" ]]
  [[ $(stat -c %a "$PATHS_CA") == 644 ]]
}

@test "curl verifies with the bundle: a real certificate in it is read" {
  command -v openssl >/dev/null || skip 'no openssl on this machine'
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=company -days 2 \
    -keyout "$BATS_TEST_TMPDIR/key" -out "$HOME/company ca.pem" 2>/dev/null
  rm "$SYSTEM"
  production "$step"
  openssl verify -CAfile "$PATHS_CA" "$HOME/company ca.pem"
  certificate company >"$BATS_TEST_TMPDIR/other"
  run ! openssl verify -CAfile "$BATS_TEST_TMPDIR/other" "$HOME/company ca.pem"
}

@test "a system's bundle without a newline at its end does not run into the company's first line" {
  printf '%s' "$(certificate system)" >"$SYSTEM"
  production "$step"
  (($(grep -cx -- '-----BEGIN CERTIFICATE-----' "$PATHS_CA") == 2))
  (($(grep -cx -- '-----END CERTIFICATE-----' "$PATHS_CA") == 2))
}

@test "Fedora's place is read when Debian's is not there, and no system bundle is no error" {
  rm "$SYSTEM"
  mkdir -p "$PODSAND_ROOT/etc/pki/tls/certs"
  certificate fedora >"$PODSAND_ROOT/etc/pki/tls/certs/ca-bundle.crt"
  production "$step"
  [[ $(<"$PATHS_CA") == *fedora*company* ]]
  rm -r "$PODSAND_ROOT/etc/pki"
  not host_ca_bundle_check
  production "$step"
  [[ $(<"$PATHS_CA") == $'\n'"$(certificate company)" ]]
}

@test "renewed certificates, the system's or the company's, are noticed" {
  production "$step"
  host_ca_bundle_check
  certificate renewed >"$SYSTEM"
  not host_ca_bundle_check
  production "$step"
  host_ca_bundle_check
  certificate renewed >"$HOME/company ca.pem"
  not host_ca_bundle_check
}

@test "the company's file is missing: the check says so, and apply stops with the remedy" {
  rm "$HOME/company ca.pem"
  not host_ca_bundle_check
  [[ $STEPS_WHY == "$HOME/company ca.pem is not there" ]]
  run -1 production "$step"
  [[ $output == *"the CA file of the profile is not there: $HOME/company ca.pem"*'[proxy] ca_bundle'* ]]
  [[ ! -e $PATHS_CA ]]
}

@test "a certificate in binary form is refused with the command that converts it, and without other noise" {
  printf '0\202\001\n\000\001 binary' >"$HOME/company ca.pem"
  run -1 production "$step"
  [[ $output == *'holds no certificate in PEM form'*'openssl x509 -inform der'* && $output != *'null byte'* ]]
  [[ ! -e $PATHS_CA ]]
}

@test "the check changes nothing and prints nothing" {
  run -1 host_ca_bundle_check
  [[ -z $output && ! -e $PATHS_CA ]]
  production "$step"
  run -0 host_ca_bundle_check
  [[ -z $output ]]
}
