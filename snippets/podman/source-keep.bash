# shellcheck shell=bash
# /// snippet
# name = "podman/source-keep"
# summary = "Keep the archive of the podman that was built, for podman.source = archive on other machines."
# requires = ["core/files", "core/paths"]
# params = ["CFG_PODMAN_ARCHIVES"]
# writes = ["{podman.archives}"]
# ///

podman_source_keep() { # <archive>
  local directory name=podman-linux-$PATHS_ARCH.tar.gz
  paths_expand directory "$CFG_PODMAN_ARCHIVES"
  files_directory "$directory"
  die_cleanup "$directory/.$name"
  cat -- "$1" >"$directory/.$name"
  mv --backup=numbered -fT -- "$directory/.$name" "$directory/$name"
  files_sha256 "$1"
  log_info "kept $directory/$name; a profile that uses it: podman.source = \"archive\", podman.sha256.$PATHS_ARCH = \"$FILES_SHA256\""
}
