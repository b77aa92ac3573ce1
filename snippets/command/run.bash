# shellcheck shell=bash
# /// snippet
# name = "command/run"
# summary = "start the agent in a sandbox in the current directory [--print] [-- COMMAND…]"
# requires = ["podman/engine", "sandbox/policy"]
# params = ["CFG_AGENT_COMMAND", "CFG_IMAGE_NAME"]
# command = "run"
# ///

command_run() {
  local print=false
  local -a given=("${CFG_AGENT_COMMAND[@]}")
  while (($#)); do
    case $1 in
      --print) print=true ;;
      --)
        shift
        (($#)) || die_usage 'a command is missing after --'
        given=("$@")
        break
        ;;
      *) die_usage "run does not know '$1' (to run it in the sandbox: -- $1)" ;;
    esac
    shift
  done
  podman_engine_installed
  sandbox_workspace
  sandbox_policy
  local session=${SANDBOX_WORKSPACE##*/}
  session=${session//[^a-zA-Z0-9_.-]/-}
  SANDBOX_FLAGS+=(--name "podsand-${session:0:40}-$$" --label podsand.session=true --label "podsand.workspace=$SANDBOX_WORKSPACE")
  [[ ! -t 0 || ! -t 1 ]] || SANDBOX_FLAGS+=(--tty)
  local -a arguments=(run "${SANDBOX_FLAGS[@]}" "localhost/$CFG_IMAGE_NAME:latest" "${given[@]}")
  if [[ $print == true ]]; then
    printf '%q ' "$PODMAN_BIN" "${arguments[@]}"
    printf '\n'
    return 0
  fi
  podman_engine_exec "${arguments[@]}"
}
