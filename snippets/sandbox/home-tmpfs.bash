# shellcheck shell=bash
# /// snippet
# name = "sandbox/home-tmpfs"
# summary = "The agent's home is in memory, begins as the image has it, and is forgotten; the rest of the image is read-only."
# requires = ["sandbox/mount"]
# params = ["CFG_SANDBOX_HOME_SIZE"]
# ///

sandbox_home_tmpfs() { # appends to SANDBOX_FLAGS; podman copies the image's home into it, with its owners
  SANDBOX_FLAGS+=(--read-only)
  sandbox_mount type=tmpfs "dst=$SANDBOX_HOME" "tmpfs-size=$CFG_SANDBOX_HOME_SIZE" tmpfs-mode=0700 chown=true
}
