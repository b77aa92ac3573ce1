# shellcheck shell=bash
# /// snippet
# name = "sandbox/user-root"
# summary = "The agent is root in the container, which is the caller outside, with what apt needs."
# requires = ["core/log"]
# ///

sandbox_user_root() { # appends to SANDBOX_FLAGS; sets SANDBOX_HOME
  SANDBOX_HOME=/root
  log_warn 'the agent is root in its container: more of the kernel is within its reach than as user agent (sandbox.user)'
  SANDBOX_FLAGS+=(--cap-drop=all)
  local capability
  for capability in CHOWN DAC_OVERRIDE FOWNER FSETID SETGID SETUID; do
    SANDBOX_FLAGS+=("--cap-add=$capability")
  done
}
