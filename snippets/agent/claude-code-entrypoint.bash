# shellcheck shell=bash
# /// snippet
# name = "agent/claude-code-entrypoint"
# summary = "The image's entry point: answers claude-code's first-run questions, then runs what it is given."
# data = true
# ///

agent_claude_code_entrypoint() {
  cat <<'ENTRYPOINT'
#!/bin/bash
# Whoever started the sandbox here chose the directory and the mode already.
set -eu
state=$CLAUDE_CONFIG_DIR/.claude.json
if [[ -w $CLAUDE_CONFIG_DIR ]]; then
  exec 8>>"$CLAUDE_CONFIG_DIR/.podsand.lock"
  flock 8
  [[ -s $state ]] || (umask 077 && printf '{}\n' >"$state")
  if ! jq -e --arg directory "$PWD" '.hasCompletedOnboarding and .projects[$directory].hasTrustDialogAccepted' "$state" &>/dev/null; then
    # First a copy with its mode: there can be a key in it.
    cp -p "$state" "$state.podsand"
    if jq --arg directory "$PWD" '.hasCompletedOnboarding = true | .projects[$directory].hasTrustDialogAccepted = true' "$state" >"$state.podsand"; then
      mv -f "$state.podsand" "$state"
    else
      echo "podsand: $state is damaged; claude-code will ask its first questions" >&2
    fi
  fi
  exec 8>&-
fi
exec "$@"
ENTRYPOINT
}
