# shellcheck shell=bash
# /// snippet
# name = "podman/archive"
# summary = "Install podman-static from an archive that is on this machine, when its sha256 is the pinned one."
# requires = ["core/files", "core/steps", "podman/pinned"]
# params = ["CFG_PODMAN_ARCHIVES"]
# step = "podman_archive"
# writes = ["@prefix/<version>-<sha256>", "@prefix/current"]
# [[downloads]]
# what = "podman and its helpers"
# source = "a file of this machine: {podman.archives}/podman-linux-{amd64,arm64}.tar.gz"
# pin = "podman.sha256"
# ///

podman_archive_check() { podman_pinned_check; }
podman_archive_apply() { podman_pinned_apply podman_archive_copy; }

podman_archive_copy() { # what is verified is the copy that is unpacked
  local source
  paths_expand source "$CFG_PODMAN_ARCHIVES/podman-linux-$PATHS_ARCH.tar.gz"
  [[ -f $source && -r $source ]] || die 1 "there is no archive of podman at $source" 'copy it there, or change podman.archives in the profile'
  files_directory "$PATHS_CACHE"
  die_cleanup "$PODMAN_PINNED_ARCHIVE"
  cat -- "$source" >"$PODMAN_PINNED_ARCHIVE"
  files_sha256 "$PODMAN_PINNED_ARCHIVE"
  [[ $FILES_SHA256 == "$PODMAN_PINNED_SHA256" ]] ||
    die 1 "$source is not what this script expects: sha256 is $FILES_SHA256, pinned is $PODMAN_PINNED_SHA256" \
      'it is another archive, or was changed; do not use it, and ask whoever gave you this script'
}
