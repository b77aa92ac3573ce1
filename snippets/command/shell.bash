# shellcheck shell=bash
# /// snippet
# name = "command/shell"
# summary = "start a shell in a sandbox in the current directory"
# requires = ["command/run"]
# command = "shell"
# ///

command_shell() {
  (($# == 0)) || die_usage "shell takes no arguments (to run a command: -- $*)"
  command_run -- /bin/bash
}
