# shellcheck shell=bash
# /// snippet
# name = "command/stop"
# summary = "stop the sessions that run here, or those that are named [--all] [NAME…]"
# requires = ["podman/engine"]
# params = []
# command = "stop"
# ///

command_stop() {
  local here
  local -a filter=(--filter label=podsand.session) names=()
  [[ -r $PATHS_CONF/storage.conf ]] || die 69 'podsand is not installed for this user' 'run: bash setup.sh'
  podman_engine_setup
  case ${1:-} in
    --all) ;;
    -*) die_usage "stop does not know '$1'" ;;
    '')
      here=$(pwd -P)
      filter+=(--filter "label=podsand.workspace=$here")
      ;;
    *) names=("$@") ;;
  esac
  if ((${#names[@]} == 0)); then
    mapfile -t names < <(podman_engine ps "${filter[@]}" --format '{{.Names}}')
  fi
  if ((${#names[@]} == 0)); then
    log_info "no session runs${here:+ in $here}"
    return 0
  fi
  podman_engine stop --time 10 "${names[@]}"
}
