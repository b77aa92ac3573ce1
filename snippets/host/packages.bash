# shellcheck shell=bash
# /// snippet
# name = "host/packages"
# summary = "Install the programs that the other steps need and the host lacks."
# requires = ["core/steps", "core/task"]
# step = "host_packages"
# root = true
# commands = [
#   "apt-get -o DPkg::Lock::Timeout=120 update",
#   "env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends <what is missing of: TOOLS>",
# ]
# hosts = ["the distribution's package mirrors, as the host has them configured"]
# writes = ["packages of the distribution"]
# undo.host_packages_package = "packages stay; uninstall lists them"
# [[downloads]]
# what = "packages of the distribution"
# source = "the host's own apt sources"
# pin = "the distribution's signatures; no version is pinned"
# ///

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
