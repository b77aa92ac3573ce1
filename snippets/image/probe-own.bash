# shellcheck shell=bash
# /// snippet
# name = "image/probe-own"
# summary = "What the profile's own Dockerfile must have made, asked in a container of the image, as the sandbox's user."
# data = true
# ///

image_probe_own() {
  cat <<'PROBE'
home=$1 agent=$2 code=0
lacks() {
  printf '%s\n' "the image of image.dockerfile $1; in the Dockerfile: $2" >&2
  code=1
}
command -v "$agent" >/dev/null ||
  lacks "has no $agent in its PATH" "install the agent, or say in agent.command what to start"
[ "${CLAUDE_CONFIG_DIR:-}" = "$home/.config/claude" ] ||
  lacks "does not keep the agent's login where its volume is" "ENV CLAUDE_CONFIG_DIR=$home/.config/claude"
[ "$HOME" = "$home" ] ||
  lacks "gives user $(id -u) the home $HOME, wanted $home" "make the user with: useradd --uid 1000 --create-home agent"
[ -d "$home" ] && [ -w "$home" ] ||
  lacks "has no directory $home that user $(id -u) may write" "make it, and give it to that user"
[ "$(id -u)" != 0 ] || [ "${IS_SANDBOX:-}" = 1 ] ||
  lacks "would have claude refuse to skip its permission prompts as root" "ENV IS_SANDBOX=1"
exit "$code"
PROBE
}
