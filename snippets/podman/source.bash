# shellcheck shell=bash
# /// snippet
# name = "podman/source"
# summary = "Build podman-static from a pinned commit, by its own Makefile."
# requires = ["core/proxy", "core/task", "podman/static"]
# params = ["CFG_CONF_MIRRORS_PREFIX", "CFG_PODMAN_ARCHIVES", "CFG_PODMAN_COMMIT", "CFG_PODMAN_REPOSITORY", "CFG_PODMAN_VERSION"]
# hosts = ["podman.repository", "docker.io", "the package mirrors of Alpine", "github.com", "raw.githubusercontent.com", "crates.io", "proxy.golang.org", "passt.top"]
# commands = [
#   "rm -rf -- </var/cache/podsand-build-UID>",
#   "install -d -m 0700 -- </var/cache/podsand-build-UID>",
#   "tar --no-unquote -C </var/cache/podsand-build-UID> --no-same-owner -xf -",
#   "make -C </var/cache/podsand-build-UID> singlearch-tar DOCKER=<docker> PLATFORM=linux/<amd64 or arm64> BUILDX_OPTS=<where the result goes, and the names of the proxy's variables>",
#   "cat -- </var/cache/podsand-build-UID>/build/asset/podman-linux-<amd64 or arm64>.tar.gz",
#   "rm -rf -- </var/cache/podsand-build-UID>",
# ]
# writes = ["@prefix/<version>-build-<commit>", "@prefix/current"]
# tools = ["flock", "git", "make"]
# [[downloads]]
# what = "the source of podman-static: its Dockerfile and Makefile"
# source = "{podman.repository}, {podman.version}"
# pin = "podman.commit"
# [[downloads]]
# what = "what podman is built of: base images, packages of Alpine, sources of podman and its helpers"
# source = "the hosts that podman-static's Dockerfile names"
# pin = "the commit fixes which versions and tags are asked for; no hash holds what comes, and two builds can differ"
# ///

podman_source_check() { # sets PODMAN_SOURCE_NAME
  paths_arch
  PODMAN_SOURCE_NAME=$CFG_PODMAN_VERSION-build-${CFG_PODMAN_COMMIT:0:8}
  podman_static_installed "$PODMAN_SOURCE_NAME"
}

# <docker|podman> <place> <word before each command>…   the place is made, and gone afterwards; only those who run the commands can write there
podman_source_apply() {
  local tree=$PATHS_CACHE/podman-static archive=$PATHS_CACHE/podman-built.tar.gz
  ! podman_source_check || return 0
  if ! podman_layout_whole "$PATHS_PREFIX/$PODMAN_SOURCE_NAME"; then
    proxy_setup
    files_directory "$PATHS_CACHE"
    die_cleanup "$tree"
    die_cleanup "$archive"
    task_run "fetch podman-static $CFG_PODMAN_VERSION" podman_source_fetch "$tree"
    # Proxies do not carry the git protocol; the same server speaks https.
    sed -i 's#git://passt\.top/#https://passt.top/#' -- "$tree/Dockerfile"
    [[ -z $PATHS_CA${CFG_CONF_MIRRORS_PREFIX[*]-} ]] || podman_source_patch "$tree" "$1"
    task_run "build podman $CFG_PODMAN_VERSION with $1 (this takes a while)" podman_source_build "$tree" "$archive" "$@"
    [[ -z $CFG_PODMAN_ARCHIVES ]] || podman_source_keep "$archive"
    podman_static_install "$archive" "$PODMAN_SOURCE_NAME"
  fi
  podman_static_switch "$PODMAN_SOURCE_NAME"
}

podman_source_fetch() { # <tree>   the sources of the pinned commit
  local head
  rm -rf -- "$1"
  # Neither the user's nor the system's configuration decides what is checked out.
  unset "${!GIT_@}" XDG_CONFIG_HOME
  export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 GIT_HTTP_LOW_SPEED_LIMIT=1024 GIT_HTTP_LOW_SPEED_TIME=60
  [[ ! -r $PATHS_CA ]] || export GIT_SSL_CAINFO=$PATHS_CA
  git init --quiet --template= -- "$1"
  # Not every server gives out a commit by its id: then by its tag. What counts is the id.
  git -C "$1" fetch --quiet --depth 1 -- "$CFG_PODMAN_REPOSITORY" "$CFG_PODMAN_COMMIT" ||
    git -C "$1" fetch --quiet --depth 1 -- "$CFG_PODMAN_REPOSITORY" "refs/tags/$CFG_PODMAN_VERSION" ||
    die 75 "$CFG_PODMAN_REPOSITORY has no commit $CFG_PODMAN_COMMIT, no tag $CFG_PODMAN_VERSION, or cannot be reached" \
      'check the network, the proxy, and podman.repository in the profile; then run the same command again'
  head=$(git -C "$1" rev-parse 'FETCH_HEAD^{commit}')
  [[ $head == "$CFG_PODMAN_COMMIT" ]] || die 1 "$CFG_PODMAN_REPOSITORY has another commit under $CFG_PODMAN_VERSION: $head, pinned is $CFG_PODMAN_COMMIT" \
    'do not build it, and ask whoever gave you this script'
  git -C "$1" checkout --quiet --detach "$head"
}

# The sources go in as a stream and the archive comes out as one: no file changes its owner, and root follows no path of a user's.
podman_source_build() { # <tree> <archive> <docker|podman> <place> <word before each command>…
  local tree=$1 archive=$2 builder=$3 place=$4 name code=0 buildx="--output=type=local,dest=./build/images/podman/linux_$PATHS_ARCH --platform=linux/$PATHS_ARCH"
  shift 4
  # Names without values: what a proxy's address holds stays off the command line.
  for name in http_proxy https_proxy no_proxy; do
    [[ -z ${!name:-} ]] || buildx+=" --build-arg $name"
  done
  [[ $builder != docker ]] || buildx+=' --builder default'
  # The build of a run that was killed goes on without it: it ends first.
  exec 8<"$PATHS_CACHE"
  flock 8
  "$@" rm -rf -- "$place"
  # Without --no-unquote a backslash in a path would not be one. One override of BUILDX_OPTS: the Makefile's own asks for a builder
  # that it no longer creates, and builds twice.
  {
    "$@" install -d -m 0700 -- "$place" &&
      tar --no-unquote -C "$tree" --exclude=./.git -cf - . | "$@" tar --no-unquote -C "$place" --no-same-owner -xf - &&
      "$@" make -C "$place" singlearch-tar "DOCKER=$builder" "PLATFORM=linux/$PATHS_ARCH" "BUILDX_OPTS=$buildx" &&
      "$@" cat -- "$place/build/asset/podman-linux-$PATHS_ARCH.tar.gz" >"$archive"
  } 8<&- || code=$?
  "$@" rm -rf -- "$place"
  [[ $builder != podman ]] || podman_build_podman_home_undo "$2"
  return "$code"
}
