# shellcheck shell=bash
# /// snippet
# name = "command/install"
# summary = "bring this machine to the state of the profile [--yes] [--dry-run] [--adopt] [--only STEP]… [--skip STEP]…"
# requires = ["core/proxy", "core/steps", "core/report", "launcher/install"]
# params = ["CFG_LAUNCHER_NAME", "CFG_NAME"]
# command = "install"
# ///

command_install() {
  local dry_run=false
  STEPS_YES=false FILES_ADOPT=false STEPS_ONLY=() STEPS_SKIP=() STEPS_CHANGED=0
  while (($#)); do
    case $1 in
      --yes) STEPS_YES=true ;;
      --dry-run) dry_run=true ;;
      --adopt) FILES_ADOPT=true ;;
      --only | --skip)
        (($# > 1)) || die_usage "$1 wants the name of a step"
        steps_named "$2"
        [[ $1 == --skip ]] || STEPS_ONLY+=("$2")
        [[ $1 == --only ]] || STEPS_SKIP+=("$2")
        shift
        ;;
      *) die_usage "install does not know '$1'" ;;
    esac
    shift
  done
  if [[ $dry_run == true ]]; then
    report_states
    report_text
    return 0
  fi
  launcher_install_source || die 64 'the script must be a file, so that it can be kept' 'save it first, then run: bash setup.sh'
  command_install_apply
}

command_install_apply() {
  command_install_data
  lock_take
  proxy_setup
  log_info "profile $CFG_NAME, ${PROFILE_SHA256:0:12}"
  steps_root
  steps_user
  # What steps did that are no longer in the plan is taken back.
  STEPS_PHASE=root STEPS_CURRENT=''
  journal_undo podsand "${STEPS_ROOT[@]}" "${STEPS_USER[@]}"
  ((JOURNAL_FAILED == 0)) || die 1 "$JOURNAL_FAILED things of steps that left the plan could not be taken back" 'mend what is said above, then run it again'
  if ((STEPS_CHANGED == 0)); then
    log_info 'no change: everything was in place'
  else
    log_info "done: $STEPS_CHANGED steps applied; start the agent with: cd DIRECTORY && $CFG_LAUNCHER_NAME"
  fi
}

# The journal lies in the directory that it would have to be told of, so these entries come just after the act.
command_install_data() {
  local path=$PATHS_DATA
  local -a made=()
  while [[ ! -d $path ]]; do
    made=("$path" ${made[@]+"${made[@]}"})
    path=${path%/*}
  done
  mkdir -p -- "$PATHS_DATA"
  STEPS_CURRENT=podsand
  for path in ${made[@]+"${made[@]}"}; do
    journal_add files_directory "$path"
  done
  STEPS_CURRENT=''
}
