# shellcheck shell=bash
# /// snippet
# name = "sandbox/workspace"
# summary = "Which directory the sandbox may work in: the current one, unless giving it away gives the machine away."
# requires = ["core/die", "core/paths"]
# ///

sandbox_workspace() { # sets SANDBOX_WORKSPACE, with every symbolic link resolved
  SANDBOX_WORKSPACE=$(pwd -P) || die 69 'the current directory is gone' 'cd to a directory that exists'
  if [[ $SANDBOX_WORKSPACE =~ [[:cntrl:]] ]]; then
    die 69 'the path of the current directory holds a control character' 'rename it'
  fi
  sandbox_workspace_allowed "$SANDBOX_WORKSPACE"
  [[ -w $SANDBOX_WORKSPACE ]] || log_warn "$SANDBOX_WORKSPACE is not writable for you, and so not for the agent"
}

sandbox_workspace_allowed() { # <directory>
  local home protected
  home=$(cd -- "$HOME" && pwd -P)
  # Nothing that holds one of these, and nothing inside one.
  for protected in /boot /dev /etc /proc /run /sys "$home/.config" "$home/.gnupg" "$home/.ssh" "$PATHS_DATA" "${PATHS_PREFIX%/*}"; do
    if [[ $protected/ == "${1%/}"/* || $1/ == "$protected"/* ]]; then
      sandbox_workspace_refuse "$1" "$protected"
    fi
  done
  # These may hold a project, but are none.
  for protected in "$home" "$home/.local/bin" /bin /home /lib /lib64 /media /mnt /opt /root /sbin /srv /tmp /usr /usr/bin /usr/lib /var; do
    if [[ $protected/ == "${1%/}"/* ]]; then
      sandbox_workspace_refuse "$1" "$protected"
    fi
  done
}

sandbox_workspace_refuse() { # <directory> <protected directory>
  die 69 "the agent may not have $1: it would have $2 with it" "cd to the project's own directory first"
}
