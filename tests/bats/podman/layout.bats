#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet podman/layout
  PATHS_ARCH=amd64
  TREE=$BATS_TEST_TMPDIR/tree
  tree v5.8.4
}

tree() { # <version that its podman says>
  local file
  mkdir -p "$TREE/bin" "$TREE/lib/podman"
  podman_layout_files
  for file in "${PODMAN_LAYOUT_FILES[@]}"; do
    printf '#!/bin/sh\n' >"$TREE/$file"
    chmod 0755 "$TREE/$file"
  done
  printf '#!/bin/sh\n[ "$*" = --version ] && echo "podman version %s"\n' "${1#v}" >"$TREE/bin/podman"
}

verify() { # <version that is expected>   PATHS_ARCH is what a script would have found
  run production "PATHS_ARCH=$PATHS_ARCH; podman_layout_verify $TREE $1"
}

@test "a whole tree that runs is marked, and only then counts as whole" {
  not podman_layout_whole "$TREE"
  verify v5.8.4
  ((status == 0))
  [[ -z $output ]]
  podman_layout_whole "$TREE"
}

@test "each file that is missing is named, and the tree is not marked" {
  local file
  for file in "${PODMAN_LAYOUT_FILES[@]}"; do
    mv "$TREE/$file" "$BATS_TEST_TMPDIR/aside"
    run podman_layout_verify "$TREE" v5.8.4
    ((status == 1))
    [[ $output == *"the archive of podman v5.8.4 lacks $file"*'choose another release'* ]]
    [[ ! -e $TREE/.podsand-verified ]]
    mv "$BATS_TEST_TMPDIR/aside" "$TREE/$file"
  done
  verify v5.8.4
  ((status == 0))
}

@test "the list holds what podman cannot do without, pasta.avx2 on amd64 alone" {
  local all=" ${PODMAN_LAYOUT_FILES[*]} " file
  for file in bin/podman bin/crun bin/runc bin/pasta bin/pasta.avx2 bin/fuse-overlayfs bin/fusermount3 \
    lib/podman/conmon lib/podman/netavark lib/podman/aardvark-dns lib/podman/catatonit lib/podman/rootlessport; do
    [[ $all == *" $file "* ]]
  done
  rm "$TREE/bin/pasta.avx2"
  verify v5.8.4
  ((status == 1))
  PATHS_ARCH=arm64
  verify v5.8.4
  ((status == 0))
}

@test "a file that is not executable is no program" {
  chmod 0644 "$TREE/lib/podman/conmon"
  verify v5.8.4
  ((status == 1))
  [[ $output == *'lib/podman/conmon is not a program'* && ! -e $TREE/.podsand-verified ]]
}

@test "a directory in a program's place is no program" {
  rm "$TREE/bin/crun"
  mkdir "$TREE/bin/crun"
  verify v5.8.4
  ((status == 1))
  [[ $output == *'bin/crun is not a program'* ]]
}

@test "pasta.avx2 may be a link to a program that is there, not a link to nothing as in v6.1.1" {
  rm "$TREE/bin/pasta.avx2"
  ln -s pasta "$TREE/bin/pasta.avx2"
  verify v5.8.4
  ((status == 0))
  rm "$TREE/.podsand-verified"
  ln -sf passt.avx2 "$TREE/bin/pasta.avx2"
  verify v5.8.4
  ((status == 1))
  [[ $output == *'bin/pasta.avx2 is not a program'*'choose another release'* && ! -e $TREE/.podsand-verified ]]
}

@test "a podman that says another version is refused" {
  local said
  for said in v5.8.3 v5.8.40 v15.8.4; do
    tree "$said"
    verify v5.8.4
    ((status == 1))
    [[ $output == *"the archive holds podman ${said#v}, the script expects v5.8.4"* && ! -e $TREE/.podsand-verified ]]
  done
}

@test "a podman that does not run: exit 69, with noexec as the likely reason" {
  printf '#!/no/such/interpreter\n' >"$TREE/bin/podman"
  verify v5.8.4
  ((status == 69))
  [[ $output == *'does not run on this machine'*noexec* && ! -e $TREE/.podsand-verified ]]
}

@test "a tree that lost a file since it was marked is not whole any more" {
  verify v5.8.4
  podman_layout_whole "$TREE"
  rm "$TREE/lib/podman/netavark"
  not podman_layout_whole "$TREE"
  tree v5.8.4
  podman_layout_whole "$TREE"
  chmod 0644 "$TREE/bin/podman"
  not podman_layout_whole "$TREE"
}
