# shellcheck shell=bash
# /// snippet
# name = "command/status"
# summary = "show what is installed, what was decided and why, and the sessions that run"
# requires = ["command/version", "core/report", "podman/engine"]
# command = "status"
# ///

command_status() {
  (($# == 0)) || die_usage "status does not know '$1'"
  local key value reason
  command_version
  printf 'data    %s\n' "$PATHS_DATA"
  if [[ -r $PATHS_DECISIONS ]]; then
    while IFS=$'\t' read -r key value reason; do
      printf 'decided %s = %s (%s)\n' "$key" "$value" "$reason"
    done <"$PATHS_DECISIONS"
  fi
  report_states
  report_text
  if podman_engine_ready; then
    podman_engine ps --filter label=podsand.session --format 'session {{.Names}} {{.RunningFor}} in {{index .Labels "podsand.workspace"}}'
  fi
}
