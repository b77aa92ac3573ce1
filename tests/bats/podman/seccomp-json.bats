#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet podman/seccomp-json
  FILE=$PATHS_CONF/seccomp.json
}

# Without bats' trace of every command, with which one rendering takes half a second.
untraced() { # <function of the snippet>
  local code=0
  set +T
  "$1" || code=$?
  set -T
  return "$code"
}

# The rules for a name, one a line.
rules() { # <profile> <name>
  CFG_SANDBOX_SECCOMP=$1 untraced podman_seccomp_json_render | grep -F "\"$2\"" || true
}

# A table of the test's own, in the place of the real ones.
table() { # <line>…
  local text
  printf -v text '%s\n' "$@"
  eval "sandbox_seccomp_table() { printf '%s' ${text@Q}; }"
  sandbox_seccomp_table_arguments() { :; }
  sandbox_seccomp_table_refused() { :; }
}

@test "check wants the file, apply writes it for everybody to read, check is content" {
  run untraced podman_seccomp_json_check
  ((status == 1))
  [[ -z $output ]]
  production podman_seccomp_json_apply
  untraced podman_seccomp_json_check
  [[ $(stat -c %a "$FILE") == 644 ]]
  [[ $(<"$FILE") == "$(untraced podman_seccomp_json_render)" ]]
}

@test "check sees another profile, an edited file and a link" {
  production podman_seccomp_json_apply
  CFG_SANDBOX_SECCOMP=debug
  not untraced podman_seccomp_json_check
  CFG_SANDBOX_SECCOMP=strict
  untraced podman_seccomp_json_check
  mv "$FILE" "$FILE.aside"
  ln -s "$FILE.aside" "$FILE"
  not untraced podman_seccomp_json_check
  rm "$FILE"
  sed 's/"unshare"/"unshare_"/' "$FILE.aside" >"$FILE"
  not untraced podman_seccomp_json_check
}

@test "a second apply changes nothing" {
  production podman_seccomp_json_apply
  local before
  before=$(stat -c '%i %y' "$FILE")
  production podman_seccomp_json_apply
  [[ $(stat -c '%i %y' "$FILE") == "$before" ]]
}

@test "an unknown profile renders nothing, and an empty file does not pass for it" {
  CFG_SANDBOX_SECCOMP=Strict
  run untraced podman_seccomp_json_render
  ((status == 64))
  [[ $output == *"sandbox.seccomp is 'Strict'"*'strict, debug, nested'* ]]
  mkdir -p "$PATHS_CONF"
  : >"$FILE"
  run untraced podman_seccomp_json_check
  ((status == 2))
}

@test "a table that cannot be printed leaves no file" {
  # shellcheck disable=SC2329 # the renderer calls it
  sandbox_seccomp_table_refused() { return 3; }
  run untraced podman_seccomp_json_check
  ((status != 0))
  run production 'sandbox_seccomp_table_refused() { return 3; }; podman_seccomp_json_apply'
  ((status != 0))
  [[ ! -e $FILE ]]
}

@test "unshare and mount are refused in strict and debug, allowed in nested" {
  local profile name
  for name in unshare mount; do
    for profile in strict debug; do
      [[ $(rules "$profile" "$name") == *'"action": "SCMP_ACT_ERRNO", "errnoRet": 1}'* ]]
    done
    [[ $(rules nested "$name") == *'"action": "SCMP_ACT_ALLOW"}'* ]]
  done
}

@test "ptrace is allowed in debug only" {
  [[ $(rules strict ptrace) == *'"errnoRet": 1}'* ]]
  [[ $(rules debug ptrace) == *'"SCMP_ACT_ALLOW"}'* ]]
  [[ $(rules nested ptrace) == *'"errnoRet": 1}'* ]]
}

@test "clone is masked in strict, and has no condition in nested" {
  [[ $(rules strict clone) == *'"action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]}'* ]]
  [[ $(rules nested clone) == *'"names": ["clone"], "action": "SCMP_ACT_ALLOW"}'* ]]
}

@test "a group becomes one rule, alternatives one rule each, the reason said once" {
  table '[files] all: allow' '; Open' '; and read.' 'open read' 'write' '[other] debug: allow' '; No.' 'ptrace' \
    '[sockets] strict: EAFNOSUPPORT' '; Why.' '? arg0 > 16' '? arg0 == 0x10, arg2 != 3' 'socket'
  run untraced podman_seccomp_json_render
  ((status == 0))
  [[ ${lines[8]} == '{"comment": "files: Open and read.", "names": ["open", "read", "write"], "action": "SCMP_ACT_ALLOW"},' ]]
  [[ ${lines[9]} == '{"comment": "sockets: Why.", "names": ["socket"], "action": "SCMP_ACT_ERRNO", "errnoRet": 97, "args": [{"index": 0, "value": 16, "op": "SCMP_CMP_GT"}]},' ]]
  [[ ${lines[10]} == '{"comment": "sockets", "names": ["socket"], "action": "SCMP_ACT_ERRNO", "errnoRet": 97, "args": [{"index": 0, "value": 16, "op": "SCMP_CMP_EQ"}, {"index": 2, "value": 3, "op": "SCMP_CMP_NE"}]}' ]]
  [[ ${lines[11]} == ']' ]]
}

@test "a table that cannot be read is refused, whatever the mistake" {
  local mistake
  for mistake in 'open, read' 'Open' '? arg7 == 1' '? arg0 = 1' '[x] all: permit' '[x] all' '[x y] all: allow'; do
    table '[files] all: allow' '; Reason.' "$mistake" 'close' '[end] all: allow' '; Reason.' 'read'
    run untraced podman_seccomp_json_render
    ((status == 1))
    [[ $output == *'the seccomp table holds'*'please report this'* && $output != *defaultAction* ]]
  done
}
