#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet core/json
  helper_python
}

hostile=('' 'plain' "it's" '"quoted"' 'back\slash' '\\' '\n' 'ends in \' '\"' '$(touch executed)' '`touch executed`' '${#x}' '{{ y }}'
  '&' '\&' '/' '%s %d' 'ünï 漢 🦀' '* ?' ' spaces  ' '#' '[a]' '-n')

# Parses standard input, and compares its list with the arguments.
parses_as() { # <json|toml> <text>…
  "$HELPER_PYTHON" -I -S -c 'import json, sys, tomllib
text = sys.stdin.buffer.read().decode()
got = json.loads(text) if sys.argv[1] == "json" else tomllib.loads("x = " + text)["x"]
want = [a.encode(errors="surrogateescape").decode() for a in sys.argv[2:]]
sys.exit(None if got == want else f"{got} is not {want}")' "$@"
}

@test "hostile strings come back from a JSON parser as they went in" {
  local all
  LC_ALL=C json_list all "${hostile[@]}"
  parses_as json "${hostile[@]}" <<<"$all"
  [[ ! -e executed ]]
  # The comparison can fail.
  run ! parses_as json other <<<"$all"
}

@test "hostile strings come back from a TOML parser as they went in" {
  local all
  LC_ALL=C json_list all "${hostile[@]}"
  parses_as toml "${hostile[@]}" <<<"$all"
  run ! parses_as toml other <<<"$all"
}

@test "a control character, which nothing that is written here may hold, becomes a question mark" {
  local one LC_ALL=C
  json_string one $'tab\tline\nescape\e delete\x7f bell\a'
  [[ $one == '"tab?line?escape? delete? bell?"' ]]
}

@test "an empty list is a list" {
  local all='before'
  json_list all
  [[ $all == '[]' ]]
}

@test "the caller's variable may have any name that is not the snippet's own" {
  local text item all name index escaped character variable
  for name in text item all index escaped character variable; do
    json_string "$name" "value of $name"
    [[ ${!name} == "\"value of $name\"" ]]
    json_list "$name" a "$name"
    [[ ${!name} == "[\"a\", \"$name\"]" ]]
  done
}
