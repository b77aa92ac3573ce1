#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet image/volume podman/release image/layer-user-agent
  SEEN=$BATS_TEST_TMPDIR/seen
  mkdir -p "$PATHS_PREFIX/current/bin" "$PATHS_CONF" "$SEEN/volumes"
  engine_conf
  {
    printf '#!/bin/bash\nseen=%q\n' "$SEEN"
    cat <<'PODMAN'
printf '%s ' "$@" >>"$seen/calls"
echo >>"$seen/calls"
case "$1 $2" in
  'volume exists') [[ -e $seen/volumes/$3 ]] ;;
  'volume create')
    [[ ! -e $seen/volumes/${!#} ]] || exit 125
    : >"$seen/volumes/${!#}"
    echo "${!#}"
    ;;
esac
PODMAN
  } >"$PATHS_PREFIX/current/bin/podman"
  chmod 0755 "$PATHS_PREFIX/current/bin/podman"
}

step='STEPS_PHASE=user; steps_state image/volume; steps_apply image/volume'

@test "the volume with the agent's login is made once, with our label" {
  not image_volume_check
  [[ $STEPS_WHY == 'there is no volume podsand-claude-code' ]]
  run -0 --separate-stderr production "$step"
  [[ -z $output ]]
  image_volume_check
  [[ $STEPS_WHY == podsand-claude-code ]]
  grep -qx 'volume create --label podsand=true podsand-claude-code ' "$SEEN/calls"
}

@test "a volume that is there stays: its login is not touched" {
  : >"$SEEN/volumes/podsand-claude-code"
  image_volume_check
  run -1 grep create "$SEEN/calls"
}

@test "before podman is set up, the check does not start it" {
  rm "$PATHS_CONF/containers.conf"
  not image_volume_check
  [[ $STEPS_WHY == 'podman is not set up yet' && ! -e $SEEN/calls ]]
}

@test "podman fails: the step fails" {
  printf '#!/bin/sh\nexit 125\n' >"$PATHS_PREFIX/current/bin/podman"
  run -125 production "$step"
  [[ $output == *'step image/volume failed'* ]]
}

@test "uninstall keeps the login, and leaves it to the store with --purge" {
  production "$step"
  grep -qxF $'image/volume\timage_volume_volume\tpodsand-claude-code' "$PATHS_JOURNAL"
  run -3 production 'UNINSTALL_PURGE=false; image_volume_volume_undo podsand-claude-code'
  run -0 production 'UNINSTALL_PURGE=true; image_volume_volume_undo podsand-claude-code'
}
