# shellcheck shell=bash
# /// snippet
# name = "podman/pinned"
# summary = "Install the one archive of podman-static that has the pinned sha256, wherever it comes from."
# requires = ["podman/static"]
# params = ["CFG_PODMAN_SHA256_AMD64", "CFG_PODMAN_SHA256_ARM64", "CFG_PODMAN_VERSION"]
# ///

podman_pinned_names() { # sets PODMAN_PINNED_SHA256, _NAME and _ARCHIVE
  paths_arch
  PODMAN_PINNED_SHA256=$CFG_PODMAN_SHA256_AMD64
  [[ $PATHS_ARCH == amd64 ]] || PODMAN_PINNED_SHA256=$CFG_PODMAN_SHA256_ARM64
  PODMAN_PINNED_NAME=$CFG_PODMAN_VERSION-${PODMAN_PINNED_SHA256:0:8}
  PODMAN_PINNED_ARCHIVE=$PATHS_CACHE/$PODMAN_PINNED_NAME-$PATHS_ARCH.tar.gz
}

podman_pinned_check() {
  podman_pinned_names
  podman_static_installed "$PODMAN_PINNED_NAME"
}

podman_pinned_apply() { # <function that brings PODMAN_PINNED_ARCHIVE, verified>
  podman_pinned_names
  if ! podman_layout_whole "$PATHS_PREFIX/$PODMAN_PINNED_NAME"; then
    [[ -n $PODMAN_PINNED_SHA256 ]] || die 69 "the profile knows no archive of podman for $PATHS_ARCH machines" "give its sha256: podman.sha256.$PATHS_ARCH"
    "$1"
    podman_static_install "$PODMAN_PINNED_ARCHIVE" "$PODMAN_PINNED_NAME"
  fi
  podman_static_switch "$PODMAN_PINNED_NAME"
}
