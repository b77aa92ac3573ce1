# shellcheck shell=bash
# /// snippet
# name = "core/ask"
# summary = "Ask before something that cannot be taken back, on a terminal only."
# requires = ["core/die"]
# params = ["CFG_LAUNCHER_NAME"]
# ///

ask_yes() { # <question> <remedy where nobody can be asked>
  local answer=''
  [[ ${STEPS_YES:-false} == false ]] || return 0
  [[ -t 0 ]] || die 77 'this must be confirmed, and there is no terminal to ask on' "$2"
  read -r -p "$CFG_LAUNCHER_NAME: $1 [y/N] " answer || true
  [[ $answer == [yY] || $answer == [yY][eE][sS] ]] || die 77 'not confirmed: nothing was changed'
}
