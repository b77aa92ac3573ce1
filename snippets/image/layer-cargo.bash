# shellcheck shell=bash
# /// snippet
# name = "image/layer-cargo"
# summary = "Dockerfile layer: Rust programs, built by cargo with the versions of their lock files."
# data = true
# ///

image_layer_cargo() {
  cat <<'LAYER'
ARG CARGO_CRATES
RUN --mount=type=secret,id=ca,target=/run/podsand-ca.pem,mode=0444 <<STEP
set -eu
if [ -s /run/podsand-ca.pem ]; then
  export CARGO_HTTP_CAINFO=/run/podsand-ca.pem
fi
PATH=$HOME/.cargo/bin:$PATH
# One word a crate.
# shellcheck disable=SC2086
cargo install --locked --root "$HOME/.cargo" $CARGO_CRATES
# Sources and indexes, which only a build needs.
rm -rf "$HOME/.cargo/registry"
STEP

LAYER
}
