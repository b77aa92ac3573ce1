# shellcheck shell=bash
# /// snippet
# name = "image/part-downloads"
# summary = "Part of the image: the files that the profile has from the network, by their sha256."
# requires = ["image/layer-downloads"]
# params = ["CFG_IMAGE_DOWNLOADS_MODE", "CFG_IMAGE_DOWNLOADS_PATH", "CFG_IMAGE_DOWNLOADS_SHA256_AMD64", "CFG_IMAGE_DOWNLOADS_SHA256_ARM64", "CFG_IMAGE_DOWNLOADS_STRIP", "CFG_IMAGE_DOWNLOADS_UNPACK", "CFG_IMAGE_DOWNLOADS_URL_AMD64", "CFG_IMAGE_DOWNLOADS_URL_ARM64"]
# hosts = ["image.downloads"]
# [[downloads]]
# what = "{image.downloads.path} in the image"
# source = "{image.downloads.url.amd64}, for arm64 {image.downloads.url.arm64}"
# pin = "image.downloads.sha256"
# ///

image_part_downloads() { # appends to IMAGE_BUILD_ARGUMENTS and IMAGE_BUILD_DOWNLOADS
  local index sha256 url rows=''
  for index in "${!CFG_IMAGE_DOWNLOADS_PATH[@]}"; do
    url=${CFG_IMAGE_DOWNLOADS_URL_AMD64[index]} sha256=${CFG_IMAGE_DOWNLOADS_SHA256_AMD64[index]}
    [[ $PATHS_ARCH == amd64 ]] || url=${CFG_IMAGE_DOWNLOADS_URL_ARM64[index]} sha256=${CFG_IMAGE_DOWNLOADS_SHA256_ARM64[index]}
    IMAGE_BUILD_DOWNLOADS+=("${CFG_IMAGE_DOWNLOADS_PATH[index]}" "$url" "$sha256" "$sha256")
    rows+="$sha256 ${CFG_IMAGE_DOWNLOADS_UNPACK[index]} ${CFG_IMAGE_DOWNLOADS_MODE[index]}"
    rows+=" ${CFG_IMAGE_DOWNLOADS_STRIP[index]} ${CFG_IMAGE_DOWNLOADS_PATH[index]}"$'\n'
  done
  IMAGE_BUILD_ARGUMENTS+=("DOWNLOADS=${rows%$'\n'}")
}
