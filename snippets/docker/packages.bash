# shellcheck shell=bash
# /// snippet
# name = "docker/packages"
# summary = "Docker's own packages, from one signed apt source; nothing that belongs to somebody else is removed for them."
# requires = ["core/as-root", "core/ask", "core/fetch", "core/task"]
# params = ["CFG_DOCKER_CHANNEL", "CFG_DOCKER_KEY_SHA256", "CFG_DOCKER_MIRROR", "CFG_DOCKER_VERSION"]
# hosts = ["docker.mirror"]
# writes = ["/etc/apt/keyrings/docker.asc", "/etc/apt/sources.list.d/docker.sources"]
# root = true
# ///

docker_packages_names() { # sets DOCKER_PACKAGES
  local version=${CFG_DOCKER_VERSION:+=5:$CFG_DOCKER_VERSION-*}
  DOCKER_PACKAGES=("docker-ce$version" "docker-ce-cli$version" containerd.io docker-buildx-plugin docker-compose-plugin)
}

docker_packages_system() { # sets DOCKER_PACKAGES_SYSTEM and DOCKER_PACKAGES_SUITE, as the vendor's archive names them
  local said id
  # What derives from one of the two says so, and names the suite that it is made from.
  # shellcheck disable=SC1091,SC2154
  said=$(. "$PODSAND_ROOT/etc/os-release" && printf '%s|%s %s' "${UBUNTU_CODENAME:-${DEBIAN_CODENAME:-${VERSION_CODENAME:-}}}" "$ID" "${ID_LIKE:-}")
  DOCKER_PACKAGES_SUITE=${said%%|*} id=${said#*|}
  case " $id " in
    *' ubuntu '*) DOCKER_PACKAGES_SYSTEM=ubuntu ;;
    *' debian '*) DOCKER_PACKAGES_SYSTEM=debian ;;
    *) die 69 "docker is needed to build podman, and this script cannot install it on '${id% }'" 'install Docker Engine with buildx yourself, then run this again;' \
      'or generate the script with --set podman.source=release, or --set podman.builder=podman: neither needs docker' ;;
  esac
}

docker_packages_commands() {
  docker_packages_names
  printf '%s\n' 'install -D -m 0644 KEY /etc/apt/keyrings/docker.asc' 'install -D -m 0644 SOURCE /etc/apt/sources.list.d/docker.sources' \
    'apt-get update' "apt-get install -y --no-install-recommends ${DOCKER_PACKAGES[*]}"
}

docker_packages_apply() {
  local package
  docker_packages_names
  docker_packages_system
  task_run "fetch the key of $CFG_DOCKER_MIRROR" docker_packages_source
  docker_packages_conflicts
  for package in "${DOCKER_PACKAGES[@]}"; do
    journal_add host_packages_package "${package%%=*}"
  done
  task_run "install ${DOCKER_PACKAGES[*]}" as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 \
    install -y --no-install-recommends "${DOCKER_PACKAGES[@]}"
}

docker_packages_source() {
  local mirror=$CFG_DOCKER_MIRROR/$DOCKER_PACKAGES_SYSTEM key=$PATHS_CACHE/docker.asc arch
  arch=$(dpkg --print-architecture)
  # Two sources for the same packages with two keys would make apt refuse both.
  if ! grep -rqsF -- "$mirror" "$PODSAND_ROOT/etc/apt/sources.list" "$PODSAND_ROOT/etc/apt/sources.list.d"; then
    fetch_verified "$mirror/gpg" "$CFG_DOCKER_KEY_SHA256" "$key"
    journal_add docker_packages_file /etc/apt/keyrings/docker.asc
    as_root install -D -m 0644 -- "$key" /etc/apt/keyrings/docker.asc
    journal_add docker_packages_file /etc/apt/sources.list.d/docker.sources
    as_root install -D -m 0644 /dev/stdin /etc/apt/sources.list.d/docker.sources < <(
      printf '%s\n' 'Types: deb' "URIs: $mirror" "Suites: $DOCKER_PACKAGES_SUITE" "Components: $CFG_DOCKER_CHANNEL" \
        "Architectures: $arch" 'Signed-By: /etc/apt/keyrings/docker.asc'
    )
    rm -f -- "$key"
  fi
  as_root apt-get -o DPkg::Lock::Timeout=120 update
}

# apt is asked what it would remove. A distribution's docker gives way when that is confirmed; containerd and runc without it
# belong to something else, such as Kubernetes.
docker_packages_conflicts() {
  local said line name foreign=''
  local -a removed=()
  said=$(apt-get -s install --no-install-recommends "${DOCKER_PACKAGES[@]}" 2>&1) ||
    die 1 "apt cannot install docker: ${said##*$'\n'}" "is there a docker for $DOCKER_PACKAGES_SYSTEM $DOCKER_PACKAGES_SUITE in the source? see: apt-get -s install ${DOCKER_PACKAGES[*]}"
  while IFS= read -r line; do
    [[ $line == 'Remv '* ]] || continue
    name=${line#Remv }
    removed+=("${name%% *}")
  done <<<"$said"
  ((${#removed[@]})) || return 0
  for name in "${removed[@]}"; do
    case $name in
      docker.io | docker-cli | docker-buildx | docker-compose | docker-compose-v2 | docker-doc | podman-docker) ;;
      containerd | runc) [[ " ${removed[*]} " == *' docker.io '* ]] || foreign+=" $name" ;;
      *) foreign+=" $name" ;;
    esac
  done
  [[ -z $foreign ]] || die 69 "installing docker would remove what is not docker's:$foreign" 'if nothing needs them, remove them yourself, then run this again;' \
    'or generate the script with --set podman.source=release, or --set podman.builder=podman: neither needs docker'
  log_warn "these packages conflict with Docker's and are removed: ${removed[*]}"
  ask_yes 'remove them?' 'run it with --yes'
}

docker_packages_file_undo() { # <path>
  [[ -e $1 ]] || return 0
  if dpkg -s docker-ce >/dev/null 2>&1; then
    log_info "$1 belongs to docker, which stays; remove it after docker: sudo rm $1"
    return 0
  fi
  STEPS_PHASE=root
  as_root rm -f -- "$1"
}
