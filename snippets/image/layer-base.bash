# shellcheck shell=bash
# /// snippet
# name = "image/layer-base"
# summary = "Dockerfile layer: the base image and the distribution's packages."
# data = true
# ///

image_layer_base() {
  cat <<'LAYER'
FROM ${BASE}
ARG PACKAGES
RUN <<STEP
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update
# One word a package.
# shellcheck disable=SC2086
apt-get install -y --no-install-recommends $PACKAGES
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/dpkg.log
STEP

LAYER
}
