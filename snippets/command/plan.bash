# shellcheck shell=bash
# /// snippet
# name = "command/plan"
# summary = "show what install would do, root first [--json]; exit 0 nothing, 2 changes, 1 cannot say"
# requires = ["core/report"]
# command = "plan"
# ///

command_plan() {
  local format=text state
  case $* in
    '') ;;
    --json) format=json ;;
    *) die_usage "plan does not know '$*'" ;;
  esac
  report_states
  "report_$format"
  for state in needed unknown; do
    if [[ " ${REPORT_STATES[*]} " == *" $state "* ]]; then
      DIE_REPORTED=true
      [[ $state == needed ]] && exit 2
      exit 1
    fi
  done
}
