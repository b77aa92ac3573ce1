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
  SERVER_PID=$!
  until [[ -s $BATS_TEST_TMPDIR/log ]]; do sleep 0.02; done
  URL=$(head -n 1 "$BATS_TEST_TMPDIR/log")
  TO=$PATHS_CACHE/'the archive'
  # Waiting between tries is not what is tested.
  stub sleep <<<'exit 0'
}

teardown() {
  kill "$SERVER_PID"
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
