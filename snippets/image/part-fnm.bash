# shellcheck shell=bash
# /// snippet
# name = "image/part-fnm"
# summary = "Part of the image: fnm, and the Node.js by which the agent was installed."
# requires = ["image/layer-fnm"]
# params = ["CFG_IMAGE_FNM_MIRROR", "CFG_IMAGE_FNM_SHA256_AMD64", "CFG_IMAGE_FNM_SHA256_ARM64", "CFG_IMAGE_FNM_VERSION", "CFG_IMAGE_NODE_VERSION"]
# hosts = ["image.fnm_mirror"]
# [[downloads]]
# what = "fnm"
# source = "{image.fnm_mirror}/{image.fnm_version}/fnm-{linux,arm64}.zip"
# pin = "image.fnm_sha256"
# ///

image_part_fnm() { # appends to IMAGE_BUILD_ARGUMENTS and IMAGE_BUILD_DOWNLOADS
  local archive=fnm-linux.zip sha256=$CFG_IMAGE_FNM_SHA256_AMD64
  [[ $PATHS_ARCH == amd64 ]] || archive=fnm-arm64.zip sha256=$CFG_IMAGE_FNM_SHA256_ARM64
  IMAGE_BUILD_ARGUMENTS+=("NODE_VERSION=$CFG_IMAGE_NODE_VERSION")
  IMAGE_BUILD_DOWNLOADS+=("fnm $CFG_IMAGE_FNM_VERSION" "$CFG_IMAGE_FNM_MIRROR/$CFG_IMAGE_FNM_VERSION/$archive" "$sha256" fnm.zip)
}
