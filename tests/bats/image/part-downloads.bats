#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet image/part-downloads
  IMAGE_BUILD_ARGUMENTS=() IMAGE_BUILD_DOWNLOADS=()
  CFG_IMAGE_DOWNLOADS_PATH=(/usr/local/bin/one /opt/two) CFG_IMAGE_DOWNLOADS_UNPACK=(no tar)
  CFG_IMAGE_DOWNLOADS_MODE=(0755 0644) CFG_IMAGE_DOWNLOADS_STRIP=(0 1)
  CFG_IMAGE_DOWNLOADS_URL_AMD64=(https://a/one https://a/two) CFG_IMAGE_DOWNLOADS_URL_ARM64=(https://b/one https://b/two)
  CFG_IMAGE_DOWNLOADS_SHA256_AMD64=(a1 a2) CFG_IMAGE_DOWNLOADS_SHA256_ARM64=(b1 b2)
}

@test "each file is downloaded from its architecture's address, and lies in the context under its hash" {
  PATHS_ARCH=amd64
  image_part_downloads
  [[ $(printf '<%s>' "${IMAGE_BUILD_DOWNLOADS[@]}") == '</usr/local/bin/one><https://a/one><a1><a1></opt/two><https://a/two><a2><a2>' ]]
  PATHS_ARCH=arm64 IMAGE_BUILD_DOWNLOADS=()
  image_part_downloads
  [[ $(printf '<%s>' "${IMAGE_BUILD_DOWNLOADS[@]}") == '</usr/local/bin/one><https://b/one><b1><b1></opt/two><https://b/two><b2><b2>' ]]
}

@test "what to do with them is one argument, a line for each" {
  PATHS_ARCH=amd64
  image_part_downloads
  ((${#IMAGE_BUILD_ARGUMENTS[@]} == 1))
  [[ ${IMAGE_BUILD_ARGUMENTS[0]} == $'DOWNLOADS=a1 no 0755 0 /usr/local/bin/one\na2 tar 0644 1 /opt/two' ]]
}
