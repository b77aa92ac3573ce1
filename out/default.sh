#!/usr/bin/env bash
# Sets up podsand on this machine: a rootless podman sandbox in which a coding agent runs. Start with: bash FILE help
#
# profile: default
# profile sha256: be9c83dc1a9983a231e38d348663c1d8309d297eb5f183315c421032b66b6f7c
# made by: podsand-gen 0.1.0
#
# Do not edit: change the profile and make the script again. The resolved profile stands below the config; taken out of
# its comment signs and saved as profile.toml it makes this very file: podsand-gen profile.toml -o FILE
# The script is yours to use under the MIT licence of podsand, without warranty.
#
# The guard: any sh can read it. Its lines end in a comment sign, so that it works when line ends were damaged.
podsand_eol='
'; case "${podsand_eol}" in ??*) printf '%s\n' 'podsand: this script has Windows line ends; mend it: tr -d "\r" <FILE >FIXED' >&2; exit 1 ;; *) ;; esac #
case "${BASH_VERSION:-}" in '') printf '%s\n' 'podsand: this script needs bash 4.4 or newer; run it with: bash FILE' >&2; exit 69 ;; *) ;; esac #
case "$((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 404))" in 1) printf '%s\n' "podsand: this script needs bash 4.4 or newer; this is ${BASH_VERSION}" >&2; exit 69 ;; *) ;; esac #
unset podsand_eol #
set +o posix #

# The brace closes on the last line: a script that was cut short is a syntax error and runs nothing. bash calls some of these
# errors a success; this trap, which the script replaces when it runs, does not.
trap 'exit 1' EXIT
{
set -euo pipefail
shopt -s inherit_errexit
export LC_ALL=C
unset CDPATH
umask 022

# --- config: the only part that depends on values
readonly PODSAND_VERSION='0.1.0'
readonly PROFILE_SHA256='be9c83dc1a9983a231e38d348663c1d8309d297eb5f183315c421032b66b6f7c'
readonly CFG_NAME='default'
readonly CFG_PODMAN_SOURCE='build'
readonly CFG_PODMAN_VERSION='v5.8.4'
readonly CFG_PODMAN_REPOSITORY='https://github.com/mgoltzsche/podman-static'
readonly CFG_PODMAN_COMMIT='a14f4b3ee9751ea232ef10b72e4923869ea8c3d7'
readonly CFG_PODMAN_ARCHIVES=''
# shellcheck disable=SC2088
readonly CFG_PODMAN_PREFIX='~/.local/share/podsand/engine'
readonly CFG_DOCKER_MIRROR='https://download.docker.com/linux'
readonly CFG_DOCKER_KEY_SHA256='1500c1f56fa9e26b9b8f42452a553675796ade0807cdce11975eb98170b3a570'
readonly CFG_DOCKER_CHANNEL='stable'
readonly CFG_DOCKER_VERSION=''
readonly CFG_DOCKER_AFTER='keep'
readonly CFG_CONF_SCOPE='private'
readonly CFG_CONF_STORAGE_DRIVER='auto'
readonly CFG_CONF_IGNORE_CHOWN_ERRORS='false'
readonly -a CFG_CONF_REGISTRIES=('docker.io')
readonly -a CFG_CONF_MIRRORS_PREFIX=()
readonly CFG_IMAGE_NAME='podsand'
readonly CFG_IMAGE_BASE='docker.io/library/ubuntu:noble-20250619'
readonly -a CFG_IMAGE_PACKAGES=('ca-certificates' 'curl' 'git' 'jq' 'ripgrep' 'unzip')
readonly CFG_IMAGE_NODE_VERSION='v24.11.1'
readonly CFG_IMAGE_NODE_MIRROR='https://nodejs.org/dist'
readonly CFG_IMAGE_NODE_SHA256_AMD64='60e3b0a8500819514aca603487c254298cd776de0698d3cd08f11dba5b8289a8'
readonly CFG_IMAGE_NODE_SHA256_ARM64='6b0863fb9f627bf4a6c5948dce1de4398174a2e05dbe717503d828e211ca01f0'
readonly CFG_AGENT_NAME='claude-code'
readonly CFG_AGENT_VERSION='2.1.330'
readonly CFG_AGENT_NPM_REGISTRY=''
readonly -a CFG_AGENT_COMMAND=('claude' '--dangerously-skip-permissions')
readonly CFG_AGENT_SHA256_AMD64='f390eaa0814e6a1bff74cbb47acb74cb9c89d30ced809fe0af5af00c7bfe8ebb'
readonly CFG_AGENT_SHA256_ARM64='6016f90cac783e367fb1aa97c768a2efb94a0128a5b46b70fb3d8fcbbd9dd444'
readonly CFG_SANDBOX_USER='agent'
readonly CFG_SANDBOX_SECCOMP='strict'
readonly CFG_SANDBOX_MEMORY='8g'
readonly CFG_SANDBOX_CPUS=''
readonly CFG_SANDBOX_PIDS='4096'
readonly CFG_SANDBOX_TMP_SIZE='2g'
readonly CFG_SANDBOX_HOME='tmpfs'
readonly CFG_SANDBOX_HOME_SIZE='4g'
readonly CFG_SANDBOX_PROTECT_GIT='true'
readonly -a CFG_SANDBOX_ENV=('TERM' 'COLORTERM' 'LANG' 'TZ' 'ANTHROPIC_API_KEY' 'ANTHROPIC_BASE_URL' 'CLAUDE_CODE_OAUTH_TOKEN')
readonly CFG_SANDBOX_NETWORK='pasta'
readonly -a CFG_SANDBOX_MOUNTS_SOURCE=()
readonly CFG_LAUNCHER_NAME='podsand'
# shellcheck disable=SC2088
readonly CFG_LAUNCHER_DIRECTORY='~/.local/bin'
readonly CFG_PROXY_URL=''
readonly CFG_PROXY_CA_BUNDLE=''
readonly -a STEPS_ROOT=('host/packages' 'host/subids' 'docker/engine' 'podman/build-docker')
readonly -a STEPS_USER=(
  'podman/containers-conf'
  'podman/registries-conf'
  'podman/policy-json'
  'podman/storage-conf'
  'podman/seccomp-json'
  'image/build'
  'image/volume'
  'launcher/install'
)
readonly -a IMAGE_PARTS=('image_part_base')
readonly -a IMAGE_LAYERS=('image_layer_agent' 'image_layer_base' 'image_layer_user_agent' 'image_layer_claude_code')
readonly -a TOOLS=('ca-certificates' 'curl' 'flock' 'git' 'gzip' 'make' 'mountpoint' 'newuidmap' 'tar' 'usermod')
readonly -a COMMANDS=(
  'install' 'bring this machine to the state of the profile [--yes] [--dry-run] [--adopt] [--only STEP]… [--skip STEP]…'
  'plan' 'show what install would do, root first [--json]; exit 0 nothing, 2 changes, 1 cannot say'
  'run' 'start the agent in a sandbox in the current directory [--print] [-- COMMAND…]'
  'shell' 'start a shell in a sandbox in the current directory'
  'build' 'build the image again [--no-cache] [--pull]'
  'status' 'show what is installed, what was decided and why, and the sessions that run'
  'stop' 'stop the sessions that run here, or those that are named [--all] [NAME…]'
  'export' 'write every file that the script embeds or renders into a directory, for review: export DIRECTORY'
  'uninstall' 'take everything back [--purge: images and volumes too, the agent'\''s login with them] [--yes]'
  'help' 'show this'
  'version' 'show the versions of the script and of what it installs'
)
# --- end config

# --- profile: everything that this script was made from
# schema = 1
# name = "default"
# [podman]
# source = "build"
# version = "v5.8.4"
# builder = "docker"
# repository = "https://github.com/mgoltzsche/podman-static"
# commit = "a14f4b3ee9751ea232ef10b72e4923869ea8c3d7"
# prefix = "~/.local/share/podsand/engine"
# [docker]
# mirror = "https://download.docker.com/linux"
# key_sha256 = "1500c1f56fa9e26b9b8f42452a553675796ade0807cdce11975eb98170b3a570"
# channel = "stable"
# after = "keep"
# [conf]
# scope = "private"
# storage_driver = "auto"
# ignore_chown_errors = false
# registries = ["docker.io"]
# [image]
# name = "podsand"
# base = "docker.io/library/ubuntu:noble-20250619"
# packages = ["ca-certificates", "curl", "git", "jq", "ripgrep", "unzip"]
# node = "build"
# node_version = "v24.11.1"
# node_mirror = "https://nodejs.org/dist"
# node_sha256.amd64 = "60e3b0a8500819514aca603487c254298cd776de0698d3cd08f11dba5b8289a8"
# node_sha256.arm64 = "6b0863fb9f627bf4a6c5948dce1de4398174a2e05dbe717503d828e211ca01f0"
# [agent]
# name = "claude-code"
# version = "2.1.330"
# command = ["claude", "--dangerously-skip-permissions"]
# sha256.amd64 = "f390eaa0814e6a1bff74cbb47acb74cb9c89d30ced809fe0af5af00c7bfe8ebb"
# sha256.arm64 = "6016f90cac783e367fb1aa97c768a2efb94a0128a5b46b70fb3d8fcbbd9dd444"
# [sandbox]
# user = "agent"
# seccomp = "strict"
# memory = "8g"
# pids = 4096
# tmp_size = "2g"
# home = "tmpfs"
# home_size = "4g"
# protect_git = true
# env = ["TERM", "COLORTERM", "LANG", "TZ", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "CLAUDE_CODE_OAUTH_TOKEN"]
# network = "pasta"
# [launcher]
# name = "podsand"
# directory = "~/.local/bin"
# [script]
# commands = ["build", "export", "plan", "run", "shell", "status", "stop", "uninstall"]
# [proxy]
# --- end profile

# --- root steps
# >>> host/packages sha256:8b8cd4f251a47b9dd8325e9d873a682994b6ad4e2c0ade0bdd1afe0286d2ddb5 Install the programs that the other steps need and the host lacks.
host_packages_check() {
  host_packages_missing
  STEPS_WHY="all are here: ${TOOLS[*]}"
  ((${#HOST_PACKAGES_MISSING[@]} == 0)) && return 0
  STEPS_WHY="missing: ${HOST_PACKAGES_MISSING[*]}"
  return 1
}

host_packages_commands() {
  printf '%s\n' 'apt-get -o DPkg::Lock::Timeout=120 update' \
    "env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends ${HOST_PACKAGES_MISSING[*]}"
}

host_packages_apply() {
  command -v apt-get >/dev/null || die 69 "these programs are missing, and there is no apt-get here: ${HOST_PACKAGES_MISSING[*]}" \
    'install them with your package manager, then run this again'
  local package
  for package in "${HOST_PACKAGES_MISSING[@]}"; do
    journal_add host_packages_package "$package"
  done
  as_root_ready ' apt-get install'
  task_run "install ${HOST_PACKAGES_MISSING[*]}" host_packages_install
}

host_packages_install() {
  as_root apt-get -o DPkg::Lock::Timeout=120 update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends \
    "${HOST_PACKAGES_MISSING[@]}"
}

host_packages_missing() { # sets HOST_PACKAGES_MISSING, names of Debian packages
  local tool choice found
  HOST_PACKAGES_MISSING=()
  for tool in "${TOOLS[@]}"; do
    found=false
    # a|b: one of them is enough; the last is installed when there is none.
    for choice in ${tool//|/ }; do
      host_packages_has "$choice" && found=true
    done
    [[ $found == true ]] || host_packages_add "${tool##*|}"
  done
}

host_packages_has() { # <tool>
  case $1 in
    ca-certificates) [[ -s $PODSAND_ROOT/etc/ssl/certs/ca-certificates.crt || -s $PODSAND_ROOT/etc/pki/tls/certs/ca-bundle.crt ]] ;;
    *) command -v "$1" >/dev/null || [[ -x $PODSAND_ROOT/usr/sbin/$1 ]] ;;
  esac
}

host_packages_add() { # <tool>
  case $1 in
    newuidmap) HOST_PACKAGES_MISSING+=(uidmap) ;;
    flock | mountpoint) HOST_PACKAGES_MISSING+=(util-linux) ;;
    usermod) HOST_PACKAGES_MISSING+=(passwd) ;;
    *) HOST_PACKAGES_MISSING+=("$1") ;;
  esac
}

host_packages_installed() { # <package>   not only its configuration
  local said
  said=$(dpkg-query --status "$1" 2>/dev/null) && [[ $said == *$'\n''Status: '*' installed'$'\n'* ]]
}

host_packages_package_undo() { # <package>
  ! host_packages_installed "$1" || log_info "the package $1 was installed for podsand and stays; remove it if nothing else uses it: sudo apt-get remove $1"
}
# >>> docker/packages sha256:75af5908c18554719b81ef92bb6aa6182289e7b0d2821843dc682d10d3dbe6ee Docker's own packages, from one signed apt source; nothing that belongs to somebody else is removed for them.
docker_packages_missing() { # sets DOCKER_PACKAGES; one that is there is neither upgraded nor, later, removed
  local name version=${CFG_DOCKER_VERSION:+=5:$CFG_DOCKER_VERSION-*}
  DOCKER_PACKAGES=()
  for name in "docker-ce$version" "docker-ce-cli$version" containerd.io docker-buildx-plugin docker-compose-plugin; do
    host_packages_installed "${name%%=*}" || DOCKER_PACKAGES+=("$name")
  done
}

docker_packages_system() { # sets DOCKER_PACKAGES_SYSTEM and DOCKER_PACKAGES_SUITE, as the vendor's archive names them
  local said
  # What derives from one of the two says so, and names the suite that it is made from.
  # shellcheck disable=SC1091,SC2154
  said=$(
    unset ID ID_LIKE {UBUNTU,DEBIAN,VERSION}_CODENAME
    . "$PODSAND_ROOT/etc/os-release" && printf '%s| %s ' "${UBUNTU_CODENAME:-${DEBIAN_CODENAME:-${VERSION_CODENAME:-}}}" "${ID:-} ${ID_LIKE:-}"
  ) || said='| '
  DOCKER_PACKAGES_SUITE=${said%%|*} DOCKER_PACKAGES_SYSTEM=debian
  case $said in
    *' ubuntu '*) DOCKER_PACKAGES_SYSTEM=ubuntu ;;
    *' debian '*) ;;
    *) docker_packages_refuse "docker is needed to build podman, and this script cannot install it on${said#*|}" 'install Docker Engine with buildx yourself' ;;
  esac
}

docker_packages_refuse() { # <what is wrong> <remedy>
  die 69 "$1" "$2, then run this again;" \
    'or generate the script with --set podman.source=release, or --set podman.builder=podman: neither needs docker'
}

docker_packages_commands() {
  docker_packages_missing
  printf '%s\n' 'install -D -m 0644 /dev/stdin /etc/apt/keyrings/docker.asc' 'install -D -m 0644 /dev/stdin /etc/apt/sources.list.d/docker.sources' \
    'apt-get -o DPkg::Lock::Timeout=120 update' "env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends ${DOCKER_PACKAGES[*]}"
}

docker_packages_apply() {
  local package
  docker_packages_missing
  docker_packages_system
  task_run "ask $CFG_DOCKER_MIRROR for docker" docker_packages_source
  docker_packages_conflicts
  for package in "${DOCKER_PACKAGES[@]%%=*}"; do
    journal_add host_packages_package "$package"
  done
  task_run "install ${DOCKER_PACKAGES[*]}" as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 \
    install -y --no-install-recommends "${DOCKER_PACKAGES[@]}"
}

docker_packages_source() {
  local mirror=$CFG_DOCKER_MIRROR/$DOCKER_PACKAGES_SYSTEM sources=/etc/apt/sources.list.d/docker.sources key=$PATHS_CACHE/docker.asc arch known
  arch=$(dpkg --print-architecture)
  # shellcheck disable=SC2016
  known=$(apt-get indextargets --no-release-info --format '$(REPO_URI) $(RELEASE)')
  # Two sources for the same packages with two keys would make apt refuse both.
  if [[ $'\n'$known$'\n' != *$'\n'"$mirror/ $DOCKER_PACKAGES_SUITE"$'\n'* ]]; then
    fetch_verified "$mirror/gpg" "$CFG_DOCKER_KEY_SHA256" "$key"
    docker_packages_write /etc/apt/keyrings/docker.asc 0644 <"$key"
    rm -f -- "$key"
    printf '%s\n' 'Types: deb' "URIs: $mirror" "Suites: $DOCKER_PACKAGES_SUITE" "Components: $CFG_DOCKER_CHANNEL" \
      "Architectures: $arch" 'Signed-By: /etc/apt/keyrings/docker.asc' | docker_packages_write "$sources" 0644
  fi
  as_root apt-get -o DPkg::Lock::Timeout=120 update && return 0
  # A source that apt cannot read would stop every later update as well.
  ! journal_has docker_packages_file "$sources" || as_root rm -f -- "$sources"
  die 1 'apt-get update failed' "is there a docker for $DOCKER_PACKAGES_SYSTEM $DOCKER_PACKAGES_SUITE at $mirror?"
}

docker_packages_write() { # <file> <mode>   the content comes on standard input
  [[ ! -e $PODSAND_ROOT$1 ]] || journal_has docker_packages_file "$1" ||
    die 1 "$1 is there already, and podsand did not write it" 'move it away, or let docker.mirror in the profile be the archive that it belongs to'
  journal_add docker_packages_file "$1"
  as_root install -D -m "$2" /dev/stdin "$1"
}

# apt is asked what it would remove. A distribution's docker gives way when that is confirmed; containerd and runc without it
# belong to something else, such as Kubernetes.
docker_packages_conflicts() {
  local said verb name removed='' foreign=''
  said=$(apt-get -s install --no-install-recommends "${DOCKER_PACKAGES[@]}" 2>&1) ||
    die 1 "apt cannot install docker: ${said##*$'\n'}" "see: apt-get -s install ${DOCKER_PACKAGES[*]}"
  while read -r verb name _; do
    [[ $verb != Remv ]] || removed+=" $name"
  done <<<"$said"
  [[ -n $removed ]] || return 0
  for name in $removed; do
    case $name in
      docker.io | docker-cli | docker-buildx | docker-compose | docker-compose-v2 | docker-doc | podman-docker) ;;
      containerd | runc) [[ "$removed " == *' docker.io '* ]] || foreign+=" $name" ;;
      *) foreign+=" $name" ;;
    esac
  done
  [[ -z $foreign ]] || docker_packages_refuse "installing docker would remove what is not docker's:$foreign" 'if nothing needs them, remove them yourself'
  log_warn "these packages conflict with Docker's and are removed:$removed"
  ask_yes 'remove them?' 'run it with --yes'
}

docker_packages_file_undo() { # <path>
  [[ -e $PODSAND_ROOT$1 ]] || return 0
  if host_packages_installed docker-ce; then
    log_info "$1 belongs to docker, which stays; remove it after docker: sudo rm $1"
    return 0
  fi
  STEPS_PHASE=root
  as_root rm -f -- "$1"
}
# >>> docker/daemon-json sha256:87db6720013dc884dd0f6a5adb859e411e6a179127f0e6492ba3654dfd812f18 Tell a docker that podsand installs of the proxy and of registries without TLS.
docker_daemon_json_render() { # one line, or nothing when there is nothing to say
  local name value proxies='' insecure=''
  for name in http_proxy https_proxy no_proxy; do
    [[ -n ${!name:-} ]] || continue
    json_string value "${!name}"
    proxies+="${proxies:+, }\"${name/_/-}\": $value"
  done
  [[ -z ${CFG_CONF_MIRRORS_PREFIX[*]-} ]] || insecure=$(podman_mirrors_insecure)
  [[ -z $proxies$insecure ]] || printf '{"proxies": {%s}, "insecure-registries": [%s]}\n' "$proxies" "$insecure"
}

docker_daemon_json_apply() {
  local file=/etc/docker/daemon.json text
  proxy_setup
  text=$(docker_daemon_json_render)
  [[ -n $text ]] || return 0
  if [[ -e $PODSAND_ROOT$file ]] && ! journal_has docker_packages_file "$file"; then
    log_warn "$file is there already and stays as it is; docker may not reach its registries through the proxy"
    return 0
  fi
  # It holds the proxy's login.
  docker_packages_write "$file" 0600 <<<"$text"
}
# >>> host/subids sha256:eb31e46bf0b58cdebe23137d6373f191c864ae175ded5ca1dc999ddbb07d8d3a Give the user a range of subordinate user and group ids.
# The static podman asks no name service: only lines of these files count, and only by the user's name.

host_subids_check() {
  local file
  STEPS_WHY="$PATHS_USER has a range in /etc/subuid and /etc/subgid"
  for file in subuid subgid; do
    if ! host_subids_has "$file"; then
      STEPS_WHY="$PATHS_USER has no range of 65536 ids in /etc/$file"
      return 1
    fi
  done
}

host_subids_has() { # <subuid|subgid>
  local name start count
  [[ -r $PODSAND_ROOT/etc/$1 ]] || return 1
  # A last line without its newline is a line, and numbers are decimal whatever they begin with.
  while IFS=: read -r name start count || [[ -n $name ]]; do
    [[ $name != "$PATHS_USER" || ! $start =~ ^[0-9]{1,10}$ || ! $count =~ ^[0-9]{1,10}$ ]] || ((10#$count < 65536)) || return 0
  done <"$PODSAND_ROOT/etc/$1"
  return 1
}

host_subids_free() { # sets HOST_SUBIDS_FREE to the first id above every range of both files
  local file start count
  HOST_SUBIDS_FREE=100000
  for file in "$PODSAND_ROOT/etc/subuid" "$PODSAND_ROOT/etc/subgid"; do
    [[ -r $file ]] || continue
    while IFS=: read -r _ start count || [[ -n $start ]]; do
      [[ $start =~ ^[0-9]{1,10}$ && $count =~ ^[0-9]{1,10}$ ]] || continue
      ((10#$start + 10#$count <= HOST_SUBIDS_FREE)) || HOST_SUBIDS_FREE=$((10#$start + 10#$count))
    done <"$file"
  done
}

host_subids_arguments() { # sets HOST_SUBIDS_ARGUMENTS for usermod
  host_subids_free
  local range=$HOST_SUBIDS_FREE-$((HOST_SUBIDS_FREE + 65535))
  HOST_SUBIDS_ARGUMENTS=()
  host_subids_has subuid || HOST_SUBIDS_ARGUMENTS+=(--add-subuids "$range")
  host_subids_has subgid || HOST_SUBIDS_ARGUMENTS+=(--add-subgids "$range")
}

host_subids_commands() {
  host_subids_arguments
  printf '%s\n' "usermod ${HOST_SUBIDS_ARGUMENTS[*]} $PATHS_USER"
}

host_subids_apply() {
  local index file
  host_subids_arguments
  for ((index = 0; index < ${#HOST_SUBIDS_ARGUMENTS[@]}; index += 2)); do
    file=${HOST_SUBIDS_ARGUMENTS[index]#--add-}
    journal_add host_subids_line "/etc/${file%s}" "$PATHS_USER:$HOST_SUBIDS_FREE:65536"
  done
  as_root usermod "${HOST_SUBIDS_ARGUMENTS[@]}" "$PATHS_USER"
}

# Not by usermod, which takes no range from a user who runs a program, this one for instance.
host_subids_line_undo() { # <file> <line>
  # Files in a store that stays belong to these ids.
  [[ ${UNINSTALL_PURGE:-false} == true ]] || return 3
  STEPS_PHASE=root
  as_root sed -i -e "/^${2//./\\.}\$/d" "$1"
}
# >>> docker/engine sha256:a19b11cd42fed97771e8d1c6574683adb66438943765658c35342c5a90fc98bb A Docker Engine with buildx that runs, for the build of podman: installed and started when there is none.
docker_engine_check() {
  # Nothing else here needs docker.
  podman_source_check && return 0
  STEPS_WHY='docker with buildx runs'
  docker_engine_answers && return 0
  docker_engine_here && docker_engine_listens && return 0
  STEPS_WHY='docker does not run'
  docker_engine_here || STEPS_WHY='there is no docker with buildx'
  return 1
}

# The docker command of podman-docker has no such server, and podman's own socket builds nothing.
docker_engine_answers() { # [as_root]   whether a docker with buildx answers
  local server
  server=$("$@" timeout 20 docker version --format '{{range .Server.Components}}{{.Name}} {{end}}' 2>/dev/null) || return 1
  [[ $server == 'Engine '* ]] && "$@" docker buildx version >/dev/null 2>&1
}

docker_engine_here() { # whether root can use it: a plugin in the user's home is not root's
  command -v docker >/dev/null && DOCKER_CONFIG=/nonexistent docker buildx version >/dev/null 2>&1 &&
    { [[ -x $PODSAND_ROOT/usr/bin/dockerd ]] || docker_engine_listens; }
}

docker_engine_listens() {
  local sockets
  sockets=$(<"$PODSAND_ROOT/proc/net/unix")
  [[ $sockets$'\n' =~ ' '(/var)?/run/docker\.sock$'\n' ]]
}

docker_engine_commands() {
  local start='service docker start'
  [[ ! -d $PODSAND_ROOT/run/systemd/system ]] || start='systemctl start docker.service'
  if ! docker_engine_here; then
    docker_daemon_json_render | sed 's#.*#install -D -m 0600 /dev/stdin /etc/docker/daemon.json#'
    docker_packages_commands
  fi
  printf '%s\n' "$start" 'docker version'
}

docker_engine_apply() {
  as_root_ready ' docker'
  [[ $CFG_DOCKER_AFTER == keep ]] || docker_after_remember
  if ! docker_engine_here; then
    docker_engine_listens && ! docker_engine_packaged &&
      docker_packages_refuse 'a docker runs here that has no buildx, and is of no package that is known' 'install buildx for it'
    host_packages_installed docker-ce || docker_daemon_json_apply
    docker_packages_apply
  fi
  docker_engine_listens || task_run 'start docker' docker_engine_start
  task_run 'wait for docker' docker_engine_wait
}

docker_engine_packaged() { host_packages_installed docker-ce || host_packages_installed docker.io; }

docker_engine_start() {
  if [[ -d $PODSAND_ROOT/run/systemd/system ]]; then
    as_root systemctl start docker.service
  elif [[ -x $PODSAND_ROOT/etc/init.d/docker ]]; then
    as_root service docker start
  else
    die 69 'docker is installed, and neither systemd nor a service script can start it here' 'start dockerd as root yourself, then run the same command again'
  fi
}

docker_engine_wait() {
  local end=$((SECONDS + 30))
  until docker_engine_answers as_root; do
    ((SECONDS < end)) || die 69 'docker was started and does not answer' 'see its log (journalctl -u docker, or /var/log/docker.log), then run the same command again'
    sleep 0.5
  done
}
# >>> podman/build-docker sha256:75ac6e60a1e4961a3acf3e2fabbe20fea42f7907bd877b2f4b81db6d6330e693 Build podman-static from its pinned source with docker.
podman_build_docker_check() { podman_source_check; }

podman_build_docker_commands() { # none, when docker is there for the user
  local place=/var/cache/podsand-build-$UID
  ! docker_engine_answers || return 0
  printf '%s\n' "rm -rf -- $place" "install -d -m 0700 -- $place" "tar --no-unquote -C $place --no-same-owner -xf -" \
    "make -C $place singlearch-tar DOCKER=docker PLATFORM=linux/$PATHS_ARCH BUILDX_OPTS=…" \
    "cat -- $place/build/asset/podman-linux-$PATHS_ARCH.tar.gz" "rm -rf -- $place"
}

podman_build_docker_apply() {
  # Who may use docker without root (rootless docker, Docker Desktop, the group) builds without root.
  if docker_engine_answers; then
    die_cleanup "$PATHS_CACHE/podman-build"
    podman_source_apply docker "$PATHS_CACHE/podman-build"
  else
    as_root_ready ' make'
    journal_add podman_build_docker_place "/var/cache/podsand-build-$UID"
    podman_source_apply docker "/var/cache/podsand-build-$UID" as_root
  fi
}

podman_build_docker_place_undo() { # <place>   what an interrupted build left
  [[ -e $PODSAND_ROOT$1 ]] || return 0
  STEPS_PHASE=root
  as_root rm -rf -- "$1"
}

# --- policy of the sandbox
# >>> sandbox/mount sha256:1c36329c3cfa6c1542a3efaff4ca3212350f079090876b9895b40e7e29e249f3 Mounts, as podman's --mount reads them.
# The value is one line of CSV (RFC 4180): a field with a comma or a quote is quoted, and its quotes are doubled.
sandbox_mount() { # <field>…   appends --mount to SANDBOX_FLAGS
  local field value=''
  for field in "$@"; do
    if [[ $field == *[,\"]* ]]; then
      field=\"${field//\"/\"\"}\"
    fi
    value+=${value:+,}$field
  done
  SANDBOX_FLAGS+=(--mount "$value")
}
# >>> sandbox/git sha256:37bb6f15144028d1b9b5c6d1e977360f516105d180d516723a08086fcdbe728f Make the plain ways to have git on the host execute something harder: hooks and configuration are read-only.
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
# >>> sandbox/home-tmpfs sha256:5e286ca9974355763d9653ac242d3646e588050eb5f65db702109fb42a0c59d6 The agent's home is in memory, begins as the image has it, and is forgotten; the rest of the image is read-only.
sandbox_home_tmpfs() { # appends to SANDBOX_FLAGS; podman copies the image's home into it, with its owners
  SANDBOX_FLAGS+=(--read-only)
  sandbox_mount type=tmpfs "dst=$SANDBOX_HOME" "tmpfs-size=$CFG_SANDBOX_HOME_SIZE" tmpfs-mode=0700 chown=true
}
# >>> sandbox/seccomp-common sha256:cda189e41ede4f40308035446977d452b72a392bb79538b7b5110572851df7e7 Which system calls the sandbox may make, which not, and why: what holds whatever sandbox.seccomp says.
# How to read it. "[group] verdict: reason", then names, or a name and on which arguments; arg0 is the first. A verdict is allow, or
# the error that the caller gets: EPERM is what the kernel itself says to a caller without the privilege, ENOSYS what a kernel without
# the feature says: libraries then fall back. What stands nowhere gets ENOSYS too. Only names that x86_64 or aarch64 have stand here,
# because no other ABI is let through. The start was podman's default profile; docs/explanation/seccomp.md lists the difference.
sandbox_seccomp_common() {
  cat <<'EOF'
# Allowed whatever the arguments.
[file-names] allow: Find, make, rename and remove files. The ordinary permission checks decide; device nodes need a capability that is not there.
access chdir chmod chown creat faccessat faccessat2 fchdir fchmod fchmodat fchmodat2 fchown fchownat fstat fstatfs ftruncate futimesat getcwd getdents
getdents64 lchown link linkat lstat mkdir mkdirat mknod mknodat newfstatat open openat openat2 readlink readlinkat rename renameat renameat2 rmdir stat statfs
statx symlink symlinkat truncate umask unlink unlinkat utime utimensat utimes
[file-attributes] allow: Extended attributes of files that the caller may read or write.
fgetxattr flistxattr fremovexattr fsetxattr getxattr lgetxattr listxattr llistxattr lremovexattr lsetxattr removexattr setxattr
[file-contents] allow: Read, write and lock what is open. ioctl reaches only the few devices that are in the container, and its own terminal.
close close_range copy_file_range dup dup2 dup3 fadvise64 fallocate fcntl fdatasync flock fsync ioctl lseek pipe pipe2 pread64 preadv preadv2 pwrite64 pwritev
pwritev2 read readahead readv sendfile splice sync sync_file_range syncfs tee write writev
[events] allow: Wait for what is open, and for changes in directories that the caller may read.
epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 inotify_add_watch inotify_init inotify_init1 inotify_rm_watch poll
ppoll pselect6 select
[asynchronous-io] allow: The older interface, for databases under test. Its successor io_uring is refused.
io_cancel io_destroy io_getevents io_setup io_submit
[memory] allow: The caller's own address space, and where its pages lie.
brk get_mempolicy madvise mbind memfd_create mincore mlock mlock2 mlockall mmap mprotect mremap msync munlock munlockall munmap pkey_alloc pkey_free
pkey_mprotect remap_file_pages set_mempolicy
[processes] allow: Start, wait for and list processes of this container: its own PID namespace holds no others. clone has rules of its own.
arch_prctl execve execveat exit exit_group fork getpgid getpgrp getpid getppid getsid gettid pidfd_open prctl process_mrelease setpgid setsid vfork wait4 waitid
[threads] allow: What the C library's threads and locks are made of.
futex get_robust_list membarrier restart_syscall rseq set_robust_list set_tid_address
[signals] allow: Among the processes of this container.
kill pause pidfd_send_signal rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sigaltstack
signalfd signalfd4 tgkill tkill
[identity] allow: Without capabilities and with no-new-privileges nothing can be gained here. Programs drop privileges with them; builds need them.
capget capset getegid geteuid getgid getgroups getresgid getresuid getuid setfsgid setfsuid setgid setgroups setregid setresgid setresuid setreuid setuid
[self-confinement] allow: A program may lock itself in further: these only ever take rights away.
landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp
[scheduling] allow: Priority and CPU affinity of own processes, within the limits of the container.
getpriority ioprio_get ioprio_set sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler
sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield setpriority
[system-facts] allow: Limits, load, the kernel's name, random numbers.
getcpu getrandom getrlimit getrusage prlimit64 setrlimit sysinfo uname
[time] allow: Read clocks, sleep, set timers. To set a clock needs a capability that is not there.
adjtimex alarm clock_adjtime clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep setitimer time timer_create timer_delete
timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime times
[ipc] allow: Queues, semaphores and shared memory, in the container's own IPC namespace.
mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop semtimedop shmat shmctl shmdt shmget
[socket-use] allow: Everything that is done with a socket. Which sockets there can be is said further down.
accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg sendmmsg sendmsg sendto setsockopt shutdown

# Allowed with some arguments only. A filter compares the 64 bits that the caller passed, the kernel often looks at 32 of them. So calls
# are allowed by equality, never by "anything but": podman's own rule against AF_VSOCK is of that kind, and a family of 0x100000028
# passes it. Here such a value is equal to nothing, and is refused.
[socket-families] allow: AF_UNIX, AF_INET, AF_INET6. Packet, crypto and all others are attack surface that no tool of an agent needs.
socket: arg0 == 1 or arg0 == 2 or arg0 == 10
[netlink-route] allow: AF_NETLINK for NETLINK_ROUTE, by which programs list interfaces.
socket: arg0 == 16 and arg2 == 0
[other-netlink] EPROTONOSUPPORT: Audit, netfilter, uevents and the like. The answer is that of a kernel without them: sudo, useradd and udev clients then go on.
socket: arg0 == 16 and arg2 != 0
[other-families] EAFNOSUPPORT: What a kernel without them says; below 16 they get ENOSYS. AF_VSOCK would reach the hypervisor past every network namespace.
socket: arg0 > 16
[socket-pairs] allow: AF_UNIX, the one family that makes useful pairs.
socketpair: arg0 == 1
[personality] allow: PER_LINUX and PER_LINUX32, each with or without UNAME26, and the question which it is. Others weaken the layout of memory.
personality: arg0 == 0 or arg0 == 8 or arg0 == 0x20000 or arg0 == 0x20008 or arg0 == 0xffffffff

# Refused. What stands nowhere is refused too: a name here adds the reason and the error.
[other-processes] EPERM: Take a descriptor out of another process, or advise on its memory. Debuggers do without.
pidfd_getfd process_madvise
[file-handles] EPERM: Files by number instead of by name: the way by which a container once read all of its host's disk.
name_to_handle_at open_by_handle_at
[kernel-programs] EPERM: Programs and counters inside the kernel, for those who administer the machine. Their checks have failed time and again.
bpf perf_event_open
[page-faults] EPERM: Lets the caller hold the kernel up in the middle of a copy for as long as it likes, which makes races in the kernel easy to win.
userfaultfd
[file-system-watch] EPERM: Made for virus scanners. Tools that watch files use inotify, which is allowed.
fanotify_init fanotify_mark
[io-uring] ENOSYS: What it runs (openat, connect, socket and so on) is never shown to a filter. Programs fall back to epoll.
io_uring_enter io_uring_register io_uring_setup
[keys] ENOSYS: The kernel's key store is only partly divided by namespaces. Programs fall back to files.
add_key keyctl request_key
[secret-memory] ENOSYS: Memory that not even the host's administrator can look into. Nothing needs it.
memfd_secret
[kernel-log] EPERM: The kernel's messages are about the host: its devices, its addresses, other people's programs.
syslog
[whole-machine] EPERM: Clock, modules, swap, quotas, ports, power: the host's, each behind a capability that is not there; and relics of old kernels.
acct clock_settime delete_module finit_module init_module ioperm iopl kexec_file_load kexec_load lookup_dcookie nfsservctl query_module quotactl quotactl_fd
reboot settimeofday swapoff swapon vhangup sysfs uselib ustat
[segments] ENOSYS: 16-bit and 32-bit segments, for emulators of old systems, and a regular source of holes.
modify_ldt
[rare] EPERM: podman too refuses these with this error: new or rare calls that programs can do without.
cachestat futex_requeue futex_wait futex_waitv futex_wake io_pgetevents map_shadow_stack migrate_pages move_pages vmsplice
EOF
}
# >>> sandbox/seccomp-strict sha256:387acb6b61acbc53c2ec1629351ff1b7e2b99e8c15585bb486d910ccdc857260 What sandbox.seccomp = strict refuses, and debug or nested would allow: namespaces, mounts, tracing.
# Written as seccomp-common is.
sandbox_seccomp_strict() {
  cat <<'EOF'
[namespaces] EPERM: A new user namespace hands out every capability inside it, and so opens the parts of the kernel in which most escapes were found.
setns unshare
[clone] allow: Processes and threads: none of the seven namespace flags is set.
clone: arg0 & 0x7e020000 == 0
[clone-namespaces] EPERM: The seven flags: NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. Why: see namespaces.
clone: arg0 & 0x00020000 == 0x00020000 or arg0 & 0x02000000 == 0x02000000 or arg0 & 0x04000000 == 0x04000000 or arg0 & 0x08000000 == 0x08000000
clone: arg0 & 0x10000000 == 0x10000000 or arg0 & 0x20000000 == 0x20000000 or arg0 & 0x40000000 == 0x40000000
[clone3] ENOSYS: Its flags lie in memory, where a filter cannot see them. C libraries fall back to clone.
clone3
[mounts] EPERM: Without a namespace of one's own they can do nothing; with one they are the next step of an escape.
chroot fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree open_tree_attr pivot_root umount2
[host-name] EPERM: The sandbox keeps the name that it was given.
setdomainname sethostname
[tracing] EPERM: One process reads and steers another: no agent needs that to work, and the kernel's part in it has a long record of holes.
kcmp process_vm_readv process_vm_writev ptrace
EOF
}
# >>> sandbox/user-agent sha256:d988b77346d1998b35695bd3bdb4b7573dc267cee1144e4bc378380311d197ed The agent is user 1000 without capabilities; its files in the workspace belong to the caller.
sandbox_user_agent() { # appends to SANDBOX_FLAGS; sets SANDBOX_HOME
  SANDBOX_HOME=/home/agent
  SANDBOX_FLAGS+=('--userns=keep-id:uid=1000,gid=1000' --user=1000:1000 --cap-drop=all)
}
# >>> sandbox/workspace sha256:6455404f81e8a78f96d079951b7ed6a621dd7ed5ca6218584400f7cbe12889e4 Which directory the sandbox may work in: the current one, unless giving it away gives the machine away.
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
# >>> sandbox/policy sha256:fac2acc41e26ab9372f3d2eb58d98dae277e57f8ff4138839c41fe2bdb25b471 What the sandbox may reach and do, as podman's flags.
sandbox_policy() { # sets SANDBOX_FLAGS, from the profile and the workspace; reads nothing inside the workspace as configuration
  SANDBOX_FLAGS=(--rm --init --interactive --pull=never --log-driver=none --hostname=podsand --http-proxy=false)
  "sandbox_user_$CFG_SANDBOX_USER"
  SANDBOX_FLAGS+=(--security-opt=no-new-privileges "--security-opt=seccomp=$PATHS_CONF/seccomp.json")
  sandbox_policy_limits
  sandbox_policy_files
  sandbox_policy_environment
}

sandbox_policy_limits() {
  # podman has no default for pids with cgroupfs.
  SANDBOX_FLAGS+=("--pids-limit=$CFG_SANDBOX_PIDS" --ulimit=core=0:0)
  [[ -z $CFG_SANDBOX_MEMORY ]] || SANDBOX_FLAGS+=("--memory=$CFG_SANDBOX_MEMORY" "--memory-swap=$CFG_SANDBOX_MEMORY")
  [[ -z $CFG_SANDBOX_CPUS ]] || SANDBOX_FLAGS+=("--cpus=$CFG_SANDBOX_CPUS")
  # Without an address that stands for the host, its loopback services are out of reach.
  SANDBOX_FLAGS+=("--network=${CFG_SANDBOX_NETWORK/#pasta/pasta:--map-guest-addr,none}")
}

sandbox_policy_files() {
  SANDBOX_FLAGS+=("--tmpfs=/tmp:rw,nosuid,nodev,mode=1777,size=$CFG_SANDBOX_TMP_SIZE"
    "--tmpfs=/var/tmp:rw,nosuid,nodev,mode=1777,size=$CFG_SANDBOX_TMP_SIZE" "--tmpfs=/run:rw,nosuid,nodev,noexec,mode=0755,size=64m")
  "sandbox_home_$CFG_SANDBOX_HOME"
  sandbox_mount type=volume "src=podsand-$CFG_AGENT_NAME" "dst=$SANDBOX_HOME/.config/claude"
  sandbox_mount type=bind "src=$SANDBOX_WORKSPACE" "dst=$SANDBOX_WORKSPACE"
  sandbox_git
  ((${#CFG_SANDBOX_MOUNTS_SOURCE[@]} == 0)) || sandbox_extra_mounts
  SANDBOX_FLAGS+=("--workdir=$SANDBOX_WORKSPACE")
}

sandbox_policy_environment() {
  local name
  for name in "${CFG_SANDBOX_ENV[@]}"; do
    # By name: podman takes the value from its own environment, so that it stands on no command line.
    if [[ -n ${!name:-} ]]; then
      PODMAN_ENGINE+=("$name=${!name}")
      SANDBOX_FLAGS+=("--env=$name")
    fi
  done
  [[ -z $PATHS_CA ]] || sandbox_ca_bundle
}

# --- user steps
# >>> agent/claude-code-entrypoint sha256:7a4d0569fbf58754c79e17a0723114c63261257f5f7deaccec08695b24176d36 The image's entry point: answers claude-code's first-run questions, then runs what it is given.
agent_claude_code_entrypoint() {
  cat <<'ENTRYPOINT'
#!/bin/bash
# Whoever started the sandbox here chose the directory and the mode already.
set -eu
state=$CLAUDE_CONFIG_DIR/.claude.json
if [[ -w $CLAUDE_CONFIG_DIR ]]; then
  exec 8>>"$CLAUDE_CONFIG_DIR/.podsand.lock"
  flock 8
  [[ -s $state ]] || (umask 077 && printf '{}\n' >"$state")
  if ! jq -e --arg directory "$PWD" '.hasCompletedOnboarding and .projects[$directory].hasTrustDialogAccepted' "$state" &>/dev/null; then
    # First a copy with its mode: there can be a key in it.
    cp -p "$state" "$state.podsand"
    if jq --arg directory "$PWD" '.hasCompletedOnboarding = true | .projects[$directory].hasTrustDialogAccepted = true' "$state" >"$state.podsand"; then
      mv -f "$state.podsand" "$state"
    else
      echo "podsand: $state is damaged; claude-code will ask its first questions" >&2
    fi
  fi
  exec 8>&-
fi
exec "$@"
ENTRYPOINT
}
# >>> agent/claude-code-settings sha256:ed811a352286f01416d5e9f12c9db7a51dc46e3f4cdaab091dc64074dece038d claude-code's managed settings in the image: the sandbox is ours, so its own is off.
# sandbox.enabled: its bubblewrap needs user namespaces, which our seccomp profile refuses; this container is the
# sandbox. skipDangerousModePermissionPrompt: that question is what the sandbox answers.
agent_claude_code_settings() {
  cat <<'SETTINGS'
{
  "sandbox": {"enabled": false},
  "skipDangerousModePermissionPrompt": true
}
SETTINGS
}
# >>> image/dockerfile sha256:163bf250cd0f79043d190740e1d7817d660fd371b44f5aa3919ae48c688f04ac The Dockerfile, composed of its layers, and the other files of the build context.
image_dockerfile() {
  local layer
  for layer in "${IMAGE_LAYERS[@]}"; do
    "$layer"
  done
}

image_dockerfile_context() { # <directory>   writes what the build reads, downloads apart
  image_dockerfile >"$1/Dockerfile"
  agent_claude_code_settings >"$1/managed-settings.json"
  agent_claude_code_entrypoint >"$1/entrypoint"
}
# >>> image/layer-agent sha256:94c81afb1dc5f80d8a124b350d5a1b03f8b147306b854f0f82940d672bef7a8b Dockerfile layer: claude-code by npm, in a stage of its own, so that only its program lands in the image.
image_layer_agent() {
  cat <<'LAYER'
ARG BASE
FROM ${BASE} AS agent
ARG AGENT_NPM_REGISTRY
ARG AGENT_SHA256
ARG AGENT_VERSION
ADD node.tar.xz /opt/node/
RUN --mount=type=secret,id=ca,target=/run/podsand-ca.pem <<STEP
set -eu
cd /opt/node/*/
PATH=$PWD/bin:$PATH
if [ -s /run/podsand-ca.pem ]; then
  export NODE_EXTRA_CA_CERTS=/run/podsand-ca.pem
fi
# An empty registry means npm's own default. Its optional dependency is the program, its postinstall puts it in
# place: neither may be left out.
npm install --global --prefix /opt/agent --no-audit --no-fund --no-update-notifier \
  ${AGENT_NPM_REGISTRY:+--registry="$AGENT_NPM_REGISTRY"} "@anthropic-ai/claude-code@$AGENT_VERSION"
program=$(readlink -f /opt/agent/bin/claude)
echo "$AGENT_SHA256  $program" | sha256sum -c -
install -D -m 0755 "$program" /opt/out/claude
STEP

LAYER
}
# >>> image/layer-base sha256:612ada2c4aef2a7cf923323d095eb490524b3db6402b1b394e6400e9ea22d810 Dockerfile layer: the base image and the distribution's packages.
image_layer_base() {
  cat <<'LAYER'
FROM ${BASE}
ARG PACKAGES
RUN <<STEP
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update
# One word a package.
# shellcheck disable=SC2086
apt-get install -y --no-install-recommends $PACKAGES
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/dpkg.log
STEP

LAYER
}
# >>> image/layer-claude-code sha256:1ffb5c4cee2abf296f80a240c906e0fd6f7025eeecc7b2ab016ddd6314625c86 Dockerfile layer: the agent's program and settings, and a proof that it is the pinned version.
image_layer_claude_code() {
  cat <<'LAYER'
COPY --from=agent /opt/out/claude /usr/local/bin/claude
COPY managed-settings.json /etc/claude-code/managed-settings.json
COPY --chmod=0755 entrypoint /usr/local/bin/podsand-entrypoint
# The image is rebuilt for another version: an updater could not write into it. Without the rest of the traffic,
# the API is the only host that it needs.
ENV DISABLE_AUTOUPDATER=1 \
    DISABLE_UPDATES=1 \
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 \
    CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL=1
ARG AGENT_VERSION
RUN <<STEP
set -eu
said=$(claude --version)
case $said in
  "$AGENT_VERSION "*) echo "claude --version: $said" ;;
  *) echo "claude says '$said', wanted $AGENT_VERSION" >&2; exit 1 ;;
esac
STEP

ENTRYPOINT ["/usr/local/bin/podsand-entrypoint"]
CMD ["/bin/bash"]
LAYER
}
# >>> image/layer-user-agent sha256:af64550208ba001e49532f1df06e8b697bae41f480b5aaebcf1ddbc0263e469b Dockerfile layer: the user agent, uid 1000, with a home of its own.
image_layer_user_agent() {
  cat <<'LAYER'
RUN <<STEP
set -eu
# Ubuntu's image has a user 1000 of its own.
other=$(getent passwd 1000 | cut -d: -f1)
if [ -n "$other" ]; then
  userdel --remove "$other" 2>/dev/null
fi
groupadd --gid 1000 agent
useradd --uid 1000 --gid 1000 --create-home --shell /bin/bash agent
install -d -o agent -g agent -m 0700 /home/agent/.config /home/agent/.config/claude
STEP

ENV CLAUDE_CONFIG_DIR=/home/agent/.config/claude
USER agent
WORKDIR /home/agent
LAYER
}
# >>> image/part-base sha256:a3f77bec3d2ff06b645744055ff33f2b32c34197d998c9eb96e6a1aa79201553 Part of the image: the base with its packages, and claude-code.
image_part_base() { # appends to IMAGE_BUILD_ARGUMENTS and IMAGE_BUILD_DOWNLOADS
  local agent=$CFG_AGENT_SHA256_AMD64 node=$CFG_IMAGE_NODE_SHA256_AMD64 platform=x64
  [[ $PATHS_ARCH == amd64 ]] || agent=$CFG_AGENT_SHA256_ARM64 node=$CFG_IMAGE_NODE_SHA256_ARM64 platform=arm64
  IMAGE_BUILD_ARGUMENTS+=("BASE=$CFG_IMAGE_BASE" "PACKAGES=${CFG_IMAGE_PACKAGES[*]}"
    "AGENT_VERSION=$CFG_AGENT_VERSION" "AGENT_SHA256=$agent" "AGENT_NPM_REGISTRY=$CFG_AGENT_NPM_REGISTRY")
  IMAGE_BUILD_DOWNLOADS+=("Node.js $CFG_IMAGE_NODE_VERSION"
    "$CFG_IMAGE_NODE_MIRROR/$CFG_IMAGE_NODE_VERSION/node-$CFG_IMAGE_NODE_VERSION-linux-$platform.tar.xz" "$node" node.tar.xz)
}
# >>> launcher/install sha256:9f3233d6ca5e8f7762f8b2f29b0630120b0159d7a7fc879d0480d10143d36b21 Keep a copy of the script, and install the command that runs it.
launcher_install_stub() { printf '#!/usr/bin/env bash\nexec bash %q --launcher "$@"\n' "$PATHS_SCRIPT"; }

launcher_install_source() { # sets LAUNCHER_INSTALL_SOURCE; 1 when the script is not a file
  LAUNCHER_INSTALL_SOURCE=${BASH_SOURCE[-1]:-}
  # Of a script that comes by a pipe bash says "main", which may be a file here too.
  [[ $LAUNCHER_INSTALL_SOURCE == "$0" && -f $0 && -r $0 ]]
}

launcher_install_check() {
  STEPS_WHY="$PATHS_LAUNCHER"
  if ! launcher_install_source; then
    STEPS_WHY='the script does not come from a file'
    return 1
  fi
  if [[ ! $PATHS_SCRIPT -ef $LAUNCHER_INSTALL_SOURCE ]] && ! files_same "$LAUNCHER_INSTALL_SOURCE" "$PATHS_SCRIPT" 0644; then
    STEPS_WHY="$PATHS_SCRIPT is another script, or not there"
    return 1
  fi
  files_rendered launcher_install_stub "$PATHS_LAUNCHER"
}

launcher_install_apply() {
  launcher_install_source || die 64 'the script must be a file' "save it first: … > setup.sh, then: bash setup.sh"
  [[ $PATHS_SCRIPT -ef $LAUNCHER_INSTALL_SOURCE ]] || files_install "$LAUNCHER_INSTALL_SOURCE" "$PATHS_SCRIPT" 0644
  launcher_install_stub | files_render "$PATHS_LAUNCHER" 0755
  [[ :$PATH: == *:"${PATHS_LAUNCHER%/*}":* ]] || log_warn "${PATHS_LAUNCHER%/*} is not in your PATH; add it: export PATH=\"${PATHS_LAUNCHER%/*}:\$PATH\""
}
# >>> podman/engine sha256:59220f78ad4b2180ddb02d6ede369b8bd5a45ee500c32bebdce81e1bfab14481 The one way to call podman: with its own configuration, and nothing of the caller's environment but what is named.
podman_engine_setup() { # sets PODMAN_BIN, and PODMAN_ENGINE with the whole environment of podman
  local bus=$PODSAND_ROOT/run/user/$UID/bus runtime=$PATHS_RUNTIME
  podman_engine_kind bin
  paths_runtime_ready
  PODMAN_ENGINE=(
    # The bundle's programs are on podman's PATH alone: its fusermount3 and runc would shadow the host's.
    "PATH=$PODMAN_PATH:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
    "HOME=$PATHS_ENGINE_HOME" "USER=$PATHS_USER" "LOGNAME=$PATHS_USER" "TERM=${TERM:-dumb}" "LANG=C.UTF-8"
    "TMPDIR=${TMPDIR:-/tmp}" "PODMAN_IGNORE_CGROUPSV1_WARNING=1"
  )
  if [[ $CFG_CONF_SCOPE == private ]]; then
    # Named, so that files under /etc/containers cannot be merged in. storage.conf is found in the private home: up to
    # 5.5, podman ignores the graphroot of one that is named.
    PODMAN_ENGINE+=("CONTAINERS_CONF=$PATHS_CONF/containers.conf"
      "CONTAINERS_REGISTRIES_CONF=$PATHS_CONF/registries.conf" "CONTAINERS_POLICY_JSON=$PATHS_CONF/policy.json")
  elif [[ $runtime == */podsand ]]; then
    runtime=${runtime%/podsand}
  fi
  PODMAN_ENGINE+=("XDG_RUNTIME_DIR=$runtime")
  [[ ! -S $bus ]] || PODMAN_ENGINE+=("DBUS_SESSION_BUS_ADDRESS=unix:path=$bus")
  [[ -z $PATHS_CA ]] || PODMAN_ENGINE+=("SSL_CERT_FILE=$PATHS_CA")
}

podman_engine_kind() { # <bin|conf|init> [argument]…   what differs between podman-static and the machine's own podman
  local kind=static
  [[ $CFG_PODMAN_SOURCE != system ]] || kind=system
  "podman_${kind}_$1" "${@:2}"
}

podman_engine_ready() { # whether podman and its configuration are there; PODMAN_ENGINE is then set
  [[ -r $PATHS_CONF/containers.conf && -r $PATHS_CONF/storage.conf && -r $PATHS_CONF/seccomp.json ]] || return 1
  podman_engine_setup
  [[ -x $PODMAN_BIN ]]
}

podman_engine_installed() { # for commands that can do nothing without
  podman_engine_ready || die 69 'podsand is not installed for this user, or a part of it is gone' 'run: bash setup.sh'
}

# Even to say its version, podman makes directories in the home and the session that it is told of.
podman_engine_version() { # <program>   sets PODMAN_ENGINE_VERSION, or makes it empty
  local work said
  work=$(mktemp -d)
  # Not by env alone, which takes a path with = in it for a variable.
  said=$(env -i "HOME=$work" "XDG_RUNTIME_DIR=$work" timeout 30 "$1" --version) || said=''
  rm -rf -- "$work"
  PODMAN_ENGINE_VERSION=''
  [[ $said != 'podman version '* ]] || PODMAN_ENGINE_VERSION=${said#podman version }
}

podman_engine() { # <argument>…
  (podman_engine_exec "$@") 9>&-
}

# Pulling and building go through the company's proxy, running never does: what a container sees is chosen by name.
podman_engine_online() { # <argument>…
  local name code=0
  local -a offline=("${PODMAN_ENGINE[@]}")
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [[ -z ${!name:-} ]] || PODMAN_ENGINE+=("$name=${!name}")
  done
  podman_engine "$@" || code=$?
  PODMAN_ENGINE=("${offline[@]}")
  return "$code"
}

# An empty environment, then what is named. Not by env NAME=VALUE: values can be secrets, and everybody reads command
# lines. Not by unset: a shell passes on what it has no name for, and its functions.
podman_engine_exec() { # <argument>…
  trap - EXIT INT HUP TERM
  # shellcheck disable=SC2312
  exec 3< <(printf '%s\0' "${PODMAN_ENGINE[@]}")
  # shellcheck disable=SC2016
  exec -c "$BASH" -c 'unset -v PWD SHLVL; while IFS= read -r -d "" -u 3 one; do export "$one"; done; exec 3<&- "$@"' \
    podsand "$PODMAN_BIN" "$@"
}
# >>> podman/containers-conf sha256:b3d192d5c64f2974ff176d9e50d893fbd295ce506ca249a92a5d1c5feb27171b Render containers.conf with absolute paths.
podman_containers_conf_render() {
  local seccomp init temporary
  json_string seccomp "$PATHS_CONF/seccomp.json"
  json_string temporary "$PATHS_RUNTIME/libpod"
  podman_engine_kind init init
  printf '%s\n' '# Written by podsand; edits are lost.' '[containers]' \
    '# podman reads a seccomp.json only when it is named here.' "seccomp_profile = $seccomp" \
    '# Proxy variables hold credentials: a container gets none of them unasked.' 'http_proxy = false' 'keyring = false'
  if [[ -n $init ]]; then
    json_string init "$init"
    printf '%s\n' "init_path = $init"
  fi
  printf '%s\n' '' '[engine]' 'events_logger = "file"' 'image_copy_tmp_dir = "storage"' \
    '# Locks and state apart from any other podman of this user.' 'lock_type = "file"' "tmp_dir = $temporary" \
    '# ctrl-p belongs to the agent.' 'detach_keys = ""'
  podman_engine_kind conf
}

podman_containers_conf_check() { files_rendered podman_containers_conf_render "$PATHS_CONF/containers.conf"; }

podman_containers_conf_apply() {
  # podman writes more than its conf into a home of its own, which goes as a whole.
  [[ $CFG_CONF_SCOPE != private ]] || files_tree "$PATHS_ENGINE_HOME"
  decision_get runtime_dir || decision_set runtime_dir "$PATHS_RUNTIME" 'the first one seen: podman keeps it in its database'
  podman_containers_conf_render | files_render "$PATHS_CONF/containers.conf" 0644
}
# >>> podman/layout sha256:9680bd129ce20f5a5a04876703444cd699b0612f721dd7cd0adad681dd98257a What a podman-static tree must hold, and a proof that it runs.
podman_layout_files() { # sets PODMAN_LAYOUT_FILES
  PODMAN_LAYOUT_FILES=(bin/crun bin/fuse-overlayfs bin/fusermount3 bin/pasta bin/podman bin/runc lib/podman/aardvark-dns
    lib/podman/catatonit lib/podman/conmon lib/podman/netavark lib/podman/rootlessport)
  [[ $PATHS_ARCH != amd64 ]] || PODMAN_LAYOUT_FILES+=(bin/pasta.avx2)
}

podman_layout_whole() { # <tree>
  local file
  [[ -f $1/.podsand-verified ]] || return 1
  podman_layout_files
  for file in "${PODMAN_LAYOUT_FILES[@]}"; do
    [[ -f $1/$file && -x $1/$file ]] || return 1
  done
}

podman_layout_verify() { # <tree> <version>   marks the tree when it is whole and runs
  local file
  podman_layout_files
  for file in "${PODMAN_LAYOUT_FILES[@]}"; do
    [[ -e $1/$file || -L $1/$file ]] || die 1 "the archive of podman $2 lacks $file" 'it is incomplete: choose another release in the profile'
    # A release is known whose pasta.avx2 is a link to nothing.
    [[ -f $1/$file && -x $1/$file ]] || die 1 "in the archive of podman $2, $file is not a program" 'it is damaged: choose another release in the profile'
  done
  podman_engine_version "$1/bin/podman"
  [[ -n $PODMAN_ENGINE_VERSION ]] || die 69 "podman $2 does not run on this machine" "is $1 on a file system mounted noexec?"
  [[ $PODMAN_ENGINE_VERSION == "${2#v}" ]] || die 1 "the archive holds podman $PODMAN_ENGINE_VERSION, the script expects $2" 'choose the release in the profile that the archive holds'
  : >"$1/.podsand-verified"
}
# >>> podman/policy-json sha256:23c32b6f8acc1791c4bcdb767fc3dab924d39b5d3f631034af0cd29202d4f4da Render policy.json: images come from the registries of the profile, or not at all.
podman_policy_json_render() {
  local registry key separator=''
  printf '%s\n' '{' '  "default": [{"type": "reject"}],' '  "transports": {' '    "docker": {'
  for registry in "${CFG_CONF_REGISTRIES[@]}"; do
    json_string key "$registry"
    printf '%s      %s: [{"type": "insecureAcceptAnything"}]' "$separator" "$key"
    separator=$',\n'
  done
  # What is in the store already was let in when it came.
  printf '%s\n' '' '    },' '    "containers-storage": {"": [{"type": "insecureAcceptAnything"}]}' '  }' '}'
}

podman_policy_json_check() { files_rendered podman_policy_json_render "$PATHS_CONF/policy.json"; }
podman_policy_json_apply() { podman_policy_json_render | files_render "$PATHS_CONF/policy.json" 0644; }
# >>> podman/registries-conf sha256:76ab4df58dd2cb956881aca2ded43ff6f391fb03aa1da77097fe3218560512c6 Render registries.conf (version 2): where short names are looked up, and mirrors.
podman_registries_conf_render() {
  local text
  json_list text "${CFG_CONF_REGISTRIES[@]}"
  printf '%s\n' '# Written by podsand; edits are lost.' "unqualified-search-registries = $text" 'short-name-mode = "disabled"'
  ((${#CFG_CONF_MIRRORS_PREFIX[@]} == 0)) || podman_mirrors
}

podman_registries_conf_check() { files_rendered podman_registries_conf_render "$PATHS_CONF/registries.conf"; }
podman_registries_conf_apply() { podman_registries_conf_render | files_render "$PATHS_CONF/registries.conf" 0644; }
# >>> podman/static sha256:983070ed6f73a39e1810d384a1460d04dd60ef90f183353b7d094761b003a908 A podman-static tree: installed beside the old one, switched to at once, and how podman is told of its parts.
podman_static_installed() { # <name>   sets STEPS_WHY
  local current
  STEPS_WHY="podman $CFG_PODMAN_VERSION in $PATHS_PREFIX/$1"
  current=$(readlink -- "$PATHS_PREFIX/current") || current=''
  [[ $current == "$1" ]] && podman_layout_whole "$PATHS_PREFIX/current" && return 0
  STEPS_WHY="podman $CFG_PODMAN_VERSION is not installed in $PATHS_PREFIX"
  return 1
}

podman_static_install() { # <archive> <name>
  local tree=$PATHS_PREFIX/$2 staging=$PATHS_PREFIX/$2.new
  # Whatever comes of it, the archive is not needed again.
  die_cleanup "$1"
  rm -rf -- "$staging" "$tree"
  files_tree "$staging"
  die_cleanup "$staging"
  # Entries are owned by the builder's user, and directories come with modes of their own.
  tar --no-unquote -xzf "$1" -C "$staging" --no-same-owner --no-overwrite-dir --strip-components=3 "podman-linux-$PATHS_ARCH/usr/local" ||
    die 1 "the archive of podman $CFG_PODMAN_VERSION does not unpack" 'is the disk full? Otherwise ask whoever gave you this script'
  podman_layout_verify "$staging" "$CFG_PODMAN_VERSION"
  files_give_tree "$staging" "$tree"
}

podman_static_switch() { # <name>   one switch of one link: whoever runs the old one keeps it
  files_link "$1" "$PATHS_PREFIX/current"
}

podman_static_bin() { # sets PODMAN_BIN, PODMAN_PATH
  PODMAN_BIN=$PATHS_PREFIX/current/bin/podman
  PODMAN_PATH=$PATHS_PREFIX/current/bin
}

# The static podman finds none of its helpers by itself, and expands no variable in these values; its crun is
# built without systemd.
podman_static_conf() { # the [engine] lines of containers.conf that depend on where podman comes from
  local lib conmon crun runc runtime
  runtime=$(podman_static_runtime)
  json_list lib "$PATHS_PREFIX/current/bin" "$PATHS_PREFIX/current/lib/podman"
  json_list conmon "$PATHS_PREFIX/current/lib/podman/conmon"
  json_list crun "$PATHS_PREFIX/current/bin/crun"
  json_list runc "$PATHS_PREFIX/current/bin/runc"
  printf '%s\n' 'cgroup_manager = "cgroupfs"' "conmon_path = $conmon" "helper_binaries_dir = $lib" \
    "runtime = \"$runtime\"" '' '[engine.runtimes]' "crun = $crun" "runc = $runc"
}

podman_static_init() { # <variable>   the program for --init
  printf -v "$1" '%s' "$PATHS_PREFIX/current/lib/podman/catatonit"
}

# crun refuses hosts where cgroups v1 and v2 are mixed (WSL2 is often one); runc does not.
podman_static_runtime() {
  local type runtime=crun
  type=$(stat -f -c %T -- "$PODSAND_ROOT/sys/fs/cgroup" 2>/dev/null) || type=''
  [[ $type != tmpfs ]] || runtime=runc
  printf '%s\n' "$runtime"
}
# >>> podman/source sha256:9b073643d2bb83fdfb1979a8d984cecf95730f7e27db6f40d65e43de5dd84597 Build podman-static from a pinned commit, by its own Makefile.
podman_source_check() { # sets PODMAN_SOURCE_NAME
  paths_arch
  PODMAN_SOURCE_NAME=$CFG_PODMAN_VERSION-build-${CFG_PODMAN_COMMIT:0:8}
  podman_static_installed "$PODMAN_SOURCE_NAME"
}

# <docker|podman> <place> <word before each command>…   the place is made, and gone afterwards; only those who run the commands can write there
podman_source_apply() {
  local tree=$PATHS_CACHE/podman-static archive=$PATHS_CACHE/podman-built.tar.gz
  ! podman_source_check || return 0
  if ! podman_layout_whole "$PATHS_PREFIX/$PODMAN_SOURCE_NAME"; then
    proxy_setup
    files_directory "$PATHS_CACHE"
    die_cleanup "$tree"
    die_cleanup "$archive"
    task_run "fetch podman-static $CFG_PODMAN_VERSION" podman_source_fetch "$tree"
    # Proxies do not carry the git protocol; the same server speaks https.
    sed -i 's#git://passt\.top/#https://passt.top/#' -- "$tree/Dockerfile"
    [[ -z $PATHS_CA${CFG_CONF_MIRRORS_PREFIX[*]-} ]] || podman_source_patch "$tree" "$1"
    task_run "build podman $CFG_PODMAN_VERSION with $1 (this takes a while)" podman_source_build "$tree" "$archive" "$@"
    [[ -z $CFG_PODMAN_ARCHIVES ]] || podman_source_keep "$archive"
    podman_static_install "$archive" "$PODMAN_SOURCE_NAME"
  fi
  podman_static_switch "$PODMAN_SOURCE_NAME"
}

podman_source_fetch() { # <tree>   the sources of the pinned commit
  local head
  rm -rf -- "$1"
  # Neither the user's nor the system's configuration decides what is checked out.
  unset "${!GIT_@}" XDG_CONFIG_HOME
  export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 GIT_HTTP_LOW_SPEED_LIMIT=1024 GIT_HTTP_LOW_SPEED_TIME=60
  [[ ! -r $PATHS_CA ]] || export GIT_SSL_CAINFO=$PATHS_CA
  git init --quiet --template= -- "$1"
  # Not every server gives out a commit by its id: then by its tag. What counts is the id.
  git -C "$1" fetch --quiet --depth 1 -- "$CFG_PODMAN_REPOSITORY" "$CFG_PODMAN_COMMIT" ||
    git -C "$1" fetch --quiet --depth 1 -- "$CFG_PODMAN_REPOSITORY" "refs/tags/$CFG_PODMAN_VERSION" ||
    die 75 "$CFG_PODMAN_REPOSITORY has no commit $CFG_PODMAN_COMMIT, no tag $CFG_PODMAN_VERSION, or cannot be reached" \
      'check the network, the proxy, and podman.repository in the profile; then run the same command again'
  head=$(git -C "$1" rev-parse 'FETCH_HEAD^{commit}')
  [[ $head == "$CFG_PODMAN_COMMIT" ]] || die 1 "$CFG_PODMAN_REPOSITORY has another commit under $CFG_PODMAN_VERSION: $head, pinned is $CFG_PODMAN_COMMIT" \
    'do not build it, and ask whoever gave you this script'
  git -C "$1" checkout --quiet --detach "$head"
}

# The sources go in as a stream and the archive comes out as one: no file changes its owner, and root follows no path of a user's.
podman_source_build() { # <tree> <archive> <docker|podman> <place> <word before each command>…
  local tree=$1 archive=$2 builder=$3 place=$4 name code=0 buildx="--output=type=local,dest=./build/images/podman/linux_$PATHS_ARCH --platform=linux/$PATHS_ARCH"
  shift 4
  # Names without values: what a proxy's address holds stays off the command line.
  for name in http_proxy https_proxy no_proxy; do
    [[ -z ${!name:-} ]] || buildx+=" --build-arg $name"
  done
  [[ $builder != docker ]] || buildx+=' --builder default'
  # The build of a run that was killed goes on without it: it ends first.
  exec 8<"$PATHS_CACHE"
  flock 8
  "$@" rm -rf -- "$place"
  # Without --no-unquote a backslash in a path would not be one. One override of BUILDX_OPTS: the Makefile's own asks for a builder
  # that it no longer creates, and builds twice.
  {
    "$@" install -d -m 0700 -- "$place" &&
      tar --no-unquote -C "$tree" --exclude=./.git -cf - . | "$@" tar --no-unquote -C "$place" --no-same-owner -xf - &&
      "$@" make -C "$place" singlearch-tar "DOCKER=$builder" "PLATFORM=linux/$PATHS_ARCH" "BUILDX_OPTS=$buildx" &&
      "$@" cat -- "$place/build/asset/podman-linux-$PATHS_ARCH.tar.gz" >"$archive"
  } 8<&- || code=$?
  "$@" rm -rf -- "$place"
  [[ $builder != podman ]] || podman_build_podman_home_undo "$2"
  return "$code"
}
# >>> podman/storage-driver sha256:c83e7ee0e7cd49f7b65a85bfedc7d4cb071046e4551e130a4b9104e59945776b Which storage driver works here: native overlay, fuse-overlayfs or vfs.
podman_storage_driver_choose() { # sets PODMAN_STORAGE_DRIVER and PODMAN_STORAGE_DRIVER_WHY
  local existing=''
  podman_storage_driver_existing existing
  if [[ $CFG_CONF_STORAGE_DRIVER != auto ]]; then
    podman_storage_fixed "$existing"
  elif [[ -n $existing ]]; then
    PODMAN_STORAGE_DRIVER=$existing PODMAN_STORAGE_DRIVER_WHY='the store was made with it'
  elif podman_storage_driver_native; then
    PODMAN_STORAGE_DRIVER=overlay PODMAN_STORAGE_DRIVER_WHY='the kernel mounted an overlay in the user namespace'
  elif podman_storage_driver_program && [[ -r $PODSAND_ROOT/dev/fuse && -w $PODSAND_ROOT/dev/fuse ]]; then
    PODMAN_STORAGE_DRIVER=fuse-overlayfs PODMAN_STORAGE_DRIVER_WHY='the kernel mounted no overlay here; /dev/fuse is usable'
  else
    PODMAN_STORAGE_DRIVER=vfs PODMAN_STORAGE_DRIVER_WHY='neither native overlay nor /dev/fuse works here'
    log_warn 'storage driver vfs: every container copies the whole image; it works, slowly'
  fi
}

podman_storage_driver_existing() { # <variable>   the driver of a store that is there, or nothing
  local found='' mark=$PATHS_STORAGE/overlay/.has-mount-program
  if [[ -d $PATHS_STORAGE/overlay-layers ]]; then
    found=overlay
    # podman writes "false" into the store of the kernel's own overlay.
    [[ ! -r $mark || $(<"$mark") != true ]] || found=fuse-overlayfs
  elif [[ -d $PATHS_STORAGE/vfs-layers ]]; then
    found=vfs
  fi
  printf -v "$1" '%s' "$found"
}

# unshare alone misleads where AppArmor allows namespaces by program, so podman itself makes them; a store of its
# own keeps the try out of the real one.
podman_storage_driver_native() {
  local work=$PATHS_DATA/.probe code=0
  rm -rf -- "$work"
  mkdir -p -- "$work/lower" "$work/upper" "$work/work" "$work/merged"
  die_cleanup "$work"
  podman_engine --root "$work/store" --runroot "$PATHS_RUNTIME/probe" --storage-driver vfs unshare \
    mount -t overlay overlay -o "userxattr,lowerdir=$work/lower,upperdir=$work/upper,workdir=$work/work" "$work/merged" \
    >"$work/said" 2>&1 || code=$?
  # For the log of the installation.
  cat -- "$work/said" >&2
  # The kernel makes an inaccessible directory inside workdir, which belongs to us all the same.
  chmod -R u+rwx -- "$work"
  rm -rf -- "$work" "$PATHS_RUNTIME/probe"
  return "$code"
}

podman_storage_driver_program() { # sets PODMAN_STORAGE_DRIVER_PROGRAM; 1 when there is none
  local directory
  podman_engine_kind bin
  for directory in "$PODMAN_PATH" /usr/local/bin /usr/bin; do
    PODMAN_STORAGE_DRIVER_PROGRAM=$directory/fuse-overlayfs
    [[ ! -x $PODMAN_STORAGE_DRIVER_PROGRAM ]] || return 0
  done
  return 1
}
# >>> podman/storage-conf sha256:27d5094a89e5b48b6f4be1e33906e9c18c1b0604d589c9e100be2c50af434a64 Choose the storage driver by trying it, and render storage.conf with absolute paths.
podman_storage_conf_render() {
  local graphroot runroot program driver=$DECISION_VALUE
  json_string graphroot "$PATHS_STORAGE"
  json_string runroot "$PATHS_RUNTIME/containers"
  # No rootless_storage_path: with graphroot, podman warns about it at every command.
  printf '%s\n' '# Written by podsand; edits are lost.' '[storage]' "driver = \"${driver/fuse-overlayfs/overlay}\"" \
    "graphroot = $graphroot" "runroot = $runroot" '' "[storage.options.${driver/fuse-overlayfs/overlay}]"
  if [[ $driver == fuse-overlayfs ]]; then
    podman_storage_driver_program
    json_string program "$PODMAN_STORAGE_DRIVER_PROGRAM"
    printf '%s\n' "mount_program = $program" 'mountopt = "nodev"'
  fi
  printf '%s\n' "ignore_chown_errors = \"$CFG_CONF_IGNORE_CHOWN_ERRORS\""
}

podman_storage_conf_check() {
  if ! decision_get storage_driver; then
    STEPS_WHY='the storage driver is not chosen yet'
    return 1
  fi
  [[ $CFG_CONF_STORAGE_DRIVER == auto ]] || podman_storage_fixed_agrees "$DECISION_VALUE" || return 1
  if ! journal_has podman_storage_conf_store "$PATHS_STORAGE"; then
    STEPS_WHY='the store is not in the journal yet'
    return 1
  fi
  files_rendered podman_storage_conf_render "$PATHS_CONF/storage.conf"
}

podman_storage_conf_apply() {
  podman_engine_setup
  podman_storage_driver_choose
  decision_set storage_driver "$PODMAN_STORAGE_DRIVER" "$PODMAN_STORAGE_DRIVER_WHY"
  decision_get storage_driver
  podman_storage_conf_render | files_render "$PATHS_CONF/storage.conf" 0644
  # After the file, so that uninstall still has it when it removes the store with podman's help.
  journal_add podman_storage_conf_store "$PATHS_STORAGE" "$PATHS_RUNTIME"
}

# Files in the store belong to subordinate ids: only podman itself can remove them. The process that holds the
# user namespace open goes as well.
podman_storage_conf_store_undo() { # <store> <runtime directory>
  podman_engine_setup
  [[ ! -x $PODMAN_BIN ]] || podman_engine system migrate
  if [[ ${UNINSTALL_PURGE:-false} != true ]]; then
    [[ ! -d $1 ]] || log_info "images and volumes stay in $1; uninstall --purge removes them"
    return 3
  fi
  # podman mounts the driver's directory on itself in its namespace. After an uninstall without --purge podman is gone,
  # and unshare of util-linux 2.38 or newer can do the same.
  # shellcheck disable=SC2016
  local remove='if mountpoint -q "$1/overlay"; then umount "$1/overlay"; fi; rm -rf --one-file-system -- "$1"'
  if [[ -d $1 && -x $PODMAN_BIN ]]; then
    podman_engine unshare bash -c "$remove" podsand "$1"
    podman_engine system migrate
  elif [[ -d $1 ]]; then
    unshare --user --map-auto --map-root-user rm -rf --one-file-system -- "$1" ||
      die 1 "$1 holds files of other ids, which only podman can remove" 'install again, then run: uninstall --purge'
  fi
  rm -rf --one-file-system -- "$1" "$2"
}
# >>> podman/seccomp-json sha256:588d327c9674ff1f200e314862d803d733bb78e05105f7ddc5c07a55d155874d Render seccomp.json, the list of system calls that the sandbox may make.
podman_seccomp_json_check() { files_rendered podman_seccomp_json_render "$PATHS_CONF/seccomp.json"; }

podman_seccomp_json_apply() {
  local rendered
  rendered=$(podman_seccomp_json_render)
  files_render "$PATHS_CONF/seccomp.json" 0644 <<<"$rendered"
}

# The sub-architectures that podman adds by default (i386 and x32, 32-bit Arm) are left out: a second ABI is a second way into the
# kernel, and socketcall of i386 hides the family of a socket from the filter. A program of another ABI is killed.
podman_seccomp_json_render() {
  local own=sandbox_seccomp_$CFG_SANDBOX_SECCOMP table line comment='' action='' rules=''
  declare -F "$own" >/dev/null || die 64 "sandbox.seccomp is '$CFG_SANDBOX_SECCOMP', and this script has no table for it" 'make the script again with podsand-gen'
  table=$(sandbox_seccomp_common && "$own") || return 1
  while IFS= read -r line; do
    podman_seccomp_json_line "$line" || die 1 "the seccomp table holds a line that cannot be read: $line" 'please report this'
  done <<<"$table"
  printf '{\n"defaultAction": "SCMP_ACT_ERRNO",\n"defaultErrnoRet": 38,\n"archMap": [\n%s,\n%s\n],\n"syscalls": [\n%s\n]\n}\n' \
    '{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": []}' '{"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": []}' "$rules"
}

podman_seccomp_json_line() { # <line>   begins a group: sets comment and action; or adds names to rules, one rule for each alternative
  local names='[a-z0-9_]+( [a-z0-9_]+)*' condition args
  local -A errors=([allow]=0 [EPERM]=1 [ENOSYS]=38 [EPROTONOSUPPORT]=93 [EAFNOSUPPORT]=97)
  if [[ -z $1 || $1 == '# '* ]]; then
    return 0
  elif [[ $1 =~ ^'['([a-z0-9-]+)'] '([A-Za-z]+)': '([^\"\\]+)$ && -n ${errors[${BASH_REMATCH[2]}]:-} ]]; then
    comment="${BASH_REMATCH[1]}: ${BASH_REMATCH[3]}"
    action="\"SCMP_ACT_ERRNO\", \"errnoRet\": ${errors[${BASH_REMATCH[2]}]}"
    [[ ${BASH_REMATCH[2]} != allow ]] || action='"SCMP_ACT_ALLOW"'
  elif [[ -n $action && $1 =~ ^$names$ ]]; then
    podman_seccomp_json_rule "$1" ''
  elif [[ -n $action && $1 =~ ^($names)': '(.+)$ ]]; then
    names=${BASH_REMATCH[1]}
    while IFS= read -r condition; do
      podman_seccomp_json_args "$condition" || return 1
      podman_seccomp_json_rule "$names" ", \"args\": [$args]"
    done <<<"${BASH_REMATCH[3]// or /$'\n'}"
  else
    return 1
  fi
}

podman_seccomp_json_args() { # <condition>   sets args; JSON has no 0x numbers
  local part operator value number='(0|[1-9][0-9]*|0x[0-9a-f]+)'
  local -A operators=(['==']=EQ ['!=']=NE ['>']=GT)
  args=''
  while IFS= read -r part; do
    if [[ $part =~ ^arg([0-5])' & '$number' == '$number$ ]]; then
      operator=MASKED_EQ value="$((BASH_REMATCH[2])), \"valueTwo\": $((BASH_REMATCH[3]))"
    elif [[ $part =~ ^arg([0-5])' '(==|!=|>)' '$number$ ]]; then
      operator=${operators[${BASH_REMATCH[2]}]} value=$((BASH_REMATCH[3]))
    else
      return 1
    fi
    args+="${args:+, }{\"index\": ${BASH_REMATCH[1]}, \"value\": $value, \"op\": \"SCMP_CMP_$operator\"}"
  done <<<"${1// and /$'\n'}"
}

podman_seccomp_json_rule() { # <names> <args>   adds to rules; a reason is said once
  rules+="${rules:+$',\n'}{\"comment\": \"$comment\", \"names\": [\"${1// /\", \"}\"], \"action\": $action$2}"
  comment=${comment%%:*}
}
# >>> image/build sha256:2ec92d7e9342d2c89b6b242b5a282436e4b383b09a50b7740af317162624bbfe Build the image with the agent, when its recipe is another than the image's.
image_build_recipe() { # sets what the parts of the image append to, and IMAGE_BUILD_RECIPE, the sha256 of all that goes into it
  local part sum
  paths_arch
  # Downloads are rows of four: what it is, its URL, which is no part of the recipe, its sha256, its name in the build context.
  IMAGE_BUILD_ARGUMENTS=() IMAGE_BUILD_DOWNLOADS=() IMAGE_BUILD_PROBE=(/bin/true)
  for part in "${IMAGE_PARTS[@]}"; do
    "$part"
  done
  sum=$(
    printf '%s\n' "${IMAGE_BUILD_ARGUMENTS[@]}" "${IMAGE_BUILD_DOWNLOADS[@]/#*:\/\/*/}"
    image_dockerfile
    agent_claude_code_settings
    agent_claude_code_entrypoint
  )
  sum=$(sha256sum <<<"$sum")
  IMAGE_BUILD_RECIPE=${sum%% *}
}

image_build_check() {
  local label
  STEPS_WHY='podman is not set up yet'
  podman_engine_ready || return 1
  image_build_recipe
  label=$(podman_engine image inspect --format '{{index .Labels "podsand.recipe"}}' "localhost/$CFG_IMAGE_NAME:latest" 2>/dev/null) || label=''
  STEPS_WHY="localhost/$CFG_IMAGE_NAME is of this recipe"
  [[ $label == "$IMAGE_BUILD_RECIPE" ]] && return 0
  STEPS_WHY="there is no image localhost/$CFG_IMAGE_NAME of this recipe"
  return 1
}

image_build_apply() { # [podman build option]…
  local row
  podman_engine_setup
  image_build_recipe
  proxy_setup
  files_tree "$PATHS_CONTEXT"
  image_dockerfile_context "$PATHS_CONTEXT"
  for ((row = 0; row < ${#IMAGE_BUILD_DOWNLOADS[@]}; row += 4)); do
    image_build_download "${IMAGE_BUILD_DOWNLOADS[@]:row:4}"
  done
  journal_add image_build_image "localhost/$CFG_IMAGE_NAME:latest"
  task_run "build the image localhost/$CFG_IMAGE_NAME" image_build_podman "$@"
  task_run 'start a container of it' image_build_start
  rm -rf -- "$PATHS_CONTEXT" "$PATHS_CACHE"/image-*
}

image_build_download() { # <what> <url> <sha256> <name in the context>
  task_run "download $1" fetch_verified "$2" "$3" "$PATHS_CACHE/image-$3"
  ln -f -- "$PATHS_CACHE/image-$3" "$PATHS_CONTEXT/$4"
}

image_build_podman() { # [podman build option]…
  local -a options=("${IMAGE_BUILD_ARGUMENTS[@]/#/--build-arg=}")
  [[ -z $PATHS_CA ]] || options+=(--secret "id=ca,src=$PATHS_CA")
  # Proxy variables reach the build's commands, and stay out of the image. A build reads no seccomp_profile in containers.conf.
  podman_engine_online build --pull=missing --http-proxy=true --format oci "--security-opt=seccomp=$PATHS_CONF/seccomp.json" --label "podsand.recipe=$IMAGE_BUILD_RECIPE" \
    --tag "localhost/$CFG_IMAGE_NAME:candidate" "${options[@]}" "$@" "$PATHS_CONTEXT"
}

# The first start with the agent's ids copies the image: now, not when somebody waits. One that fails leaves the image as it was.
image_build_start() {
  local candidate=localhost/$CFG_IMAGE_NAME:candidate
  SANDBOX_FLAGS=()
  "sandbox_user_$CFG_SANDBOX_USER"
  podman_engine run --rm --pull=never --network=none "${SANDBOX_FLAGS[@]}" --entrypoint "${IMAGE_BUILD_PROBE[0]}" "$candidate" "${IMAGE_BUILD_PROBE[@]:1}"
  podman_engine tag "$candidate" "localhost/$CFG_IMAGE_NAME:latest"
  podman_engine untag "$candidate" "$candidate"
}

image_build_image_undo() { [[ ${UNINSTALL_PURGE:-false} == true ]] || return 3; }
# >>> image/volume sha256:580d09c8ea4ab1122665a9fbd1d0b0ea435c10eba3fb61a85ce11f4534f045d4 The volume that outlives a sandbox: the agent's login and settings.
image_volume_check() {
  STEPS_WHY='podman is not set up yet'
  podman_engine_ready || return 1
  STEPS_WHY="podsand-$CFG_AGENT_NAME"
  podman_engine volume exists "podsand-$CFG_AGENT_NAME" 2>/dev/null && return 0
  STEPS_WHY="there is no volume podsand-$CFG_AGENT_NAME"
  return 1
}

image_volume_apply() {
  podman_engine_setup
  journal_add image_volume_volume "podsand-$CFG_AGENT_NAME"
  podman_engine volume create --label podsand=true "podsand-$CFG_AGENT_NAME" >/dev/null
}

# It goes with the store.
image_volume_volume_undo() { [[ ${UNINSTALL_PURGE:-false} == true ]] || return 3; }

# --- commands
# >>> command/help sha256:dcfe023ac08de78c675dacaa689c845b9dcaa34ca5516767e86429a420ab9df5 show this
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
# >>> command/version sha256:61eaa773680fe5c91391fa3f9cf353c13eaf5ee5b970738e3ea0f8813969d17c show the versions of the script and of what it installs
command_version() {
  printf '%s\n' "podsand $PODSAND_VERSION" "profile $CFG_NAME sha256:$PROFILE_SHA256" "$CFG_AGENT_NAME $CFG_AGENT_VERSION"
}
# >>> command/plan sha256:17f05928f791eec14fc85ba94f787bcbe294dc2ebbf25631d1410e895ca629d0 show what install would do, root first [--json]; exit 0 nothing, 2 changes, 1 cannot say
command_plan() {
  local format=text state
  case $* in
    '') ;;
    --json) format=json ;;
    *) die_usage "plan does not know '$*'" ;;
  esac
  report_states
  "report_$format"
  for state in needed unknown; do
    if [[ " ${REPORT_STATES[*]} " == *" $state "* ]]; then
      DIE_REPORTED=true
      [[ $state == needed ]] && exit 2
      exit 1
    fi
  done
}
# >>> command/install sha256:8f98a424286cd1c0f69390c625f4c45d177cda9f84c9c1242e62d33744efa03b bring this machine to the state of the profile [--yes] [--dry-run] [--adopt] [--only STEP]… [--skip STEP]…
command_install() {
  local dry_run=false
  STEPS_YES=false FILES_ADOPT=false STEPS_ONLY=() STEPS_SKIP=() STEPS_CHANGED=0
  while (($#)); do
    case $1 in
      --yes) STEPS_YES=true ;;
      --dry-run) dry_run=true ;;
      --adopt) FILES_ADOPT=true ;;
      --only | --skip)
        (($# > 1)) || die_usage "$1 wants the name of a step"
        steps_named "$2"
        [[ $1 == --skip ]] || STEPS_ONLY+=("$2")
        [[ $1 == --only ]] || STEPS_SKIP+=("$2")
        shift
        ;;
      *) die_usage "install does not know '$1'" ;;
    esac
    shift
  done
  if [[ $dry_run == true ]]; then
    report_states
    report_text
    return 0
  fi
  launcher_install_source || die 64 'the script must be a file, so that it can be kept' 'save it first, then run: bash setup.sh'
  command_install_apply
}

command_install_apply() {
  command_install_data
  lock_take
  proxy_setup
  log_info "profile $CFG_NAME, ${PROFILE_SHA256:0:12}"
  steps_root
  steps_user
  # What steps did that are no longer in the plan is taken back.
  STEPS_PHASE=root STEPS_CURRENT=''
  journal_undo podsand "${STEPS_ROOT[@]}" "${STEPS_USER[@]}"
  ((JOURNAL_FAILED == 0)) || die 1 "$JOURNAL_FAILED things of steps that left the plan could not be taken back" 'mend what is said above, then run it again'
  if ((STEPS_CHANGED == 0)); then
    log_info 'no change: everything was in place'
  else
    log_info "done: $STEPS_CHANGED steps applied; start the agent with: cd DIRECTORY && $CFG_LAUNCHER_NAME"
  fi
}

# The journal lies in the directory that it would have to be told of, so these entries come just after the act.
command_install_data() {
  local path=$PATHS_DATA
  local -a made=()
  while [[ ! -d $path ]]; do
    made=("$path" ${made[@]+"${made[@]}"})
    path=${path%/*}
  done
  mkdir -p -- "$PATHS_DATA"
  STEPS_CURRENT=podsand
  for path in ${made[@]+"${made[@]}"}; do
    journal_add files_directory "$path"
  done
  STEPS_CURRENT=''
}
# >>> command/status sha256:d3456edfd362ac6e3e483d4434a1c83ee3bf76a738073d2d08437c6c63749bf7 show what is installed, what was decided and why, and the sessions that run
command_status() {
  (($# == 0)) || die_usage "status does not know '$1'"
  local key value reason
  command_version
  printf 'data    %s\n' "$PATHS_DATA"
  if [[ -r $PATHS_DECISIONS ]]; then
    while IFS=$'\t' read -r key value reason; do
      printf 'decided %s = %s (%s)\n' "$key" "$value" "$reason"
    done <"$PATHS_DECISIONS"
  fi
  report_states
  report_text
  if podman_engine_ready; then
    podman_engine ps --filter label=podsand.session --format 'session {{.Names}} {{.RunningFor}} in {{index .Labels "podsand.workspace"}}'
  fi
}
# >>> command/stop sha256:6d0248a16015f7e9912c4001e8127156de7bd66116533b55a312ef6457404871 stop the sessions that run here, or those that are named [--all] [NAME…]
command_stop() {
  local here running
  local -a filter=(--filter label=podsand.session) sessions=()
  case $* in
    --all) ;;
    -* | *' -'*) die_usage "stop does not know '$*'" ;;
    '')
      here=$(pwd -P)
      filter+=(--filter "label=podsand.workspace=$here")
      ;;
    *) sessions=("$@") ;;
  esac
  podman_engine_installed
  if ((${#sessions[@]} == 0)); then
    running=$(podman_engine ps "${filter[@]}" --format '{{.Names}}')
    mapfile -t sessions <<<"$running"
  fi
  if [[ -z ${sessions[*]} ]]; then
    log_info "no session runs${here:+ in $here}"
    return 0
  fi
  podman_engine stop --time 10 "${sessions[@]}"
}
# >>> command/uninstall sha256:c9ca27c858e295e9b6bee4829d6d7b725622e9e9c55841cb5bb09b8919ba29c8 take everything back [--purge: images and volumes too, the agent's login with them] [--yes]
command_uninstall() {
  UNINSTALL_PURGE=false STEPS_YES=false
  local question='remove podsand? Images, and volumes with the login of the agent, stay.'
  while (($#)); do
    case $1 in
      --purge) UNINSTALL_PURGE=true question='remove podsand, its images, and its volumes with the login of the agent?' ;;
      --yes) STEPS_YES=true ;;
      *) die_usage "uninstall does not know '$1'" ;;
    esac
    shift
  done
  if [[ ! -r $PATHS_JOURNAL ]]; then
    log_info 'nothing is installed for this user'
    return 0
  fi
  ask_yes "$question" 'run it with --yes'
  lock_take
  command_uninstall_sessions
  STEPS_PHASE=user
  journal_undo podsand
  if ((JOURNAL_FAILED > 0)); then
    die 1 "$JOURNAL_FAILED things could not be taken back; they stay in $PATHS_JOURNAL" 'mend what is said above, then run uninstall again'
  fi
  command_uninstall_data
  log_info 'uninstalled'
}

command_uninstall_sessions() {
  local running=''
  [[ -r $PATHS_CONF/storage.conf ]] || return 0
  podman_engine_setup
  [[ -x $PODMAN_BIN ]] || return 0
  running=$(podman_engine ps --filter label=podsand.session --format '{{.Names}}')
  [[ -z $running ]] || die 75 "sessions run: ${running//$'\n'/ }" "end them first: $CFG_LAUNCHER_NAME stop --all"
}

# Last of all the directory that the journal lies in, and what was made on the way to it.
command_uninstall_data() {
  local entry index
  journal_load
  for entry in ${JOURNAL_ENTRIES[@]+"${JOURNAL_ENTRIES[@]}"}; do
    # Something was kept on purpose: its journal stays with it.
    [[ $entry == *$'\tfiles_directory\t'* ]] || return 0
  done
  rm -rf -- "$PATHS_JOURNAL"{,.new} "$PATHS_DECISIONS"{,.new} "$PATHS_DATA"/{lock,rendered} "$PATHS_LOG" "$PATHS_CACHE" "$PATHS_CONTEXT"
  for ((index = ${#JOURNAL_ENTRIES[@]} - 1; index >= 0; index--)); do
    files_directory_undo "${JOURNAL_ENTRIES[index]##*$'\t'}" || true
  done
  [[ ! -d $PATHS_DATA ]] || log_warn "$PATHS_DATA is not empty: see what is in it, then remove it"
}
# >>> command/export sha256:95d3495d73c7215cc2696ab3f3772a7ca5f31d6a9eed2dbcf021dc0b94fbbe57 write every file that the script embeds or renders into a directory, for review: export DIRECTORY
command_export() {
  (($# == 1)) && [[ $1 != -* ]] || die_usage 'export wants one directory'
  local directory=$1 content=''
  [[ ! -e $directory || -d $directory ]] || die 1 "$directory is there already, and is not a directory" 'name another'
  mkdir -p -- "$directory"
  content=$(ls -A -- "$directory")
  [[ -z $content ]] || die 1 "$directory is not empty" 'name a new directory'
  decision_get storage_driver || DECISION_VALUE=overlay
  podman_storage_conf_render >"$directory/storage.conf"
  podman_containers_conf_render >"$directory/containers.conf"
  podman_registries_conf_render >"$directory/registries.conf"
  podman_policy_json_render >"$directory/policy.json"
  podman_seccomp_json_render >"$directory/seccomp.json"
  image_dockerfile_context "$directory"
  log_info "written to $directory"
}
# >>> command/build sha256:e8ecbf826a8d83ea27d5f3aeb1522c2b0740e312ce1d487331931aa6655466c8 build the image again [--no-cache] [--pull]
command_build() {
  local -a options=()
  while (($#)); do
    case $1 in
      --no-cache) options+=(--no-cache) ;;
      --pull) options+=(--pull=always) ;;
      *) die_usage "build does not know '$1'" ;;
    esac
    shift
  done
  podman_engine_installed
  lock_take
  STEPS_PHASE=user STEPS_CURRENT=image/build
  image_build_apply ${options[@]+"${options[@]}"}
  STEPS_CURRENT=''
}
# >>> command/run sha256:e3ac19bb4f0e0c2fa3ce58ebf4a471c7e7aa1ab279e051fc7deb4df1188fcc32 start the agent in a sandbox in the current directory [--print] [-- COMMAND…]
command_run() {
  local print=false
  local -a given=("${CFG_AGENT_COMMAND[@]}")
  while (($#)); do
    case $1 in
      --print) print=true ;;
      --)
        shift
        (($#)) || die_usage 'a command is missing after --'
        given=("$@")
        break
        ;;
      *) die_usage "run does not know '$1' (to run it in the sandbox: -- $1)" ;;
    esac
    shift
  done
  podman_engine_installed
  sandbox_workspace
  sandbox_policy
  local session=${SANDBOX_WORKSPACE##*/}
  session=${session//[^a-zA-Z0-9_.-]/-}
  SANDBOX_FLAGS+=(--name "podsand-${session:0:40}-$$" --label podsand.session=true --label "podsand.workspace=$SANDBOX_WORKSPACE")
  [[ ! -t 0 || ! -t 1 ]] || SANDBOX_FLAGS+=(--tty)
  local -a arguments=(run "${SANDBOX_FLAGS[@]}" "localhost/$CFG_IMAGE_NAME:latest" "${given[@]}")
  if [[ $print == true ]]; then
    printf '%q ' "$PODMAN_BIN" "${arguments[@]}"
    printf '\n'
    return 0
  fi
  podman_engine_exec "${arguments[@]}"
}
# >>> command/shell sha256:b5eecfd135f4111d006a9501b18fc7596d64a311c8038434a5583aa4ebafd771 start a shell in a sandbox in the current directory
command_shell() {
  (($# == 0)) || die_usage "shell takes no arguments (to run a command: -- $*)"
  command_run -- /bin/bash
}

# --- driver
# >>> core/decision sha256:e58aafe898e0243a2951917841c0ec61d4683c77eb66eb7c8c33948003f09475 Choices made on this machine, each with its reason, kept so that they are made once.
# One line a decision: key, value, reason, separated by tabs.

decision_get() { # <key>   sets DECISION_VALUE; 1 when nothing was decided
  local key value
  DECISION_VALUE=''
  [[ -r ${PATHS_DECISIONS:-} ]] || return 1
  while IFS=$'\t' read -r key value _; do
    if [[ $key == "$1" ]]; then
      DECISION_VALUE=$value
      return 0
    fi
  done <"$PATHS_DECISIONS"
  return 1
}

decision_set() { # <key> <value> <reason>
  local temporary=$PATHS_DECISIONS.new key rest
  printf '%s\t%s\t%s\n' "$1" "$2" "$3" >"$temporary"
  if [[ -r $PATHS_DECISIONS ]]; then
    while IFS=$'\t' read -r key rest; do
      [[ $key == "$1" ]] || printf '%s\t%s\n' "$key" "$rest"
    done <"$PATHS_DECISIONS" >>"$temporary"
  fi
  mv -fT -- "$temporary" "$PATHS_DECISIONS"
}
# >>> core/json sha256:96244ad403e872f864a39eff0eee5cbb0c55db203956d85f5ed11b875db31acb Strings as JSON and TOML spell them.
# The locals carry a prefix: one named as the caller's variable would take the result.

json_string() { # <variable> <text>   sets the variable to the quoted text, right for JSON and TOML; a control character becomes ?
  local json_text=${2//[[:cntrl:]]/?}
  json_text=${json_text//\\/\\\\}
  json_text=${json_text//\"/\\\"}
  printf -v "$1" '"%s"' "$json_text"
}

json_list() { # <variable> <text>…   sets the variable to a list of quoted texts
  local json_variable=$1 json_one json_item='' json_all=''
  shift
  for json_one in "$@"; do
    json_string json_item "$json_one"
    json_all+=${json_all:+, }$json_item
  done
  printf -v "$json_variable" '[%s]' "$json_all"
}
# >>> core/log sha256:0b7c23903e239e3ec15528791b458890d59f7fac1c16f9a674356ef533113c76 Messages to standard error; colour only on a terminal, and never with NO_COLOR.
log_setup() {
  LOG_BOLD='' LOG_RED='' LOG_YELLOW='' LOG_GREEN='' LOG_RESET='' LOG_TERMINAL=false
  [[ -t 2 ]] || return 0
  LOG_TERMINAL=true
  # https://no-color.org: any non-empty value switches colour off.
  [[ -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]] || return 0
  LOG_BOLD=$'\e[1m' LOG_RED=$'\e[31m' LOG_YELLOW=$'\e[33m' LOG_GREEN=$'\e[32m' LOG_RESET=$'\e[0m'
}

# Each takes the words of a message.
log_info() { printf '%s: %s\n' "$CFG_LAUNCHER_NAME" "$*" >&2; }
log_warn() { printf '%s: %swarning:%s %s\n' "$CFG_LAUNCHER_NAME" "${LOG_YELLOW:-}" "${LOG_RESET:-}" "$*" >&2; }
log_error() { printf '%s: %serror:%s %s\n' "$CFG_LAUNCHER_NAME" "${LOG_RED:-}" "${LOG_RESET:-}" "$*" >&2; }

log_remedy() { # <remedy>…   one line each
  local line
  for line in "$@"; do
    printf '  %s->%s %s\n' "${LOG_BOLD:-}" "${LOG_RESET:-}" "$line" >&2
  done
}

log_step() { # <step> <state> <detail>
  local colour=${LOG_BOLD:-}
  [[ $2 != 'done' ]] || colour=${LOG_GREEN:-}
  printf '  %-24s %s%-8s%s %s\n' "$1" "$colour" "$2" "${LOG_RESET:-}" "$3" >&2
}
# >>> core/die sha256:c2126e09b96f3c78ce85eb7b88c0f030aa587702371854db0284d99e53e95eed Stop with what is wrong, where, and the remedy; the EXIT trap names the step that failed.
die_setup() {
  DIE_REPORTED=false DIE_CLEANUP=()
  trap 'die_exit "$?"' EXIT
  trap 'die_signal 130' INT
  trap 'die_signal 129' HUP
  trap 'die_signal 143' TERM
}

die() { # <exit code> <what is wrong> [remedy]…
  local code=$1
  log_error "$2"
  shift 2
  log_remedy "$@"
  DIE_REPORTED=true
  exit "${DIE_AS:-$code}"
}

# <what is wrong>
die_usage() { die 64 "$1" "$CFG_LAUNCHER_NAME help lists commands and options"; }

die_signal() { # <exit code>
  DIE_REPORTED=true
  log_error "interrupted${STEPS_CURRENT:+ in step $STEPS_CURRENT}"
  log_remedy 'run the same command again: it goes on where it stopped'
  exit "$1"
}

die_exit() { # <exit code>
  local path
  for path in ${DIE_CLEANUP[@]+"${DIE_CLEANUP[@]}"}; do
    rm -rf -- "$path"
  done
  [[ $1 != 0 && $DIE_REPORTED == false ]] || return 0
  if [[ -n ${STEPS_CURRENT:-} ]]; then
    log_error "step $STEPS_CURRENT failed (exit $1)"
    log_remedy 'run the same command again: it goes on where it stopped'
  fi
}

# <path>   removed when the script ends, however it ends
die_cleanup() { DIE_CLEANUP+=("$1"); }
# >>> core/ask sha256:31008069effda727ef709cabe2ecd2423dda285c0d399be5a121cadf8c975e56 Ask before something that cannot be taken back, on a terminal only.
ask_yes() { # <question> <remedy where nobody can be asked>
  local answer=''
  [[ ${STEPS_YES:-false} == false ]] || return 0
  [[ -t 0 ]] || die 77 'this must be confirmed, and there is no terminal to ask on' "$2"
  read -r -p "$CFG_LAUNCHER_NAME: $1 [y/N] " answer || true
  [[ $answer == [yY] || $answer == [yY][eE][sS] ]] || die 77 'not confirmed: nothing was changed'
}
# >>> core/as-root sha256:3c6c02b66d5edbfe1525fc9ea62aaf95a67dff0907da898760d8e9d58fe7dbe2 The only way to root: asks once, shows each command, never as a string.
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
# >>> core/paths sha256:7ce6b67ed00094ccb4586dbb07ca908fdc4dac39e33f12a39fc3e53c34f763d6 Where things are put, from the home directory of the machine that the script runs on.
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
# >>> core/journal sha256:4726011b4d0ff2c9b742469b088bb06b19382024cf63b7fa0aea86bc600f3231 What was done, as inverses: what uninstall replays backwards.
# One line an entry: step, kind, arguments, separated by tabs. <kind>_undo takes the arguments and undoes.
# An entry is written before the act, so that what was interrupted can be undone as well.

journal_load() { # sets JOURNAL_ENTRIES
  JOURNAL_ENTRIES=()
  [[ ! -r $PATHS_JOURNAL ]] || mapfile -t JOURNAL_ENTRIES <"$PATHS_JOURNAL"
}

journal_has() { # <kind> <argument>…   whether an entry of any step starts with these
  local IFS=$'\t' entry
  journal_load
  for entry in ${JOURNAL_ENTRIES[@]+"${JOURNAL_ENTRIES[@]}"}; do
    [[ ${entry#*$'\t'}$'\t' != "$*"$'\t'* ]] || return 0
  done
  return 1
}

journal_add() { # <kind> <argument>…
  local IFS=$'\t'
  local line=$STEPS_CURRENT$'\t'$*
  [[ -r $PATHS_JOURNAL ]] && grep -qxF -- "$line" "$PATHS_JOURNAL" || printf '%s\n' "$line" >>"$PATHS_JOURNAL"
}

journal_undo() { # <step>…   undoes, newest first, what the steps did that are NOT named; sets JOURNAL_FAILED
  local IFS=' ' keep=" $* " index entry
  local -a kept=() fields=()
  JOURNAL_FAILED=0
  journal_load
  for ((index = ${#JOURNAL_ENTRIES[@]} - 1; index >= 0; index--)); do
    entry=${JOURNAL_ENTRIES[index]} JOURNAL_CODE=3
    if [[ $keep != *" ${entry%%$'\t'*} "* ]]; then
      IFS=$'\t' read -r -a fields <<<"$entry"
      journal_undo_one "${fields[@]:1}"
    fi
    # 3: kept on purpose.
    ((JOURNAL_CODE == 0 || JOURNAL_CODE == 3)) || JOURNAL_FAILED=$((JOURNAL_FAILED + 1))
    if ((JOURNAL_CODE != 0)); then
      kept=("$entry" "${kept[@]}")
      continue
    fi
    # At once: what was undone must not be undone again after an interruption, when it may be somebody else's.
    fields=("${JOURNAL_ENTRIES[@]:0:index}" "${kept[@]}")
    printf '%s' "${fields[@]/%/$'\n'}" >"$PATHS_JOURNAL.new"
    mv -fT -- "$PATHS_JOURNAL.new" "$PATHS_JOURNAL"
  done
}

# Never called in a condition: there, bash would ignore errors in the middle of an undo.
journal_undo_one() { # <kind> <argument>…   sets JOURNAL_CODE
  local kind=$1
  shift
  if ! declare -F "${kind}_undo" >/dev/null; then
    log_warn "this script does not know how to undo '$kind $*'; use the script that made it"
    JOURNAL_CODE=1
    return
  fi
  set +e
  (
    set -e
    "${kind}_undo" "$@"
  )
  JOURNAL_CODE=$?
  set -e
}
# >>> core/files sha256:e361a9a8a2a13094ca1c9410537637df44ffbb5df9487a056ea36a75033ec30b Files, directories, trees and symbolic links: written whole or not at all, journaled, nothing foreign overwritten.
files_render() { # <destination> <mode>   the content comes on standard input
  # A name that the next run uses again, and uninstall knows: at the end of a pipe nothing can be cleaned up after a failure.
  cat >"$PATHS_DATA/rendered"
  files_install "$PATHS_DATA/rendered" "$1" "$2"
  rm -f -- "$PATHS_DATA/rendered"
}

files_install() { # <source> <destination> <mode>
  local source=$1 destination=$2 mode=$3 sha256 temporary
  files_sha256 "$source"
  sha256=$FILES_SHA256
  if [[ -e $destination || -L $destination ]]; then
    files_same "$source" "$destination" "$mode" && return 0
    files_give_way "$destination"
  fi
  files_directory "${destination%/*}"
  journal_add files_file "$destination" "$sha256"
  temporary=${destination%/*}/.podsand.${destination##*/}
  die_cleanup "$temporary"
  cat -- "$source" >"$temporary"
  chmod -- "$mode" "$temporary"
  mv -fT -- "$temporary" "$destination"
}

files_same() { # <source> <destination> <mode>
  local sha256 found
  [[ -f $2 && ! -L $2 ]] || return 1
  found=$(stat -c %a -- "$2")
  [[ $found == "${3#0}" ]] || return 1
  files_sha256 "$2"
  sha256=$FILES_SHA256
  files_sha256 "$1"
  [[ $sha256 == "$FILES_SHA256" ]]
}

# A file that we wrote and nobody touched may be replaced. One of ours that was edited is kept aside. Anybody
# else's is refused, or with --adopt backed up, and put back by uninstall.
files_give_way() { # <destination>
  local destination=$1 saved
  if journal_has files_file "$destination"; then
    files_ours "$destination" || files_aside "$destination"
    return 0
  fi
  [[ ${FILES_ADOPT:-false} == true ]] || die 1 "$destination is there already, and podsand did not write it" \
    "move it away, or install with --adopt: it is then backed up, replaced, and put back by uninstall"
  files_directory "$PATHS_BACKUP"
  saved=$(mktemp -u -- "$PATHS_BACKUP/XXXXXXXX")
  journal_add files_backup "$destination" "$saved"
  mv -T -- "$destination" "$saved"
}

files_holds() { # <path> <content, as $() gives it>   for the checks of steps; sets STEPS_WHY
  STEPS_WHY="$1 is up to date"
  if [[ ! -f $1 || -L $1 ]]; then
    STEPS_WHY="$1 is not there"
  elif [[ $(<"$1") != "$2" ]]; then
    STEPS_WHY="$1 says something else"
  else
    return 0
  fi
  return 1
}

files_rendered() { # <function that prints it> <path>   whether the file is as it should be, for the checks of steps
  local rendered
  rendered=$("$1") || return 2
  files_holds "$2" "$rendered"
}

files_aside() { # <path>
  local saved
  saved=$(mktemp -u -- "$1.edited-XXXX")
  mv -T -- "$1" "$saved"
  log_warn "$1 was edited since it was written: the edited file is now $saved"
}

files_ours() { # <path>   whether it is a file, and as we wrote it
  [[ -f $1 && ! -L $1 ]] || return 1
  files_sha256 "$1"
  journal_has files_file "$1" "$FILES_SHA256"
}

files_sha256() { # <path>   sets FILES_SHA256
  local sum
  sum=$(sha256sum <"$1")
  FILES_SHA256=${sum%% *}
}

files_directory() { # <path> [kind of entry]   with its parents; each that is made is journaled
  [[ -d $1/ ]] && return 0
  files_directory "${1%/*}"
  journal_add "${2:-files_directory}" "$1"
  mkdir -- "$1"
}

# <path>   a directory whose whole content is ours to remove
files_tree() { files_directory "$1" files_tree; }

files_give_tree() { # <staging tree> <tree>   the finished tree takes its name in one move
  [[ ! -e $2 && ! -L $2 ]] || die 1 "$2 is there already" 'move it away'
  journal_add files_tree "$2"
  mv -T -- "$1" "$2"
}

files_link() { # <target> <path>   switched atomically
  local target=$1 path=$2 found
  found=$(readlink -- "$path") || found=''
  [[ $found != "$target" ]] || return 0
  [[ ! -e $path && ! -L $path ]] || { [[ -L $path ]] && journal_has files_link "$path"; } ||
    die 1 "$path is there already, and is no symbolic link of podsand's" 'move it away, or choose another place in the profile'
  files_directory "${path%/*}"
  journal_add files_link "$path"
  ln -sfT -- "$target" "$path.new"
  mv -fT -- "$path.new" "$path"
}

files_file_undo() { # <path> <sha256>
  rm -f -- "${1%/*}/.podsand.${1##*/}"
  [[ -e $1 || -L $1 ]] || return 0
  files_ours "$1" || files_aside "$1"
  rm -f -- "$1"
}

files_backup_undo() { # <path> <saved>
  [[ -e $2 || -L $2 ]] || return 0
  [[ ! -e $1 && ! -L $1 ]] || die 1 "$1 is there again; what was there before podsand is $2" 'move one of them away'
  mv -T -- "$2" "$1"
}

files_directory_undo() { # <path>
  [[ -d $1 && ! -L $1 ]] || return 0
  rmdir --ignore-fail-on-non-empty -- "$1"
  # Not empty: something of another step's, or somebody else's, is in it. It is asked again next time.
  [[ ! -d $1 ]] || return 3
}

# <path>
files_tree_undo() { [[ -L $1 ]] || rm -rf --one-file-system -- "$1"; }

files_link_undo() { # <path>
  [[ ! -L $1 ]] || rm -f -- "$1"
  [[ ! -L $1.new ]] || rm -f -- "$1.new"
}
# >>> core/lock sha256:dd88ea6b55bc48c51f542fe91dc78568f2f655ea1bda1026b8fa8d69336c7e9e One installation at a time for a user.
lock_take() {
  # The descriptor is closed in long-lived children (9>&-): one that inherits it would hold the lock for ever.
  exec 9>>"$PATHS_DATA/lock"
  flock --nonblock 9 || die 75 'another podsand command is changing this installation' 'wait until it has ended, then try again'
}
# >>> core/proxy sha256:c1048aacd14a7e6df42eb68b0e2442d1bd6d107b113ea34c0aaf88046313cd07 Proxy variables for what the script itself starts, in both spellings.
proxy_setup() {
  local name upper
  [[ -z $CFG_PROXY_URL ]] || proxy_profile
  # curl and apt read http_proxy in lower case only; other programs read upper case only.
  for name in http_proxy https_proxy no_proxy; do
    upper=${name^^}
    if [[ -n ${!name:-} ]]; then
      export "$upper=${!name}"
    elif [[ -n ${!upper:-} ]]; then
      export "$name=${!upper}"
    fi
  done
}
# >>> core/steps sha256:ccf4d15ff79c1986366841a02936c4cd3307b3b67f4304282e22d2a8a2c21bd4 The two phases: check each step, apply what is needed, check again.
steps_setup() { STEPS_CURRENT='' STEPS_PHASE='' STEPS_WHY=''; }

steps_state() { # <step>   sets STEPS_STATE to done, needed or unknown, and STEPS_WHY
  local code=0
  STEPS_WHY=''
  "${1//[\/-]/_}_check" || code=$?
  case $code in
    0) STEPS_STATE='done' ;;
    2) STEPS_STATE=unknown ;;
    *) STEPS_STATE=needed ;;
  esac
}

steps_root() { # applies what the root phase needs
  local step index
  local -a needed=() whys=()
  STEPS_PHASE=root
  for step in "${STEPS_ROOT[@]}"; do
    if steps_needed "$step"; then
      needed+=("$step") whys+=("$STEPS_WHY")
    fi
  done
  ((${#needed[@]})) || return 0
  as_root_confirm "${needed[@]}"
  for index in "${!needed[@]}"; do
    STEPS_WHY=${whys[index]}
    steps_apply "${needed[index]}"
  done
}

steps_user() {
  local step
  STEPS_PHASE=user
  for step in "${STEPS_USER[@]}"; do
    if steps_needed "$step"; then
      steps_apply "$step"
    fi
  done
}

steps_needed() { # <step>   whether it is chosen and not done; what is done is said
  steps_chosen "$1" || return 1
  steps_state "$1"
  [[ $STEPS_STATE == 'done' ]] || return 0
  log_step "$1" 'done' "$STEPS_WHY"
  return 1
}

steps_apply() { # <step>   the step must be done afterwards, by its own check
  log_step "$1" apply "$STEPS_WHY"
  STEPS_CURRENT=$1
  "${1//[\/-]/_}_apply"
  steps_state "$1"
  [[ $STEPS_STATE == 'done' ]] || die 1 "step $1 ran, and its check still says: $STEPS_WHY" 'please report this with the log'
  STEPS_CURRENT=''
  STEPS_CHANGED=$((${STEPS_CHANGED:-0} + 1))
}

steps_chosen() { # <step>   by --only and --skip
  local IFS=' '
  [[ -z ${STEPS_ONLY[*]-} || " ${STEPS_ONLY[*]} " == *" $1 "* ]] || return 1
  [[ " ${STEPS_SKIP[*]-} " != *" $1 "* ]]
}

steps_named() { # <step>   refuses a name that is no step of this script
  local IFS=' '
  [[ " ${STEPS_ROOT[*]} ${STEPS_USER[*]} " == *" $1 "* ]] || die_usage "there is no step '$1'; the steps are: ${STEPS_ROOT[*]} ${STEPS_USER[*]}"
}
# >>> core/main sha256:5c48ee44352f7ca6751316a4fb3c73668c34b0c393b988a52039879209681723 Which command was asked for.
main() { # [--launcher] [<command>] [<argument>…]
  # Tests hang every absolute path that is read from PODSAND_ROOT; a script is always about the real root.
  PODSAND_ROOT=''
  local chosen=install
  log_setup
  die_setup
  steps_setup
  if [[ ${1:-} == --launcher ]]; then
    chosen=run
    shift
  fi
  case ${1:-} in
    -h | --help) chosen='help' && shift ;;
    --version) chosen=version && shift ;;
    -* | '') ;;
    *)
      chosen=$1
      shift
      ;;
  esac
  # A command's own functions, command_NAME_…, are no commands.
  { [[ $chosen != *_* ]] && declare -F "command_$chosen" >/dev/null; } || die_usage "there is no command '$chosen' (to run it in the sandbox: $CFG_LAUNCHER_NAME -- $chosen)"
  # The exit codes of these are those of what runs in the sandbox; podman's own failures are 125, and so are ours.
  [[ $chosen != run && $chosen != shell ]] || DIE_AS=125
  [[ $chosen == help || $chosen == version ]] || main_prepare
  "command_$chosen" "$@"
}

main_prepare() {
  ((EUID != 0)) || die 69 'this is for a normal user, not for root: the sandbox runs without root' \
    'run it as the user who will use the sandbox; it asks for sudo where a step needs root'
  paths_setup
}
# >>> core/report sha256:e1cda6a3c9bd970ac35655df8f7dc765bdd784c230481c5ccd0874319b1525e5 The state of every step, as text or JSON.
report_states() { # sets REPORT_STATES and REPORT_WHYS, in the order of the steps
  local step
  REPORT_STATES=() REPORT_WHYS=()
  for step in "${STEPS_ROOT[@]}" "${STEPS_USER[@]}"; do
    STEPS_STATE=skipped STEPS_WHY=''
    ! steps_chosen "$step" || steps_state "$step"
    REPORT_STATES+=("$STEPS_STATE")
    REPORT_WHYS+=("$STEPS_WHY")
  done
}

report_text() { # on standard output, and so without colour
  local LOG_BOLD='' LOG_GREEN='' LOG_RESET='' index=0 step
  for step in "${STEPS_ROOT[@]}" "${STEPS_USER[@]}"; do
    log_step "$step" "${REPORT_STATES[index]}" "${REPORT_WHYS[index]}"
    if ((index < ${#STEPS_ROOT[@]})) && [[ ${REPORT_STATES[index]} == needed ]]; then
      as_root_show "$step"
    fi
    index=$((index + 1))
  done
} 2>&1

report_json() {
  local index=0 step root name why separator=''
  printf '{"schema": 1, "steps": ['
  for step in "${STEPS_ROOT[@]}" "${STEPS_USER[@]}"; do
    root=false
    ((index >= ${#STEPS_ROOT[@]})) || root=true
    json_string name "$step"
    json_string why "${REPORT_WHYS[index]}"
    printf '%s\n  {"name": %s, "root": %s, "state": "%s", "why": %s}' "$separator" "$name" "$root" "${REPORT_STATES[index]}" "$why"
    separator=,
    index=$((index + 1))
  done
  printf '\n]}\n'
}
# >>> core/task sha256:8c1c4de253cb2515b06ef18bf4fc3bf6a0f863bdb978c723bcdd9bbd1852bf34 Long commands: a line with the elapsed time, full output in a log, the last 20 lines of it on failure.
task_run() { # <what it does> <command> <argument>…
  local what=$1 code=0 ticker='' log
  shift
  files_directory "$PATHS_LOG"
  log=$PATHS_LOG/${STEPS_CURRENT//\//-}.log
  journal_add files_tree "$PATHS_LOG"
  local started=$SECONDS
  if [[ $LOG_TERMINAL == true ]]; then
    task_tick "$what" 9>&- &
    ticker=$!
  else
    log_info "$what …"
  fi
  set +e
  (
    set -e
    "$@"
  ) >"$log" 2>&1 9>&-
  code=$?
  set -e
  if [[ -n $ticker ]]; then
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" || true
    printf '\r\e[K' >&2
  fi
  if ((code != 0)); then
    task_failed "$what" "$code" "$log"
  fi
  log_info "$what: done in $((SECONDS - started)) s"
}

task_tick() { # <what it does>
  trap - EXIT INT HUP TERM
  local started=$SECONDS
  # It outlives a script that is interrupted by no more than its sleep.
  while kill -0 "$$" 2>/dev/null; do
    printf '\r\e[K  %s … %d s' "$1" "$((SECONDS - started))" >&2
    sleep 1
  done
}

task_failed() { # <what it does> <exit code> <log>
  log_error "$1: failed (exit $2); the last lines of $3:"
  tail -n 20 -- "$3" >&2
  DIE_REPORTED=true
  log_remedy "the whole output is in $3" 'mend what it says, then run the same command again: it goes on where it stopped'
  case $2 in
    64 | 69 | 75 | 77) exit "$2" ;;
    *) exit 1 ;;
  esac
}
# >>> core/fetch sha256:ded420a3ad3cf0aa25a5641f982920be1079bbb5f8b8214a7d1d59d4acf0cb86 Download what is pinned: no match with its sha256, no file.
fetch_verified() { # <url> <sha256> <destination>
  local url=$1 sha256=$2 destination=$3
  local part=$destination.part
  [[ $sha256 =~ ^[0-9a-f]{64}$ ]] || die 1 "no sha256 is known for $url" 'pin one in the profile, and generate the script again'
  files_directory "${destination%/*}"
  if [[ -f $destination ]]; then
    files_sha256 "$destination"
    [[ $FILES_SHA256 != "$sha256" ]] || return 0
  fi
  local resumed=false
  [[ ! -s $part ]] || resumed=true
  fetch_download "$url" "$part"
  files_sha256 "$part"
  if [[ $FILES_SHA256 != "$sha256" && $resumed == true ]]; then
    # What an earlier run left may have been of another file.
    rm -f -- "$part"
    fetch_download "$url" "$part"
    files_sha256 "$part"
  fi
  if [[ $FILES_SHA256 != "$sha256" ]]; then
    rm -f -- "$part"
    die 1 "$url is not what this script expects: sha256 is $FILES_SHA256, pinned is $sha256" \
      'it was changed, or a proxy answered in its place; do not run it, and ask whoever gave you this script'
  fi
  mv -fT -- "$part" "$destination"
}

# Four tries, with 1, 2 and 4 seconds between them; each goes on where the one before stopped.
fetch_download() { # <url> <part>
  local url=$1 part=$2 try=0 code=0 host=${1#*://}
  while :; do
    code=0
    fetch_curl "$url" "$part" || code=$?
    case $code in
      0) return 0 ;;
      # 33: no ranges; 36: cannot resume. Start again from nothing.
      33 | 36) rm -f -- "$part" ;;
      # 22: the server answered with an error. 416 is "nothing more to send" to a request that resumes.
      22) [[ $FETCH_STATUS != 416 ]] || return 0 ;;
      23) die 1 "$part cannot be written" 'is the disk full?' ;;
      60 | 77) die 1 "the certificate of ${host%%/*} is not trusted" 'behind a proxy that opens TLS, name its CA in the profile: [proxy] ca_bundle' ;;
      *) ;;
    esac
    try=$((try + 1))
    if ((try > 3)) || [[ $FETCH_STATUS == 40[134] ]]; then
      fetch_failed "$url" "$part" "$code"
    fi
    sleep "$((1 << (try - 1)))"
  done
}

fetch_failed() { # <url> <part> <curl's exit code>
  [[ -s $2 ]] || rm -f -- "$2"
  if [[ $3 == 22 ]]; then
    die 75 "$1: the server answered $FETCH_STATUS" 'check the address in the profile (a mirror?), or try again later'
  fi
  die 75 "$1 cannot be reached (curl: exit $3)" 'check the network and the proxy variables, then run the same command again: it goes on where it stopped'
}

fetch_curl() { # <url> <part>   sets FETCH_STATUS to the HTTP status
  local code=0 protocols='=https,http'
  # What began over https stays there: a redirect must not take it into the open.
  [[ $1 != https:* ]] || protocols='=https'
  local -a options=(--fail --location --proto "$protocols" --silent --show-error --connect-timeout 20
    --speed-limit 1024 --speed-time 60 --continue-at - --output "$2" --write-out '%{http_code}')
  # Before it is made, in the root phase, the system itself trusts the company's CA.
  [[ ! -r $PATHS_CA ]] || options+=(--cacert "$PATHS_CA")
  # -q first: the user's own .curlrc must not weaken this.
  FETCH_STATUS=$(curl -q "${options[@]}" -- "$1") || code=$?
  FETCH_STATUS=${FETCH_STATUS:-000}
  return "$code"
}

main "$@"
}
