# shellcheck shell=bash
# /// snippet
# name = "podman/seccomp-json"
# summary = "Render seccomp.json, the list of system calls that the sandbox may make."
# requires = ["core/die", "core/files", "core/paths", "core/steps", "sandbox/seccomp-table"]
# params = ["CFG_SANDBOX_SECCOMP"]
# writes = ["@conf/seccomp.json"]
# step = "podman_seccomp_json"
# ///

podman_seccomp_json_check() {
  local rendered
  rendered=$(podman_seccomp_json_render) || return 2
  files_holds "$PATHS_CONF/seccomp.json" "$rendered"
}

podman_seccomp_json_apply() {
  local rendered
  rendered=$(podman_seccomp_json_render)
  files_render "$PATHS_CONF/seccomp.json" 0644 <<<"$rendered"
}

# The sub-architectures that podman adds by default (i386 and x32, 32-bit Arm) are left out: a second ABI is a second way into the
# kernel, and socketcall of i386 hides the family of a socket from the filter. A program of another ABI is killed.
podman_seccomp_json_render() {
  local rules tables
  case $CFG_SANDBOX_SECCOMP in
    strict | debug | nested) ;;
    *) die 64 "sandbox.seccomp is '$CFG_SANDBOX_SECCOMP'" 'it is one of: strict, debug, nested' ;;
  esac
  tables=$(sandbox_seccomp_table && sandbox_seccomp_table_arguments && sandbox_seccomp_table_refused) || return 1
  podman_seccomp_json_rules "$CFG_SANDBOX_SECCOMP" "$tables"
  printf '{\n"defaultAction": "SCMP_ACT_ERRNO",\n"defaultErrnoRet": 38,\n"archMap": [\n'
  printf '{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": []},\n'
  printf '{"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": []}\n'
  printf '],\n"syscalls": [\n%s\n]\n}\n' "$rules"
}

podman_seccomp_json_rules() { # <profile> <tables>   sets rules
  local line comment='' names='' verdict='' wanted=false
  local -a conditions=()
  rules=''
  while IFS= read -r line; do
    case $line in
      '') ;;
      '['*)
        podman_seccomp_json_group
        podman_seccomp_json_open "$1" "$line"
        ;;
      '; '*) comment+=${comment:+ }${line#; } ;;
      '? '*) conditions+=("${line#\? }") ;;
      *)
        [[ $line =~ ^[a-z0-9_]+(' '[a-z0-9_]+)*$ ]] || die 1 "the seccomp table holds a line that cannot be read: $line" 'please report this'
        names+=${names:+, }\"${line// /\", \"}\"
        ;;
    esac
  done <<<"$2"
  podman_seccomp_json_group
}

podman_seccomp_json_open() { # <profile> <line>   begins a group
  [[ $2 =~ ^'['([a-z0-9-]+)']'' '([a-z ]+)': '([A-Za-z]+)$ ]] || die 1 "the seccomp table holds a group that cannot be read: $2" 'please report this'
  comment=${BASH_REMATCH[1]}: names='' wanted=false conditions=()
  [[ " all ${BASH_REMATCH[2]} " != *" $1 "* && ${BASH_REMATCH[2]} != all ]] || wanted=true
  case ${BASH_REMATCH[3]} in
    allow) verdict='"SCMP_ACT_ALLOW"' ;;
    EPERM) verdict='"SCMP_ACT_ERRNO", "errnoRet": 1' ;;
    ENOSYS) verdict='"SCMP_ACT_ERRNO", "errnoRet": 38' ;;
    EPROTONOSUPPORT) verdict='"SCMP_ACT_ERRNO", "errnoRet": 93' ;;
    EAFNOSUPPORT) verdict='"SCMP_ACT_ERRNO", "errnoRet": 97' ;;
    *) die 1 "the seccomp table holds an unknown verdict: $2" 'please report this' ;;
  esac
}

podman_seccomp_json_group() { # ends a group: one rule, or one for each condition
  local condition args
  [[ $wanted == true ]] || return 0
  for condition in "${conditions[@]-}"; do
    podman_seccomp_json_args "$condition"
    rules+=${rules:+$',\n'}"{\"comment\": \"$comment\", \"names\": [$names], \"action\": $verdict$args}"
    # The reason is said once.
    comment=${comment%%:*}
  done
}

podman_seccomp_json_args() { # <condition>   sets args; 0x numbers become decimal ones
  local part operator
  local -a parts=()
  args=''
  [[ -n $1 ]] || return 0
  IFS=, read -r -a parts <<<"$1"
  for part in "${parts[@]}"; do
    if [[ $part =~ ^' '?arg([0-5])' & '([0-9a-fx]+)' == '([0-9a-fx]+)$ ]]; then
      args+=${args:+, }"{\"index\": ${BASH_REMATCH[1]}, \"value\": $((BASH_REMATCH[2])), \"valueTwo\": $((BASH_REMATCH[3])), \"op\": \"SCMP_CMP_MASKED_EQ\"}"
    elif [[ $part =~ ^' '?arg([0-5])' '(==|!=|>)' '([0-9a-fx]+)$ ]]; then
      case ${BASH_REMATCH[2]} in
        '==') operator=EQ ;;
        '!=') operator=NE ;;
        *) operator=GT ;;
      esac
      args+=${args:+, }"{\"index\": ${BASH_REMATCH[1]}, \"value\": $((BASH_REMATCH[3])), \"op\": \"SCMP_CMP_$operator\"}"
    else
      die 1 "the seccomp table holds a condition that cannot be read: $part" 'please report this'
    fi
  done
  args=", \"args\": [$args]"
}
