# shellcheck shell=bash
# /// snippet
# name = "image/layer-user-agent"
# summary = "Dockerfile layer: the user agent, uid 1000, with a home of its own."
# data = true
# ///

image_layer_user_agent() {
  cat <<'LAYER'
RUN <<STEP
set -eu
# Ubuntu's image has a user 1000 of its own.
other=$(getent passwd 1000 | cut -d: -f1)
if [ -n "$other" ]; then
  userdel --remove "$other" 2>/dev/null
fi
groupadd --gid 1000 agent
useradd --uid 1000 --gid 1000 --create-home --shell /bin/bash agent
install -d -o agent -g agent -m 0700 /home/agent/.config /home/agent/.config/claude
STEP

ENV CLAUDE_CONFIG_DIR=/home/agent/.config/claude
USER agent
WORKDIR /home/agent
LAYER
}
