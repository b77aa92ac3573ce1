# shellcheck shell=bash
# /// snippet
# name = "core/die"
# summary = "Stop with what is wrong, where, and the remedy; the EXIT trap names the step that failed."
# requires = ["core/log"]
# params = ["CFG_LAUNCHER_NAME"]
# ///

die_setup() {
  DIE_REPORTED=false DIE_CLEANUP=()
  trap 'die_exit "$?"' EXIT
  trap 'die_signal 130' INT
  trap 'die_signal 129' HUP
  trap 'die_signal 143' TERM
}

die() { # <exit code> <what is wrong> [remedy]…
  local code=$1
  log_error "$2"
  shift 2
  log_remedy "$@"
  DIE_REPORTED=true
  exit "${DIE_AS:-$code}"
}

# <what is wrong>
die_usage() { die 64 "$1" "$CFG_LAUNCHER_NAME help lists commands and options"; }

die_signal() { # <exit code>
  DIE_REPORTED=true
  log_error "interrupted${STEPS_CURRENT:+ in step $STEPS_CURRENT}"
  log_remedy 'run the same command again: it goes on where it stopped'
  exit "$1"
}

die_exit() { # <exit code>
  local path
  for path in ${DIE_CLEANUP[@]+"${DIE_CLEANUP[@]}"}; do
    rm -rf -- "$path"
  done
  [[ $1 != 0 && $DIE_REPORTED == false ]] || return 0
  if [[ -n ${STEPS_CURRENT:-} ]]; then
    log_error "step $STEPS_CURRENT failed (exit $1)"
    log_remedy 'run the same command again: it goes on where it stopped'
  fi
}

# <path>   removed when the script ends, however it ends
die_cleanup() { DIE_CLEANUP+=("$1"); }
