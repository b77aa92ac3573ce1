# shellcheck shell=bash
# /// snippet
# name = "sandbox/home-volume"
# summary = "The agent's home is a volume, and is kept; the rest of the image is read-only."
# requires = ["sandbox/mount"]
# ///

sandbox_home_volume() { # appends to SANDBOX_FLAGS
  SANDBOX_FLAGS+=(--read-only)
  sandbox_mount type=volume src=podsand-home "dst=$SANDBOX_HOME"
}
