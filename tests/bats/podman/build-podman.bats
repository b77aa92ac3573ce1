#!/usr/bin/env bats
load ../../support/bats/helper
load ../../support/bats/source

setup_file() {
  source_repository
  system_without podman
}

teardown_file() {
  source_end
}

# The machine's podman is below the fake root, with the system's other programs.
setup() {
  load_snippet podman/build-podman podman/source-patch podman/mirrors
  root_stand_in
  CFG_PODMAN_REPOSITORY=$SOURCE_URL CFG_PODMAN_COMMIT=$SOURCE_COMMIT
  mkdir -p "$PODSAND_ROOT/usr/local/bin"
  ln -s "$SYSTEM" "$PODSAND_ROOT/usr/bin"
  builder_stand_in "$PODSAND_ROOT/usr/local/bin/builder/podman"
  install -m 0755 /dev/stdin "$PODSAND_ROOT/usr/local/bin/podman" <<STUB
#!/bin/bash
WORLD=$WORLD
case \$* in
  'build --help') [[ -e \$WORLD/old ]] || echo '  -o, --output string   output destination' ;;
  'system reset --force')
    touch "\$WORLD/reset"
    rm -rf "\$HOME/.local/share/containers"
    ;;
  'system migrate') ;;
  *)
    mkdir -p "\$HOME/.local/share/containers/layer"
    cp -r "\$HOME/.config/containers" "\$WORLD/conf"
    exec "\${0%/*}/builder/podman" "\$@"
    ;;
esac
STUB
  BUILDER=$PATHS_CACHE/podman-builder
}

step='STEPS_PHASE=user; steps_state podman/build-podman; steps_apply podman/build-podman'

@test "the machine's podman builds it: no root, no docker, and the private home is gone afterwards" {
  production "$step"
  production podman_build_podman_check
  [[ $("$PATHS_PREFIX/current/bin/podman") == 'podman version 5.8.4' ]]
  [[ ! -s $CALLS && -z $(ls -A "$PATHS_CACHE") && -e $WORLD/reset ]]
  [[ $(<"$WORLD/asked") == 'buildx build --output=type=local'* && $(<"$WORLD/asked") != *--builder* ]]
}

@test "as_root is in none of its functions" {
  local name
  for name in $(compgen -A function podman_build_podman) $(compgen -A function podman_source) $(compgen -A function podman_static); do
    [[ $(declare -f "$name") != *as_root* ]]
  done
  # The control.
  [[ $(declare -f host_packages_install) == *as_root* ]]
}

@test "of the user's environment and configuration nothing takes part; the profile's registries and mirrors do" {
  CFG_CONF_MIRRORS_PREFIX=(docker.io) CFG_CONF_MIRRORS_LOCATION=(mirror.example) CFG_CONF_MIRRORS_INSECURE=(false)
  export CONTAINER_HOST=tcp://192.0.2.1 CONTAINERS_CONF=/etc/mine STORAGE_DRIVER=vfs XDG_CONFIG_HOME=$HOME/.config BUILDAH_FORMAT=oci MAKEFLAGS=-n SECRET=geheim
  http_proxy=http://user:login@127.0.0.1:1 no_proxy=127.0.0.1 production "$step"
  not grep -E '^(CONTAINER|STORAGE_DRIVER|XDG_CONFIG_HOME|BUILDAH|SECRET)' "$WORLD/environment"
  [[ $(<"$WORLD/environment") == *"HOME=$BUILDER"* && $(<"$WORLD/environment") == *'http_proxy=http://user:login@127.0.0.1:1'* ]]
  [[ $(<"$WORLD/conf/registries.conf") == *'location = "mirror.example"'* && $(<"$WORLD/conf/policy.json") == *reject* ]]
  [[ $(<"$WORLD/Dockerfile") != *mirror.example* && $(<"$WORLD/asked") != *login* ]]
}

@test "a build that fails leaves neither home nor place, and the podman before" {
  : >"$WORLD/build-fails"
  run -1 production "$step"
  [[ $output == *'did not complete'* && -z $(ls -A "$PATHS_CACHE") && ! -e $PATHS_PREFIX/current ]]
}

@test "a podman that cannot write what it builds into a directory is too old: exit 69, the remedies, nothing left" {
  : >"$WORLD/old"
  run -69 production "$step"
  [[ $output == *'4.1 is needed'*'podman.source=release'* && -z $(ls -A "$PATHS_CACHE") ]]
}

@test "interrupted: the next run begins with an empty home, and uninstall takes what is left" {
  make_that_kills "$PODSAND_ROOT/usr/local/bin/make" 'mkdir -p "$HOME/.local/share/containers/layer"'
  run ! killed_production "$step"
  [[ -d $BUILDER/.local/share/containers/layer ]]
  production 'STEPS_PHASE=user; journal_undo podsand; ((JOURNAL_FAILED == 0))'
  [[ ! -e $BUILDER && -e $WORLD/reset ]]
  run ! killed_production "$step"
  touch "$BUILDER/leftover"
  rm "$PODSAND_ROOT/usr/local/bin/make"
  production "$step"
  [[ -x $PATHS_PREFIX/current/bin/podman && ! -e $BUILDER ]]
}

@test "a home directory of any name" {
  hostile_home
  production "$step"
  [[ $("$PATHS_PREFIX/current/bin/podman") == 'podman version 5.8.4' && ! -e $PATHS_CACHE/podman-builder ]]
}

@test "where the tree is there already and only the link is not, no home is left" {
  production "$step"
  rm "$PATHS_PREFIX/current"
  production "$step"
  [[ -x $PATHS_PREFIX/current/bin/podman && ! -e $BUILDER ]]
}
