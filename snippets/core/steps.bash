# shellcheck shell=bash
# /// snippet
# name = "core/steps"
# summary = "The two phases: check each step, apply what is needed, check again."
# requires = ["core/as-root", "core/journal", "core/lock", "core/log"]
# ///

steps_setup() { STEPS_CURRENT='' STEPS_PHASE='' STEPS_WHY=''; }

steps_state() { # <step>   sets STEPS_STATE to done, needed or unknown, and STEPS_WHY
  local code=0
  STEPS_WHY=''
  "${1//[\/-]/_}_check" || code=$?
  case $code in
    0) STEPS_STATE='done' ;;
    2) STEPS_STATE=unknown ;;
    *) STEPS_STATE=needed ;;
  esac
}

steps_root() { # applies what the root phase needs
  local step index
  local -a needed=() whys=()
  STEPS_PHASE=root
  for step in "${STEPS_ROOT[@]}"; do
    if steps_needed "$step"; then
      needed+=("$step") whys+=("$STEPS_WHY")
    fi
  done
  ((${#needed[@]})) || return 0
  as_root_confirm "${needed[@]}"
  for index in "${!needed[@]}"; do
    STEPS_WHY=${whys[index]}
    steps_apply "${needed[index]}"
  done
}

steps_user() {
  local step
  STEPS_PHASE=user
  for step in "${STEPS_USER[@]}"; do
    if steps_needed "$step"; then
      steps_apply "$step"
    fi
  done
}

steps_needed() { # <step>   whether it is chosen and not done; what is done is said
  steps_chosen "$1" || return 1
  steps_state "$1"
  [[ $STEPS_STATE == 'done' ]] || return 0
  log_step "$1" 'done' "$STEPS_WHY"
  return 1
}

steps_apply() { # <step>   the step must be done afterwards, by its own check
  log_step "$1" apply "$STEPS_WHY"
  STEPS_CURRENT=$1
  "${1//[\/-]/_}_apply"
  steps_state "$1"
  [[ $STEPS_STATE == 'done' ]] || die 1 "step $1 ran, and its check still says: $STEPS_WHY" 'please report this with the log'
  STEPS_CURRENT=''
  STEPS_CHANGED=$((${STEPS_CHANGED:-0} + 1))
}

steps_chosen() { # <step>   by --only and --skip
  local IFS=' '
  [[ -z ${STEPS_ONLY[*]-} || " ${STEPS_ONLY[*]} " == *" $1 "* ]] || return 1
  [[ " ${STEPS_SKIP[*]-} " != *" $1 "* ]]
}

steps_named() { # <step>   refuses a name that is no step of this script
  local IFS=' '
  [[ " ${STEPS_ROOT[*]} ${STEPS_USER[*]} " == *" $1 "* ]] || die_usage "there is no step '$1'; the steps are: ${STEPS_ROOT[*]} ${STEPS_USER[*]}"
}
