#!/usr/bin/env bats
load ../../support/bats/helper
load ../../support/bats/source

setup_file() {
  source_repository
}

teardown_file() {
  source_end
}

setup() {
  load_snippet podman/source podman/source-keep podman/archive
  root_stand_in
  paths_arch
  CFG_PODMAN_REPOSITORY=$SOURCE_URL CFG_PODMAN_COMMIT=$SOURCE_COMMIT
  builder_stand_in "$BATS_TEST_TMPDIR/bin/docker"
  export TMPDIR=$BATS_TEST_TMPDIR/tmp
  mkdir "$TMPDIR"
}

build='STEPS_PHASE=user STEPS_CURRENT=podman/build; podman_source_apply docker "$PATHS_CACHE/podman-build"'

nothing_left() { # of the sources, of the build or of the work on the way
  [[ -z $(ls -A "$PATHS_CACHE" 2>/dev/null) && -z $(ls -A "$TMPDIR") ]]
}

@test "from a commit to a podman: installed under version and commit, current points to it, nothing else is left" {
  run -1 production 'podman_source_check'
  production "$build"
  production 'podman_source_check; [[ $STEPS_WHY == "podman v5.8.4 in "* ]]'
  [[ $(ls -A "$PATHS_PREFIX") == current$'\n'"v5.8.4-build-${SOURCE_COMMIT:0:8}" ]]
  [[ $("$PATHS_PREFIX/current/bin/podman") == 'podman version 5.8.4' ]]
  nothing_left
}

@test "the second run builds nothing and changes nothing" {
  production "$build"
  find "$PATHS_PREFIX" -printf '%p %i %T@ %C@\n' | sort >"$BATS_TEST_TMPDIR/before"
  rm "$WORLD/asked"
  production "$build"
  find "$PATHS_PREFIX" -printf '%p %i %T@ %C@\n' | sort | cmp - "$BATS_TEST_TMPDIR/before"
  [[ ! -e $WORLD/asked ]]
}

@test "the Makefile's own choices fail on a fresh machine; with one override of BUILDX_OPTS it builds into a directory, by the default builder" {
  git clone --quiet --branch v5.8.4 "$BATS_FILE_TMPDIR/git/podman-static.git" "$BATS_TEST_TMPDIR/clone"
  run ! make -C "$BATS_TEST_TMPDIR/clone" singlearch-tar
  [[ $output == *'no builder "podman-builder" found'* ]]
  rm "$WORLD/asked"
  production "$build"
  local opts="--output=type=local,dest=./build/images/podman/linux_$PATHS_ARCH --platform=linux/$PATHS_ARCH --builder default"
  [[ $(sort -u "$WORLD/asked") == "buildx build $opts --force-rm -t podman-tar --target tar-archive ." ]]
}

@test "make is called word for word, and PLATFORM is this machine's, not the Makefile's" {
  local machine arch
  stub make <<'MAKE'
if [[ $1 == -C ]]; then printf '[%s]' "$@" >"$WORLD/make"; fi
exec /usr/bin/make "$@"
MAKE
  for machine in x86_64:amd64 aarch64:arm64; do
    arch=${machine#*:}
    stub uname <<<"echo ${machine%:*}"
    rm -rf "$PATHS_PREFIX"
    production "$build"
    [[ $(<"$WORLD/make") == "[-C][$PATHS_CACHE/podman-build][singlearch-tar][DOCKER=docker][PLATFORM=linux/$arch][BUILDX_OPTS=--output=type=local,dest=./build/images/podman/linux_$arch --platform=linux/$arch --builder default]" ]]
    [[ -x $PATHS_PREFIX/current/bin/podman ]]
  done
}

@test "a commit is fetched by its id; where the server gives none out, by its tag" {
  CFG_PODMAN_VERSION=v9.9.9
  run production "$build"
  # There is no such tag: it came by its id, and holds another version.
  [[ $output == *'the archive holds podman 5.8.4, the script expects v9.9.9'* ]]
  CFG_PODMAN_VERSION=v5.8.4 CFG_PODMAN_REPOSITORY=${SOURCE_URL/podman-static.git/old/podman-static.git}
  production "$build"
  [[ -x $PATHS_PREFIX/current/bin/podman && $(<"$PATHS_LOG/podman-build.log") != *fatal* ]]
}

@test "the tag points to another commit: nothing is built, and both commits are named" {
  CFG_PODMAN_VERSION=v5.8.5 CFG_PODMAN_REPOSITORY=${SOURCE_URL/podman-static.git/old/podman-static.git}
  run -1 production "$build"
  [[ $output == *"has another commit under v5.8.5: $SOURCE_OTHER, pinned is $SOURCE_COMMIT"*'do not build it'* && ! -e $WORLD/asked ]]
  nothing_left
}

@test "a repository that cannot be reached, or has neither the commit nor the tag: exit 75" {
  CFG_PODMAN_REPOSITORY=http://127.0.0.1:1/podman-static
  run -75 production "$build"
  [[ $output == *"has no commit $SOURCE_COMMIT, no tag v5.8.4, or cannot be reached"*'podman.repository'* ]]
  CFG_PODMAN_REPOSITORY=$SOURCE_URL CFG_PODMAN_COMMIT=2222222222222222222222222222222222222222 CFG_PODMAN_VERSION=v5.9.9
  run -75 production "$build"
  [[ ! -e $WORLD/asked ]]
  nothing_left
}

@test "the configuration of git takes no part: the user's, the environment's, hooks from a template" {
  local trap="touch $BATS_TEST_TMPDIR/ran"
  mkdir -p "$HOME/template/hooks" "$HOME/.config/git"
  install -m 0755 /dev/stdin "$HOME/template/hooks/post-checkout" <<<"#!/bin/sh
$trap"
  printf '[url "http://127.0.0.1:1/"]\n\tinsteadOf = http://\n[init]\n\ttemplateDir = %s\n[core]\n\tautocrlf = true\n' "$HOME/template" |
    tee "$HOME/.gitconfig" >"$HOME/.config/git/config"
  export XDG_CONFIG_HOME=$HOME/.config GIT_CONFIG_GLOBAL=$HOME/.gitconfig GIT_TEMPLATE_DIR=$HOME/template GIT_DIR=$BATS_TEST_TMPDIR/elsewhere GIT_WORK_TREE=/
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.autocrlf GIT_CONFIG_VALUE_0=true GIT_SSL_NO_VERIFY=1
  # The control: these do decide, when git is asked directly.
  run ! env -u GIT_DIR -u GIT_WORK_TREE git ls-remote "$SOURCE_URL"
  production "$build"
  [[ ! -e $BATS_TEST_TMPDIR/ran && $(<"$WORLD/Dockerfile") != *$'\r'* ]]
}

@test "passt is cloned over https: proxies do not carry the git protocol" {
  production "$build"
  [[ $(<"$WORLD/Dockerfile") == *'git clone --depth=1 https://passt.top/passt'* && $(<"$WORLD/Dockerfile") != *git://* ]]
}

@test "without a CA and mirrors the Dockerfile is the publisher's but for that" {
  production "$build"
  git -C "$BATS_FILE_TMPDIR/work" show "$SOURCE_COMMIT:Dockerfile" | sed 's#git://#https://#' | cmp - "$WORLD/Dockerfile"
}

@test "the proxy reaches the build by the names of its variables: its login is on no command line" {
  stub make <<'MAKE'
printf '%s\n' "$@" >>"$WORLD/make"
exec /usr/bin/make "$@"
MAKE
  http_proxy=http://user:geheim@127.0.0.1:1 no_proxy=127.0.0.1 run -0 production "$build"
  [[ $(<"$WORLD/asked") == *'--build-arg http_proxy --build-arg no_proxy --builder default'* && $(<"$WORLD/asked") != *https_proxy* ]]
  not grep -r geheim "$WORLD/asked" "$WORLD/make" "$PATHS_LOG" "$PATHS_JOURNAL"
  [[ $output != *geheim* && $(<"$WORLD/environment") == *'http_proxy=http://user:geheim@127.0.0.1:1'* ]]
}

@test "a build that fails, or a Makefile that leaves no archive, keeps the podman before and leaves nothing behind" {
  local old
  production "$build"
  old=$(readlink "$PATHS_PREFIX/current")
  CFG_PODMAN_COMMIT=$SOURCE_OTHER CFG_PODMAN_VERSION=v5.8.5
  : >"$WORLD/build-fails"
  run -1 production "$build"
  [[ $output == *'build podman v5.8.5 with docker (this takes a while): failed'*'did not complete'*"$PATHS_LOG/podman-build.log"* ]]
  nothing_left
  rm "$WORLD/build-fails"
  stub make <<<'[[ $1 == -C ]] || exec /usr/bin/make "$@"'
  run -1 production "$build"
  nothing_left
  [[ $(readlink "$PATHS_PREFIX/current") == "$old" && $("$PATHS_PREFIX/current/bin/podman") == 'podman version 5.8.4' && $(find "$PATHS_PREFIX" -mindepth 1 -maxdepth 1 | wc -l) == 2 ]]
}

@test "what was built says another version: it is not installed" {
  printf '5.8.3\n' >"$WORLD/version"
  run -1 production "$build"
  [[ $output == *'the archive holds podman 5.8.3, the script expects v5.8.4'* && ! -e $PATHS_PREFIX/current ]]
  nothing_left
}

@test "a disk that fills up while the archive is taken over: the step fails, and nothing is left" {
  # The archive's place is a device that is full.
  stub cat <<<'[[ $* != *podman-linux-*.tar.gz ]] || exec /usr/bin/cat "$@" >/dev/full; exec /usr/bin/cat "$@"'
  run -1 production "$build"
  [[ $output == *'No space left on device'* && ! -e $PATHS_PREFIX/current ]]
  nothing_left
}

@test "interrupted in the middle of the build: the next run makes it good" {
  make_that_kills "$BATS_TEST_TMPDIR/bin/make"
  run ! killed_production "$build"
  [[ -d $PATHS_CACHE/podman-build && -d $PATHS_CACHE/podman-static ]]
  # Not even the system's templates for repositories, which may hold hooks, take part.
  [[ -d $PATHS_CACHE/podman-static/.git && ! -e $PATHS_CACHE/podman-static/.git/hooks ]]
  rm "$BATS_TEST_TMPDIR/bin/make"
  printf 'half\n' >"$PATHS_CACHE/podman-built.tar.gz"
  production "$build"
  [[ -x $PATHS_PREFIX/current/bin/podman ]]
  nothing_left
}

@test "no file is given to somebody else, neither on the way to the build nor back: nobody calls chown" {
  stub chown <<<'touch "$WORLD/chown"'
  production "$build"
  [[ ! -e $WORLD/chown && $(<"$WORLD/owners") == "$(id -un) 755
$(id -un) 644" ]]
  [[ -z $(find "$PATHS_DATA" "$PATHS_PREFIX" -not -uid "$EUID") ]]
}

@test "what was built is kept as an archive with its sha256, and podman.source = archive installs it" {
  CFG_PODMAN_ARCHIVES='~/kept here'
  run -0 production "$build"
  local archive="$HOME/kept here/podman-linux-$PATHS_ARCH.tar.gz"
  files_sha256 "$archive"
  [[ $output == *"kept $archive; a profile that uses it: podman.source = \"archive\", podman.sha256.$PATHS_ARCH = \"$FILES_SHA256\""* ]]
  rm -r "$PATHS_PREFIX"
  CFG_PODMAN_SHA256_AMD64=$FILES_SHA256 CFG_PODMAN_SHA256_ARM64=$FILES_SHA256
  production 'STEPS_PHASE=user; steps_state podman/archive; steps_apply podman/archive'
  [[ $("$PATHS_PREFIX/current/bin/podman") == 'podman version 5.8.4' ]]
}

@test "an archive that is there already is kept beside the new one" {
  CFG_PODMAN_ARCHIVES='~/kept'
  install -D -m 0644 /dev/stdin "$HOME/kept/podman-linux-$PATHS_ARCH.tar.gz" <<<mine
  production "$build"
  [[ $(<"$HOME/kept/podman-linux-$PATHS_ARCH.tar.gz.~1~") == mine && $(find "$HOME/kept" -type f | wc -l) == 2 ]]
}

@test "a home directory of any name" {
  hostile_home
  CFG_PODMAN_ARCHIVES='~/kept here'
  production "$build"
  [[ $("$PATHS_PREFIX/current/bin/podman") == 'podman version 5.8.4' && -s "$HOME/kept here/podman-linux-$PATHS_ARCH.tar.gz" ]]
  [[ ! -e $BATS_TEST_TMPDIR/executed && ! -e executed && ! -e $HOME/executed ]]
}
