# shellcheck shell=bash
# /// snippet
# name = "core/main"
# summary = "Which command was asked for."
# requires = ["core/log", "core/die", "core/paths", "core/steps"]
# params = ["CFG_LAUNCHER_NAME"]
# ///

main() { # [--launcher] [<command>] [<argument>…]
  # Tests hang every absolute path that is read from PODSAND_ROOT; a script is always about the real root.
  PODSAND_ROOT=''
  local chosen=install
  log_setup
  die_setup
  steps_setup
  if [[ ${1:-} == --launcher ]]; then
    chosen=run
    shift
  fi
  case ${1:-} in
    -h | --help) chosen='help' && shift ;;
    --version) chosen=version && shift ;;
    -* | '') ;;
    *)
      chosen=$1
      shift
      ;;
  esac
  # A command's own functions, command_NAME_…, are no commands.
  { [[ $chosen != *_* ]] && declare -F "command_$chosen" >/dev/null; } || die_usage "there is no command '$chosen' (to run it in the sandbox: $CFG_LAUNCHER_NAME -- $chosen)"
  # The exit codes of these are those of what runs in the sandbox; podman's own failures are 125, and so are ours.
  [[ $chosen != run && $chosen != shell ]] || DIE_AS=125
  [[ $chosen == help || $chosen == version ]] || main_prepare
  "command_$chosen" "$@"
}

main_prepare() {
  ((EUID != 0)) || die 69 'this is for a normal user, not for root: the sandbox runs without root' \
    'run it as the user who will use the sandbox; it asks for sudo where a step needs root'
  paths_setup
}
