#!/usr/bin/env bats
load ../../support/bats/helper

# update-ca-certificates as Debian's: the bundle is made of the system's certificates and those under /usr/local.
setup() {
  load_snippet host/ca-trust
  root_stand_in
  CFG_PROXY_CA_BUNDLE='~/company ca.pem'
  LOCAL=$PODSAND_ROOT/usr/local/share/ca-certificates
  BUNDLE=$PODSAND_ROOT/etc/ssl/certs/ca-certificates.crt
  mkdir -p "$LOCAL" "${BUNDLE%/*}" "$PODSAND_ROOT/usr/sbin"
  certificate SYSTEM | tee "$WORLD/system" >"$BUNDLE"
  stub update-ca-certificates <<<'shopt -s nullglob; cat "$WORLD/system" "$ROOT"/usr/local/share/ca-certificates/*.crt >"$ROOT/etc/ssl/certs/ca-certificates.crt"'
  cp "$BATS_TEST_TMPDIR/bin/update-ca-certificates" "$PODSAND_ROOT/usr/sbin/"
  {
    echo '# Company root'
    certificate ROOT1
  } >"$HOME/company ca.pem"
}

certificate() { # <text>   with lines as openssl breaks them
  printf -- '-----BEGIN CERTIFICATE-----\n%s\n%s\n-----END CERTIFICATE-----\n' "MII${1}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" "${1}b=="
}

trusts() { # <text>
  [[ $(tr -d '\n' <"$BUNDLE") == *"MII${1}aaaaaaaa"*"${1}b=="* ]]
}

step='STEPS_PHASE=root STEPS_YES=true; steps_state host/ca-trust; steps_apply host/ca-trust'

@test "the company's certificates are trusted, each in a file of its own, by one update" {
  certificate ROOT2 >>"$HOME/company ca.pem"
  not host_ca_trust_check
  [[ $STEPS_WHY == 'the system does not trust 2 certificates of '* ]]
  production "$step"
  production host_ca_trust_check
  trusts SYSTEM && trusts ROOT1 && trusts ROOT2
  [[ $(grep -c '^install -D -m 0644 /dev/stdin /usr/local/share/ca-certificates/podsand-' "$CALLS") == 2 ]]
  [[ $(grep -c '^update-ca-certificates' "$CALLS") == 1 ]]
  [[ $(cat "$LOCAL"/*.crt) != *Company* && $(stat -c %a "$LOCAL"/*.crt | sort -u) == 644 ]]
}

@test "what the system trusts already is not added, however its lines are broken" {
  {
    echo '-----BEGIN CERTIFICATE-----'
    certificate ROOT1 | sed 1d | sed '$d' | tr -d '\n' | fold -w 76
    printf '\r\n-----END CERTIFICATE-----\r\n'
  } >>"$BUNDLE"
  host_ca_trust_check
  [[ $STEPS_WHY == 'the system trusts what is in '* ]]
}

@test "a second certificate of the company's does not take the place of the first" {
  production "$step"
  certificate ROOT2 >>"$HOME/company ca.pem"
  production "$step"
  trusts ROOT1 && trusts ROOT2
  [[ $(find "$LOCAL" -type f | wc -l) == 2 ]]
}

@test "a file from Windows, without an end of its last line" {
  sed 's/$/\r/' "$HOME/company ca.pem" | head -c -2 >"$BATS_TEST_TMPDIR/crlf"
  mv "$BATS_TEST_TMPDIR/crlf" "$HOME/company ca.pem"
  production "$step"
  trusts ROOT1
  [[ $(cat "$LOCAL"/*.crt) != *$'\r'* ]]
}

@test "no file, or none with a certificate in it: told before root is asked for" {
  local content
  for content in '' 'not a certificate' $'-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----'; do
    printf '%s\n' "$content" >"$HOME/company ca.pem"
    not host_ca_trust_check
    [[ $STEPS_WHY == 'there is no certificate in PEM form in ~/company ca.pem' ]]
    run -1 production "$step"
    [[ $output == *'or holds no certificate in PEM form'*'[proxy] ca_bundle'* ]]
  done
  rm "$HOME/company ca.pem"
  run -1 production "$step"
  [[ $output == *"the CA file of the profile is not there"* && ! -s $CALLS ]]
}

@test "a system that has no update-ca-certificates: exit 69" {
  rm "$PODSAND_ROOT/usr/sbin/update-ca-certificates"
  run -69 production "$step"
  [[ $output == *'no update-ca-certificates'* && ! -s $CALLS ]]
}

@test "each file is in the journal before it is written; uninstall takes it, and the trust with it" {
  stub sudo <<<'[[ $1 == -n ]]'
  run ! production "$step"
  grep -q $'^host/ca-trust\thost_ca_trust_file\t/usr/local/share/ca-certificates/podsand-' "$PATHS_JOURNAL"
  root_stand_in
  production "$step"
  trusts ROOT1
  production 'journal_undo podsand; ((JOURNAL_FAILED == 0))'
  trusts SYSTEM
  not trusts ROOT1
  [[ $(tail -n 1 "$CALLS") == 'update-ca-certificates --fresh' && -z $(ls "$LOCAL") ]]
}

@test "what is shown is what runs" {
  not host_ca_trust_check
  host_ca_trust_commands >"$BATS_TEST_TMPDIR/shown"
  production "$step"
  cmp "$BATS_TEST_TMPDIR/shown" "$CALLS"
}
