# shellcheck shell=bash
# /// snippet
# name = "image/layer-claude-code"
# summary = "Dockerfile layer: the agent's program and settings, and a proof that it is the pinned version."
# data = true
# ///

image_layer_claude_code() {
  cat <<'LAYER'
COPY --from=agent /opt/out/claude /usr/local/bin/claude
COPY managed-settings.json /etc/claude-code/managed-settings.json
COPY --chmod=0755 entrypoint /usr/local/bin/podsand-entrypoint
# The image is rebuilt for another version: an updater could not write into it. Without the rest of the traffic,
# the API is the only host that it needs.
ENV DISABLE_AUTOUPDATER=1 \
    DISABLE_UPDATES=1 \
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 \
    CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL=1
ARG AGENT_VERSION
RUN <<STEP
set -eu
said=$(claude --version)
case $said in
  "$AGENT_VERSION "*) echo "claude --version: $said" ;;
  *) echo "claude says '$said', wanted $AGENT_VERSION" >&2; exit 1 ;;
esac
STEP

ENTRYPOINT ["/usr/local/bin/podsand-entrypoint"]
CMD ["/bin/bash"]
LAYER
}
