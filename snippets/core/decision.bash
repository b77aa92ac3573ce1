# shellcheck shell=bash
# /// snippet
# name = "core/decision"
# summary = "Choices made on this machine, each with its reason, kept so that they are made once."
# ///

# One line a decision: key, value, reason, separated by tabs.

decision_get() { # <key>   sets DECISION_VALUE; 1 when nothing was decided
  local key value
  DECISION_VALUE=''
  [[ -r ${PATHS_DECISIONS:-} ]] || return 1
  while IFS=$'\t' read -r key value _; do
    if [[ $key == "$1" ]]; then
      DECISION_VALUE=$value
      return 0
    fi
  done <"$PATHS_DECISIONS"
  return 1
}

decision_set() { # <key> <value> <reason>
  local temporary=$PATHS_DECISIONS.new key rest
  printf '%s\t%s\t%s\n' "$1" "$2" "$3" >"$temporary"
  if [[ -r $PATHS_DECISIONS ]]; then
    while IFS=$'\t' read -r key rest; do
      [[ $key == "$1" ]] || printf '%s\t%s\n' "$key" "$rest"
    done <"$PATHS_DECISIONS" >>"$temporary"
  fi
  mv -fT -- "$temporary" "$PATHS_DECISIONS"
}
