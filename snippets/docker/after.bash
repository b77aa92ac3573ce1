# shellcheck shell=bash
# /// snippet
# name = "docker/after"
# summary = "When podman is built: leave docker, stop it, or remove it again, as the profile says. A docker that ran before is left alone."
# requires = ["docker/engine", "docker/packages", "podman/build-docker"]
# params = ["CFG_DOCKER_AFTER"]
# step = "docker_after"
# root = true
# commands = [
#   "systemctl stop <docker.service, and its socket>",
#   "service docker stop",
#   "systemctl disable --now <docker.socket docker.service, and containerd.service if it is new>",
#   "env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 purge -y <packages of Docker that podsand installed>",
#   "rm -rf --one-file-system -- <of /var/lib/docker, /var/lib/containerd and /etc/docker what was not there before>",
#   "rm -f -- <a file of docker's that podsand wrote>",
# ]
# ///

docker_after_check() {
  local state=''
  ! decision_get docker || state=$DECISION_VALUE
  # Before the build, docker/engine has yet to start it.
  [[ ${DOCKER_AFTER_DONE:-} == true ]] || docker_engine_check || state=started
  STEPS_WHY="docker.after is \"$CFG_DOCKER_AFTER\"${state:+; docker: $state}"
  [[ $state != installed && $state != started ]]
}

docker_after_commands() {
  local -a then=('systemctl disable --now docker.socket docker.service containerd.service')
  [[ $CFG_DOCKER_AFTER != remove ]] ||
    then=('apt-get purge -y PACKAGES' 'rm -rf --one-file-system /var/lib/docker /var/lib/containerd /etc/docker   # of these, what was not there before')
  printf '%s\n' 'systemctl stop docker.socket docker.service   # or: service docker stop' "${then[@]}"
}

# Before docker/engine does anything: whose docker it is, and what may go again with one that is installed for the build alone.
docker_after_remember() {
  local tree new='new:'
  if decision_get docker && [[ $DECISION_VALUE == installed || $DECISION_VALUE == stopped ]]; then
    decision_set docker installed 'podsand installed it to build podman'
  elif docker_engine_here; then
    decision_set docker started 'it was there and did not run; podsand started it to build podman'
  elif docker_engine_packaged; then
    decision_set docker kept 'there was one without buildx, which podsand completed or replaced to build podman'
  elif ! docker_engine_listens; then
    docker_packages_missing
    for tree in /var/lib/docker /var/lib/containerd /etc/docker; do
      [[ -e $PODSAND_ROOT$tree ]] || new+=" $tree"
    done
    decision_set docker_new "$new ${DOCKER_PACKAGES[*]%%=*}" 'these were not there before podsand installed docker'
    decision_set docker installed 'podsand installed it to build podman'
  fi
}

docker_after_apply() {
  local whose='' new=''
  ! decision_get docker || whose=$DECISION_VALUE
  ! decision_get docker_new || new=$DECISION_VALUE
  as_root_ready ' docker'
  if [[ $whose == started || $whose == installed ]] && docker_engine_listens; then
    task_run 'stop docker' docker_after_stop
  fi
  case $whose:$CFG_DOCKER_AFTER in
    started:*) decision_set docker left 'it was there and did not run; it was stopped again after the build of podman' ;;
    installed:remove)
      task_run 'remove docker' docker_after_remove "$new"
      decision_set docker removed 'podsand had installed it to build podman'
      ;;
    installed:*)
      task_run 'disable docker' docker_after_disable "$new"
      decision_set docker stopped 'podsand had installed it to build podman'
      ;;
    *) ;;
  esac
  DOCKER_AFTER_DONE=true
}

docker_after_stop() {
  local -a units=(docker.service)
  if [[ -d $PODSAND_ROOT/run/systemd/system ]]; then
    # The socket would start it again.
    ! systemctl --quiet is-active docker.socket || units=(docker.socket docker.service)
    as_root systemctl stop "${units[@]}"
  elif [[ -x $PODSAND_ROOT/etc/init.d/docker ]]; then
    as_root service docker stop
  else
    die 69 'neither systemd nor a service script can stop docker here' 'stop dockerd as root yourself, then run the same command again'
  fi
}

docker_after_disable() { # <what is new>
  local -a units=(docker.socket docker.service)
  [[ "$1 " != *' containerd.io '* ]] || units+=(containerd.service)
  [[ ! -d $PODSAND_ROOT/run/systemd/system ]] || as_root systemctl disable --now "${units[@]}"
}

docker_after_remove() { # <what is new>
  local name file
  local -a packages=() trees=()
  for name in ${1#new:}; do
    case $name in
      /*) trees+=("$name") ;;
      *) packages+=("$name") ;;
    esac
  done
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 purge -y "${packages[@]}"
  as_root rm -rf --one-file-system -- "${trees[@]}"
  for file in /etc/apt/sources.list.d/docker.sources /etc/apt/keyrings/docker.asc /etc/docker/daemon.json; do
    ! journal_has docker_packages_file "$file" || as_root rm -f -- "$file"
  done
}
