#!/usr/bin/env bats
load ../../support/bats/helper

setup_file() {
  system_without docker dockerd systemctl service
}

# A machine with systemd on which podman was just built.
setup() {
  load_snippet docker/after
  root_stand_in
  PATH=$BATS_TEST_TMPDIR/bin:$SYSTEM
  CFG_DOCKER_AFTER=stop
  mkdir -p "$PODSAND_ROOT"/{proc/net,run/systemd/system,usr/bin,etc/apt/keyrings,etc/apt/sources.list.d} "$PODSAND_ROOT"/{var/lib/docker,var/lib/containerd,etc/docker}/x
  install -m 0755 /dev/null "$PODSAND_ROOT/usr/bin/dockerd"
  runs
  : >"$WORLD/socket-unit"
  stub systemctl <<'STUB'
case $* in
  '--quiet is-active docker.socket') [[ -e $WORLD/socket-unit ]] ;;
  'stop '* | 'disable --now '*) : >"$ROOT/proc/net/unix" ;;
  *) exit 64 ;;
esac
STUB
  stub service <<<'[[ $* == "docker stop" ]] && : >"$ROOT/proc/net/unix"'
  stub apt-get <<<'[[ ! -e $WORLD/apt-fails ]]'
  # Root's alone.
  stub docker <<<'[[ $* == "buildx version" ]]'
  built
}

runs() {
  printf '%s\n' 'ffff: 00000002 00000000 00010000 0001 01 12345 /run/docker.sock' >"$PODSAND_ROOT/proc/net/unix"
}

built() { # [commit]   podman, as a build leaves it
  paths_arch
  podman_layout_files
  local commit=${1:-$CFG_PODMAN_COMMIT} name file
  name=$CFG_PODMAN_VERSION-build-${commit:0:8}
  for file in "${PODMAN_LAYOUT_FILES[@]}"; do
    install -D -m 0755 /dev/null "$PATHS_PREFIX/$name/$file"
  done
  : >"$PATHS_PREFIX/$name/.podsand-verified"
  ln -sfT "$name" "$PATHS_PREFIX/current"
}

decided() { # <value> [what is new]
  printf '%s\t%s\tx\n' docker "$1" docker_new "${2:-new: /var/lib/docker /var/lib/containerd /etc/docker docker-ce docker-ce-cli containerd.io docker-buildx-plugin}" \
    >"$PATHS_DECISIONS"
}

decision() {
  sed -n "s/^docker\t//p" "$PATHS_DECISIONS"
}

step='STEPS_PHASE=root STEPS_YES=true; steps_state docker/after; steps_apply docker/after'

@test "stop: a docker that podsand installed is stopped, does not start again by itself, and stays" {
  decided installed
  production "$step"
  [[ $(<"$CALLS") == 'systemctl stop docker.socket docker.service
systemctl disable --now docker.socket docker.service containerd.service' ]]
  [[ $(decision) == $'stopped\tpodsand had installed it to build podman' && -d $PODSAND_ROOT/var/lib/docker ]]
  production docker_after_check
}

@test "stop: a containerd that was there before goes on" {
  decided installed 'new: docker-ce docker-buildx-plugin'
  production "$step"
  [[ $(<"$CALLS") != *containerd* ]]
}

@test "remove: what podsand brought goes, packages, their data, source and key" {
  CFG_DOCKER_AFTER=remove
  decided installed
  printf 'docker/engine\tdocker_packages_file\t/etc/apt/%s\n' keyrings/docker.asc sources.list.d/docker.sources >"$PATHS_JOURNAL"
  touch "$PODSAND_ROOT/etc/apt/keyrings/docker.asc" "$PODSAND_ROOT/etc/apt/sources.list.d/docker.sources"
  production "$step"
  [[ $(<"$CALLS") == *'apt-get -o DPkg::Lock::Timeout=120 purge -y docker-ce docker-ce-cli containerd.io docker-buildx-plugin'* ]]
  [[ ! -e $PODSAND_ROOT/var/lib/docker && ! -e $PODSAND_ROOT/var/lib/containerd && ! -e $PODSAND_ROOT/etc/docker ]]
  [[ -z $(find "$PODSAND_ROOT/etc/apt" -type f) && $(decision) == removed* ]]
  production docker_after_check
}

@test "remove: images and volumes of a docker of former times, packages and sources of somebody else's stay" {
  CFG_DOCKER_AFTER=remove
  decided installed 'new: /etc/docker docker-ce docker-ce-cli docker-buildx-plugin'
  touch "$PODSAND_ROOT/etc/apt/keyrings/docker.asc" "$PODSAND_ROOT/etc/apt/sources.list.d/docker.sources"
  production "$step"
  [[ -d $PODSAND_ROOT/var/lib/docker/x && -d $PODSAND_ROOT/var/lib/containerd/x && ! -e $PODSAND_ROOT/etc/docker ]]
  [[ $(<"$CALLS") == *'purge -y docker-ce docker-ce-cli docker-buildx-plugin'* && $(find "$PODSAND_ROOT/etc/apt" -type f | wc -l) == 2 ]]
}

@test "a docker that ran before is never touched, whatever the profile says" {
  local after
  for after in stop remove; do
    CFG_DOCKER_AFTER=$after
    production docker_after_check
    [[ ! -e $PATHS_DECISIONS ]]
    decided kept
    production docker_after_check
    rm "$PATHS_DECISIONS"
  done
  [[ ! -s $CALLS ]]
  # The control.
  decided started
  not docker_after_check
}

@test "one that was there and did not run is stopped again, and neither disabled nor removed" {
  CFG_DOCKER_AFTER=remove
  decided started
  rm "$WORLD/socket-unit"
  production "$step"
  [[ $(<"$CALLS") == 'systemctl stop docker.service' && -d $PODSAND_ROOT/var/lib/docker/x ]]
  [[ $(decision) == $'left\tit was there and did not run; it was stopped again after the build of podman' ]]
}

@test "without systemd, by its service script" {
  decided installed
  rm -r "$PODSAND_ROOT/run/systemd"
  install -D -m 0755 /dev/null "$PODSAND_ROOT/etc/init.d/docker"
  production "$step"
  [[ $(<"$CALLS") == 'service docker stop' && $(decision) == stopped* ]]
}

@test "interrupted between the build and the stop: the next run finishes, although podman is there" {
  decided installed
  docker_engine_check
  not docker_after_check
  [[ $STEPS_WHY == 'docker.after is "stop"; docker: installed' ]]
  production "$step"
  # Or while it removed: docker is down already.
  decided installed
  CFG_DOCKER_AFTER=remove
  : >"$WORLD/apt-fails"
  run -1 production "$step"
  [[ $(decision) == installed* ]]
  rm "$WORLD/apt-fails"
  production "$step"
  [[ $(decision) == removed* && ! -e $PODSAND_ROOT/var/lib/docker ]]
}

@test "before the build it is in the plan, when docker has yet to start: also when it was stopped after the build before" {
  local value
  : >"$PODSAND_ROOT/proc/net/unix"
  CFG_PODMAN_COMMIT=1111111111111111111111111111111111111111
  not docker_after_check
  for value in stopped removed left; do
    decided "$value"
    not docker_after_check
  done
  # The control: it runs, and not by podsand.
  runs
  docker_after_check
}

@test "the build was skipped: docker is stopped all the same, once" {
  decided started
  CFG_PODMAN_COMMIT=1111111111111111111111111111111111111111
  production "$step"
  [[ $(decision) == left* ]]
}

@test "a second run changes nothing" {
  decided installed
  production "$step"
  : >"$CALLS"
  production 'docker_after_check; docker_after_apply'
  [[ ! -s $CALLS ]]
}

@test "what is shown before root is asked for" {
  run -0 docker_after_commands
  [[ $output == *'systemctl stop docker.socket docker.service'*'systemctl disable --now docker.socket docker.service containerd.service' ]]
  CFG_DOCKER_AFTER=remove
  run -0 docker_after_commands
  [[ $output == *'apt-get purge -y'*'rm -rf --one-file-system /var/lib/docker'*'was not there before'* ]]
}
