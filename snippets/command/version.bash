# shellcheck shell=bash
# /// snippet
# name = "command/version"
# summary = "show the versions of the script and of what it installs"
# params = ["CFG_AGENT_NAME", "CFG_AGENT_VERSION", "CFG_NAME"]
# command = "version"
# ///

command_version() {
  printf '%s\n' "podsand $PODSAND_VERSION" "profile $CFG_NAME sha256:$PROFILE_SHA256" "$CFG_AGENT_NAME $CFG_AGENT_VERSION"
}
