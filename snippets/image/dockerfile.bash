# shellcheck shell=bash
# /// snippet
# name = "image/dockerfile"
# summary = "The Dockerfile, composed of its layers, and the other files of the build context."
# requires = ["agent/claude-code-entrypoint", "agent/claude-code-settings", "image/layer-agent", "image/layer-base", "image/layer-claude-code"]
# params = ["CFG_SANDBOX_USER"]
# ///

image_dockerfile() {
  image_layer_agent
  image_layer_base
  image_layer_claude_code
  "image_layer_user_$CFG_SANDBOX_USER"
}

image_dockerfile_context() { # <directory>   writes what the build reads, the Node.js archive apart
  image_dockerfile >"$1/Dockerfile"
  agent_claude_code_settings >"$1/managed-settings.json"
  agent_claude_code_entrypoint >"$1/entrypoint"
}
