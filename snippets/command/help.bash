# shellcheck shell=bash
# /// snippet
# name = "command/help"
# summary = "show this"
# params = ["CFG_LAUNCHER_NAME"]
# command = "help"
# ///

command_help() {
  local index
  printf 'usage: %s [COMMAND] [ARGUMENTS]          in the current directory; without a command: run\n' "$CFG_LAUNCHER_NAME"
  printf '       bash setup.sh [COMMAND] [ARGUMENTS]   without a command: install\n\n'
  # COMMANDS holds names and summaries in turn.
  for ((index = 0; index < ${#COMMANDS[@]}; index += 2)); do
    printf '  %-10s %s\n' "${COMMANDS[index]}" "${COMMANDS[index + 1]}"
  done
  printf '\n%s -- COMMAND… runs COMMAND in the sandbox instead of the agent.\n' "$CFG_LAUNCHER_NAME"
  printf '%s\n' 'exit codes: 0 done, 1 failed, 2 changes needed, 64 usage, 69 this host cannot, 75 try again,' \
    '            77 needs root and may not ask, 125 the sandbox did not start, 130 interrupted'
}
