# shellcheck shell=bash
# /// snippet
# name = "command/stop"
# summary = "stop the sessions that run here, or those that are named [--all] [NAME…]"
# requires = ["podman/engine"]
# command = "stop"
# ///

command_stop() {
  local here running
  local -a filter=(--filter label=podsand.session) sessions=()
  case $* in
    --all) ;;
    -* | *' -'*) die_usage "stop does not know '$*'" ;;
    '')
      here=$(pwd -P)
      filter+=(--filter "label=podsand.workspace=$here")
      ;;
    *) sessions=("$@") ;;
  esac
  podman_engine_installed
  if ((${#sessions[@]} == 0)); then
    running=$(podman_engine ps "${filter[@]}" --format '{{.Names}}')
    mapfile -t sessions <<<"$running"
  fi
  if [[ -z ${sessions[*]} ]]; then
    log_info "no session runs${here:+ in $here}"
    return 0
  fi
  podman_engine stop --time 10 "${sessions[@]}"
}
