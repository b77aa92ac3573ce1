# shellcheck shell=bash
# /// snippet
# name = "command/uninstall"
# summary = "take everything back [--purge: images and volumes too, the agent's login with them] [--yes]"
# requires = ["core/ask", "core/journal", "core/lock", "podman/engine"]
# params = ["CFG_LAUNCHER_NAME"]
# command = "uninstall"
# ///

command_uninstall() {
  UNINSTALL_PURGE=false STEPS_YES=false
  local question='remove podsand? Images, and volumes with the login of the agent, stay.'
  while (($#)); do
    case $1 in
      --purge) UNINSTALL_PURGE=true question='remove podsand, its images, and its volumes with the login of the agent?' ;;
      --yes) STEPS_YES=true ;;
      *) die_usage "uninstall does not know '$1'" ;;
    esac
    shift
  done
  if [[ ! -r $PATHS_JOURNAL ]]; then
    log_info 'nothing is installed for this user'
    return 0
  fi
  ask_yes "$question" 'run it with --yes'
  lock_take
  command_uninstall_sessions
  STEPS_PHASE=user
  journal_undo podsand
  if ((JOURNAL_FAILED > 0)); then
    die 1 "$JOURNAL_FAILED things could not be taken back; they stay in $PATHS_JOURNAL" 'mend what is said above, then run uninstall again'
  fi
  command_uninstall_data
  log_info 'uninstalled'
}

command_uninstall_sessions() {
  local running=''
  [[ -r $PATHS_CONF/storage.conf ]] || return 0
  podman_engine_setup
  [[ -x $PODMAN_BIN ]] || return 0
  running=$(podman_engine ps --filter label=podsand.session --format '{{.Names}}')
  [[ -z $running ]] || die 75 "sessions run: ${running//$'\n'/ }" "end them first: $CFG_LAUNCHER_NAME stop --all"
}

# Last of all the directory that the journal lies in, and what was made on the way to it.
command_uninstall_data() {
  local entry index
  journal_load
  for entry in ${JOURNAL_ENTRIES[@]+"${JOURNAL_ENTRIES[@]}"}; do
    # Something was kept on purpose: its journal stays with it.
    [[ $entry == *$'\tfiles_directory\t'* ]] || return 0
  done
  rm -rf -- "$PATHS_JOURNAL"{,.new} "$PATHS_DECISIONS"{,.new} "$PATHS_DATA"/{lock,rendered} "$PATHS_LOG" "$PATHS_CACHE" "$PATHS_CONTEXT"
  for ((index = ${#JOURNAL_ENTRIES[@]} - 1; index >= 0; index--)); do
    files_directory_undo "${JOURNAL_ENTRIES[index]##*$'\t'}" || true
  done
  [[ ! -d $PATHS_DATA ]] || log_warn "$PATHS_DATA is not empty: see what is in it, then remove it"
}
