# shellcheck shell=bash
# /// snippet
# name = "podman/static"
# summary = "A podman-static tree: installed beside the old one, switched to at once, and how podman is told of its parts."
# requires = ["core/files", "core/json", "core/steps", "podman/layout"]
# params = ["CFG_PODMAN_VERSION"]
# tools = ["gzip", "tar"]
# ///

podman_static_installed() { # <name>   sets STEPS_WHY
  local current
  STEPS_WHY="podman $CFG_PODMAN_VERSION in $PATHS_PREFIX/$1"
  current=$(readlink -- "$PATHS_PREFIX/current") || current=''
  [[ $current == "$1" ]] && podman_layout_whole "$PATHS_PREFIX/current" && return 0
  STEPS_WHY="podman $CFG_PODMAN_VERSION is not installed in $PATHS_PREFIX"
  return 1
}

podman_static_install() { # <archive> <name>
  local tree=$PATHS_PREFIX/$2 staging=$PATHS_PREFIX/$2.new
  # Whatever comes of it, the archive is not needed again.
  die_cleanup "$1"
  rm -rf -- "$staging" "$tree"
  files_tree "$staging"
  die_cleanup "$staging"
  # Entries are owned by the builder's user, and directories come with modes of their own.
  tar --no-unquote -xzf "$1" -C "$staging" --no-same-owner --no-overwrite-dir --strip-components=3 "podman-linux-$PATHS_ARCH/usr/local" ||
    die 1 "the archive of podman $CFG_PODMAN_VERSION does not unpack" 'is the disk full? Otherwise ask whoever gave you this script'
  podman_layout_verify "$staging" "$CFG_PODMAN_VERSION"
  files_give_tree "$staging" "$tree"
}

podman_static_switch() { # <name>   one switch of one link: whoever runs the old one keeps it
  files_link "$1" "$PATHS_PREFIX/current"
}

podman_static_bin() { # sets PODMAN_BIN, PODMAN_PATH
  PODMAN_BIN=$PATHS_PREFIX/current/bin/podman
  PODMAN_PATH=$PATHS_PREFIX/current/bin
}

# The static podman finds none of its helpers by itself, and expands no variable in these values; its crun is
# built without systemd.
podman_static_conf() { # the [engine] lines of containers.conf that depend on where podman comes from
  local lib conmon crun runc runtime
  runtime=$(podman_static_runtime)
  json_list lib "$PATHS_PREFIX/current/bin" "$PATHS_PREFIX/current/lib/podman"
  json_list conmon "$PATHS_PREFIX/current/lib/podman/conmon"
  json_list crun "$PATHS_PREFIX/current/bin/crun"
  json_list runc "$PATHS_PREFIX/current/bin/runc"
  printf '%s\n' 'cgroup_manager = "cgroupfs"' "conmon_path = $conmon" "helper_binaries_dir = $lib" \
    "runtime = \"$runtime\"" '' '[engine.runtimes]' "crun = $crun" "runc = $runc"
}

podman_static_init() { # <variable>   the program for --init
  printf -v "$1" '%s' "$PATHS_PREFIX/current/lib/podman/catatonit"
}

# crun refuses hosts where cgroups v1 and v2 are mixed (WSL2 is often one); runc does not.
podman_static_runtime() {
  local type runtime=crun
  type=$(stat -f -c %T -- "$PODSAND_ROOT/sys/fs/cgroup" 2>/dev/null) || type=''
  [[ $type != tmpfs ]] || runtime=runc
  printf '%s\n' "$runtime"
}
