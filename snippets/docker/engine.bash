# shellcheck shell=bash
# /// snippet
# name = "docker/engine"
# summary = "A Docker Engine with buildx that runs, for the build of podman: installed and started when there is none."
# requires = ["core/decision", "core/steps", "core/task", "docker/daemon-json", "docker/packages", "host/packages", "podman/source"]
# params = ["CFG_DOCKER_AFTER"]
# step = "docker_engine"
# root = true
# commands = [
#   "timeout 20 docker version --format {{range .Server.Components}}{{.Name}} {{end}}",
#   "docker buildx version",
#   "systemctl start docker.service",
#   "service docker start",
# ]
# writes = ["a docker daemon, which runs as root"]
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
