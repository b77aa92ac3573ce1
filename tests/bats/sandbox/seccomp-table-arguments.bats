#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet sandbox/seccomp-table-arguments
}

@test "what is allowed has a condition, but for clone in nested" {
  local line group='' conditions=0 name
  while IFS= read -r line; do
    case $line in
      '['*) group=$line conditions=0 ;;
      '? '*) conditions=$((conditions + 1)) ;;
      '; '*) ;;
      *)
        name=$line
        [[ $group == *allow ]] || continue
        ((conditions > 0)) || [[ $group == '[clone] nested: allow' && $name == clone ]]
        ;;
    esac
  done <<<"$(sandbox_seccomp_table_arguments)"
}

@test "nothing is allowed by anything but" {
  local line group=''
  while IFS= read -r line; do
    case $line in
      '['*) group=$line ;;
      '? '*) [[ $group != *allow || $line != *[\!\>]* ]] ;;
      *) ;;
    esac
  done <<<"$(sandbox_seccomp_table_arguments)"
}

@test "the seven flags of namespaces are the mask of clone" {
  local line sum=0 mask=''
  while IFS= read -r line; do
    [[ $line =~ ^\?\ arg0\ \&\ (0x[0-9a-f]+)\ ==\ (0|0x[0-9a-f]+)$ ]] || continue
    if [[ ${BASH_REMATCH[2]} == 0 ]]; then
      mask=$((BASH_REMATCH[1]))
    else
      ((BASH_REMATCH[1] == BASH_REMATCH[2]))
      sum=$((sum + BASH_REMATCH[1]))
    fi
  done <<<"$(sandbox_seccomp_table_arguments)"
  ((sum == mask && mask == 0x7E020000))
}
