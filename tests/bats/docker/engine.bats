#!/usr/bin/env bats
load ../../support/bats/helper

setup_file() {
  system_without docker dockerd systemctl service sudo
}

# A machine with systemd and no docker: what there is of docker is in files below $WORLD.
setup() {
  load_snippet docker/engine docker/after
  root_stand_in
  PATH=$BATS_TEST_TMPDIR/bin:$SYSTEM
  CFG_DOCKER_AFTER=stop
  mkdir -p "$PODSAND_ROOT"/{proc/net,run/systemd/system,usr/bin}
  printf 'Num RefCount Protocol Flags Type St Inode Path\n' | tee "$WORLD/sockets" >"$PODSAND_ROOT/proc/net/unix"
  local name
  for name in usermod gpasswd adduser groupadd newgrp chmod; do
    stub "$name" <<<"printf '$name %s\n' \"\$*\" >>\"\$CALLS\"; exec /usr/bin/$name \"\$@\""
  done
  stub dpkg-query <<'STUB'
[[ -e $WORLD/package-$2 ]] && printf 'Package: %s\nStatus: install ok installed\nVersion: 1\n' "$2"
STUB
}

docker_is() { # [buildx|stopped|for-all|home-plugin|late]…   there, root's alone, and running unless it is stopped
  local word
  for word in daemon "$@"; do
    : >"$WORLD/$word"
  done
  : >"$PODSAND_ROOT/usr/bin/dockerd"
  chmod 0755 "$PODSAND_ROOT/usr/bin/dockerd"
  [[ -e $WORLD/stopped ]] || listening
  stub docker <<'STUB'
[[ -n $AS_ROOT ]] || printf 'user: docker %s\n' "$*" >>"$CALLS"
case $* in
  'version --format '*)
    if [[ -e $WORLD/late ]]; then rm "$WORLD/late"; exit 1; fi
    if grep -q docker.sock "$ROOT/proc/net/unix" && [[ ! -e $WORLD/deaf && ( -n $AS_ROOT || -e $WORLD/for-all ) ]]; then
      echo 'Engine containerd runc docker-init '
    else
      echo
      exit 1
    fi
    ;;
  'buildx version') [[ -e $WORLD/buildx || ( -e $WORLD/home-plugin && -z $DOCKER_CONFIG && -z $AS_ROOT ) ]] ;;
  *) exit 64 ;;
esac
STUB
  stub systemctl <<'STUB'
case $* in
  'start docker.service') printf '%s\n' 'ffff: 00000002 00000000 00010000 0001 01 12345 /run/docker.sock' >>"$ROOT/proc/net/unix" ;;
  '--quiet is-active docker.socket') [[ -e $WORLD/socket-unit ]] ;;
  'stop '*) cp "$WORLD/sockets" "$ROOT/proc/net/unix" ;;
  *) exit 64 ;;
esac
STUB
  sed 's/docker.service/docker/; s/start docker/docker start/; s/stop /docker stop/' "$BATS_TEST_TMPDIR/bin/systemctl" >"$BATS_TEST_TMPDIR/bin/service"
  chmod 0755 "$BATS_TEST_TMPDIR/bin/service"
}

listening() { # [name]
  printf '%s\n' "ffff: 00000002 00000000 00010000 0001 01 12345 ${1:-/run/docker.sock}" >>"$PODSAND_ROOT/proc/net/unix"
}

built() { # podman, as a build leaves it
  paths_arch
  podman_layout_files
  local name=$CFG_PODMAN_VERSION-build-${CFG_PODMAN_COMMIT:0:8} file
  for file in "${PODMAN_LAYOUT_FILES[@]}"; do
    install -D -m 0755 /dev/null "$PATHS_PREFIX/$name/$file"
  done
  : >"$PATHS_PREFIX/$name/.podsand-verified"
  ln -sfT "$name" "$PATHS_PREFIX/current"
}

# The packages are another snippet's business.
packages='docker_packages_apply() { printf "packages, docker is %s\n" "$(cut -f 2 "$PATHS_DECISIONS" | paste -sd " ")" >>"$CALLS"; : >"$WORLD/buildx"; }'
step='STEPS_PHASE=root STEPS_YES=true; steps_state docker/engine; steps_apply docker/engine'

decision() { # <key>   its value and reason
  sed -n "s/^$1\t//p" "$PATHS_DECISIONS"
}

@test "podman is built: docker is not even asked; of another commit, it is" {
  built
  docker_is buildx stopped
  run -0 production 'docker_engine_check'
  [[ ! -s $CALLS ]]
  CFG_PODMAN_COMMIT=1111111111111111111111111111111111111111
  run -1 production 'docker_engine_check'
  [[ -s $CALLS ]]
}

@test "a docker that answers the user is taken, and nobody becomes root" {
  docker_is buildx for-all
  rm "$BATS_TEST_TMPDIR/bin/sudo"
  production 'docker_engine_check; [[ $STEPS_WHY == "docker with buildx runs" ]]'
  [[ $(<"$CALLS") == "user: docker version --format {{range .Server.Components}}{{.Name}} {{end}}
user: docker buildx version" ]]
}

@test "a docker that answers root alone and listens is taken; the check does not ask root" {
  docker_is buildx
  production docker_engine_check
  [[ $(<"$CALLS") != *sudo* ]]
  cp "$WORLD/sockets" "$PODSAND_ROOT/proc/net/unix"
  not docker_engine_check
  [[ $STEPS_WHY == 'docker does not run' ]]
}

@test "only docker's own socket counts, under its path of today and of before" {
  docker_is buildx stopped
  local name
  for name in /run/docker.sock.raw /home/x/run/docker.sock @/run/docker.sock /run/podman/podman.sock; do
    listening "$name"
  done
  not docker_engine_listens
  for name in /run/docker.sock /var/run/docker.sock; do
    cp "$WORLD/sockets" "$PODSAND_ROOT/proc/net/unix"
    listening "$name"
    listening /run/dbus/system_bus_socket
    docker_engine_listens
  done
}

@test "the docker command of podman-docker is not taken, and neither is podman's socket" {
  stub docker <<<'[[ $* == "buildx version" ]] && { echo "buildah 1.39.3"; exit; }; echo "unknown field .Server" >&2; exit 125'
  not docker_engine_check
  [[ $STEPS_WHY == 'there is no docker with buildx' ]]
  stub docker <<<'[[ $* == "buildx version" ]] || echo "Podman Engine Conmon OCI Runtime (crun) "'
  not docker_engine_check
  # The control: what tells them apart is the server's name.
  stub docker <<<'[[ $* == "buildx version" ]] || echo "Engine containerd runc "'
  docker_engine_check
}

@test "a docker without buildx is not taken; a plugin in the user's home is the user's alone" {
  docker_is for-all
  not docker_engine_check
  [[ $STEPS_WHY == 'there is no docker with buildx' ]]
  docker_is for-all home-plugin
  docker_engine_check
  rm "$WORLD/for-all"
  not docker_engine_check
}

@test "a docker that is there and stopped is started by systemd, and the decision says so" {
  docker_is buildx stopped
  production "$step"
  [[ $(grep -v '^user' "$CALLS") == 'systemctl start docker.service
timeout 20 docker version --format \{\{range\ .Server.Components\}\}\{\{.Name\}\}\ \{\{end\}\}
docker buildx version' ]]
  [[ $(decision docker) == $'started\tit was there and did not run; podsand started it to build podman' ]]
  production 'docker_engine_check'
}

@test "without systemd, by its service script" {
  docker_is buildx stopped
  rm -r "$PODSAND_ROOT/run/systemd"
  install -D -m 0755 /dev/null "$PODSAND_ROOT/etc/init.d/docker"
  production "$step"
  [[ $(grep -v '^user' "$CALLS") == 'service docker start'* ]]
}

@test "with neither: exit 69, a clear word, and nothing was started" {
  docker_is buildx stopped
  rm -r "$PODSAND_ROOT/run/systemd"
  run -69 production "$step"
  [[ $output == *'neither systemd nor a service script can start it here'*'start dockerd as root yourself'* ]]
  [[ $(grep -v '^user' "$CALLS") != *docker* ]]
}

@test "it may need a while; one that never answers ends after half a minute with exit 69 and where to look" {
  docker_is buildx stopped late
  production "$step"
  [[ ! -e $WORLD/late ]]
  docker_is buildx deaf
  rm "$PATHS_DECISIONS"
  cp "$WORLD/sockets" "$PODSAND_ROOT/proc/net/unix"
  run -69 production "sleep() { SECONDS=\$((SECONDS + 10)); }; $step"
  [[ $output == *'docker was started and does not answer'*'journalctl -u docker'* ]]
  (($(grep -c '^timeout 20' "$CALLS") >= 5))
}

@test "none at all: it is installed and started; whose it is, and what is new, is written down before" {
  CFG_DOCKER_AFTER=remove
  mkdir -p "$PODSAND_ROOT/var/lib/docker"
  : >"$WORLD/package-containerd.io"
  run production "docker_packages_apply() { :; }; $step"
  # Nothing was installed after all: it is told.
  ((status != 0))
  [[ $(decision docker) == $'installed\tpodsand installed it to build podman' ]]
  [[ $(decision docker_new) == $'new: /var/lib/containerd /etc/docker docker-ce docker-ce-cli docker-buildx-plugin docker-compose-plugin\t'* ]]
}

@test "installed, then interrupted: the next run still knows that it is podsand's" {
  CFG_DOCKER_AFTER=remove
  run ! production "$packages; docker_packages_apply() { kill -9 \$\$; }; $step"
  decision docker_new >"$BATS_TEST_TMPDIR/new"
  mkdir -p "$PODSAND_ROOT/var/lib/containerd"
  docker_is buildx stopped
  production "$packages; $step"
  [[ $(decision docker) == installed* && $(decision docker_new) == "$(<"$BATS_TEST_TMPDIR/new")" && $(<"$CALLS") != *packages* ]]
}

@test "one that podsand stopped after an earlier build is podsand's when it starts again" {
  docker_is buildx stopped
  printf 'docker\tstopped\tx\n' >"$PATHS_DECISIONS"
  production "$step"
  [[ $(decision docker) == installed* ]]
}

@test "with docker.after = keep it is nobody's to take back, however often the profile changes" {
  CFG_DOCKER_AFTER=keep
  docker_is buildx stopped
  production "$step"
  [[ -z $(decision docker) ]]
}

@test "a docker-ce that lacks buildx gets it, keeps its configuration, and is not podsand's" {
  CFG_DOCKER_AFTER=remove
  docker_is
  : >"$WORLD/package-docker-ce"
  export http_proxy=http://proxy.example:3128
  production "$packages; $step"
  [[ $(<"$CALLS") == *'packages, docker is kept'* && $(<"$CALLS") != *systemctl* ]]
  [[ ! -e $PODSAND_ROOT/etc/docker/daemon.json && $(decision docker_new) == '' ]]
  # The control: one that podsand brings is told of the proxy.
  docker_is
  rm "$WORLD/package-docker-ce" "$WORLD/buildx" "$PATHS_DECISIONS"
  : >"$WORLD/package-docker.io"
  production "$packages; $step"
  [[ $(decision docker) == kept* && $(<"$PODSAND_ROOT/etc/docker/daemon.json") == *proxy.example* ]]
}

@test "a docker that runs, without buildx, and of no package that is known, is left alone: exit 69 and the remedies" {
  docker_is
  run -69 production "$packages; $step"
  [[ $output == *'a docker runs here that has no buildx'*'install buildx for it'*'podman.source=release'*'podman.builder=podman'* ]]
  [[ $(grep -v '^user' "$CALLS") == '' && ! -e $PATHS_DECISIONS ]]
}

@test "the user is never put into the docker group, which is root by another name" {
  local after
  for after in keep stop remove; do
    CFG_DOCKER_AFTER=$after
    rm -f "$PATHS_DECISIONS" "$WORLD"/*
    cp "$PODSAND_ROOT/proc/net/unix" "$WORLD/sockets"
    docker_is buildx stopped
    production "$step"
    cp "$WORLD/sockets" "$PODSAND_ROOT/proc/net/unix"
  done
  not grep -E '^(usermod|gpasswd|adduser|groupadd|newgrp|chmod)|docker\.sock' "$CALLS"
  not grep -rE 'usermod|gpasswd|adduser|newgrp|docker\.sock.*0?666' "$HELPER_SNIPPETS/docker"
}

@test "what is shown before root is asked for is what runs" {
  docker_is buildx stopped
  run -0 docker_engine_commands
  [[ $output == $'systemctl start docker.service\ndocker version' ]]
  rm "$WORLD/buildx"
  run -0 docker_engine_commands
  [[ $output == *'Timeout=120 update'*'Timeout=120 install -y'*'systemctl start docker.service'* && $output != *daemon.json* ]]
  rm -r "$PODSAND_ROOT/run/systemd"
  http_proxy=http://u:secret@p:1 run -0 docker_engine_commands
  [[ $output == *'install -D -m 0600 /dev/stdin /etc/docker/daemon.json'*'service docker start'* && $output != *secret* ]]
}
