# shellcheck shell=bash
# /// snippet
# name = "image/layer-user-root"
# summary = "Dockerfile layer: root in the container, with root's home."
# data = true
# ///

image_layer_user_root() {
  cat <<'LAYER'
RUN install -d -m 0700 /root/.config /root/.config/claude
# claude refuses to skip permissions as root unless it is told that this is a sandbox.
ENV CLAUDE_CONFIG_DIR=/root/.config/claude \
    IS_SANDBOX=1
WORKDIR /root
LAYER
}
