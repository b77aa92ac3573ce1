# shellcheck shell=bash
# /// snippet
# name = "core/journal"
# summary = "What was done, as inverses: what uninstall replays backwards."
# requires = ["core/paths"]
# ///

# One line an entry: step, kind, arguments, separated by tabs. <kind>_undo takes the arguments and undoes.
# An entry is written before the act, so that what was interrupted can be undone as well.

journal_load() { # sets JOURNAL_ENTRIES
  JOURNAL_ENTRIES=()
  [[ ! -r $PATHS_JOURNAL ]] || mapfile -t JOURNAL_ENTRIES <"$PATHS_JOURNAL"
}

journal_has() { # <kind> <argument>…   whether an entry of any step starts with these
  local IFS=$'\t' entry
  journal_load
  for entry in ${JOURNAL_ENTRIES[@]+"${JOURNAL_ENTRIES[@]}"}; do
    [[ ${entry#*$'\t'}$'\t' != "$*"$'\t'* ]] || return 0
  done
  return 1
}

journal_add() { # <kind> <argument>…
  local IFS=$'\t'
  local line=$STEPS_CURRENT$'\t'$*
  [[ -r $PATHS_JOURNAL ]] && grep -qxF -- "$line" "$PATHS_JOURNAL" || printf '%s\n' "$line" >>"$PATHS_JOURNAL"
}

journal_undo() { # <step>…   undoes, newest first, what the steps did that are NOT named; sets JOURNAL_FAILED
  local IFS=' ' keep=" $* " index entry
  local -a kept=() fields=()
  JOURNAL_FAILED=0
  journal_load
  for ((index = ${#JOURNAL_ENTRIES[@]} - 1; index >= 0; index--)); do
    entry=${JOURNAL_ENTRIES[index]} JOURNAL_CODE=3
    if [[ $keep != *" ${entry%%$'\t'*} "* ]]; then
      IFS=$'\t' read -r -a fields <<<"$entry"
      journal_undo_one "${fields[@]:1}"
    fi
    # 3: kept on purpose.
    ((JOURNAL_CODE == 0 || JOURNAL_CODE == 3)) || JOURNAL_FAILED=$((JOURNAL_FAILED + 1))
    if ((JOURNAL_CODE != 0)); then
      kept=("$entry" "${kept[@]}")
      continue
    fi
    # At once: what was undone must not be undone again after an interruption, when it may be somebody else's.
    fields=("${JOURNAL_ENTRIES[@]:0:index}" "${kept[@]}")
    printf '%s' "${fields[@]/%/$'\n'}" >"$PATHS_JOURNAL.new"
    mv -fT -- "$PATHS_JOURNAL.new" "$PATHS_JOURNAL"
  done
}

# Never called in a condition: there, bash would ignore errors in the middle of an undo.
journal_undo_one() { # <kind> <argument>…   sets JOURNAL_CODE
  local kind=$1
  shift
  if ! declare -F "${kind}_undo" >/dev/null; then
    log_warn "this script does not know how to undo '$kind $*'; use the script that made it"
    JOURNAL_CODE=1
    return
  fi
  set +e
  (
    set -e
    "${kind}_undo" "$@"
  )
  JOURNAL_CODE=$?
  set -e
}
