#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet image/layer-claude-code
  image_layer_claude_code >"$BATS_TEST_TMPDIR/layer"
  sed '0,/^RUN/d;/^STEP$/,$d' "$BATS_TEST_TMPDIR/layer" >"$BATS_TEST_TMPDIR/body"
}

layer() { # <what claude --version says>
  stub claude <<<"[[ \$* == --version ]] && printf '%s\n' '$1'"
  run env -i "PATH=$BATS_TEST_TMPDIR/bin:/usr/bin:/bin" AGENT_VERSION=2.1.330 /bin/sh "$BATS_TEST_TMPDIR/body"
}

@test "the pinned version passes" {
  layer '2.1.330 (Claude Code)'
  ((status == 0))
  [[ $output == 'claude --version: 2.1.330 (Claude Code)' ]]
}

@test "any other version stops the build and is named, also one that only begins or ends alike" {
  local said
  for said in '2.1.197 (Claude Code)' '2.1.3301 (Claude Code)' '12.1.330 (Claude Code)' '2.1.330' '2x1x330 (Claude Code)' ''; do
    layer "$said"
    ((status == 1))
    [[ $output == *"claude says '$said', wanted 2.1.330"* ]]
  done
}

@test "trap 12: a program that does not run stops the build" {
  stub claude <<<'echo "2.1.330 (Claude Code)"; exit 1'
  run env -i "PATH=$BATS_TEST_TMPDIR/bin:/usr/bin:/bin" AGENT_VERSION=2.1.330 /bin/sh "$BATS_TEST_TMPDIR/body"
  ((status != 0))
}

@test "the updater and other traffic than that to the API are off" {
  local name
  for name in DISABLE_AUTOUPDATER DISABLE_UPDATES CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC; do
    grep -qE "(ENV|   ) $name=1( \\\\)?$" "$BATS_TEST_TMPDIR/layer"
  done
}

@test "what starts first is our entry point, owned by root and executable for all, and by default a shell" {
  grep -qx 'COPY --chmod=0755 entrypoint /usr/local/bin/podsand-entrypoint' "$BATS_TEST_TMPDIR/layer"
  [[ $(tail -n 2 "$BATS_TEST_TMPDIR/layer") == $'ENTRYPOINT ["/usr/local/bin/podsand-entrypoint"]\nCMD ["/bin/bash"]' ]]
  run -1 grep -- --chown "$BATS_TEST_TMPDIR/layer"
}

@test "the managed settings are where claude-code reads them, and where the agent cannot write" {
  grep -qx 'COPY managed-settings.json /etc/claude-code/managed-settings.json' "$BATS_TEST_TMPDIR/layer"
}
