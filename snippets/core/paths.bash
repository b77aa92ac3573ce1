# shellcheck shell=bash
# /// snippet
# name = "core/paths"
# summary = "Where things are put, from the home directory of the machine that the script runs on."
# requires = ["core/die", "core/decision"]
# params = ["CFG_CONF_SCOPE", "CFG_LAUNCHER_DIRECTORY", "CFG_LAUNCHER_NAME", "CFG_PODMAN_PREFIX", "CFG_PROXY_CA_BUNDLE"]
# ///

paths_setup() {
  paths_home
  PATHS_DATA=$HOME/.local/share/podsand
  PATHS_SCRIPT=$PATHS_DATA/setup.sh PATHS_JOURNAL=$PATHS_DATA/journal PATHS_DECISIONS=$PATHS_DATA/decisions
  PATHS_LOG=$PATHS_DATA/log PATHS_CACHE=$PATHS_DATA/cache PATHS_BACKUP=$PATHS_DATA/backup PATHS_CONTEXT=$PATHS_DATA/context
  PATHS_PREFIX='' PATHS_LAUNCHER=''
  PATHS_CA=${CFG_PROXY_CA_BUNDLE:+$PATHS_DATA/ca-bundle.pem}
  paths_expand PATHS_PREFIX "$CFG_PODMAN_PREFIX"
  paths_expand PATHS_LAUNCHER "$CFG_LAUNCHER_DIRECTORY/$CFG_LAUNCHER_NAME"
  PATHS_ENGINE_HOME=$PATHS_DATA/home PATHS_STORAGE=$PATHS_DATA/storage
  [[ $CFG_CONF_SCOPE == private ]] || PATHS_ENGINE_HOME=$HOME PATHS_STORAGE=$HOME/.local/share/containers/graphroot
  PATHS_CONF=$PATHS_ENGINE_HOME/.config/containers
  paths_runtime
}

paths_home() {
  local name bad
  name=$(id -un)
  if [[ -z ${HOME:-} ]]; then
    HOME=$(getent passwd "$name") || HOME=''
    HOME=${HOME%:*} HOME=${HOME##*:}
    export HOME
  fi
  PATHS_USER=$name
  [[ $HOME == /* && -d $HOME ]] || die 69 "the home directory '$HOME' does not exist" 'set HOME to your home directory'
  # podman expands variables in the path of its store, and knows no way to write a dollar sign.
  bad='[[:cntrl:]]|[$][[:alnum:]_{*#$@!?-]'
  if [[ $HOME =~ $bad ]]; then
    die 69 'the path of the home directory holds a control character, or a $ before a name' 'podsand cannot be installed for this user'
  fi
}

paths_expand() { # <variable> <path>   a leading ~/ is the home directory; nothing else is expanded
  # The pattern is a literal ~/, on purpose.
  # shellcheck disable=SC2088
  if [[ $2 == '~/'* ]]; then
    printf -v "$1" '%s' "$HOME/${2#??}"
  else
    printf -v "$1" '%s' "$2"
  fi
}

# podman keeps the first runtime directory that it saw in its database for ever, so the first choice is recorded.
paths_runtime() {
  local session=$PODSAND_ROOT/run/user/$UID
  PATHS_RUNTIME=$PODSAND_ROOT/tmp/podsand-$UID
  [[ ! -d $session || ! -O $session ]] || PATHS_RUNTIME=$session/podsand
  ! decision_get runtime_dir || PATHS_RUNTIME=$DECISION_VALUE
}

paths_runtime_ready() { # creates the runtime directory, which does not survive a reboot
  [[ -d $PATHS_RUNTIME && ! -L $PATHS_RUNTIME && -O $PATHS_RUNTIME ]] && return 0
  mkdir -m 0700 -- "$PATHS_RUNTIME" 2>/dev/null || die 69 "the runtime directory $PATHS_RUNTIME cannot be made" \
    "log in as $PATHS_USER in a session of its own (not with su), or run: sudo loginctl enable-linger $PATHS_USER"
}

paths_arch() { # sets PATHS_ARCH: amd64 or arm64, as OCI names them
  local machine
  machine=$(uname -m)
  case $machine in
    x86_64 | amd64) PATHS_ARCH=amd64 ;;
    aarch64 | arm64) PATHS_ARCH=arm64 ;;
    *) die 69 "this machine's architecture is $machine" 'podman-static exists for x86_64 and aarch64 only' ;;
  esac
}
