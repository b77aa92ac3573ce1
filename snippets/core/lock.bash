# shellcheck shell=bash
# /// snippet
# name = "core/lock"
# summary = "One installation at a time for a user."
# requires = ["core/paths"]
# tools = ["flock"]
# ///

lock_take() {
  # The descriptor is closed in long-lived children (9>&-): one that inherits it would hold the lock for ever.
  exec 9>>"$PATHS_DATA/lock"
  flock --nonblock 9 || die 75 'another podsand command is changing this installation' 'wait until it has ended, then try again'
}
