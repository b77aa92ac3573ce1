#!/usr/bin/env bats
load ../../support/bats/helper

# A server with two releases, whose archives look like podman-static's and whose podman says its version.
setup_file() {
  export WWW=$BATS_FILE_TMPDIR/www
  mkdir "$WWW"
  release v5.8.4
  release v5.9.0
  serve "$WWW"
  export SERVER_URL SERVER_PID
}

teardown_file() {
  unserve
}

setup() {
  load_snippet podman/release podman/signature
  paths_arch
  CFG_PODMAN_MIRROR=$SERVER_URL
  choose v5.8.4
  export TMPDIR=$BATS_TEST_TMPDIR/tmp
  mkdir "$TMPDIR"
}

release() { # <version>   makes its archives for both architectures
  local arch root=$BATS_FILE_TMPDIR/$1 file
  for arch in amd64 arm64; do
    mkdir -p "$WWW/$1" "$root/podman-linux-$arch"/{etc/containers,usr/local/bin,usr/local/lib/podman,usr/local/libexec/podman}
    printf 'x\n' | tee "$root/podman-linux-$arch/README.md" >"$root/podman-linux-$arch/etc/containers/storage.conf"
    for file in bin/{crun,fuse-overlayfs,fusermount3,pasta,pasta.avx2,runc} lib/podman/{aardvark-dns,catatonit,conmon,netavark,rootlessport} \
      libexec/podman/quadlet; do
      install -m 0755 /dev/stdin "$root/podman-linux-$arch/usr/local/$file" <<<'#!/bin/sh'
    done
    install -m 0755 /dev/stdin "$root/podman-linux-$arch/usr/local/bin/podman" <<PODMAN
#!/bin/sh
case \$1 in
  --version) echo "podman version ${1#v}" ;;
  stay) echo started; read -r line; echo "still ${1#v}, \$line" ;;
esac
PODMAN
    # Owners and a mode as the builder's machine had them.
    chmod 0700 "$root/podman-linux-$arch/usr/local/lib"
    pack "$1" "$arch"
  done
}

pack() { # <version> <architecture> [tar option]…
  tar -C "$BATS_FILE_TMPDIR/$1" --owner=1001 --group=1001 -czf "$WWW/$1/podman-linux-$2.tar.gz" "${@:3}" "podman-linux-$2"
}

choose() { # <version>   the profile's version, and its sha256 as pinned
  CFG_PODMAN_VERSION=$1
  CFG_PODMAN_SHA256_AMD64=$(sum "$WWW/$1/podman-linux-amd64.tar.gz")
  CFG_PODMAN_SHA256_ARM64=$(sum "$WWW/$1/podman-linux-arm64.tar.gz")
}

sum() { # <file>
  local said
  said=$(sha256sum <"$1")
  printf '%s' "${said%% *}"
}

# An archive of this test alone, made from the release's by changing its tree first.
changed() { # <bash code, in the tree's usr/local>
  cp -r "$BATS_FILE_TMPDIR/v5.8.4/podman-linux-$PATHS_ARCH" "$BATS_TEST_TMPDIR/"
  (cd "$BATS_TEST_TMPDIR/podman-linux-$PATHS_ARCH/usr/local" && eval "$1")
  mkdir -p "$WWW/$BATS_TEST_NUMBER/v5.8.4"
  tar -C "$BATS_TEST_TMPDIR" -czf "$WWW/$BATS_TEST_NUMBER/v5.8.4/podman-linux-$PATHS_ARCH.tar.gz" "podman-linux-$PATHS_ARCH"
  CFG_PODMAN_MIRROR=$SERVER_URL/$BATS_TEST_NUMBER
  pin "$(sum "$WWW/$BATS_TEST_NUMBER/v5.8.4/podman-linux-$PATHS_ARCH.tar.gz")"
}

pin() { # <sha256>   for this machine's architecture
  CFG_PODMAN_SHA256_AMD64=$1 CFG_PODMAN_SHA256_ARM64=$1
}

step='STEPS_PHASE=user; steps_state podman/release; steps_apply podman/release'

nothing_left() { # nothing of the archive, of the tree or of the work on the way
  [[ -z $(ls -A "$PATHS_PREFIX" 2>/dev/null) ]]
  [[ -z $(ls -A "$PATHS_CACHE" 2>/dev/null) ]]
  [[ -z $(ls -A "$TMPDIR") ]]
}

@test "from nothing: the release is installed under its version and hash, current points to it, the archive is gone" {
  not podman_release_check
  [[ $STEPS_WHY == *'v5.8.4 is not installed'* ]]
  production "$step"
  podman_release_check
  [[ $(ls -A "$PATHS_PREFIX") == current$'\n'"v5.8.4-${PODMAN_PINNED_SHA256:0:8}" ]]
  [[ $(readlink "$PATHS_PREFIX/current") == "v5.8.4-${PODMAN_PINNED_SHA256:0:8}" ]]
  [[ $("$PATHS_PREFIX/current/bin/podman" --version) == 'podman version 5.8.4' ]]
  [[ -x $PATHS_PREFIX/current/libexec/podman/quadlet && ! -e $PATHS_PREFIX/current/README.md && ! -e $PATHS_PREFIX/current/etc ]]
  [[ -z $(ls -A "$PATHS_CACHE") && -z $(ls -A "$TMPDIR") ]]
}

@test "the builder's owners do not come with the files" {
  production "$step"
  [[ $(find "$PATHS_PREFIX" -not -uid "$EUID" | wc -l) == 0 ]]
  [[ $(tar -tvzf "$WWW/v5.8.4/podman-linux-$PATHS_ARCH.tar.gz" --numeric-owner) == *'1001/1001'* ]]
}

@test "each architecture has its own archive and its own hash" {
  local machine arch
  for machine in x86_64:amd64 aarch64:arm64; do
    arch=${machine#*:}
    stub uname <<<"echo ${machine%:*}"
    rm -rf "$PATHS_PREFIX"
    choose v5.8.4
    # The other one's must not matter.
    [[ $arch == amd64 ]] || CFG_PODMAN_SHA256_AMD64=$(printf '%064d' 0)
    [[ $arch == arm64 ]] || CFG_PODMAN_SHA256_ARM64=$(printf '%064d' 0)
    production "$step"
    [[ $(<"$PATHS_LOG/podman-release.log") != *error* && -x $PATHS_PREFIX/current/bin/podman ]]
    [[ $(readlink "$PATHS_PREFIX/current") == "v5.8.4-$(sum "$WWW/v5.8.4/podman-linux-$arch.tar.gz" | cut -c 1-8)" ]]
  done
  stub uname <<<'echo riscv64'
  run -69 production "$step"
  [[ $output == *"architecture is riscv64"* ]]
}

@test "trap 11: installed twice, there is no tree inside the tree, and the second time changes nothing" {
  production "$step"
  find "$PATHS_PREFIX" -printf '%p %i %T@ %C@\n' | sort >"$BATS_TEST_TMPDIR/before"
  podman_release_check
  production 'STEPS_PHASE=user STEPS_CURRENT=podman/release; podman_release_apply'
  find "$PATHS_PREFIX" -printf '%p %i %T@ %C@\n' | sort >"$BATS_TEST_TMPDIR/after"
  [[ -s $BATS_TEST_TMPDIR/before && ! -e $PATHS_PREFIX/current/local && ! -e $PATHS_PREFIX/current/current ]]
  cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

@test "trap 11: a process that runs from the old tree survives the switch to a new version, and the way back downloads nothing" {
  local old new pid line
  production "$step"
  old=$(readlink "$PATHS_PREFIX/current")
  mkfifo "$BATS_TEST_TMPDIR/in"
  # A real program from the tree: to write over it would be "Text file busy".
  cp /bin/cat "$PATHS_PREFIX/$old/bin/crun"
  "$PATHS_PREFIX/current/bin/crun" "$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 3>&- &
  pid=$!
  exec 7>"$BATS_TEST_TMPDIR/in"

  choose v5.9.0
  not podman_release_check
  production "$step"
  podman_release_check
  new=$(readlink "$PATHS_PREFIX/current")
  [[ $new == v5.9.0-* && $("$PATHS_PREFIX/current/bin/podman" --version) == 'podman version 5.9.0' ]]
  [[ $(readlink "/proc/$pid/exe") == "$(realpath "$PATHS_PREFIX")/$old/bin/crun" ]]
  printf 'alive\n' >&7
  exec 7>&-
  wait "$pid"
  [[ $(<"$BATS_TEST_TMPDIR/out") == alive ]]

  choose v5.8.4
  CFG_PODMAN_MIRROR=http://127.0.0.1:1
  production "$step"
  [[ $(readlink "$PATHS_PREFIX/current") == "$old" && -d $PATHS_PREFIX/$new ]]
}

@test "trap 11: the switch is one rename, so that current is never absent and never both" {
  production "$step"
  # The link's own directory entry is replaced: an open directory of the old tree stays usable.
  exec 7<"$PATHS_PREFIX/current/"
  choose v5.9.0
  production "$step"
  [[ $(readlink /proc/self/fd/7) == */v5.8.4-* && $(readlink "$PATHS_PREFIX/current") == v5.9.0-* ]]
  exec 7<&-
  [[ ! -e $PATHS_PREFIX/current.new && ! -L $PATHS_PREFIX/current.new ]]
}

@test "a directory in the place of current is refused, and kept" {
  mkdir -p "$PATHS_PREFIX/current"
  printf 'mine\n' >"$PATHS_PREFIX/current/file"
  run -1 production "$step"
  [[ $output == *"$PATHS_PREFIX/current is there already, and is no symbolic link of podsand's"* ]]
  [[ $(<"$PATHS_PREFIX/current/file") == mine ]]
}

@test "a wrong sha256 is told with both hashes, and leaves nothing behind" {
  pin "$(printf '%064d' 7)"
  run -1 production "$step"
  [[ $output == *"sha256 is $(sum "$WWW/v5.8.4/podman-linux-$PATHS_ARCH.tar.gz"), pinned is $(printf '%064d' 7)"* ]]
  nothing_left
}

@test "no sha256, no download" {
  pin ''
  run -69 production "$step"
  [[ $output == *"knows no archive of podman for $PATHS_ARCH machines"*"podman.sha256.$PATHS_ARCH"* ]]
  nothing_left
}

@test "an archive that was cut short is caught by its sha256; one that was pinned so does not unpack; nothing is left" {
  mkdir -p "$WWW/cut/v5.8.4"
  head -c 700 "$WWW/v5.8.4/podman-linux-$PATHS_ARCH.tar.gz" >"$WWW/cut/v5.8.4/podman-linux-$PATHS_ARCH.tar.gz"
  CFG_PODMAN_MIRROR=$SERVER_URL/cut
  run -1 production "$step"
  [[ $output == *'is not what this script expects'* ]]
  nothing_left
  pin "$(sum "$WWW/cut/v5.8.4/podman-linux-$PATHS_ARCH.tar.gz")"
  run -1 production "$step"
  [[ $output == *'does not unpack'* ]]
  nothing_left
}

@test "an archive that lacks a program, or whose link leads nowhere, is told and leaves nothing behind" {
  changed 'rm lib/podman/conmon'
  run -1 production "$step"
  [[ $output == *'the archive of podman v5.8.4 lacks lib/podman/conmon'* ]]
  nothing_left
  rm -r "$BATS_TEST_TMPDIR/podman-linux-$PATHS_ARCH"
  changed 'ln -sf no-such-file bin/pasta'
  run -1 production "$step"
  [[ $output == *'bin/pasta is not a program'* ]]
  nothing_left
}

@test "an archive that holds another version is told and leaves no tree, and the version before stays current" {
  production "$step"
  changed 'sed -i s/5.8.4/5.8.3/ bin/podman'
  run -1 production "$step"
  [[ $output == *'the archive holds podman 5.8.3, the script expects v5.8.4'* ]]
  [[ $(find "$PATHS_PREFIX" -mindepth 1 -maxdepth 1 | wc -l) == 2 && -x $PATHS_PREFIX/current/bin/podman ]]
}

@test "no such release on the server: exit 75 and the address" {
  CFG_PODMAN_VERSION=v5.8.5
  run -75 production "$step"
  [[ $output == *"$SERVER_URL/v5.8.5/podman-linux-$PATHS_ARCH.tar.gz: the server answered 404"* ]]
  nothing_left
}

@test "a signature is asked for when the profile has a key, before anything of the archive is unpacked" {
  ((${#CFG_PODMAN_SIGNING_KEY[@]} == 0))
  CFG_PODMAN_SIGNING_KEY=('-----BEGIN PGP PUBLIC KEY BLOCK-----' '' 'bm90IGEga2V5' '-----END PGP PUBLIC KEY BLOCK-----')
  run -75 production "$step"
  [[ $output == *"podman-linux-$PATHS_ARCH.tar.gz.asc: the server answered 404"* && -z $(ls -A "$PATHS_PREFIX" 2>/dev/null) ]]
  printf 'no signature\n' >"$WWW/v5.8.4/podman-linux-$PATHS_ARCH.tar.gz.asc"
  run -1 production "$step"
  rm "$WWW/v5.8.4/podman-linux-$PATHS_ARCH.tar.gz.asc"
  [[ $output == *'the signature of the podman archive is not good'* ]]
  nothing_left
}

@test "a run that was killed while it unpacked is made good by the next one" {
  podman_pinned_names
  mkdir -p "$PATHS_PREFIX/$PODMAN_PINNED_NAME.new/bin" "$PATHS_PREFIX/$PODMAN_PINNED_NAME/bin"
  printf 'half a program' >"$PATHS_PREFIX/$PODMAN_PINNED_NAME.new/bin/podman"
  printf 'half a program' >"$PATHS_PREFIX/$PODMAN_PINNED_NAME/bin/podman"
  production "$step"
  podman_release_check
  [[ $("$PATHS_PREFIX/current/bin/podman" --version) == 'podman version 5.8.4' && ! -e $PATHS_PREFIX/$PODMAN_PINNED_NAME.new ]]
}

@test "uninstall removes what was installed, and nothing beside it" {
  mkdir -p "$PATHS_PREFIX"
  printf 'mine\n' >"$PATHS_PREFIX/mine"
  production "$step"
  [[ -e $PATHS_PREFIX/current ]]
  production 'STEPS_PHASE=user; journal_undo podsand; ((JOURNAL_FAILED == 0))'
  [[ $(ls -A "$PATHS_PREFIX") == mine ]]
}
