# shellcheck shell=bash
# /// snippet
# name = "launcher/install"
# summary = "Keep a copy of the script, and install the command that runs it."
# requires = ["core/files", "core/steps"]
# step = "launcher_install"
# writes = ["@data/setup.sh", "@launcher"]
# ///

launcher_install_stub() { printf '#!/usr/bin/env bash\nexec bash %q --launcher "$@"\n' "$PATHS_SCRIPT"; }

launcher_install_source() { # sets LAUNCHER_INSTALL_SOURCE; 1 when the script is not a file
  LAUNCHER_INSTALL_SOURCE=${BASH_SOURCE[-1]:-}
  # Of a script that comes by a pipe bash says "main", which may be a file here too.
  [[ $LAUNCHER_INSTALL_SOURCE == "$0" && -f $0 && -r $0 ]]
}

launcher_install_check() {
  STEPS_WHY="$PATHS_LAUNCHER"
  if ! launcher_install_source; then
    STEPS_WHY='the script does not come from a file'
    return 1
  fi
  if [[ ! $PATHS_SCRIPT -ef $LAUNCHER_INSTALL_SOURCE ]] && ! files_same "$LAUNCHER_INSTALL_SOURCE" "$PATHS_SCRIPT" 0644; then
    STEPS_WHY="$PATHS_SCRIPT is another script, or not there"
    return 1
  fi
  files_rendered launcher_install_stub "$PATHS_LAUNCHER"
}

launcher_install_apply() {
  launcher_install_source || die 64 'the script must be a file' "save it first: … > setup.sh, then: bash setup.sh"
  [[ $PATHS_SCRIPT -ef $LAUNCHER_INSTALL_SOURCE ]] || files_install "$LAUNCHER_INSTALL_SOURCE" "$PATHS_SCRIPT" 0644
  launcher_install_stub | files_render "$PATHS_LAUNCHER" 0755
  [[ :$PATH: == *:"${PATHS_LAUNCHER%/*}":* ]] || log_warn "${PATHS_LAUNCHER%/*} is not in your PATH; add it: export PATH=\"${PATHS_LAUNCHER%/*}:\$PATH\""
}
