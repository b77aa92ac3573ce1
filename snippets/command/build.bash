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
  [[ -r $PATHS_CONF/storage.conf ]] || die 69 'podsand is not installed for this user' 'run: bash setup.sh'
  lock_take
  STEPS_PHASE=user STEPS_CURRENT=image/build
  image_build_apply ${options[@]+"${options[@]}"}
  STEPS_CURRENT=''
}
