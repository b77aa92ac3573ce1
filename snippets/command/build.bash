# shellcheck shell=bash
# /// snippet
# name = "command/build"
# summary = "build the image again [--no-cache] [--pull]"
# requires = ["image/build"]
# command = "build"
# ///

command_build() {
  local -a options=()
  while (($#)); do
    case $1 in
      --no-cache) options+=(--no-cache) ;;
      --pull) options+=(--pull=always) ;;
      *) die_usage "build does not know '$1'" ;;
    esac
    shift
  done
  podman_engine_installed
  lock_take
  STEPS_PHASE=user STEPS_CURRENT=image/build
  image_build_apply ${options[@]+"${options[@]}"}
  STEPS_CURRENT=''
}
