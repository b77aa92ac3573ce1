#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet image/dockerfile image/part-base image/layer-user-agent image/layer-user-root \
    image/layer-fnm image/layer-downloads image/layer-path image/layer-dotfiles image/layer-cargo
}

# With each user: the layers that every profile has, then all that there are.
every_dockerfile() { # <command>   is called with $BATS_TEST_TMPDIR/Dockerfile written
  local user
  for user in agent root; do
    IMAGE_LAYERS=(image_layer_agent image_layer_base "image_layer_user_$user" image_layer_claude_code)
    image_dockerfile >"$BATS_TEST_TMPDIR/Dockerfile"
    "$1"
    IMAGE_LAYERS=(image_layer_agent image_layer_base image_layer_fnm image_layer_downloads "image_layer_user_$user"
      image_layer_path image_layer_dotfiles image_layer_cargo image_layer_claude_code)
    image_dockerfile >"$BATS_TEST_TMPDIR/Dockerfile"
    "$1"
  done
}

# The bodies of its heredocs, each into a file of its own.
bodies() { # <Dockerfile>
  rm -f "$BATS_TEST_TMPDIR"/body.*
  awk -v out="$BATS_TEST_TMPDIR/body." '/^STEP$/ { inside = 0 } inside { print > (out n) } /^RUN .*<<STEP$/ { inside = 1; n++ }' "$1"
}

runs_begin_with_set() {
  local file
  bodies "$BATS_TEST_TMPDIR/Dockerfile"
  (($(find "$BATS_TEST_TMPDIR" -name 'body.*' | wc -l) == $(grep -c '^RUN .*<<' "$BATS_TEST_TMPDIR/Dockerfile")))
  for file in "$BATS_TEST_TMPDIR"/body.*; do
    [[ $(head -n 1 "$file") == 'set -eu' ]]
    sh -n "$file"
  done
}

@test "trap 12: every RUN heredoc begins with set -eu, because sh would hide a failing command in the middle" {
  every_dockerfile runs_begin_with_set
}

no_semicolons() {
  run -1 grep -n '^RUN .*;' "$BATS_TEST_TMPDIR/Dockerfile"
  grep -q '^RUN ' "$BATS_TEST_TMPDIR/Dockerfile"
}

@test "trap 12: no RUN chains commands by a semicolon, where a failing one would be passed over" {
  every_dockerfile no_semicolons
}

hadolint_is_silent() {
  run -0 "$HADOLINT" --no-color --config "$HELPER_SUPPORT/../../../.hadolint.yaml" "$BATS_TEST_TMPDIR/Dockerfile"
  [[ -z $output ]]
}

@test "hadolint has nothing to say, of the example's own Dockerfile neither" {
  # In a virtual environment it is beside bats.
  HADOLINT=$(command -v hadolint || printf '%s' "${BATS_ROOT%%/lib/python*}/bin/hadolint")
  [[ -x $HADOLINT ]] || skip 'no hadolint on this machine'
  every_dockerfile hadolint_is_silent
  cp "$HELPER_SUPPORT/../../../examples/own.Dockerfile" "$BATS_TEST_TMPDIR/Dockerfile"
  hadolint_is_silent
  # That it would: a heredoc's end right before an instruction.
  sed -i '/^STEP$/{n;d}' "$BATS_TEST_TMPDIR/Dockerfile"
  run -1 "$HADOLINT" --no-color --config "$HELPER_SUPPORT/../../../.hadolint.yaml" "$BATS_TEST_TMPDIR/Dockerfile"
}

@test "two stages from the same base, and of the first nothing but the agent's program lands in the image" {
  image_dockerfile >"$BATS_TEST_TMPDIR/Dockerfile"
  [[ $(grep '^FROM' "$BATS_TEST_TMPDIR/Dockerfile") == $'FROM ${BASE} AS agent\nFROM ${BASE}' ]]
  [[ $(head -n 1 "$BATS_TEST_TMPDIR/Dockerfile") == 'ARG BASE' ]]
  [[ $(grep -- '--from=' "$BATS_TEST_TMPDIR/Dockerfile") == 'COPY --from=agent /opt/out/claude /usr/local/bin/claude' ]]
  [[ $(sed -n '/^FROM ${BASE}$/,$p' "$BATS_TEST_TMPDIR/Dockerfile") != *node.tar* ]]
}

@test "each value comes in by an ARG of the stage that reads it: the profile's words are never part of the Dockerfile" {
  local before
  before=$(image_dockerfile)
  CFG_IMAGE_BASE=other CFG_IMAGE_PACKAGES=(other) CFG_AGENT_VERSION=9.9.9 CFG_AGENT_NPM_REGISTRY=http://other
  [[ $(image_dockerfile) == "$before" ]]
  local stage name
  for name in AGENT_NPM_REGISTRY AGENT_SHA256 AGENT_VERSION; do
    [[ ${before%%$'\nFROM ${BASE}\n'*} == *$'\n'"ARG $name"$'\n'* ]]
  done
  stage=${before#*$'\nFROM ${BASE}\n'}
  for name in PACKAGES AGENT_VERSION; do
    [[ $'\n'$stage == *$'\n'"ARG $name"$'\n'* ]]
  done
}

@test "as user agent the image ends with that user; as root it never names one" {
  [[ $(image_dockerfile | grep '^USER') == 'USER agent' ]]
  IMAGE_LAYERS=("${IMAGE_LAYERS[@]/user_agent/user_root}")
  run -1 grep '^USER' <(image_dockerfile)
  [[ $(image_dockerfile) == *IS_SANDBOX=1* ]]
}

@test "the context holds what the Dockerfile takes in, and nothing else" {
  local context=$BATS_TEST_TMPDIR/context
  mkdir "$context"
  image_dockerfile_context "$context"
  [[ $(cd "$context" && echo *) == 'Dockerfile entrypoint managed-settings.json' ]]
  [[ $(<"$context/Dockerfile") == "$(image_dockerfile)" ]]
  bash -n "$context/entrypoint"
  jq -e . "$context/managed-settings.json" >/dev/null
  # Every ADD and COPY is of the context, of the Node.js archive or of the other stage.
  [[ $(awk '($1 == "ADD" || $1 == "COPY") && !/--from=/ { print $(NF - 1) }' "$context/Dockerfile" | sort | tr '\n' ' ') == 'entrypoint managed-settings.json node.tar.xz ' ]]
}
