# shellcheck shell=bash
# /// snippet
# name = "podman/layout"
# summary = "What a podman-static tree must hold, and a proof that it runs."
# requires = ["core/die", "core/paths", "podman/engine"]
# ///

podman_layout_files() { # sets PODMAN_LAYOUT_FILES
  PODMAN_LAYOUT_FILES=(bin/crun bin/fuse-overlayfs bin/fusermount3 bin/pasta bin/podman bin/runc lib/podman/aardvark-dns
    lib/podman/catatonit lib/podman/conmon lib/podman/netavark lib/podman/rootlessport)
  [[ $PATHS_ARCH != amd64 ]] || PODMAN_LAYOUT_FILES+=(bin/pasta.avx2)
}

podman_layout_whole() { # <tree>
  local file
  [[ -f $1/.podsand-verified ]] || return 1
  podman_layout_files
  for file in "${PODMAN_LAYOUT_FILES[@]}"; do
    [[ -f $1/$file && -x $1/$file ]] || return 1
  done
}

podman_layout_verify() { # <tree> <version>   marks the tree when it is whole and runs
  local file
  podman_layout_files
  for file in "${PODMAN_LAYOUT_FILES[@]}"; do
    [[ -e $1/$file || -L $1/$file ]] || die 1 "the archive of podman $2 lacks $file" 'it is incomplete: choose another release in the profile'
    # A release is known whose pasta.avx2 is a link to nothing.
    [[ -f $1/$file && -x $1/$file ]] || die 1 "in the archive of podman $2, $file is not a program" 'it is damaged: choose another release in the profile'
  done
  podman_engine_version "$1/bin/podman"
  [[ -n $PODMAN_ENGINE_VERSION ]] || die 69 "podman $2 does not run on this machine" "is $1 on a file system mounted noexec?"
  [[ $PODMAN_ENGINE_VERSION == "${2#v}" ]] || die 1 "the archive holds podman $PODMAN_ENGINE_VERSION, the script expects $2" 'choose the release in the profile that the archive holds'
  : >"$1/.podsand-verified"
}
