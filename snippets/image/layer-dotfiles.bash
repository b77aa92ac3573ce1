# shellcheck shell=bash
# /// snippet
# name = "image/layer-dotfiles"
# summary = "Dockerfile layer: a pinned commit of a repository in the home of the image's user, and its installers."
# data = true
# ///

image_layer_dotfiles() {
  cat <<'LAYER'
ARG DOTFILES_COMMIT
ARG DOTFILES_DIRECTORY
ARG DOTFILES_INSTALL
ARG DOTFILES_REPOSITORY
ARG DOTFILES_SUBMODULES
RUN --mount=type=secret,id=ca,target=/run/podsand-ca.pem,mode=0444 <<STEP
set -eu
if [ -s /run/podsand-ca.pem ]; then
  for name in CARGO_HTTP_CAINFO CURL_CA_BUNDLE DENO_CERT GIT_SSL_CAINFO NODE_EXTRA_CA_CERTS PIP_CERT REQUESTS_CA_BUNDLE SSL_CERT_FILE; do
    export "$name=/run/podsand-ca.pem"
  done
fi
directory=$HOME/$DOTFILES_DIRECTORY
git clone --quiet --no-checkout "$DOTFILES_REPOSITORY" "$directory"
cd "$directory"
git -c advice.detachedHead=false checkout --quiet "$DOTFILES_COMMIT"
if [ "$DOTFILES_SUBMODULES" = true ]; then
  git submodule update --quiet --init --recursive
fi
# Not -u: what the lines source was written for shells that let unset variables pass.
exec sh -e -c "$DOTFILES_INSTALL"
STEP

LAYER
}
