# shellcheck shell=bash
# /// snippet
# name = "image/layer-path"
# summary = "Dockerfile layer: further directories, first in PATH."
# data = true
# ///

image_layer_path() {
  cat <<'LAYER'
ARG EXTRA_PATH
ENV PATH=${EXTRA_PATH}:$PATH
LAYER
}
