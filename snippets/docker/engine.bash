# shellcheck shell=bash
# /// snippet
# name = "docker/engine"
# summary = "A Docker Engine with buildx that runs, for the build of podman: installed and started when there is none."
# requires = ["core/decision", "core/steps", "core/task", "docker/daemon-json", "docker/packages", "host/packages", "podman/source"]
# step = "docker_engine"
# root = true
# writes = ["packages of Docker", "a running daemon"]
# ///

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

# Not the docker command of podman-docker, which has no server.
docker_engine_answers() { # [as_root]   whether a docker with buildx answers
  local version
  version=$("$@" timeout 20 docker info --format '{{.ServerVersion}}' 2>/dev/null) || return 1
  [[ -n $version ]] && "$@" docker buildx version >/dev/null 2>&1
}

docker_engine_here() { # whether it is installed for root; a plugin in the user's home is not
  command -v docker >/dev/null && [[ -x $PODSAND_ROOT/usr/bin/dockerd ]] && HOME=/nonexistent docker buildx version >/dev/null 2>&1
}

docker_engine_listens() {
  local sockets
  sockets=$(<"$PODSAND_ROOT/proc/net/unix")
  [[ $sockets == *\ /run/docker.sock* || $sockets == *\ /var/run/docker.sock* ]]
}

docker_engine_commands() {
  docker_engine_here || docker_packages_commands
  if [[ -d $PODSAND_ROOT/run/systemd/system ]]; then
    printf '%s\n' 'systemctl start docker.service'
  else
    printf '%s\n' 'service docker start'
  fi
  printf '%s\n' 'docker info'
}

docker_engine_apply() {
  as_root_ready ' docker'
  local whose=''
  ! decision_get docker || whose=$DECISION_VALUE
  if ! docker_engine_here; then
    decision_set docker installed 'podsand installed it to build podman'
    docker_daemon_json_apply
    docker_packages_apply
  elif [[ $whose == stopped ]]; then
    decision_set docker installed 'podsand installed it, and started it again to build podman'
  else
    decision_set docker started 'it was there and did not run; podsand started it to build podman'
  fi
  docker_engine_listens || task_run 'start docker' docker_engine_service start
  task_run 'wait for docker' docker_engine_wait
}

docker_engine_service() { # <start|stop>
  if [[ -d $PODSAND_ROOT/run/systemd/system ]]; then
    # The socket would start it again.
    [[ $1 == start ]] || as_root systemctl stop docker.socket
    as_root systemctl "$1" docker.service
  elif [[ -x $PODSAND_ROOT/etc/init.d/docker ]]; then
    as_root service docker "$1"
  else
    die 69 "docker is installed, and neither systemd nor a service script can $1 it here" 'start dockerd as root yourself, then run the same command again'
  fi
}

docker_engine_wait() {
  local try
  for ((try = 0; try < 60; try++)); do
    ! docker_engine_answers as_root || return 0
    sleep 0.5
  done
  as_root docker info
  die 69 'docker was started and does not answer' 'see its log (journalctl -u docker, or /var/log/docker.log), then run the same command again'
}
