# shellcheck shell=bash
# /// snippet
# name = "podman/release"
# summary = "Install a pinned release of podman-static beside the old one, and switch to it at once."
# requires = ["core/fetch", "core/steps", "podman/pinned"]
# params = ["CFG_PODMAN_MIRROR", "CFG_PODMAN_SIGNING_KEY", "CFG_PODMAN_VERSION"]
# step = "podman_release"
# hosts = ["podman.mirror"]
# writes = ["@prefix/<version>-<sha256>", "@prefix/current"]
# [[downloads]]
# what = "podman and its helpers"
# source = "{podman.mirror}/{podman.version}/podman-linux-{amd64,arm64}.tar.gz"
# pin = "podman.sha256"
# ///

podman_release_check() { podman_pinned_check; }
podman_release_apply() { podman_pinned_apply podman_release_download; }

podman_release_download() {
  local url=$CFG_PODMAN_MIRROR/$CFG_PODMAN_VERSION/podman-linux-$PATHS_ARCH.tar.gz
  task_run "download podman $CFG_PODMAN_VERSION" fetch_verified "$url" "$PODMAN_PINNED_SHA256" "$PODMAN_PINNED_ARCHIVE"
  if ((${#CFG_PODMAN_SIGNING_KEY[@]} > 0)); then
    podman_signature_verify "$PODMAN_PINNED_ARCHIVE" "$url.asc"
  fi
}
