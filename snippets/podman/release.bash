# shellcheck shell=bash
# /// snippet
# name = "podman/release"
# summary = "Install a pinned release of podman-static beside the old one, and switch to it at once."
# requires = ["core/fetch", "core/steps", "podman/layout"]
# params = ["CFG_PODMAN_MIRROR", "CFG_PODMAN_SHA256_AMD64", "CFG_PODMAN_SHA256_ARM64", "CFG_PODMAN_SIGNING_KEY", "CFG_PODMAN_VERSION"]
# step = "podman_release"
# hosts = ["podman.mirror"]
# writes = ["@prefix/<version>-<sha256>", "@prefix/current"]
# tools = ["gzip", "tar"]
# [[downloads]]
# what = "podman and its helpers"
# source = "{podman.mirror}/{podman.version}/podman-linux-{amd64,arm64}.tar.gz"
# pin = "podman.sha256"
# ///

podman_release_names() { # sets PODMAN_RELEASE_SHA256, _NAME and _TREE
  paths_arch
  PODMAN_RELEASE_SHA256=$CFG_PODMAN_SHA256_AMD64
  [[ $PATHS_ARCH == amd64 ]] || PODMAN_RELEASE_SHA256=$CFG_PODMAN_SHA256_ARM64
  PODMAN_RELEASE_NAME=$CFG_PODMAN_VERSION-${PODMAN_RELEASE_SHA256:0:8}
  PODMAN_RELEASE_TREE=$PATHS_PREFIX/$PODMAN_RELEASE_NAME
}

podman_release_check() {
  podman_release_names
  STEPS_WHY="podman $CFG_PODMAN_VERSION in $PODMAN_RELEASE_TREE"
  local current
  current=$(readlink -- "$PATHS_PREFIX/current") || current=''
  if [[ $current == "$PODMAN_RELEASE_NAME" ]] && podman_layout_whole "$PATHS_PREFIX/current"; then
    return 0
  fi
  STEPS_WHY="podman $CFG_PODMAN_VERSION is not installed in $PATHS_PREFIX"
  return 1
}

podman_release_apply() {
  podman_release_names
  if ! podman_layout_whole "$PODMAN_RELEASE_TREE"; then
    podman_release_unpack
  fi
  # One switch of one link: whoever runs the old one keeps it.
  files_link "$PODMAN_RELEASE_NAME" "$PATHS_PREFIX/current"
}

podman_release_unpack() {
  local archive=$PATHS_CACHE/$PODMAN_RELEASE_NAME-$PATHS_ARCH.tar.gz staging=$PODMAN_RELEASE_TREE.new
  local url=$CFG_PODMAN_MIRROR/$CFG_PODMAN_VERSION/podman-linux-$PATHS_ARCH.tar.gz
  task_run "download podman $CFG_PODMAN_VERSION" fetch_verified "$url" "$PODMAN_RELEASE_SHA256" "$archive"
  if ((${#CFG_PODMAN_SIGNING_KEY[@]} > 0)); then
    podman_signature_verify "$archive" "$url.asc"
  fi
  # Whatever comes of it, the archive is not needed again.
  die_cleanup "$archive"
  rm -rf -- "$staging" "$PODMAN_RELEASE_TREE"
  files_tree "$staging"
  die_cleanup "$staging"
  # Entries are owned by the builder's user, and directories come with modes of their own.
  tar -xzf "$archive" -C "$staging" --no-same-owner --no-overwrite-dir --strip-components=3 "podman-linux-$PATHS_ARCH/usr/local" ||
    die 1 "$url does not unpack" 'is the disk full? Otherwise ask whoever gave you this script'
  podman_layout_verify "$staging" "$CFG_PODMAN_VERSION"
  files_give_tree "$staging" "$PODMAN_RELEASE_TREE"
}

podman_release_bin() { # sets PODMAN_BIN, PODMAN_PATH
  PODMAN_BIN=$PATHS_PREFIX/current/bin/podman
  PODMAN_PATH=$PATHS_PREFIX/current/bin
}

# The static podman finds none of its helpers by itself, and expands no variable in these values; its crun is
# built without systemd.
podman_release_conf() { # the [engine] lines of containers.conf that depend on where podman comes from
  local lib conmon crun runc runtime
  runtime=$(podman_release_runtime)
  json_list lib "$PATHS_PREFIX/current/bin" "$PATHS_PREFIX/current/lib/podman"
  json_list conmon "$PATHS_PREFIX/current/lib/podman/conmon"
  json_list crun "$PATHS_PREFIX/current/bin/crun"
  json_list runc "$PATHS_PREFIX/current/bin/runc"
  printf '%s\n' 'cgroup_manager = "cgroupfs"' "conmon_path = $conmon" "helper_binaries_dir = $lib" \
    "runtime = \"$runtime\"" '' '[engine.runtimes]' "crun = $crun" "runc = $runc"
}

podman_release_init() { # <variable>   the program for --init
  printf -v "$1" '%s' "$PATHS_PREFIX/current/lib/podman/catatonit"
}

# crun refuses hosts where cgroups v1 and v2 are mixed (WSL2 is often one); runc does not.
podman_release_runtime() {
  local type
  type=$(stat -f -c %T -- "$PODSAND_ROOT/sys/fs/cgroup" 2>/dev/null) || type=''
  if [[ $type == tmpfs ]]; then
    printf 'runc\n'
  else
    printf 'crun\n'
  fi
}
