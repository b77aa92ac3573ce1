# shellcheck shell=bash
# /// snippet
# name = "sandbox/workspace"
# summary = "Which directory the sandbox may work in: the current one, unless giving it away gives the machine away."
# requires = ["core/die", "core/paths"]
# ///

sandbox_workspace() { # sets SANDBOX_WORKSPACE, with every symbolic link resolved
  # Without the dot, $(…) would drop a newline at the end of the name, and mean another directory.
  SANDBOX_WORKSPACE=$(pwd -P && printf .) || die 69 'the current directory is gone' 'cd to a directory that exists'
  SANDBOX_WORKSPACE=${SANDBOX_WORKSPACE%$'\n.'}
  if [[ $SANDBOX_WORKSPACE =~ [[:cntrl:]] ]]; then
    die 69 'the path of the current directory holds a control character' 'rename it'
  fi
  sandbox_workspace_allowed "$SANDBOX_WORKSPACE"
  [[ -w $SANDBOX_WORKSPACE ]] || log_warn "$SANDBOX_WORKSPACE is not writable for you, and so not for the agent"
}

sandbox_workspace_allowed() { # <directory>
  local index protected
  # Nothing that holds one of these, and nothing inside one.
  local -a all=(/boot /dev /etc /proc /run /sys "$HOME/.config" "$HOME/.gnupg" "$HOME/.ssh" "$PATHS_DATA" "$PATHS_PREFIX" "$PATHS_STORAGE" "$PATHS_RUNTIME")
  local inside=${#all[@]}
  # These may hold a project, but are none.
  all+=("$HOME" "$HOME/.local/bin" "$HOME/.local/share" "${PATHS_LAUNCHER%/*}" /bin /home /lib /lib64 /media /mnt /opt /root /sbin /srv /tmp /usr /usr/bin /usr/lib /var)
  local count=${#all[@]}
  # The workspace is free of links, so these must be, too.
  # shellcheck disable=SC2312
  mapfile -d '' -t all < <(realpath -zm -- "${all[@]}")
  ((${#all[@]} == count)) || die 1 'realpath does not work here' 'install coreutils'
  for index in "${!all[@]}"; do
    protected=${all[index]}
    if [[ $protected/ == "${1%/}"/* || ($index -lt $inside && $1/ == "$protected"/*) ]]; then
      sandbox_workspace_refuse "$1" "$protected"
    fi
  done
}

sandbox_workspace_refuse() { # <directory> <protected directory>
  die 69 "the agent may not have $1: it would have $2 with it" "cd to the project's own directory first"
}
