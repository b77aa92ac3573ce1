# shellcheck shell=bash
# /// snippet
# name = "sandbox/git"
# summary = "Keep the agent from what git on the host would execute: the hooks and the configuration of the repository."
# requires = ["core/log", "sandbox/mount"]
# params = ["CFG_SANDBOX_PROTECT_GIT"]
# ///

sandbox_git() {
  local git=$SANDBOX_WORKSPACE/.git name
  [[ $CFG_SANDBOX_PROTECT_GIT == true && -e $git ]] || return 0
  if [[ ! -d $git || -L $git ]]; then
    log_warn "$git is not a directory (a worktree?): what it points to is outside the workspace, and git will not work in the sandbox"
    return 0
  fi
  # Mounted on itself it can be neither renamed nor removed, and so not replaced by one with other hooks.
  sandbox_mount type=bind "src=$git" "dst=$git"
  for name in hooks config config.worktree info/attributes; do
    if [[ -e $git/$name && ! -L $git/$name ]]; then
      sandbox_mount type=bind "src=$git/$name" "dst=$git/$name" ro=true
    fi
  done
}
