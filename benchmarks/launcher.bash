#!/usr/bin/env bash
# On a machine where podsand is installed: what the launcher costs over the bare podman command that it runs, and what a
# second installation takes. Medians of nine, in turn, in one run.
set -euo pipefail

podsand=$HOME/.local/bin/podsand data=$HOME/.local/share/podsand
mkdir -p "$HOME/podsand-benchmark"
cd "$HOME/podsand-benchmark"
printed=$("$podsand" run --print -- true)
bare=()
eval "bare=($printed)"
environment=("HOME=$data/home" "PATH=$data/engine/current/bin:/usr/bin:/bin" "USER=$USER" "TERM=dumb" "LANG=C.UTF-8"
  "XDG_RUNTIME_DIR=$(awk -F'\t' '$1 == "runtime_dir" { print $2 }' "$data/decisions")" "CONTAINERS_CONF=$data/home/.config/containers/containers.conf")

milliseconds() { # <command>…
  local began=${EPOCHREALTIME/./}
  "$@" </dev/null >/dev/null 2>&1
  printf '%s\n' "$(((${EPOCHREALTIME/./} - began) / 1000))"
}

median() { # <number>…
  printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

with=() without=() again=()
milliseconds "$podsand" -- true >/dev/null
for _ in {1..9}; do
  with+=("$(milliseconds "$podsand" -- true)")
  without+=("$(milliseconds env -i "${environment[@]}" "${bare[@]}")")
  again+=("$(milliseconds bash "$data/setup.sh")")
done
printf 'podsand -- true: %s ms; the same podman run by hand: %s ms (wanted: at most 80 ms less)\n' "$(median "${with[@]}")" "$(median "${without[@]}")"
printf 'a second installation: %s ms (wanted: at most 1000 ms)\n' "$(median "${again[@]}")"
cd ..
rmdir podsand-benchmark
