#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet podman/seccomp-json sandbox/seccomp-strict sandbox/seccomp-debug sandbox/seccomp-nested
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
  eval "sandbox_seccomp_common() { printf '%s' ${text@Q}; }"
  sandbox_seccomp_strict() { :; }
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
  [[ $output == *"sandbox.seccomp is 'Strict'"*'podsand-gen'* ]]
  mkdir -p "$PATHS_CONF"
  : >"$FILE"
  run untraced podman_seccomp_json_check
  ((status == 2))
}

@test "a table that cannot be printed leaves no file" {
  # shellcheck disable=SC2329 # the renderer calls it
  sandbox_seccomp_strict() { return 3; }
  run untraced podman_seccomp_json_check
  ((status != 0))
  run production 'sandbox_seccomp_strict() { return 3; }; podman_seccomp_json_apply'
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

@test "a line of names becomes one rule, alternatives one rule each, the reason said once" {
  table '# Aside.' '[files] allow: Open: and read.' 'open read' 'write' '' \
    '[sockets] EAFNOSUPPORT: Why.' 'socket: arg0 > 16 or arg0 == 0x10 and arg2 != 3' 'clone: arg1 & 0xff == 0x0f'
  run untraced podman_seccomp_json_render
  ((status == 0))
  [[ ${lines[8]} == '{"comment": "files: Open: and read.", "names": ["open", "read"], "action": "SCMP_ACT_ALLOW"},' ]]
  [[ ${lines[9]} == '{"comment": "files", "names": ["write"], "action": "SCMP_ACT_ALLOW"},' ]]
  [[ ${lines[10]} == '{"comment": "sockets: Why.", "names": ["socket"], "action": "SCMP_ACT_ERRNO", "errnoRet": 97, "args": [{"index": 0, "value": 16, "op": "SCMP_CMP_GT"}]},' ]]
  [[ ${lines[11]} == '{"comment": "sockets", "names": ["socket"], "action": "SCMP_ACT_ERRNO", "errnoRet": 97, "args": [{"index": 0, "value": 16, "op": "SCMP_CMP_EQ"}, {"index": 2, "value": 3, "op": "SCMP_CMP_NE"}]},' ]]
  [[ ${lines[12]} == '{"comment": "sockets", "names": ["clone"], "action": "SCMP_ACT_ERRNO", "errnoRet": 97, "args": [{"index": 1, "value": 255, "valueTwo": 15, "op": "SCMP_CMP_MASKED_EQ"}]}' ]]
  [[ ${lines[13]} == ']' ]]
}

@test "a table that cannot be read is refused, whatever the mistake" {
  local mistake
  for mistake in 'open, read' 'Open' 'open  read' 'open ' '#open' 'socket:' 'socket: ' 'socket: arg7 == 1' 'socket: arg0 = 1' 'socket: arg0 == 010' \
    'socket: arg0 == 1 or ' 'socket: arg0 == 1 and ' 'socket: arg0 == 1 or arg1' 'socket: arg0 & 1 > 1' 'socket: arg0 == 1, arg1 == 2' \
    '[x] permit: Reason.' '[x] allow' '[x] allow: ' '[x y] allow: Reason.' '[x] allow: "Reason".' '[x] allow: A \ reason.'; do
    table '[files] allow: Reason.' "$mistake" 'close' '[end] allow: Reason.' 'read'
    run untraced podman_seccomp_json_render
    ((status == 1))
    [[ $output == *"the seccomp table holds a line that cannot be read: $mistake"*'please report this'* && $output != *defaultAction* ]]
  done
}

@test "names that stand before any group are refused" {
  table 'open read' '[files] allow: Reason.' 'close'
  run untraced podman_seccomp_json_render
  ((status == 1))
  [[ $output == *'cannot be read: open read'* ]]
}
