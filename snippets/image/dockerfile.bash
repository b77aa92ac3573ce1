# shellcheck shell=bash
# /// snippet
# name = "image/dockerfile"
# summary = "The Dockerfile, composed of its layers, and the other files of the build context."
# requires = ["agent/claude-code-entrypoint", "agent/claude-code-settings"]
# ///

image_dockerfile() {
  local layer
  for layer in "${IMAGE_LAYERS[@]}"; do
    "$layer"
  done
}

image_dockerfile_context() { # <directory>   writes what the build reads, downloads apart
  image_dockerfile >"$1/Dockerfile"
  agent_claude_code_settings >"$1/managed-settings.json"
  agent_claude_code_entrypoint >"$1/entrypoint"
}
