#!/usr/bin/env bats
load ../../support/bats/helper

setup_file() {
  export WWW=$BATS_FILE_TMPDIR/www
  mkdir -p "$WWW/v24.11.1"
  printf 'node for x64\n' >"$WWW/v24.11.1/node-v24.11.1-linux-x64.tar.xz"
  printf 'node for arm64\n' >"$WWW/v24.11.1/node-v24.11.1-linux-arm64.tar.xz"
  serve "$WWW"
  export SERVER_URL SERVER_PID
}

teardown_file() {
  unserve
}

setup() {
  load_snippet image/build image/part-base podman/release image/layer-user-agent image/layer-user-root sandbox/user-agent sandbox/user-root
  paths_arch
  SEEN=$BATS_TEST_TMPDIR/seen
  mkdir -p "$PATHS_PREFIX/current/bin" "$PATHS_CONF" "$SEEN"
  engine_conf
  CFG_IMAGE_NODE_MIRROR=$SERVER_URL
  CFG_IMAGE_NODE_SHA256_AMD64=$(sum x64) CFG_IMAGE_NODE_SHA256_ARM64=$(sum arm64)
  engine
}

sum() { # <platform>
  local said
  said=$(sha256sum <"$WWW/v24.11.1/node-v24.11.1-linux-$1.tar.xz")
  printf '%s' "${said%% *}"
}

# A podman that keeps what it was given, and knows of the image what its build was told.
engine() {
  {
    printf '#!/bin/bash\nseen=%q\n' "$SEEN"
    cat <<'PODMAN'
case $1 in
  build)
    printf '%s\n' "$@" >"$seen/build"
    env >"$seen/build-environment"
    rm -rf "$seen/context" && cp -r "${!#}" "$seen/context"
    echo 'output of the build'
    [[ ! -e $seen/fail ]] || exit 125
    for argument; do [[ $argument != podsand.recipe=* ]] || printf '%s' "${argument#*=}" >"$seen/candidate"; done
    ;;
  run)
    printf '%s\n' "$@" >"$seen/run"
    [[ ! -e $seen/fail-start ]] || exit 126
    env >"$seen/run-environment"
    ;;
  image)
    printf '%s\n' "$@" >"$seen/image"
    cat "$seen/label"
    ;;
  tag)
    printf '%s ' "$@" >>"$seen/tags"
    mv "$seen/candidate" "$seen/label"
    ;;
  untag) printf '%s ' "$@" >>"$seen/tags" ;;
esac
PODMAN
  } >"$PATHS_PREFIX/current/bin/podman"
  chmod 0755 "$PATHS_PREFIX/current/bin/podman"
}

step='STEPS_PHASE=user; steps_state image/build; steps_apply image/build'

changes() { # <bash code>   whether it changes the recipe
  [[ -n ${BEFORE:-} ]] || BEFORE=$(image_build_recipe && printf '%s' "$IMAGE_BUILD_RECIPE")
  local after
  # bats' trace of every command would take most of the time.
  after=$(set +T && eval "$1" && image_build_recipe && printf '%s' "$IMAGE_BUILD_RECIPE")
  [[ $after != "$BEFORE" && $after =~ ^[0-9a-f]{64}$ ]]
}

@test "the recipe is another with each thing that goes into the image" {
  local other
  other=$(printf '%064d' 7)
  changes 'CFG_IMAGE_BASE=docker.io/library/ubuntu:noble-20250620'
  changes 'CFG_IMAGE_PACKAGES+=(vim)'
  changes 'CFG_IMAGE_PACKAGES=(curl ca-certificates git jq)'
  changes 'CFG_AGENT_VERSION=2.1.331'
  changes 'CFG_AGENT_NPM_REGISTRY=https://npm.example.org'
  changes 'IMAGE_LAYERS=(image_layer_agent image_layer_base image_layer_user_root image_layer_claude_code)'
  changes "CFG_AGENT_SHA256_${PATHS_ARCH^^}=$other"
  changes "CFG_IMAGE_NODE_SHA256_${PATHS_ARCH^^}=$other"
  local part
  for part in image_layer_agent image_layer_base image_layer_claude_code image_layer_user_agent agent_claude_code_settings agent_claude_code_entrypoint; do
    changes "$part() { echo another; }"
  done
}

@test "the recipe is the same when nothing of that changed: twice, in another home, from another mirror, for another architecture's hash" {
  not changes ':'
  not changes 'CFG_IMAGE_NODE_MIRROR=http://elsewhere'
  not changes 'HOME=/elsewhere PATHS_CONTEXT=/elsewhere'
  not changes 'CFG_IMAGE_NAME=another CFG_SANDBOX_MEMORY=1g'
  local other=ARM64
  [[ $PATHS_ARCH == amd64 ]] || other=AMD64
  not changes "CFG_AGENT_SHA256_$other=7 CFG_IMAGE_NODE_SHA256_$other=7"
}

@test "each architecture has its own hashes in the recipe, and its own archive in the build" {
  CFG_AGENT_SHA256_AMD64=for-amd64 CFG_AGENT_SHA256_ARM64=for-arm64
  stub uname <<<'echo x86_64'
  image_build_recipe
  [[ " ${IMAGE_BUILD_ARGUMENTS[*]} " == *' AGENT_SHA256=for-amd64 '* && ${IMAGE_BUILD_DOWNLOADS[2]} == "$(sum x64)" ]]
  stub uname <<<'echo aarch64'
  image_build_recipe
  [[ " ${IMAGE_BUILD_ARGUMENTS[*]} " == *' AGENT_SHA256=for-arm64 '* && ${IMAGE_BUILD_DOWNLOADS[2]} == "$(sum arm64)" ]]
  production "$step"
  [[ $(<"$SEEN/context/node.tar.xz") == 'node for arm64' ]]
}

@test "built from nothing: the arguments, the context with the archive of this platform, the recipe as the label; afterwards neither context nor archive" {
  not image_build_check
  [[ $STEPS_WHY == 'there is no image localhost/podsand of this recipe' ]]
  production "$step"
  image_build_check
  [[ $STEPS_WHY == 'localhost/podsand is of this recipe' ]]
  image_build_recipe
  local arguments
  arguments=" $(tr '\n' ' ' <"$SEEN/build")"
  [[ $arguments == *" --label podsand.recipe=$IMAGE_BUILD_RECIPE "* && $arguments == *' --tag localhost/podsand:candidate '* ]]
  [[ $arguments == *" --build-arg=BASE=$CFG_IMAGE_BASE --build-arg=PACKAGES=ca-certificates curl git jq --build-arg=AGENT_VERSION=2.1.330 "* ]]
  [[ $arguments == *" --security-opt=seccomp=$PATHS_CONF/seccomp.json "* && $arguments == *" $PATHS_CONTEXT " ]]
  grep -qx -- '--build-arg=PACKAGES=ca-certificates curl git jq' "$SEEN/build"
  [[ $(cd "$SEEN/context" && echo *) == 'Dockerfile entrypoint managed-settings.json node.tar.xz' ]]
  [[ $(<"$SEEN/context/node.tar.xz") == "$(<"$WWW/v24.11.1/node-v24.11.1-linux-$([[ $PATHS_ARCH == amd64 ]] && echo x64 || echo arm64).tar.xz")" ]]
  [[ $(<"$SEEN/context/Dockerfile") == "$(image_dockerfile)" ]]
  [[ ! -e $PATHS_CONTEXT && -z $(ls -A "$PATHS_CACHE") ]]
}

@test "the first start, which copies the image, is made now, with the agent's ids, without network, and with no proxy" {
  http_proxy=http://user:secret@proxy:3128 no_proxy=127.0.0.1 production "$step"
  [[ $(tr '\n' ' ' <"$SEEN/run") == 'run --rm --pull=never --network=none --userns=keep-id:uid=1000,gid=1000 --user=1000:1000 --cap-drop=all --entrypoint /bin/true localhost/podsand:candidate ' ]]
  grep -q '^http_proxy=http://user:secret@proxy:3128$' "$SEEN/build-environment"
  run -1 grep -i proxy "$SEEN/run-environment"
  run -1 grep secret "$SEEN/build" "$PATHS_LOG"/*
}

@test "only an image that started takes the name by which it is used; the one before stays otherwise, and the next run builds again" {
  : >"$SEEN/fail-start"
  printf 'of the image before' >"$SEEN/label"
  run -1 production "$step"
  [[ $output == *'start a container of it: failed (exit 126)'* && $(<"$SEEN/label") == 'of the image before' && ! -e $SEEN/tags ]]
  not image_build_check
  rm "$SEEN/fail-start"
  production "$step"
  image_build_check
  [[ $(<"$SEEN/tags") == 'tag localhost/podsand:candidate localhost/podsand:latest untag localhost/podsand:candidate localhost/podsand:candidate ' ]]
}

@test "a part adds arguments, whatever is in them, and downloads, which lie in the context by their name" {
  local sum value=$'two lines,\n"$HOME" \\ \'x\''
  printf 'more\n' >"$WWW/more"
  sum=$(sha256sum <"$WWW/more")
  production "$(printf 'MORE=%q SUM=%q URL=%q' "$value" "${sum%% *}" "$SERVER_URL/more")"'
    image_part_more() {
      IMAGE_BUILD_ARGUMENTS+=("MORE=$MORE")
      IMAGE_BUILD_DOWNLOADS+=("more of it" "$URL" "$SUM" more)
    }
    IMAGE_PARTS+=(image_part_more)
    '"$step"
  [[ $(<"$SEEN/build") == *$'\n'"--build-arg=MORE=$value"$'\n'* ]]
  [[ $(<"$SEEN/context/more") == more && -z $(ls -A "$PATHS_CACHE") ]]
}

@test "the company's CA goes in as a secret of the build, never as a part of the context" {
  production "$step"
  run -1 grep -x -- --secret "$SEEN/build"
  rm "$SEEN/label"
  CFG_PROXY_CA_BUNDLE='~/ca.pem'
  paths_setup
  mkdir -p "$PATHS_DATA"
  printf 'CERTIFICATE\n' >"$PATHS_CA"
  # The server speaks plain HTTP: curl does not read the file.
  production "$step"
  grep -A1 -x -- --secret "$SEEN/build" | grep -qxF "id=ca,src=$PATHS_CA"
  run -1 grep -r CERTIFICATE "$SEEN/context"
}

@test "a build that fails is told with its last lines; the next run builds from the archive that is there" {
  : >"$SEEN/fail"
  run -1 production "$step"
  [[ $output == *'build the image localhost/podsand: failed (exit 125)'*'output of the build'*"$PATHS_LOG/image-build.log"* && ! -e $SEEN/run ]]
  rm "$SEEN/fail"
  CFG_IMAGE_NODE_MIRROR=http://127.0.0.1:1
  production "$step"
  image_build_check
}

@test "an archive of another sha256 is not built from" {
  CFG_IMAGE_NODE_SHA256_AMD64=$(printf '%064d' 7) CFG_IMAGE_NODE_SHA256_ARM64=$(printf '%064d' 7)
  run -1 production "$step"
  [[ $output == *'is not what this script expects'* && ! -e $SEEN/build && -z $(ls -A "$PATHS_CACHE") ]]
}

@test "options of the build command reach podman" {
  production 'STEPS_PHASE=user STEPS_CURRENT=image/build; image_build_apply --no-cache --pull=always'
  [[ $(tail -n 3 "$SEEN/build") == $'--no-cache\n--pull=always\n'"$PATHS_CONTEXT" ]]
}

@test "the check asks for the label of our image by name, and says done only for this recipe" {
  printf 'another recipe' >"$SEEN/label"
  not image_build_check
  [[ $(tr '\n' ' ' <"$SEEN/image") == 'image inspect --format {{index .Labels "podsand.recipe"}} localhost/podsand:latest ' ]]
  image_build_recipe
  printf '%s' "$IMAGE_BUILD_RECIPE" >"$SEEN/label"
  image_build_check
  CFG_AGENT_VERSION=2.1.331
  not image_build_check
}

@test "before podman is set up, the check does not start it" {
  rm "$PATHS_CONF/storage.conf"
  not image_build_check
  [[ $STEPS_WHY == 'podman is not set up yet' && ! -e $SEEN/image ]]
}

@test "uninstall keeps the image, and leaves it to the store with --purge" {
  production "$step"
  grep -qxF $'image/build\timage_build_image\tlocalhost/podsand:latest' "$PATHS_JOURNAL"
  run -3 production 'UNINSTALL_PURGE=false; image_build_image_undo localhost/podsand:latest'
  run -0 production 'UNINSTALL_PURGE=true; image_build_image_undo localhost/podsand:latest'
}
