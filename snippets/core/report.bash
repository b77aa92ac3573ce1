# shellcheck shell=bash
# /// snippet
# name = "core/report"
# summary = "The state of every step, as text or JSON."
# requires = ["core/json", "core/steps"]
# ///

report_states() { # sets REPORT_STATES and REPORT_WHYS, in the order of the steps
  local step
  REPORT_STATES=() REPORT_WHYS=()
  for step in "${STEPS_ROOT[@]}" "${STEPS_USER[@]}"; do
    STEPS_STATE=skipped STEPS_WHY=''
    ! steps_chosen "$step" || steps_state "$step"
    REPORT_STATES+=("$STEPS_STATE")
    REPORT_WHYS+=("$STEPS_WHY")
  done
}

report_text() { # on standard output, and so without colour
  local LOG_BOLD='' LOG_GREEN='' LOG_RESET='' index=0 step
  for step in "${STEPS_ROOT[@]}" "${STEPS_USER[@]}"; do
    log_step "$step" "${REPORT_STATES[index]}" "${REPORT_WHYS[index]}"
    if ((index < ${#STEPS_ROOT[@]})) && [[ ${REPORT_STATES[index]} == needed ]]; then
      as_root_show "$step"
    fi
    index=$((index + 1))
  done
} 2>&1

report_json() {
  local index=0 step root name why separator=''
  printf '{"schema": 1, "steps": ['
  for step in "${STEPS_ROOT[@]}" "${STEPS_USER[@]}"; do
    root=false
    ((index >= ${#STEPS_ROOT[@]})) || root=true
    json_string name "$step"
    json_string why "${REPORT_WHYS[index]}"
    printf '%s\n  {"name": %s, "root": %s, "state": "%s", "why": %s}' "$separator" "$name" "$root" "${REPORT_STATES[index]}" "$why"
    separator=,
    index=$((index + 1))
  done
  printf '\n]}\n'
}
