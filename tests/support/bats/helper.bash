# shellcheck shell=bash
# shellcheck disable=SC2154 # bats sets BATS_TEST_TMPDIR and BATS_RUN_TMPDIR
# What every test of a snippet begins with: load ../../support/bats/helper, then in setup: load_snippet NAME…
#
# A test has a home directory, a fake root of the file system (PODSAND_ROOT) and a directory of stubs, first on PATH,
# of its own below BATS_TEST_TMPDIR; and the config of a default profile, which it may change.

bats_require_minimum_version 1.11.0

HELPER_SUPPORT=${BASH_SOURCE[0]%/*}
HELPER_SNIPPETS=$HELPER_SUPPORT/../../../snippets
HELPER_LOADED=()

load_snippet() { # <name>…   with what they require
  # bats' trace of every command, which helps nobody here, would take a tenth of a second.
  set +T
  helper_load "$@"
  set -T
}

helper_load() { # <name>…
  local name
  [[ -n ${PODSAND_ROOT:-} ]] || helper_host
  for name in "$@"; do
    helper_source "$name"
  done
  for name in log_setup steps_setup paths_setup; do
    ! declare -F "$name" >/dev/null || "$name"
  done
  [[ -z ${PATHS_DATA:-} ]] || mkdir -p "$PATHS_DATA"
}

helper_source() { # <name>
  local file=$HELPER_SNIPPETS/$1.bash line required
  [[ " ${HELPER_LOADED[*]} " != *" $1 "* ]] || return 0
  HELPER_LOADED+=("$1")
  while IFS= read -r line; do
    [[ $line != '# ///' ]] || break
    [[ $line == '# requires = ['* ]] || continue
    line=${line//[\[\]\",]/ }
    for required in ${line#*= }; do
      helper_source "$required"
    done
  done <"$file"
  # shellcheck disable=SC1090 # which file it is comes from the test
  source "$file"
}

helper_host() {
  PODSAND_ROOT=$BATS_TEST_TMPDIR/root
  HOME=$BATS_TEST_TMPDIR/home
  export HOME
  mkdir -p "$HOME" "$BATS_TEST_TMPDIR/bin" "$PODSAND_ROOT"/{etc,tmp,run/user}
  PATH=$BATS_TEST_TMPDIR/bin:$PATH
  # The machine's own must not decide a test.
  unset NO_COLOR TMPDIR http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY XDG_RUNTIME_DIR
  helper_config
}

# A script's config block, as the default profile makes it.
# shellcheck disable=SC2034,SC2088 # the snippets read these; what ~ is, they say
helper_config() {
  local zeros=0000000000000000000000000000000000000000000000000000000000000000
  PODSAND_VERSION=0.0.0 PROFILE_SHA256=$zeros
  STEPS_ROOT=() STEPS_USER=() COMMANDS=() TOOLS=()
  IMAGE_PARTS=(image_part_base)
  IMAGE_LAYERS=(image_layer_agent image_layer_base image_layer_user_agent image_layer_claude_code)
  CFG_NAME='test'
  CFG_PODMAN_SOURCE=release CFG_PODMAN_VERSION=v5.8.4 CFG_PODMAN_MIRROR=http://127.0.0.1:1/podman
  CFG_PODMAN_PREFIX='~/.local/share/podsand/engine'
  CFG_PODMAN_SHA256_AMD64=$zeros CFG_PODMAN_SHA256_ARM64=$zeros CFG_PODMAN_SIGNING_KEY=() CFG_PODMAN_ARCHIVES=''
  CFG_PODMAN_BUILDER=docker CFG_PODMAN_REPOSITORY=http://127.0.0.1:1/podman-static CFG_PODMAN_COMMIT=${zeros:0:40}
  CFG_DOCKER_MIRROR=http://127.0.0.1:1/docker CFG_DOCKER_KEY_SHA256=$zeros CFG_DOCKER_CHANNEL=stable CFG_DOCKER_VERSION=''
  CFG_DOCKER_AFTER=keep
  CFG_CONF_SCOPE=private CFG_CONF_STORAGE_DRIVER=auto CFG_CONF_IGNORE_CHOWN_ERRORS=false CFG_CONF_REGISTRIES=(docker.io)
  CFG_CONF_MIRRORS_PREFIX=() CFG_CONF_MIRRORS_LOCATION=() CFG_CONF_MIRRORS_INSECURE=()
  CFG_IMAGE_NAME=podsand CFG_IMAGE_BASE=docker.io/library/ubuntu:noble-20250619
  CFG_IMAGE_PACKAGES=(ca-certificates curl git jq)
  CFG_IMAGE_NODE_VERSION=v24.11.1 CFG_IMAGE_NODE_MIRROR=http://127.0.0.1:1/node
  CFG_IMAGE_NODE_SHA256_AMD64=$zeros CFG_IMAGE_NODE_SHA256_ARM64=$zeros
  CFG_IMAGE_FNM_VERSION=v1.39.0 CFG_IMAGE_FNM_MIRROR=http://127.0.0.1:1/fnm
  CFG_IMAGE_FNM_SHA256_AMD64=$zeros CFG_IMAGE_FNM_SHA256_ARM64=$zeros
  CFG_AGENT_NAME=claude-code CFG_AGENT_VERSION=2.1.330 CFG_AGENT_NPM_REGISTRY=''
  CFG_AGENT_COMMAND=(claude --dangerously-skip-permissions)
  CFG_AGENT_SHA256_AMD64=$zeros CFG_AGENT_SHA256_ARM64=$zeros
  CFG_SANDBOX_USER=agent CFG_SANDBOX_SECCOMP=strict CFG_SANDBOX_MEMORY=8g CFG_SANDBOX_CPUS='' CFG_SANDBOX_PIDS=4096
  CFG_SANDBOX_TMP_SIZE=2g CFG_SANDBOX_HOME=tmpfs CFG_SANDBOX_HOME_SIZE=4g CFG_SANDBOX_PROTECT_GIT=true
  CFG_SANDBOX_ENV=(TERM LANG ANTHROPIC_API_KEY) CFG_SANDBOX_NETWORK=pasta
  CFG_SANDBOX_MOUNTS_SOURCE=() CFG_SANDBOX_MOUNTS_TARGET=() CFG_SANDBOX_MOUNTS_WRITABLE=()
  CFG_LAUNCHER_NAME=podsand CFG_LAUNCHER_DIRECTORY='~/.local/bin'
  CFG_PROXY_URL='' CFG_PROXY_NO_PROXY=() CFG_PROXY_CREDENTIALS_ENV='' CFG_PROXY_CREDENTIALS_FILE='' CFG_PROXY_CA_BUNDLE=''
}

# A home directory whose path says something in bash, TOML, JSON, CSV and jinja alike.
hostile_home() {
  HOME=$BATS_TEST_TMPDIR/"it's \"so\" \$(touch executed) \`touch executed\` \\n {{ y }} #, a=b ünï 漢"
  mkdir -p "$HOME"
  paths_setup
  mkdir -p "$PATHS_DATA"
}

# bats' own run switches -e off; this is how a script runs its snippets.
production() { # <bash code> [argument]…   in a process of its own, with the snippets loaded so far and the config as it is now
  local file=$BATS_TEST_TMPDIR/production.bash name
  {
    printf '%s\n' 'set -euo pipefail' 'shopt -s inherit_errexit' 'export LC_ALL=C' 'unset CDPATH' 'umask 022'
    declare -p "${!CFG_@}" PODSAND_ROOT PODSAND_VERSION PROFILE_SHA256 STEPS_ROOT STEPS_USER COMMANDS TOOLS IMAGE_PARTS IMAGE_LAYERS
    printf 'readonly %s\n' "${!CFG_@}"
    for name in "${HELPER_LOADED[@]}"; do
      printf 'source %q\n' "$HELPER_SNIPPETS/$name.bash"
    done
    for name in log_setup die_setup steps_setup paths_setup; do
      ! declare -F "$name" >/dev/null || printf '%s\n' "$name"
    done
    printf '%s\n' "$1"
  } >"$file"
  bash "$file" "${@:2}"
}

engine_conf() { # the files whose presence says that podman is set up
  mkdir -p "$PATHS_CONF"
  : | tee "$PATHS_CONF"/{containers.conf,storage.conf} >"$PATHS_CONF/seccomp.json"
}

not() { # <predicate> [argument]…   unlike !, it fails a test; unlike run !, what the predicate sets stays
  if "$@"; then
    return 1
  fi
}

stub() { # <name>   a program, first on PATH; its text, without a first line, comes on standard input
  {
    printf '#!/bin/bash\n'
    cat
  } >"$BATS_TEST_TMPDIR/bin/$1"
  chmod 0755 "$BATS_TEST_TMPDIR/bin/$1"
}

# A stand-in for sudo: writes what it is asked for into $CALLS, a line each, and runs it with what is root's below the fake root,
# and of the environment only what it is told to keep.
root_stand_in() {
  export CALLS=$BATS_TEST_TMPDIR/calls ROOT=$PODSAND_ROOT WORLD=$BATS_TEST_TMPDIR/world
  mkdir -p "$WORLD"
  : >"$CALLS"
  stub sudo <<'STUB'
[[ $1 != -[nv] ]] || exit 0
kept=("PATH=$PATH" "CALLS=$CALLS" "ROOT=$ROOT" "WORLD=$WORLD" AS_ROOT=true)
while [[ $1 != -- ]]; do
  for name in ${1#--preserve-env=}; do
    IFS=, read -r -a names <<<"$name"
    for name in "${names[@]}"; do kept+=("$name=${!name}"); done
  done
  shift
done
shift
printf -v call ' %q' "$@"
printf '%s\n' "${call# }" >>"$CALLS"
words=()
for word; do
  [[ $word != /etc/* && $word != /var/* && $word != /usr/local/* ]] || word=$ROOT$word
  words+=("$word")
done
exec env -i "${kept[@]}" "${words[@]}"
STUB
}

without() { # <name>…   leaves on PATH the stubs, and of the system's programs all but these
  local directory=$BATS_TEST_TMPDIR/system name
  cp -rs /usr/bin "$directory"
  for name in "$@"; do
    rm -f "$directory/$name" "$BATS_TEST_TMPDIR/bin/$name"
  done
  PATH=$BATS_TEST_TMPDIR/bin:$directory
}

# <name>…   the same, in setup_file, for all tests of a file; their setup then says: PATH=$BATS_TEST_TMPDIR/bin:$SYSTEM
system_without() {
  local name
  export SYSTEM=$BATS_FILE_TMPDIR/system
  cp -rs /usr/bin "$SYSTEM"
  for name in "$@"; do
    rm -f "$SYSTEM/$name"
  done
}

# The program behind python3, which may be a slow shim: asked for once a run.
helper_python() { # sets HELPER_PYTHON
  local file=$BATS_RUN_TMPDIR/python
  [[ -s $file ]] || python3 -c 'import sys; print(sys.executable)' >"$file"
  HELPER_PYTHON=$(<"$file")
}

# What a program that reads the file would have, one line for each expression; paths may hold anything but a newline.
toml_get() { # <file> <python expression about d>…
  helper_python
  "$HELPER_PYTHON" -I -S -c 'import os, sys, tomllib
d = tomllib.load(open(sys.argv[1], "rb"))
for expression in sys.argv[2:]: os.write(1, str(eval(expression)).encode() + b"\n")' "$@"
}

json_get() { # <file> <jq expression>
  jq -er "$2" "$1"
}

# The values of --mount in SANDBOX_FLAGS as podman reads them, by CSV: a line each, fields apart by a bar.
mounts() {
  local index
  local -a values=()
  for index in "${!SANDBOX_FLAGS[@]}"; do
    [[ ${SANDBOX_FLAGS[index]} != --mount ]] || values+=("${SANDBOX_FLAGS[index + 1]}")
  done
  helper_python
  "$HELPER_PYTHON" -I -S -c 'import csv, os, sys
for value in sys.argv[1:]:
    (row,) = csv.reader([value], strict=True)
    os.write(1, os.fsencode("|".join(row)) + b"\n")' ${values[@]+"${values[@]}"}
}

serve() { # <directory>   over HTTP on the loopback, until unserve; sets SERVER_URL and SERVER_PID
  local try
  helper_python
  "$HELPER_PYTHON" -u -m http.server --bind 127.0.0.1 --directory "$1" 0 >"$1.port" 2>/dev/null 3>&- &
  SERVER_PID=$!
  for ((try = 0; try < 200; try++)); do
    [[ ! -s $1.port ]] || break
    sleep 0.02
  done
  SERVER_URL=$(sed -n 's|.*(\(http://[0-9.:]*\)/).*|\1|p' "$1.port")
  [[ -n $SERVER_URL ]]
}

unserve() {
  kill "$SERVER_PID"
  wait "$SERVER_PID" 2>/dev/null || true
}
