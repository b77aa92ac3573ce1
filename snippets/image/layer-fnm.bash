# shellcheck shell=bash
# /// snippet
# name = "image/layer-fnm"
# summary = "Dockerfile layer: fnm, with the pinned Node.js as its default version."
# data = true
# ///

image_layer_fnm() {
  cat <<'LAYER'
# Not in the home, which is copied at each start. Node.js lies where fnm itself would have put it, so that nothing is
# downloaded that is not pinned.
ENV FNM_DIR=/opt/fnm
ARG NODE_VERSION
COPY --from=agent /opt/node/node-*/ /opt/fnm/node-versions/${NODE_VERSION}/installation/
RUN --mount=type=bind,target=/run/podsand-context <<STEP
set -eu
unzip -q /run/podsand-context/fnm.zip fnm -d /usr/local/bin
chmod 0755 /usr/local/bin/fnm
fnm default "$NODE_VERSION"
said=$(/opt/fnm/aliases/default/bin/node --version)
if [ "$said" != "$NODE_VERSION" ]; then
  echo "fnm's default is Node.js $said, wanted $NODE_VERSION" >&2
  exit 1
fi
STEP

ENV PATH=/opt/fnm/aliases/default/bin:$PATH
LAYER
}
