# shellcheck shell=bash
# /// snippet
# name = "sandbox/home-image"
# summary = "The agent's home is the image's own: nothing is copied at a start, and the whole image can be written to until the end."
# ///

sandbox_home_image() {
  # Said, because podman's configuration could have another default.
  SANDBOX_FLAGS+=(--read-only=false)
}
