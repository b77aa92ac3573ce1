# shellcheck shell=bash
# /// snippet
# name = "sandbox/git"
# summary = "Make the plain ways to have git on the host execute something harder: hooks and configuration are read-only."
# requires = ["core/log", "sandbox/mount"]
# params = ["CFG_SANDBOX_PROTECT_GIT"]
# ///

# No barrier: the agent may write the index, repositories inside the workspace and .git/commondir, and git on the host
# believes these as well.
sandbox_git() {
  local git=$SANDBOX_WORKSPACE/.git name
  [[ $CFG_SANDBOX_PROTECT_GIT == true ]] || return 0
  if [[ -L $git ]]; then
    log_warn "$git is a symbolic link: what it leads to is not protected from the agent"
  elif [[ -f $git ]]; then
    log_warn "$git leads out of the workspace (a worktree or a submodule): git will not work in the sandbox"
    sandbox_mount type=bind "src=$git" "dst=$git" ro=true
  fi
  [[ -d $git && ! -L $git ]] || return 0
  # Hooks that are not there could be made: with an empty directory, as git init makes one, they cannot.
  [[ ! -f $git/HEAD || -e $git/hooks || -L $git/hooks ]] || mkdir -- "$git/hooks" 2>/dev/null || true
  # Mounted on itself it can be neither renamed nor removed, and so not replaced by one with other hooks.
  sandbox_mount type=bind "src=$git" "dst=$git"
  for name in hooks config config.worktree info/attributes commondir; do
    if [[ -L $git/$name ]]; then
      log_warn "$git/$name is a symbolic link: it is not protected from the agent"
    elif [[ -e $git/$name ]]; then
      sandbox_mount type=bind "src=$git/$name" "dst=$git/$name" ro=true
    fi
  done
}
