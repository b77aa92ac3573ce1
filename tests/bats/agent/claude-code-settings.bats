#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet agent/claude-code-settings
  agent_claude_code_settings >"$BATS_TEST_TMPDIR/settings.json"
}

@test "claude-code's own sandbox is off, because this is one, and its warning about skipped permissions with it" {
  [[ $(json_get "$BATS_TEST_TMPDIR/settings.json" '.sandbox.enabled | tojson') == false ]]
  [[ $(json_get "$BATS_TEST_TMPDIR/settings.json" '.skipDangerousModePermissionPrompt | tojson') == true ]]
}

@test "nothing else is managed: what remains is the user's to set" {
  [[ $(json_get "$BATS_TEST_TMPDIR/settings.json" '[paths | map(tostring) | join(".")] | join(" ")') == 'sandbox sandbox.enabled skipDangerousModePermissionPrompt' ]]
}
