# shellcheck shell=bash
# /// snippet
# name = "docker/after"
# summary = "When podman is built: leave docker, stop it, or remove it again, as the profile says. A docker that ran before is left alone."
# requires = ["docker/engine", "docker/packages", "podman/build-docker"]
# params = ["CFG_DOCKER_AFTER"]
# step = "docker_after"
# root = true
# ///

docker_after_check() {
  local state=''
  ! decision_get docker || state=$DECISION_VALUE
  # Before the build there is no decision yet: docker/engine will start it.
  docker_engine_check || state=${state:-started}
  STEPS_WHY="docker.after is \"$CFG_DOCKER_AFTER\"${state:+; docker: $state}"
  [[ $state != installed && $state != started ]]
}

docker_after_commands() {
  docker_packages_names
  printf '%s\n' 'systemctl stop docker.socket docker.service   # or: service docker stop'
  case $CFG_DOCKER_AFTER in
    remove) printf '%s\n' "apt-get purge -y ${DOCKER_PACKAGES[*]%%=*}" 'rm -rf /var/lib/docker /var/lib/containerd /etc/docker' ;;
    *) printf '%s\n' 'systemctl disable docker.socket docker.service containerd.service' ;;
  esac
}

docker_after_apply() {
  local whose
  decision_get docker
  whose=$DECISION_VALUE
  as_root_ready ' docker'
  ! docker_engine_listens || task_run 'stop docker' docker_engine_service stop
  if [[ $whose == started ]]; then
    decision_set docker left 'it was there and did not run; it was stopped again after the build of podman'
  elif [[ $CFG_DOCKER_AFTER == remove ]]; then
    task_run 'remove docker' docker_after_remove
    decision_set docker removed 'podsand had installed it to build podman'
  else
    [[ ! -d $PODSAND_ROOT/run/systemd/system ]] || task_run 'disable docker' as_root systemctl disable docker.socket docker.service containerd.service
    decision_set docker stopped 'podsand had installed it to build podman'
  fi
}

docker_after_remove() {
  docker_packages_names
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 purge -y "${DOCKER_PACKAGES[@]%%=*}"
  as_root rm -rf --one-file-system -- /var/lib/docker /var/lib/containerd /etc/docker
  as_root rm -f -- /etc/apt/sources.list.d/docker.sources /etc/apt/keyrings/docker.asc
}
