#!/usr/bin/env bats
load ../../support/bats/helper

# A server that knows ranges, and misbehaves where a file NAME.fault says so.
setup() {
  load_snippet core/fetch
  WWW=$BATS_TEST_TMPDIR/www
  mkdir "$WWW"
  head -c 300000 /dev/urandom >"$WWW/good"
  SHA256=$(sha256sum <"$WWW/good")
  SHA256=${SHA256%% *}
  helper_python
  "$HELPER_PYTHON" -u "$HELPER_SUPPORT/../asset_server.py" 127.0.0.1 0 "$WWW" >"$BATS_TEST_TMPDIR/log" 2>/dev/null 3>&- &
  SERVER_PIDS=("$!")
  until [[ -s $BATS_TEST_TMPDIR/log ]]; do sleep 0.02; done
  URL=$(head -n 1 "$BATS_TEST_TMPDIR/log")
  TO=$PATHS_CACHE/'the archive'
  # Waiting between tries is not what is tested.
  stub sleep <<<'exit 0'
}

teardown() {
  kill "${SERVER_PIDS[@]}"
}

fetch() { # <name> [sha256]
  production "STEPS_CURRENT=a/x; fetch_verified '$URL/$1' '${2:-$SHA256}' '$TO'"
}

@test "what matches its sha256 is there under its name, and nothing else" {
  fetch good
  cmp "$WWW/good" "$TO"
  [[ $(ls "$PATHS_CACHE") == 'the archive' ]]
}

@test "what is there already is not fetched again" {
  fetch good
  fetch good
  [[ $(grep -c 'GET /good' "$BATS_TEST_TMPDIR/log") == 1 ]]
}

@test "another sha256 leaves nothing behind and says both" {
  local other=${SHA256//[0-9]/0}
  run fetch good "$other"
  [[ $status == 1 && $output == *"$SHA256"*"$other"* ]]
  [[ -z $(ls "$PATHS_CACHE") ]]
}

@test "without a pinned sha256 nothing is asked of the network" {
  run production "fetch_verified '$URL/good' '' '$TO'"
  [[ $status == 1 && $output == *'no sha256 is known'* ]]
  not grep -q GET "$BATS_TEST_TMPDIR/log"
}

@test "a connection that breaks is taken up where it stopped" {
  printf 'cut 100000' >"$WWW/good.fault"
  fetch good
  cmp "$WWW/good" "$TO"
  grep -q 'range=bytes=100000-' "$BATS_TEST_TMPDIR/log"
}

@test "the rest of another file is thrown away and the file fetched whole" {
  mkdir -p "$PATHS_CACHE"
  head -c 1000 /dev/zero >"$TO.part"
  fetch good
  cmp "$WWW/good" "$TO"
}

@test "a finished download whose name was not given yet is used" {
  mkdir -p "$PATHS_CACHE"
  cp "$WWW/good" "$TO.part"
  fetch good
  cmp "$WWW/good" "$TO"
}

@test "a server that is busy is asked again, up to four times" {
  printf 'status 503 2' >"$WWW/good.fault"
  fetch good
  cmp "$WWW/good" "$TO"
  rm "$TO"
  printf 'status 503 9' >"$WWW/good.fault"
  run fetch good
  [[ $status == 75 && $output == *'the server answered 503'* && ! -e $TO ]]
  [[ $(<"$WWW/good.fault") == 'status 503 5' ]]
}

@test "what is not there is not asked for again" {
  run fetch missing
  [[ $status == 75 && $output == *'the server answered 404'* ]]
  [[ $(grep -c 'GET /missing' "$BATS_TEST_TMPDIR/log") == 1 ]]
}

@test "a host that cannot be reached is said, with how to go on" {
  run production "STEPS_CURRENT=a/x; fetch_verified 'http://127.0.0.1:9/x' '$SHA256' '$TO'"
  [[ $status == 75 && $output == *'cannot be reached'*'it goes on where it stopped'* ]]
}

@test "the user's own curlrc has no say" {
  printf 'output = "%s"\n' "$BATS_TEST_TMPDIR/elsewhere" >"$HOME/.curlrc"
  fetch good
  cmp "$WWW/good" "$TO"
  [[ ! -e $BATS_TEST_TMPDIR/elsewhere ]]
}

@test "killed in the middle of a download, the next run goes on where it stopped" {
  printf 'cut 100000' >"$WWW/good.fault"
  stub sleep <<<'kill -9 "$PPID"'
  run fetch good
  ((status == 137))
  [[ ! -e $TO && $(stat -c %s "$TO.part") == 100000 ]]
  rm "$WWW/good.fault"
  fetch good
  cmp "$WWW/good" "$TO"
  [[ $(grep -c 'range=bytes=100000-' "$BATS_TEST_TMPDIR/log") == 1 && $(grep -c 'GET /good' "$BATS_TEST_TMPDIR/log") == 2 ]]
}

@test "a server without ranges sends what is left over from the beginning" {
  mkdir -p "$PATHS_CACHE"
  head -c 1000 "$WWW/good" >"$TO.part"
  serve "$WWW"
  SERVER_PIDS+=("$SERVER_PID")
  URL=$SERVER_URL fetch good
  cmp "$WWW/good" "$TO"
}

@test "what was there under the name with another content is replaced, or when that fails kept" {
  mkdir -p "$PATHS_CACHE"
  echo older >"$TO"
  run fetch missing
  [[ $status == 75 && $(<"$TO") == older ]]
  fetch good
  cmp "$WWW/good" "$TO"
}

@test "a page in the place of the file, as a proxy sends one, is told from it" {
  echo '<html>please log in</html>' >"$WWW/page"
  run fetch page
  [[ $status == 1 && $output == *'/page is not what this script expects'*'do not run it'* && -z $(ls "$PATHS_CACHE") ]]
}

@test "it goes through the proxy of the variables" {
  http_proxy=$URL no_proxy='' run production "STEPS_CURRENT=a/x; fetch_verified http://podsand.invalid/x '$SHA256' '$TO'"
  [[ $status == 75 && $output == *'http://podsand.invalid/x: the server answered 404'* ]]
  grep -q 'GET http://podsand.invalid/x' "$BATS_TEST_TMPDIR/log"
}

@test "a full disk is said, and not tried again" {
  mkdir -p "$PATHS_CACHE"
  ln -s /dev/full "$TO.part"
  run fetch good
  [[ $status == 1 && $output == *'cannot be written'*'disk full'* ]]
  [[ $(grep -c 'GET /good' "$BATS_TEST_TMPDIR/log") == 1 ]]
}

@test "over TLS: only a certificate that is trusted, and never on to plain HTTP" {
  command -v openssl >/dev/null || skip 'there is no openssl to make a certificate with'
  local pem=$BATS_TEST_TMPDIR/pem
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$pem.key" -out "$pem.crt" 2>/dev/null
  cat "$pem.key" "$pem.crt" >"$pem"
  "$HELPER_PYTHON" -u "$HELPER_SUPPORT/tls_server.py" "$pem" "$WWW" "$URL" >"$BATS_TEST_TMPDIR/url" 2>/dev/null 3>&- &
  SERVER_PIDS+=("$!")
  until [[ -s $BATS_TEST_TMPDIR/url ]]; do /bin/sleep 0.02; done
  URL=$(<"$BATS_TEST_TMPDIR/url")
  run fetch good
  [[ $status == 1 && $output == *"the certificate of ${URL#*//} is not trusted"*ca_bundle* && ! -e $TO ]]
  run production "PATHS_CA=$pem.crt STEPS_CURRENT=a/x; fetch_verified '$URL/away/good' '$SHA256' '$TO'"
  [[ $status == 75 && ! -e $TO ]]
  not grep -q GET "$BATS_TEST_TMPDIR/log"
  production "PATHS_CA=$pem.crt STEPS_CURRENT=a/x; fetch_verified '$URL/good' '$SHA256' '$TO'"
  cmp "$WWW/good" "$TO"
}
