# shellcheck shell=bash
# /// snippet
# name = "image/layer-agent"
# summary = "Dockerfile layer: claude-code by npm, in a stage of its own, so that only its program lands in the image."
# data = true
# ///

image_layer_agent() {
  cat <<'LAYER'
ARG BASE
FROM ${BASE} AS agent
ARG AGENT_NPM_REGISTRY
ARG AGENT_SHA256
ARG AGENT_VERSION
ADD node.tar.xz /opt/node/
RUN --mount=type=secret,id=ca,target=/run/podsand-ca.pem <<STEP
set -eu
cd /opt/node/*/
PATH=$PWD/bin:$PATH
if [ -s /run/podsand-ca.pem ]; then
  export NODE_EXTRA_CA_CERTS=/run/podsand-ca.pem
fi
# An empty registry means npm's own default. Its optional dependency is the program, its postinstall puts it in
# place: neither may be left out.
npm install --global --prefix /opt/agent --no-audit --no-fund --no-update-notifier \
  ${AGENT_NPM_REGISTRY:+--registry="$AGENT_NPM_REGISTRY"} "@anthropic-ai/claude-code@$AGENT_VERSION"
program=$(readlink -f /opt/agent/bin/claude)
echo "$AGENT_SHA256  $program" | sha256sum -c -
install -D -m 0755 "$program" /opt/out/claude
STEP

LAYER
}
