#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet core/report
  STEPS_ROOT=(t/root) STEPS_USER=(t/one t/two)
}

STEPS='
t_root_check() { STEPS_WHY="a \"quoted\" reason"; return 1; }
t_root_commands() { printf "%s\n" "apt-get update"; }
t_one_check() { STEPS_WHY="it is"; }
t_two_check() { STEPS_WHY="who knows"; return 2; }
report_states
'

@test "the report in JSON has the states of all steps, and which need root" {
  production "$STEPS report_json" >"$BATS_TEST_TMPDIR/json"
  python3 - "$BATS_TEST_TMPDIR/json" <<'PYTHON'
import json, sys
report = json.load(open(sys.argv[1]))
assert report == {"schema": 1, "steps": [
    {"name": "t/root", "root": True, "state": "needed", "why": 'a "quoted" reason'},
    {"name": "t/one", "root": False, "state": "done", "why": "it is"},
    {"name": "t/two", "root": False, "state": "unknown", "why": "who knows"},
]}, report
PYTHON
}

@test "the report as text has the root commands word for word, on standard output, and skips what was not chosen" {
  run --separate-stderr production "$STEPS report_text"
  [[ -z $stderr && $output == *'t/root'*needed*'sudo'*'apt-get update'*'t/one'*done*'t/two'*unknown*'who knows'* ]]
  run --separate-stderr production "STEPS_ONLY=(t/one) STEPS_SKIP=(t/two); $STEPS report_text"
  [[ $output == *'t/root'*skipped*'t/one'*done*'t/two'*skipped* && $output != *apt-get* ]]
}

@test "a report that is made again has each step once" {
  run production "$STEPS report_states; printf '%s\n' \"\${REPORT_STATES[*]}\" \"\${REPORT_WHYS[2]}\""
  [[ $status == 0 && $output == $'needed done unknown\nwho knows' ]]
}
