# shellcheck shell=bash
# /// snippet
# name = "docker/packages"
# summary = "Docker's own packages, from one signed apt source; nothing that belongs to somebody else is removed for them."
# requires = ["core/as-root", "core/ask", "core/fetch", "core/task", "host/packages"]
# params = ["CFG_DOCKER_CHANNEL", "CFG_DOCKER_KEY_SHA256", "CFG_DOCKER_MIRROR", "CFG_DOCKER_VERSION"]
# hosts = ["docker.mirror"]
# writes = ["packages of Docker", "/etc/apt/keyrings/docker.asc", "/etc/apt/sources.list.d/docker.sources"]
# root = true
# commands = [
#   "env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends <what is missing of: docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin>",
#   "apt-get -o DPkg::Lock::Timeout=120 update",
#   "rm -f -- <a source of apt's that podsand wrote and apt cannot read>",
#   "install -D -m <mode> /dev/stdin <docker's key, its apt source or /etc/docker/daemon.json>",
#   "rm -f -- <docker's key, its apt source or /etc/docker/daemon.json>",
# ]
# undo.docker_packages_file = "docker's key, apt source and daemon.json stay as long as docker does; else they are removed"
# [[downloads]]
# what = "the key of Docker's package archive"
# source = "{docker.mirror}/<debian or ubuntu>/gpg"
# pin = "docker.key_sha256"
# [[downloads]]
# what = "Docker Engine, with its command, buildx and compose"
# source = "{docker.mirror}/<debian or ubuntu>, {docker.channel}"
# pin = "the archive's signature, by the key above; no hash, and the newest version unless docker.version names one"
# ///

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
