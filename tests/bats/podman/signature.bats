#!/usr/bin/env bats
load ../../support/bats/helper

# Real keys, made for this file and thrown away with it.
setup_file() {
  local name
  export GNUPGHOME=$BATS_FILE_TMPDIR/gpg WWW=$BATS_FILE_TMPDIR/www
  mkdir -m 0700 "$GNUPGHOME" "$WWW"
  for name in builder other; do
    gpg --batch --quiet --passphrase '' --quick-gen-key "$name@example.org" ed25519 sign never
    gpg --armor --export "$name@example.org" >"$BATS_FILE_TMPDIR/$name.asc"
  done
  printf 'the archive\n' >"$BATS_FILE_TMPDIR/archive"
  sign builder "$BATS_FILE_TMPDIR/archive" >"$WWW/good.asc"
  sign other "$BATS_FILE_TMPDIR/archive" >"$WWW/other.asc"
  printf '<html>Please log in</html>\n' >"$WWW/page.asc"
  : >"$WWW/empty.asc"
  serve "$WWW"
  export SERVER_URL SERVER_PID
}

teardown_file() {
  unserve
  gpgconf --kill all
}

setup() {
  load_snippet podman/signature
  mapfile -t CFG_PODMAN_SIGNING_KEY <"$BATS_FILE_TMPDIR/builder.asc"
  ARCHIVE=$BATS_TEST_TMPDIR/archive
  cp "$BATS_FILE_TMPDIR/archive" "$ARCHIVE"
  # What is made on the way must be gone at the end.
  export TMPDIR=$BATS_TEST_TMPDIR/tmp
  mkdir "$TMPDIR"
}

sign() { # <who> <file>
  gpg --batch --quiet --armor --detach-sign --local-user "$1@example.org" --output - "$2"
}

verify() { # <name of the signature on the server>
  run production "podman_signature_verify $ARCHIVE $SERVER_URL/$1"
  [[ -z $(ls -A "$TMPDIR") ]]
}

only() { # <verifier>
  local program
  program=$(command -v "$1") || skip "no $1 on this machine"
  # No gpg either: a fresh host has none.
  without sqv gpgv gpg
  ln -s "$program" "$BATS_TEST_TMPDIR/bin/$1"
}

refused() {
  ((status == 1))
  [[ $output == *'the signature of the podman archive is not good'*'do not run it'* ]]
  [[ ! -e $ARCHIVE ]]
}

check_all() { # <verifier>   what is good and what is not, in one go: each has the other for its control
  only "$1"
  verify good.asc
  ((status == 0))
  [[ -z $output && -e $ARCHIVE ]]

  verify other.asc
  refused

  printf 'the archive, and more\n' >"$ARCHIVE"
  verify good.asc
  refused

  cp "$BATS_FILE_TMPDIR/archive" "$ARCHIVE"
  verify page.asc
  refused

  cp "$BATS_FILE_TMPDIR/archive" "$ARCHIVE"
  verify empty.asc
  refused

  cp "$BATS_FILE_TMPDIR/archive" "$ARCHIVE"
  mapfile -t CFG_PODMAN_SIGNING_KEY <"$BATS_FILE_TMPDIR/other.asc"
  verify good.asc
  refused
}

@test "gpgv: a good signature passes; another's, of another file, none at all or of another key does not" {
  check_all gpgv
}

@test "sqv: a good signature passes; another's, of another file, none at all or of another key does not" {
  check_all sqv
}

@test "a key that cannot be read verifies nothing" {
  CFG_PODMAN_SIGNING_KEY=('-----BEGIN PGP PUBLIC KEY BLOCK-----' '' 'bm90IGEga2V5' '-----END PGP PUBLIC KEY BLOCK-----')
  verify good.asc
  refused
}

@test "no signature on the server: exit 75 and the address; the archive, whose sha256 was right, stays" {
  verify missing.asc
  ((status == 75))
  [[ $output == *"$SERVER_URL/missing.asc: the server answered 404"* && -e $ARCHIVE ]]
}

@test "neither sqv nor gpgv: exit 69 with the remedy, before anything is downloaded" {
  without sqv gpgv
  run -69 production "podman_signature_verify $ARCHIVE http://127.0.0.1:1/unreachable.asc"
  [[ $output == *'neither sqv nor gpgv'*'apt-get install gpgv'* ]]
}

@test "sqv is taken before gpgv" {
  stub sqv </dev/null
  podman_signature_verifier
  [[ $PODMAN_SIGNATURE_VERIFIER == sqv ]]
  without sqv
  stub gpgv </dev/null
  podman_signature_verifier
  [[ $PODMAN_SIGNATURE_VERIFIER == gpgv ]]
}

@test "dearmor makes what gpg makes" {
  podman_signature_dearmor >"$BATS_TEST_TMPDIR/ours"
  gpg --dearmor <"$BATS_FILE_TMPDIR/builder.asc" >"$BATS_TEST_TMPDIR/theirs"
  [[ -s $BATS_TEST_TMPDIR/ours ]]
  cmp "$BATS_TEST_TMPDIR/ours" "$BATS_TEST_TMPDIR/theirs"
}

@test "dearmor: headers are no data, and the checksum may be missing" {
  local wanted
  wanted=$(podman_signature_dearmor | sha256sum)
  mapfile -t CFG_PODMAN_SIGNING_KEY < <(sed '1a Version: GnuPG v2\nComment: made=by hand' "$BATS_FILE_TMPDIR/builder.asc")
  [[ ${CFG_PODMAN_SIGNING_KEY[1]} == Version:* ]]
  [[ $(podman_signature_dearmor | sha256sum) == "$wanted" ]]
  mapfile -t CFG_PODMAN_SIGNING_KEY < <(sed '/^=/d' "$BATS_FILE_TMPDIR/builder.asc")
  [[ ${CFG_PODMAN_SIGNING_KEY[*]} != *' ='* ]]
  [[ $(podman_signature_dearmor | sha256sum) == "$wanted" ]]
}
