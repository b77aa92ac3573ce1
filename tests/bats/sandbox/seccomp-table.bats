#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet sandbox/seccomp-table
}

@test "what is allowed whatever its arguments is so in every profile, with a reason in each group" {
  local line reasons=0 groups=0
  while IFS= read -r line; do
    case $line in
      '['*)
        [[ $line =~ ^\[[a-z-]+\]\ all:\ allow$ ]]
        groups=$((groups + 1))
        ;;
      '; '*.) reasons=$((reasons + 1)) ;;
      *) [[ $line =~ ^[a-z0-9_]+(\ [a-z0-9_]+)*$ ]] ;;
    esac
  done <<<"$(sandbox_seccomp_table)"
  ((groups > 10 && reasons == groups))
}

@test "no name stands twice" {
  local names
  names=$(sandbox_seccomp_table | grep -v '^[[;]' | tr ' ' '\n' | sort)
  [[ $names == "$(sort -u <<<"$names")" ]]
}

@test "it brings the other two tables along" {
  declare -F sandbox_seccomp_table_arguments sandbox_seccomp_table_refused
}
