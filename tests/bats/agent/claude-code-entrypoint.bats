#!/usr/bin/env bats
load ../../support/bats/helper

# It is run for real, with bash, jq and flock, as in the image.
setup() {
  load_snippet agent/claude-code-entrypoint
  ENTRYPOINT=$BATS_TEST_TMPDIR/entrypoint
  agent_claude_code_entrypoint >"$ENTRYPOINT"
  chmod 0755 "$ENTRYPOINT"
  export CLAUDE_CONFIG_DIR=$BATS_TEST_TMPDIR/config
  mkdir "$CLAUDE_CONFIG_DIR" "$BATS_TEST_TMPDIR/project"
  STATE=$CLAUDE_CONFIG_DIR/.claude.json
  cd "$BATS_TEST_TMPDIR/project" || return
}

trusted() { # <directory>
  jq -e --arg directory "$1" '.projects[$directory].hasTrustDialogAccepted == true' "$STATE"
}

@test "the first run answers both questions, and runs what it is given" {
  run -0 "$ENTRYPOINT" printf '<%s>' claude '' 'a b' '*' '$x' -- --print
  [[ $output == '<claude><><a b><*><$x><--><--print>' ]]
  jq -e '.hasCompletedOnboarding == true' "$STATE"
  trusted "$PWD"
  [[ $(jq -c keys "$STATE") == '["hasCompletedOnboarding","projects"]' && $(jq -c '.projects | keys | length' "$STATE") == 1 ]]
}

@test "the second run changes nothing: not even the file is written again" {
  "$ENTRYPOINT" true
  local before
  before=$(stat -c '%i %y %s' "$STATE")
  "$ENTRYPOINT" true
  [[ $(stat -c '%i %y %s' "$STATE") == "$before" ]]
}

@test "what was there is kept, in every project, and a new directory is added" {
  cat >"$STATE" <<'JSON'
{"oauthAccount": {"emailAddress": "ü@example.org"}, "numStartups": 12, "tipsHistory": {"a": 1.5}, "hasCompletedOnboarding": false,
 "projects": {"/other": {"hasTrustDialogAccepted": false, "allowedTools": ["x"]}}, "list": [1, null, "two"]}
JSON
  jq -S 'del(.hasCompletedOnboarding)' "$STATE" >"$BATS_TEST_TMPDIR/before"
  "$ENTRYPOINT" true
  jq -S --arg directory "$PWD" 'del(.hasCompletedOnboarding) | del(.projects[$directory])' "$STATE" >"$BATS_TEST_TMPDIR/after"
  cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
  trusted "$PWD"
  not trusted /other
}

@test "what a project has is kept when the answer is added to it" {
  jq -n --arg directory "$PWD" '{hasCompletedOnboarding: true, projects: {($directory): {allowedTools: ["x"], hasTrustDialogAccepted: false}}}' >"$STATE"
  "$ENTRYPOINT" true
  [[ $(jq -c '.projects[]' "$STATE") == '{"allowedTools":["x"],"hasTrustDialogAccepted":true}' ]]
}

@test "directories of any name are keys as they are, and nothing in them is run" {
  local name
  local -a wanted=()
  for name in 'a b' "it's" 'say "so"' '$(touch executed)' '`touch executed`' 'a\b\n' '{{ y }}' '*' '-n' '.projects[' 'ünï 漢' '"] = 1 | .x["' '%s'; do
    mkdir -p "$BATS_TEST_TMPDIR/dirs/$name"
    cd "$BATS_TEST_TMPDIR/dirs/$name"
    "$ENTRYPOINT" true
    wanted+=("$BATS_TEST_TMPDIR/dirs/$name")
  done
  [[ $(jq -c '.projects | map_values(.hasTrustDialogAccepted)' "$STATE") == "$(jq -cn '$ARGS.positional | map({(.): true}) | add' --args "${wanted[@]}")" ]]
  [[ $(jq -c keys "$STATE") == '["hasCompletedOnboarding","projects"]' ]]
  [[ -z $(find "$BATS_TEST_TMPDIR" -name executed) ]]
}

@test "a name that is not UTF-8 neither stops the start nor damages the file" {
  mkdir "$BATS_TEST_TMPDIR"/$'caf\xe9'
  cd "$BATS_TEST_TMPDIR"/$'caf\xe9'
  "$ENTRYPOINT" true
  before=$(stat -c %i "$STATE")
  "$ENTRYPOINT" true
  [[ $(stat -c %i "$STATE") == "$before" ]]
  jq -e .hasCompletedOnboarding "$STATE"
}

@test "sessions that start at the same time lose none of their answers" {
  local index
  local -a started=()
  for index in {1..8}; do
    mkdir "$BATS_TEST_TMPDIR/p$index"
    (cd "$BATS_TEST_TMPDIR/p$index" && exec "$ENTRYPOINT" true) 3>&- &
    started+=($!)
  done
  for index in "${started[@]}"; do
    wait "$index"
  done
  for index in {1..8}; do
    trusted "$BATS_TEST_TMPDIR/p$index"
  done
  [[ $(jq '.projects | length' "$STATE") == 8 && ! -e $STATE.podsand ]]
}

@test "a session that runs keeps no other from starting: the lock is not inherited" {
  "$ENTRYPOINT" sleep 20 3>&- &
  local first=$!
  while [[ $(<"/proc/$first/comm") != sleep ]]; do sleep 0.01; done
  mkdir ../second
  cd ../second
  run -0 timeout 5 "$ENTRYPOINT" echo started
  kill "$first"
  [[ $output == started ]]
  run -0 "$ENTRYPOINT" bash -c '[[ ! -e /proc/self/fd/8 ]]'
  # That it would wait while somebody writes.
  flock "$CLAUDE_CONFIG_DIR/.podsand.lock" sleep 20 3>&- &
  first=$!
  while flock --nonblock "$CLAUDE_CONFIG_DIR/.podsand.lock" true; do sleep 0.01; done
  run -124 timeout 0.2 "$ENTRYPOINT" echo started
  kill "$first"
}

@test "its exit code is the command's, in whose place it is" {
  run -7 "$ENTRYPOINT" bash -c 'exit 7'
  run -127 "$ENTRYPOINT" no-such-command
  "$ENTRYPOINT" bash -c 'echo $$' >"$BATS_TEST_TMPDIR/pid" 3>&- &
  wait "$!"
  [[ $(<"$BATS_TEST_TMPDIR/pid") == "$!" ]]
}

@test "without a volume it runs the command all the same" {
  CLAUDE_CONFIG_DIR=$BATS_TEST_TMPDIR/none run -0 "$ENTRYPOINT" echo started
  [[ $output == started && ! -e $BATS_TEST_TMPDIR/none ]]
}

@test "the file, which can hold a key, is for its owner alone, or as it was; the command's umask is the caller's" {
  umask 022
  "$ENTRYPOINT" bash -c umask >"$BATS_TEST_TMPDIR/umask"
  [[ $(stat -c %a "$STATE") == 600 && $(<"$BATS_TEST_TMPDIR/umask") == 0022 ]]
  local mode
  for mode in 600 640; do
    printf '{}\n' >"$STATE"
    chmod "$mode" "$STATE"
    "$ENTRYPOINT" true
    trusted "$PWD"
    [[ $(stat -c %a "$STATE") == "$mode" ]]
  done
}

@test "a damaged file is said to be, and left to claude-code, which can mend it: the sandbox starts" {
  local text
  for text in '{"half": ' '"text"' '{"projects": "none"}'; do
    printf '%s' "$text" >"$STATE"
    run -0 "$ENTRYPOINT" echo started
    [[ $output == *"$STATE is damaged"*started ]]
    [[ $(<"$STATE") == "$text" ]]
  done
  : >"$STATE"
  run -0 "$ENTRYPOINT" echo started
  [[ $output == started ]]
  trusted "$PWD"
}
