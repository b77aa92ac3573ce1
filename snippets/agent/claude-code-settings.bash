# shellcheck shell=bash
# /// snippet
# name = "agent/claude-code-settings"
# summary = "claude-code's managed settings in the image: the sandbox is ours, so its own is off."
# data = true
# ///

# sandbox.enabled: its bubblewrap needs user namespaces, which our seccomp profile refuses; this container is the
# sandbox. skipDangerousModePermissionPrompt: that question is what the sandbox answers.
agent_claude_code_settings() {
  cat <<'SETTINGS'
{
  "sandbox": {"enabled": false},
  "skipDangerousModePermissionPrompt": true
}
SETTINGS
}
