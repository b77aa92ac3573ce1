# shellcheck shell=bash
# /// snippet
# name = "core/task"
# summary = "Long commands: a line with the elapsed time, full output in a log, the last 20 lines of it on failure."
# requires = ["core/files"]
# ///

task_run() { # <what it does> <command> <argument>…
  local what=$1 code=0 ticker='' log
  shift
  files_directory "$PATHS_LOG"
  log=$PATHS_LOG/${STEPS_CURRENT//\//-}.log
  journal_add files_tree "$PATHS_LOG"
  local started=$SECONDS
  if [[ $LOG_TERMINAL == true ]]; then
    task_tick "$what" 9>&- &
    ticker=$!
  else
    log_info "$what …"
  fi
  set +e
  (
    set -e
    "$@"
  ) >"$log" 2>&1 9>&-
  code=$?
  set -e
  if [[ -n $ticker ]]; then
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" || true
    printf '\r\e[K' >&2
  fi
  if ((code != 0)); then
    task_failed "$what" "$code" "$log"
  fi
  log_info "$what: done in $((SECONDS - started)) s"
}

task_tick() { # <what it does>
  trap - EXIT INT HUP TERM
  local started=$SECONDS
  # It outlives a script that is interrupted by no more than its sleep.
  while kill -0 "$$" 2>/dev/null; do
    printf '\r\e[K  %s … %d s' "$1" "$((SECONDS - started))" >&2
    sleep 1
  done
}

task_failed() { # <what it does> <exit code> <log>
  log_error "$1: failed (exit $2); the last lines of $3:"
  tail -n 20 -- "$3" >&2
  DIE_REPORTED=true
  log_remedy "the whole output is in $3" 'mend what it says, then run the same command again: it goes on where it stopped'
  case $2 in
    64 | 69 | 75 | 77) exit "$2" ;;
    *) exit 1 ;;
  esac
}
