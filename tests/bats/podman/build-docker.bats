#!/usr/bin/env bats
load ../../support/bats/helper
load ../../support/bats/source

setup_file() {
  source_repository
  system_without docker sudo
}

teardown_file() {
  source_end
}

setup() {
  load_snippet podman/build-docker
  root_stand_in
  PATH=$BATS_TEST_TMPDIR/bin:$SYSTEM
  paths_arch
  CFG_PODMAN_REPOSITORY=$SOURCE_URL CFG_PODMAN_COMMIT=$SOURCE_COMMIT
  # The builder, and before it who may use it.
  builder_stand_in "$BATS_TEST_TMPDIR/bin/builder/docker"
  stub docker <<'STUB'
case $* in
  'version --format '*) [[ ( -n $AS_ROOT || -e $WORLD/for-all ) ]] && echo 'Engine containerd runc docker-init ' ;;
  'buildx version') : ;;
  *)
    printf 'docker %s\n' "${AS_ROOT:-as the user}" >>"$WORLD/who"
    [[ -n $AS_ROOT || -e $WORLD/for-all ]] && exec "${0%/*}/builder/docker" "$@"
    ;;
esac
STUB
  PLACE=/var/cache/podsand-build-$UID
}

step='STEPS_PHASE=root STEPS_YES=true; steps_state podman/build-docker; steps_apply podman/build-docker'

@test "a docker of root's alone: make and its place are root's, sources and archive pass as streams, and nothing stays there" {
  local opts="--output=type=local,dest=./build/images/podman/linux_$PATHS_ARCH --platform=linux/$PATHS_ARCH --builder default" quoted
  production "$step"
  printf -v quoted '%q' "BUILDX_OPTS=$opts"
  [[ $(<"$CALLS") == "rm -rf -- $PLACE
install -d -m 0700 -- $PLACE
tar --no-unquote -C $PLACE --no-same-owner -xf -
make -C $PLACE singlearch-tar DOCKER=docker PLATFORM=linux/$PATHS_ARCH $quoted
cat -- $PLACE/build/asset/podman-linux-$PATHS_ARCH.tar.gz
rm -rf -- $PLACE" ]]
  [[ $(sort -u "$WORLD/who") == 'docker true' && ! -e $PODSAND_ROOT$PLACE ]]
  [[ $("$PATHS_PREFIX/current/bin/podman") == 'podman version 5.8.4' ]]
  production podman_build_docker_check
}

@test "a docker that answers the user: nobody becomes root, nothing is shown as root's, nothing is asked" {
  : >"$WORLD/for-all"
  STEPS_ROOT=(podman/build-docker)
  # No sudo, no --yes and no terminal.
  rm "$BATS_TEST_TMPDIR/bin/sudo"
  run -0 production 'steps_root' </dev/null
  [[ $output != *'need root'* && ! -s $CALLS && $(sort -u "$WORLD/who") == 'docker as the user' ]]
  [[ -x $PATHS_PREFIX/current/bin/podman && -z $(ls -A "$PATHS_CACHE") ]]
  # The control: without the group it is asked for.
  rm -r "$WORLD/for-all" "$PATHS_PREFIX"
  run -77 production 'steps_root' </dev/null
  [[ $output == *'these steps need root'*"make -C $PLACE singlearch-tar"* ]]
}

@test "the proxy's login gets to docker through sudo, on no command line" {
  http_proxy=http://user:geheim@127.0.0.1:1 no_proxy=127.0.0.1 run -0 production "$step"
  [[ $(<"$WORLD/environment") == *'http_proxy=http://user:geheim@127.0.0.1:1'* ]]
  [[ $(<"$CALLS") == *'--build-arg\ http_proxy'* && $(<"$CALLS") != *geheim* && $output != *geheim* ]]
}

@test "sudo and make leave no file of root's with the user: not in the sources, not in the archive, not in podman" {
  production "$step"
  [[ -z $(find "$PATHS_DATA" "$PATHS_PREFIX" -not -uid "$EUID") ]]
  [[ $(<"$CALLS") != *chown* && $(<"$CALLS") != *"$HOME"* ]]
}

@test "a build that fails leaves nothing of root's, and the podman before" {
  : >"$WORLD/build-fails"
  run -1 production "$step"
  [[ $output == *'did not complete'* && ! -e $PODSAND_ROOT$PLACE && ! -e $PATHS_PREFIX/current && -z $(ls -A "$PATHS_CACHE") ]]
}

@test "a disk that fills up under the sources: nothing is built, and nothing of root's stays" {
  stub tar <<<'[[ $* != *-xf* ]] || { echo "tar: No space left on device" >&2; exit 2; }; exec /usr/bin/tar "$@"'
  run -1 production "$step"
  [[ $output == *'No space left on device'* && ! -e $PODSAND_ROOT$PLACE && ! -e $WORLD/who && -z $(ls -A "$PATHS_CACHE") ]]
  [[ $(<"$CALLS") != *make* && $(tail -n 1 "$CALLS") == "rm -rf -- $PLACE" ]]
}

@test "interrupted: the place is in the journal, uninstall takes it, and the next run begins anew" {
  make_that_kills "$BATS_TEST_TMPDIR/bin/make"
  run ! killed_production "$step"
  [[ -d $PODSAND_ROOT$PLACE ]]
  production 'journal_undo podsand; ((JOURNAL_FAILED == 0))'
  [[ ! -e $PODSAND_ROOT$PLACE ]]
  run ! killed_production "$step"
  rm "$BATS_TEST_TMPDIR/bin/make"
  production "$step"
  [[ ! -e $PODSAND_ROOT$PLACE && -x $PATHS_PREFIX/current/bin/podman ]]
}

@test "what is shown is what runs" {
  podman_source_check || true
  podman_build_docker_commands | sed 's/ BUILDX_OPTS=.*//' >"$BATS_TEST_TMPDIR/shown"
  production "$step"
  sed 's/ BUILDX_OPTS=.*//' "$CALLS" | cmp - "$BATS_TEST_TMPDIR/shown"
}
