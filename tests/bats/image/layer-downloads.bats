#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet image/layer-downloads
  CONTEXT=$BATS_TEST_TMPDIR/context
  INTO=$BATS_TEST_TMPDIR/into
  mkdir "$CONTEXT"
  # What it reads is moved into the test's directory; everything else is as the build runs it.
  image_layer_downloads | sed -e '0,/^RUN/d;/^STEP$/,$d' -e "s|/run/podsand-context|$CONTEXT|g" >"$BATS_TEST_TMPDIR/body"
  mkdir -p "$BATS_TEST_TMPDIR/tree/top/bin"
  printf 'a program\n' >"$BATS_TEST_TMPDIR/tree/top/bin/tool"
  chmod 0750 "$BATS_TEST_TMPDIR/tree/top/bin/tool"
}

layer() { # <line>…
  local rows
  printf -v rows '%s\n' "$@"
  run env -i PATH=/usr/bin:/bin "DOWNLOADS=${rows%$'\n'}" /bin/sh "$BATS_TEST_TMPDIR/body"
}

@test "a file lands with its mode and the directories above it, more than one in one build" {
  printf 'one\n' >"$CONTEXT/a1"
  printf 'two\n' >"$CONTEXT/a2"
  layer "a1 no 0755 0 $INTO/deep/one" "a2 no 0640 0 $INTO/two"
  ((status == 0))
  [[ $(<"$INTO/deep/one") == one && $(stat -c %a "$INTO/deep/one") == 755 ]]
  [[ $(<"$INTO/two") == two && $(stat -c %a "$INTO/two") == 640 ]]
}

@test "gzip makes one file" {
  printf 'inside\n' | gzip >"$CONTEXT/a1"
  layer "a1 gzip 0755 0 $INTO/bin/tool"
  ((status == 0))
  [[ $(<"$INTO/bin/tool") == inside && $(stat -c %a "$INTO/bin/tool") == 755 ]]
}

@test "a tar archive, compressed or not, lands in a directory, without as many leading ones as wanted" {
  tar -C "$BATS_TEST_TMPDIR/tree" -cf "$CONTEXT/a1" top
  tar -C "$BATS_TEST_TMPDIR/tree" -czf "$CONTEXT/a2" top
  layer "a1 tar 0755 0 $INTO/whole" "a2 tar 0755 1 $INTO/stripped"
  ((status == 0))
  [[ -x $INTO/whole/top/bin/tool && $(stat -c %a "$INTO/stripped/bin/tool") == 750 ]]
}

@test "a zip archive lands in a directory" {
  command -v unzip >/dev/null || skip 'no unzip on this machine'
  helper_python
  (cd "$BATS_TEST_TMPDIR/tree" && "$HELPER_PYTHON" -m zipfile -c "$CONTEXT/a1" top)
  layer "a1 zip 0755 0 $INTO"
  ((status == 0))
  [[ -f $INTO/top/bin/tool ]]
}

@test "trap 12: the first file that fails stops the build, although others follow" {
  printf 'two\n' >"$CONTEXT/a2"
  layer "a1 no 0755 0 $INTO/one" "a2 no 0755 0 $INTO/two"
  ((status != 0))
  [[ ! -e $INTO/two ]]
  printf 'no archive\n' >"$CONTEXT/a1"
  layer "a1 gzip 0755 0 $INTO/one" "a2 no 0755 0 $INTO/two"
  ((status != 0))
  [[ ! -e $INTO/two ]]
}
