# shellcheck shell=bash
# /// snippet
# name = "podman/build-docker"
# summary = "Build podman-static from its pinned source with docker."
# requires = ["core/steps", "docker/engine", "podman/source"]
# step = "podman_build_docker"
# root = true
# commands = ["rm -rf -- </var/cache/podsand-build-UID>"]
# writes = ["/var/cache/podsand-build-UID, during the build"]
# undo.podman_build_docker_place = "what an interrupted build left there is removed"
# ///

podman_build_docker_check() { podman_source_check; }

podman_build_docker_commands() { # none, when docker is there for the user
  local place=/var/cache/podsand-build-$UID
  ! docker_engine_answers || return 0
  printf '%s\n' "rm -rf -- $place" "install -d -m 0700 -- $place" "tar --no-unquote -C $place --no-same-owner -xf -" \
    "make -C $place singlearch-tar DOCKER=docker PLATFORM=linux/$PATHS_ARCH BUILDX_OPTS=…" \
    "cat -- $place/build/asset/podman-linux-$PATHS_ARCH.tar.gz" "rm -rf -- $place"
}

podman_build_docker_apply() {
  # Who may use docker without root (rootless docker, Docker Desktop, the group) builds without root.
  if docker_engine_answers; then
    die_cleanup "$PATHS_CACHE/podman-build"
    podman_source_apply docker "$PATHS_CACHE/podman-build"
  else
    as_root_ready ' make'
    journal_add podman_build_docker_place "/var/cache/podsand-build-$UID"
    podman_source_apply docker "/var/cache/podsand-build-$UID" as_root
  fi
}

podman_build_docker_place_undo() { # <place>   what an interrupted build left
  [[ -e $PODSAND_ROOT$1 ]] || return 0
  STEPS_PHASE=root
  as_root rm -rf -- "$1"
}
