# shellcheck shell=bash
# /// snippet
# name = "image/part-path"
# summary = "Part of the image: the directories that the profile puts into PATH."
# requires = ["image/layer-path"]
# params = ["CFG_IMAGE_PATH", "CFG_SANDBOX_USER"]
# ///

image_part_path() { # appends to IMAGE_BUILD_ARGUMENTS
  local directory home=/home/agent path=''
  [[ $CFG_SANDBOX_USER == agent ]] || home=/root
  for directory in "${CFG_IMAGE_PATH[@]}"; do
    # shellcheck disable=SC2088
    [[ $directory != '~/'* ]] || directory=$home/${directory#??}
    path+=:$directory
  done
  IMAGE_BUILD_ARGUMENTS+=("EXTRA_PATH=${path#:}")
}
