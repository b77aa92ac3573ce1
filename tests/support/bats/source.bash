# shellcheck shell=bash
# shellcheck disable=SC2154 # bats sets BATS_TEST_TMPDIR and BATS_FILE_TMPDIR
# A repository that has the shape of podman-static's, a server for it, and builders that stand in for docker and podman.

# Its Makefile does as podman-static's: it asks for a builder that nobody creates, and builds twice.
source_repository() { # exports SOURCE_URL, SOURCE_PID, SOURCE_COMMIT, SOURCE_OTHER
  local repository=$BATS_FILE_TMPDIR/git/podman-static.git work=$BATS_FILE_TMPDIR/work
  local -a git=(env HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 "GIT_"{AUTHOR,COMMITTER}"_"{NAME,EMAIL}"=x" git -C "$work")
  mkdir -p "$work/conf"
  git init --quiet --bare "$repository"
  git init --quiet "$work"
  printf 'x\n' >"$work/conf/storage.conf"
  cat >"$work/Dockerfile" <<'DOCKERFILE'
# syntax=docker/dockerfile:1
FROM alpine:3.22 AS gpg
RUN apk add --no-cache gnupg

FROM golang:1.25-alpine3.22 AS base
FROM base AS passt
RUN git clone --depth=1 git://passt.top/passt

FROM gpg AS crun
FROM alpine:3.22 AS podmanbase
FROM podmanbase AS tar-archive
COPY conf /etc/containers
DOCKERFILE
  cat >"$work/Makefile" <<'MAKEFILE'
DOCKER ?= docker
PLATFORM ?= linux/amd64
ARCH = $(notdir $(PLATFORM))
BUILDX_BUILDER ?= podman-builder
BUILDX_OUTPUT ?= type=docker
BUILDX_OPTS ?= --builder=$(BUILDX_BUILDER) --output=$(BUILDX_OUTPUT) --platform=$(PLATFORM)
ASSET = ./build/asset/podman-linux-$(ARCH)

singlearch-tar: BUILDX_OUTPUT = type=local,dest=./build/images/podman/linux_$(ARCH)
singlearch-tar: podman-tar-image
	make tar PLATFORM="$(PLATFORM)" BUILDX_BUILDER="$(BUILDX_BUILDER)"

podman-tar-image:
	$(DOCKER) buildx build $(BUILDX_OPTS) --force-rm -t podman-tar --target tar-archive .

tar: podman-tar-image
	rm -rf $(ASSET)
	mkdir -p $(ASSET)/usr
	cp -r ./build/images/podman/linux_$(ARCH)/usr/local $(ASSET)/usr/
	tar -C ./build/asset -czf $(ASSET).tar.gz podman-linux-$(ARCH)
MAKEFILE
  "${git[@]}" add -A
  "${git[@]}" commit --quiet -m release
  "${git[@]}" tag -a -m release v5.8.4
  SOURCE_COMMIT=$("${git[@]}" rev-parse HEAD)
  printf 'RUN something else\n' >>"$work/Dockerfile"
  "${git[@]}" commit --quiet -am later
  "${git[@]}" tag -a -m release v5.8.5
  SOURCE_OTHER=$("${git[@]}" rev-parse HEAD)
  "${git[@]}" push --quiet "$repository" HEAD:refs/heads/main v5.8.4 v5.8.5
  source_serve "$BATS_FILE_TMPDIR/git"
  export SOURCE_COMMIT SOURCE_OTHER SOURCE_URL SOURCE_PID
}

source_serve() { # <directory>
  local try
  helper_python
  "$HELPER_PYTHON" "$HELPER_SUPPORT/git_server.py" "$1" >"$1.url" 2>/dev/null 3>&- &
  SOURCE_PID=$!
  for ((try = 0; try < 200; try++)); do
    [[ ! -s $1.url ]] || break
    sleep 0.02
  done
  SOURCE_URL=$(<"$1.url")/podman-static.git
}

source_end() {
  kill "$SOURCE_PID"
  wait "$SOURCE_PID" 2>/dev/null || true
}

# A builder that knows no builder instance but the default one, as docker on a fresh machine; what it builds holds a podman that
# says its version. It keeps what it was asked for and the sources that it saw in $WORLD, or where it was installed to.
builder_stand_in() { # <path>
  install -D -m 0755 /dev/stdin "$1" <<STUB
#!/bin/bash
WORLD=$BATS_TEST_TMPDIR/world
STUB
  cat >>"$1" <<'STUB'
mkdir -p "$WORLD"
printf '%s\n' "$*" >>"$WORLD/asked"
env >"$WORLD/environment"
[[ "$1 $2" == 'buildx build' ]] || exit 64
instance=${BUILDX_BUILDER:-default} dest=''
for word; do
  case $word in
    --builder=*) instance=${word#*=} ;;
    --builder) instance=next ;;
    --output=type=local,dest=*) dest=${word##*=} ;;
    *) [[ $instance != next ]] || instance=$word ;;
  esac
done
if [[ ${0##*/} == docker && $instance != default ]]; then
  echo "ERROR: no builder \"$instance\" found" >&2
  exit 1
fi
cp Dockerfile "$WORLD/Dockerfile"
[[ ! -e podsand-ca.pem ]] || cp podsand-ca.pem "$WORLD/"
stat -c '%U %a' . Dockerfile >"$WORLD/owners"
[[ ! -e $WORLD/build-fails ]] || { echo 'ERROR: process "/bin/sh -c make" did not complete' >&2; exit 17; }
[[ -n $dest ]] || exit 0
for file in bin/{crun,fuse-overlayfs,fusermount3,pasta,pasta.avx2,runc} lib/podman/{aardvark-dns,catatonit,conmon,netavark,rootlessport}; do
  install -D -m 0755 /dev/null "$dest/usr/local/$file"
done
install -m 0755 /dev/stdin "$dest/usr/local/bin/podman" <<<"#!/bin/sh
echo podman version $(cat "$WORLD/version" 2>/dev/null || echo 5.8.4)"
STUB
}

# <path> [bash code before]   a make in which the script is killed, and with it everything that it started on the way here
make_that_kills() {
  install -m 0755 /dev/stdin "$1" <<STUB
#!/bin/bash
${2:-}
script=\$(<"$BATS_TEST_TMPDIR/world/pid")
STUB
  cat >>"$1" <<'STUB'
killed=("$script") process=$PPID
until [[ $process == "$script" ]]; do
  killed+=("$process")
  read -r _ _ _ process _ <"/proc/$process/stat"
done
kill -9 "${killed[@]}"
STUB
}

# <bash code>   in a script of which make_that_kills knows the process
killed_production() { production "printf '%s\n' \$\$ >\"\$WORLD/pid\"; $1"; }
