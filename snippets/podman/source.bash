# shellcheck shell=bash
# /// snippet
# name = "podman/source"
# summary = "Build podman-static from a pinned commit, by its own Makefile."
# requires = ["core/proxy", "core/task", "podman/static"]
# params = ["CFG_CONF_MIRRORS_LOCATION", "CFG_CONF_MIRRORS_PREFIX", "CFG_PODMAN_ARCHIVES", "CFG_PODMAN_COMMIT", "CFG_PODMAN_REPOSITORY", "CFG_PODMAN_VERSION"]
# hosts = ["podman.repository", "the sources that podman-static's Dockerfile names: docker.io, Alpine, github.com, raw.githubusercontent.com, crates.io, proxy.golang.org, passt.top"]
# writes = ["@prefix/<version>-build-<commit>", "@prefix/current", "podman.archives"]
# tools = ["git", "make"]
# ///

podman_source_check() {
  podman_static_installed "$CFG_PODMAN_VERSION-build-${CFG_PODMAN_COMMIT:0:8}"
}

# <docker|podman> <place> <word before each command>…   the place is made, and gone afterwards; only those who run the commands can write there
podman_source_apply() {
  local name=$CFG_PODMAN_VERSION-build-${CFG_PODMAN_COMMIT:0:8} archive=$PATHS_CACHE/podman-built.tar.gz
  if ! podman_layout_whole "$PATHS_PREFIX/$name"; then
    paths_arch
    proxy_setup
    files_directory "$PATHS_CACHE"
    files_tree "$PATHS_CACHE/podman-static"
    task_run "fetch podman-static $CFG_PODMAN_VERSION" podman_source_fetch "$PATHS_CACHE/podman-static"
    die_cleanup "$archive"
    task_run "build podman $CFG_PODMAN_VERSION with $1 (this takes a while)" podman_source_build "$archive" "$@"
    podman_source_keep "$archive"
    podman_static_install "$archive" "$name"
    rm -rf -- "$PATHS_CACHE/podman-static"
  fi
  podman_static_switch "$name"
}

podman_source_fetch() { # <tree>   the patched sources of the pinned commit
  local head
  # Neither the user's nor the system's configuration decides what is checked out.
  local -a in_tree=(env "HOME=$1" GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0)
  [[ ! -r $PATHS_CA ]] || in_tree+=("GIT_SSL_CAINFO=$PATHS_CA")
  in_tree+=(git -C "$1")
  rm -rf -- "$1"
  mkdir -- "$1"
  "${in_tree[@]}" init --quiet
  # Not every server gives out a commit by its id: then by its tag. What counts is the id.
  "${in_tree[@]}" fetch --quiet --depth 1 -- "$CFG_PODMAN_REPOSITORY" "$CFG_PODMAN_COMMIT" ||
    "${in_tree[@]}" fetch --quiet --depth 1 -- "$CFG_PODMAN_REPOSITORY" "refs/tags/$CFG_PODMAN_VERSION" ||
    die 75 "$CFG_PODMAN_REPOSITORY has no commit $CFG_PODMAN_COMMIT, no tag $CFG_PODMAN_VERSION, or cannot be reached" \
      'check the network, the proxy, and podman.repository in the profile; then run the same command again'
  head=$("${in_tree[@]}" rev-parse 'FETCH_HEAD^{commit}')
  [[ $head == "$CFG_PODMAN_COMMIT" ]] || die 1 "$CFG_PODMAN_REPOSITORY has another commit under $CFG_PODMAN_VERSION: $head, pinned is $CFG_PODMAN_COMMIT" \
    'do not build it, and ask whoever gave you this script'
  "${in_tree[@]}" checkout --quiet --detach "$CFG_PODMAN_COMMIT"
  podman_source_patch "$1"
}

podman_source_patch() { # <tree>
  local index mirror ca=$PATHS_CA
  # Proxies do not carry the git protocol; the same server speaks https.
  local -a edits=(-e 's|git://passt\.top/|https://passt.top/|')
  if [[ -n $ca ]]; then
    # In the root phase it is not made yet: there the system's own file has the company's CA in it.
    [[ -r $ca ]] || ca=/etc/ssl/certs/ca-certificates.crt
    cp -- "$ca" "$1/podsand-ca.pem"
    # Into each stage that begins with an image, not with another stage: where Alpine's programs look.
    edits+=(-e '/^FROM [^ ]*[:@]/a COPY podsand-ca.pem /etc/ssl/certs/ca-certificates.crt')
  fi
  for ((index = 0; index < ${#CFG_CONF_MIRRORS_PREFIX[@]}; index++)); do
    mirror=${CFG_CONF_MIRRORS_LOCATION[index]}
    [[ ${CFG_CONF_MIRRORS_PREFIX[index]} != docker.io ]] || edits+=(-e "s|^FROM \\([a-z0-9._-]*[:@]\\)|FROM $mirror/library/\\1|")
  done
  sed -i "${edits[@]}" -- "$1/Dockerfile"
}

# The sources go in as a stream and the archive comes out as one: no file changes its owner, and root follows no path of a user's.
podman_source_build() { # <archive> <docker|podman> <place> <word before each command>…
  local archive=$1 builder=$2 place=$3 name buildx="--output=type=local,dest=./build/images/podman/linux_$PATHS_ARCH --platform=linux/$PATHS_ARCH"
  shift 3
  # Names without values: what a proxy's address holds stays off the command line.
  for name in http_proxy https_proxy no_proxy; do
    [[ -z ${!name:-} ]] || buildx+=" --build-arg $name"
  done
  [[ $builder != docker ]] || buildx+=' --builder default'
  "$@" rm -rf -- "$place"
  "$@" install -d -m 0700 -- "$place"
  tar -C "$PATHS_CACHE/podman-static" --exclude=./.git -cf - . | "$@" tar -C "$place" --no-same-owner -xf -
  # One override of BUILDX_OPTS: the Makefile's own asks for a builder that it no longer creates, and builds twice.
  "$@" make -C "$place" singlearch-tar "DOCKER=$builder" "PLATFORM=linux/$PATHS_ARCH" "BUILDX_OPTS=$buildx"
  "$@" cat -- "$place/build/asset/podman-linux-$PATHS_ARCH.tar.gz" >"$archive"
  "$@" rm -rf -- "$place"
}

podman_source_keep() { # <archive>   for podman.source = "archive" on other machines
  local directory name=podman-linux-$PATHS_ARCH.tar.gz
  [[ -n $CFG_PODMAN_ARCHIVES ]] || return 0
  paths_expand directory "$CFG_PODMAN_ARCHIVES"
  files_directory "$directory"
  cat -- "$1" >"$directory/.$name"
  mv -fT -- "$directory/.$name" "$directory/$name"
  files_sha256 "$1"
  log_info "kept $directory/$name; a profile that uses it: podman.source = \"archive\", podman.sha256.$PATHS_ARCH = \"$FILES_SHA256\""
}
