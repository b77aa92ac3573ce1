# shellcheck shell=bash
# /// snippet
# name = "sandbox/user-agent"
# summary = "The agent is user 1000 without capabilities; its files in the workspace belong to the caller."
# ///

sandbox_user_agent() { # appends to SANDBOX_FLAGS; sets SANDBOX_HOME
  SANDBOX_HOME=/home/agent
  SANDBOX_FLAGS+=('--userns=keep-id:uid=1000,gid=1000' --user=1000:1000 --cap-drop=all)
}
