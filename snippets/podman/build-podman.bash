# shellcheck shell=bash
# /// snippet
# name = "podman/build-podman"
# summary = "Build podman-static from its pinned source with the podman that the machine has: no docker, no root."
# requires = ["core/steps", "host/packages", "podman/engine", "podman/policy-json", "podman/registries-conf", "podman/source"]
# step = "podman_build_podman"
# writes = ["@data/cache/podman-builder, during the build"]
# tools = ["podman"]
# undo.podman_build_podman_home = "the builder's home, with its store, is removed"
# ///

podman_build_podman_check() { podman_source_check; }

# A home of its own: neither the user's images nor their configuration take part.
podman_build_podman_apply() {
  local home=$PATHS_CACHE/podman-builder said
  files_directory "$PATHS_CACHE"
  journal_add podman_build_podman_home "$home"
  podman_build_podman_home_undo "$home"
  mkdir -p -- "$home/.config/containers" "$home/run"
  podman_registries_conf_render >"$home/.config/containers/registries.conf"
  podman_policy_json_render >"$home/.config/containers/policy.json"
  said=$(podman_build_podman_as "$home" podman build --help)
  if [[ $said != *--output* ]]; then
    podman_build_podman_home_undo "$home"
    die 69 'the podman of this machine is too old to build podman: 4.1 is needed' \
      'install a newer one, or generate the script with --set podman.source=release, or --set podman.builder=docker'
  fi
  die_cleanup "$PATHS_CACHE/podman-build"
  # Each command in that home, which goes with the build, or here when there was nothing to build.
  podman_source_apply podman "$PATHS_CACHE/podman-build" podman_build_podman_as "$home"
  podman_build_podman_home_undo "$home"
}

podman_build_podman_as() { # <home> <command> <argument>…
  local PODMAN_BIN=$2
  local -a PODMAN_ENGINE=("PATH=$PODSAND_ROOT/usr/local/bin:$PODSAND_ROOT/usr/bin:$PODSAND_ROOT/usr/sbin" "HOME=$1" "USER=$PATHS_USER" "XDG_RUNTIME_DIR=$1/run")
  [[ -z $PATHS_CA ]] || PODMAN_ENGINE+=("SSL_CERT_FILE=$PATHS_CA")
  podman_engine_online "${@:3}"
}

podman_build_podman_home_undo() { # <home>
  [[ -d $1 ]] || return 0
  if [[ -d $1/.local/share/containers ]]; then
    # Files in its store belong to subordinate ids, and a mount is on it: podman removes both, then the process that holds its namespaces.
    podman_build_podman_as "$1" podman system reset --force
    podman_build_podman_as "$1" podman system migrate
  fi
  rm -rf --one-file-system -- "$1"
}
