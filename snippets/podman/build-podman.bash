# shellcheck shell=bash
# /// snippet
# name = "podman/build-podman"
# summary = "Build podman-static from its pinned source with the podman that the machine has: no docker, no root."
# requires = ["core/steps", "host/packages", "podman/policy-json", "podman/registries-conf", "podman/source"]
# step = "podman_build_podman"
# tools = ["podman"]
# ///

podman_build_podman_check() { podman_source_check; }

# A home of its own: neither the user's images nor their configuration take part.
podman_build_podman_apply() {
  local home=$PATHS_CACHE/podman-builder place=$PATHS_CACHE/podman-build
  files_directory "$PATHS_CACHE"
  journal_add podman_build_podman_home "$home"
  podman_build_podman_home_undo "$home"
  paths_runtime_ready
  mkdir -p -- "$home/.config/containers" "$home/run"
  podman_registries_conf_render >"$home/.config/containers/registries.conf"
  podman_policy_json_render >"$home/.config/containers/policy.json"
  podman_source_apply podman "$place" podman_build_podman_as "$home"
  podman_build_podman_home_undo "$home"
}

podman_build_podman_as() { # <home> <command> <argument>…
  local home=$1
  shift
  local -a path=(/usr/local/bin /usr/bin /bin /usr/local/sbin /usr/sbin /sbin)
  local IFS=:
  env "HOME=$home" "XDG_RUNTIME_DIR=$home/run" "XDG_CONFIG_HOME=$home/.config" "XDG_DATA_HOME=$home/.local/share" "PATH=${path[*]}" \
    ${PATHS_CA:+"SSL_CERT_FILE=$PATHS_CA"} "$@"
}

podman_build_podman_home_undo() { # <home>   files in its store belong to subordinate ids
  [[ -d $1 ]] || return 0
  ! command -v podman >/dev/null || podman_build_podman_as "$1" podman unshare rm -rf -- "$1/.local/share/containers"
  rm -rf --one-file-system -- "$1"
}
