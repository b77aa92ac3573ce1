#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet podman/archive
  paths_arch
  CFG_PODMAN_ARCHIVES='~/podman archives'
  ARCHIVE="$HOME/podman archives/podman-linux-$PATHS_ARCH.tar.gz"
  mkdir -p "${ARCHIVE%/*}"
  archive 5.8.4
}

archive() { # <version>   an archive as podman-static's, pinned
  local tree=$BATS_TEST_TMPDIR/tree/podman-linux-$PATHS_ARCH/usr/local file
  podman_layout_files
  for file in "${PODMAN_LAYOUT_FILES[@]}"; do
    install -D -m 0755 /dev/null "$tree/$file"
  done
  printf '#!/bin/sh\necho podman version %s\n' "$1" >"$tree/bin/podman"
  tar -C "$BATS_TEST_TMPDIR/tree" -czf "$ARCHIVE" "podman-linux-$PATHS_ARCH"
  files_sha256 "$ARCHIVE"
  CFG_PODMAN_SHA256_AMD64=$FILES_SHA256 CFG_PODMAN_SHA256_ARM64=$FILES_SHA256
}

step='STEPS_PHASE=user; steps_state podman/archive; steps_apply podman/archive'

@test "the archive of the directory is installed and stays where it is; nothing is left in the cache" {
  cp "$ARCHIVE" "$BATS_TEST_TMPDIR/before"
  not podman_archive_check
  production "$step"
  podman_archive_check
  [[ $("$PATHS_PREFIX/current/bin/podman") == 'podman version 5.8.4' && -z $(ls -A "$PATHS_CACHE") ]]
  cmp "$ARCHIVE" "$BATS_TEST_TMPDIR/before"
  [[ $(readlink "$PATHS_PREFIX/current") == "v5.8.4-${CFG_PODMAN_SHA256_AMD64:0:8}" ]]
}

@test "the second time the archive is not needed" {
  production "$step"
  rm "$ARCHIVE"
  production podman_archive_check
}

@test "another archive is refused with both hashes, and the podman before stays" {
  production "$step"
  local old pinned
  old=$(readlink "$PATHS_PREFIX/current")
  archive 5.8.5
  pinned=$(printf '%064d' 7)
  CFG_PODMAN_SHA256_AMD64=$pinned CFG_PODMAN_SHA256_ARM64=$pinned
  run -1 production "$step"
  files_sha256 "$ARCHIVE"
  [[ $output == *"is not what this script expects: sha256 is $FILES_SHA256, pinned is $pinned"* ]]
  [[ $(readlink "$PATHS_PREFIX/current") == "$old" && -z $(ls -A "$PATHS_CACHE") && $(find "$PATHS_PREFIX" -mindepth 1 -maxdepth 1 | wc -l) == 2 ]]
}

@test "what is verified is what is unpacked: an archive that is exchanged meanwhile does not come in" {
  stub sha256sum <<STUB
/usr/bin/sha256sum "\$@"
printf 'exchanged' >"$ARCHIVE"
STUB
  production "$step"
  [[ $(<"$ARCHIVE") == exchanged && $("$PATHS_PREFIX/current/bin/podman") == 'podman version 5.8.4' ]]
}

@test "no archive, or one that cannot be read, or a directory: told with its path" {
  rm "$ARCHIVE"
  run -1 production "$step"
  [[ $output == *"there is no archive of podman at $ARCHIVE"*'podman.archives'* ]]
  mkdir "$ARCHIVE"
  run -1 production "$step"
  [[ $output == *"there is no archive of podman at $ARCHIVE"* && -z $(ls -A "$PATHS_PREFIX" 2>/dev/null) ]]
}

@test "a home directory of any name" {
  hostile_home
  ARCHIVE="$HOME/podman archives/podman-linux-$PATHS_ARCH.tar.gz"
  mkdir -p "${ARCHIVE%/*}"
  archive 5.8.4
  production "$step"
  [[ $("$PATHS_PREFIX/current/bin/podman") == 'podman version 5.8.4' && ! -e $BATS_TEST_TMPDIR/executed && ! -e executed ]]
}
