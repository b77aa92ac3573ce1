# shellcheck shell=bash
# /// snippet
# name = "core/as-root"
# summary = "The only way to root: asks once, shows each command, never as a string."
# requires = ["core/ask", "core/die"]
# ///

as_root() { # <command> <argument>…
  local shown name keep=''
  printf -v shown ' %q' "$@"
  [[ $STEPS_PHASE == root ]] || die 1 "step $STEPS_CURRENT wanted to run as root:$shown" 'please report this'
  as_root_ready "$shown"
  # Standard output is the command's.
  printf '# as root:%s\n' "$shown" >&2
  # sudo drops the proxy variables unless told to keep them.
  for name in http_proxy https_proxy no_proxy; do
    [[ -z ${!name:-} ]] || keep+=${keep:+,}$name
  done
  sudo ${keep:+"--preserve-env=$keep"} -- "$@"
}

# The question is asked once for all root steps, before the first.
as_root_confirm() { # <step>…   nothing is asked when none of them has a command to run
  local step shown=''
  for step in "$@"; do
    shown+=$("${step//[\/-]/_}_commands")
  done
  [[ -n $shown ]] || return 0
  log_info 'these steps need root, and run these commands with sudo:'
  for step in "$@"; do
    as_root_show "$step"
  done
  ask_yes 'go on?' 'run it with --yes, or run the commands above as root first'
}

as_root_show() { # <step>
  local shown line
  shown=$("${1//[\/-]/_}_commands")
  [[ -n $shown ]] || return 0
  while IFS= read -r line; do
    log_step "$1" sudo "$line"
  done <<<"$shown"
}

as_root_ready() { # <command as shown>
  [[ ${AS_ROOT_READY:-false} == false ]] || return 0
  command -v sudo >/dev/null || die 77 "root is needed, and there is no sudo; needed:$1" 'ask an administrator to run these commands'
  if ! sudo -n true 2>/dev/null; then
    [[ -t 0 ]] || die 77 "root is needed, and sudo wants a password that cannot be asked for; needed:$1" \
      'run it on a terminal, or ask an administrator to run these commands'
    sudo -v || die 77 "sudo was refused; needed:$1" 'ask an administrator to run these commands'
  fi
  AS_ROOT_READY=true
}
