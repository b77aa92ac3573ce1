# shellcheck shell=bash
# /// snippet
# name = "podman/seccomp-json"
# summary = "Render seccomp.json, the list of system calls that the sandbox may make."
# requires = ["core/die", "core/files", "core/paths", "core/steps", "sandbox/seccomp-common"]
# params = ["CFG_SANDBOX_SECCOMP"]
# writes = ["@conf/seccomp.json"]
# step = "podman_seccomp_json"
# ///

podman_seccomp_json_check() { files_rendered podman_seccomp_json_render "$PATHS_CONF/seccomp.json"; }

podman_seccomp_json_apply() {
  local rendered
  rendered=$(podman_seccomp_json_render)
  files_render "$PATHS_CONF/seccomp.json" 0644 <<<"$rendered"
}

# The sub-architectures that podman adds by default (i386 and x32, 32-bit Arm) are left out: a second ABI is a second way into the
# kernel, and socketcall of i386 hides the family of a socket from the filter. A program of another ABI is killed.
podman_seccomp_json_render() {
  local own=sandbox_seccomp_$CFG_SANDBOX_SECCOMP table line comment='' action='' rules=''
  declare -F "$own" >/dev/null || die 64 "sandbox.seccomp is '$CFG_SANDBOX_SECCOMP', and this script has no table for it" 'make the script again with podsand-gen'
  table=$(sandbox_seccomp_common && "$own") || return 1
  while IFS= read -r line; do
    podman_seccomp_json_line "$line" || die 1 "the seccomp table holds a line that cannot be read: $line" 'please report this'
  done <<<"$table"
  printf '{\n"defaultAction": "SCMP_ACT_ERRNO",\n"defaultErrnoRet": 38,\n"archMap": [\n%s,\n%s\n],\n"syscalls": [\n%s\n]\n}\n' \
    '{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": []}' '{"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": []}' "$rules"
}

podman_seccomp_json_line() { # <line>   begins a group: sets comment and action; or adds names to rules, one rule for each alternative
  local names='[a-z0-9_]+( [a-z0-9_]+)*' condition args
  local -A errors=([allow]=0 [EPERM]=1 [ENOSYS]=38 [EPROTONOSUPPORT]=93 [EAFNOSUPPORT]=97)
  if [[ -z $1 || $1 == '# '* ]]; then
    return 0
  elif [[ $1 =~ ^'['([a-z0-9-]+)'] '([A-Za-z]+)': '([^\"\\]+)$ && -n ${errors[${BASH_REMATCH[2]}]:-} ]]; then
    comment="${BASH_REMATCH[1]}: ${BASH_REMATCH[3]}"
    action="\"SCMP_ACT_ERRNO\", \"errnoRet\": ${errors[${BASH_REMATCH[2]}]}"
    [[ ${BASH_REMATCH[2]} != allow ]] || action='"SCMP_ACT_ALLOW"'
  elif [[ -n $action && $1 =~ ^$names$ ]]; then
    podman_seccomp_json_rule "$1" ''
  elif [[ -n $action && $1 =~ ^($names)': '(.+)$ ]]; then
    names=${BASH_REMATCH[1]}
    while IFS= read -r condition; do
      podman_seccomp_json_args "$condition" || return 1
      podman_seccomp_json_rule "$names" ", \"args\": [$args]"
    done <<<"${BASH_REMATCH[3]// or /$'\n'}"
  else
    return 1
  fi
}

podman_seccomp_json_args() { # <condition>   sets args; JSON has no 0x numbers
  local part operator value number='(0|[1-9][0-9]*|0x[0-9a-f]+)'
  local -A operators=(['==']=EQ ['!=']=NE ['>']=GT)
  args=''
  while IFS= read -r part; do
    if [[ $part =~ ^arg([0-5])' & '$number' == '$number$ ]]; then
      operator=MASKED_EQ value="$((BASH_REMATCH[2])), \"valueTwo\": $((BASH_REMATCH[3]))"
    elif [[ $part =~ ^arg([0-5])' '(==|!=|>)' '$number$ ]]; then
      operator=${operators[${BASH_REMATCH[2]}]} value=$((BASH_REMATCH[3]))
    else
      return 1
    fi
    args+="${args:+, }{\"index\": ${BASH_REMATCH[1]}, \"value\": $value, \"op\": \"SCMP_CMP_$operator\"}"
  done <<<"${1// and /$'\n'}"
}

podman_seccomp_json_rule() { # <names> <args>   adds to rules; a reason is said once
  rules+="${rules:+$',\n'}{\"comment\": \"$comment\", \"names\": [\"${1// /\", \"}\"], \"action\": $action$2}"
  comment=${comment%%:*}
}
