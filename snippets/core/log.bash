# shellcheck shell=bash
# /// snippet
# name = "core/log"
# summary = "Messages to standard error; colour only on a terminal, and never with NO_COLOR."
# params = ["CFG_LAUNCHER_NAME"]
# ///

log_setup() {
  LOG_BOLD='' LOG_RED='' LOG_YELLOW='' LOG_GREEN='' LOG_RESET='' LOG_TERMINAL=false
  [[ -t 2 ]] || return 0
  LOG_TERMINAL=true
  # https://no-color.org: any non-empty value switches colour off.
  [[ -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]] || return 0
  LOG_BOLD=$'\e[1m' LOG_RED=$'\e[31m' LOG_YELLOW=$'\e[33m' LOG_GREEN=$'\e[32m' LOG_RESET=$'\e[0m'
}

# Each takes the words of a message.
log_info() { printf '%s: %s\n' "$CFG_LAUNCHER_NAME" "$*" >&2; }
log_warn() { printf '%s: %swarning:%s %s\n' "$CFG_LAUNCHER_NAME" "${LOG_YELLOW:-}" "${LOG_RESET:-}" "$*" >&2; }
log_error() { printf '%s: %serror:%s %s\n' "$CFG_LAUNCHER_NAME" "${LOG_RED:-}" "${LOG_RESET:-}" "$*" >&2; }

log_remedy() { # <remedy>…   one line each
  local line
  for line in "$@"; do
    printf '  %s->%s %s\n' "${LOG_BOLD:-}" "${LOG_RESET:-}" "$line" >&2
  done
}

log_step() { # <step> <state> <detail>
  local colour=${LOG_BOLD:-}
  [[ $2 != 'done' ]] || colour=${LOG_GREEN:-}
  printf '  %-24s %s%-8s%s %s\n' "$1" "$colour" "$2" "${LOG_RESET:-}" "$3" >&2
}
