#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet podman/pinned
  CFG_PODMAN_SHA256_AMD64=$(printf 'a%063d' 1) CFG_PODMAN_SHA256_ARM64=$(printf 'b%063d' 1)
}

# Instead of an archive: what brings one writes its name, and the tree is made as if it had been in it.
install='podman_static_install() { printf "%s %s\n" "$1" "$2" >>"$HOME/installed"; whole "$2"; }
whole() { local file; podman_layout_files; for file in "${PODMAN_LAYOUT_FILES[@]}"; do install -D -m 0755 /dev/null "$PATHS_PREFIX/$1/$file"; done; : >"$PATHS_PREFIX/$1/.podsand-verified"; }
brings() { : >>"$PODMAN_PINNED_ARCHIVE.brought"; }
mkdir -p "$PATHS_CACHE"
STEPS_CURRENT=podman/x'

@test "the name holds version and hash of this machine's architecture" {
  local machine
  for machine in x86_64:amd64:a0000000 aarch64:arm64:b0000000; do
    stub uname <<<"echo ${machine%%:*}"
    podman_pinned_names
    [[ $PODMAN_PINNED_NAME == "v5.8.4-${machine##*:}" && $PODMAN_PINNED_ARCHIVE == "$PATHS_CACHE/v5.8.4-${machine##*:}-$PATHS_ARCH.tar.gz" ]]
  done
}

@test "the archive is brought once; another pin brings another, and the way back brings nothing" {
  stub uname <<<'echo x86_64'
  production "$install; podman_pinned_apply brings; podman_pinned_apply brings"
  CFG_PODMAN_SHA256_AMD64=$(printf 'c%063d' 1)
  production "$install; ! podman_pinned_check; podman_pinned_apply brings"
  CFG_PODMAN_SHA256_AMD64=$(printf 'a%063d' 1)
  production "$install; podman_pinned_apply brings; podman_pinned_check"
  [[ $(<"$HOME/installed") == "$PATHS_CACHE/v5.8.4-a0000000-amd64.tar.gz v5.8.4-a0000000
$PATHS_CACHE/v5.8.4-c0000000-amd64.tar.gz v5.8.4-c0000000" ]]
}

@test "without a pin for this architecture nothing is brought: exit 69 and the key to set" {
  stub uname <<<'echo aarch64'
  CFG_PODMAN_SHA256_ARM64=''
  run -69 production "$install; podman_pinned_apply brings"
  [[ $output == *'no archive of podman for arm64 machines'*'podman.sha256.arm64'* && ! -e $HOME/installed ]]
}
