#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet sandbox/seccomp-table sandbox/seccomp-table-refused
}

@test "each group refuses with EPERM or ENOSYS, or gives back in debug or nested what strict refuses" {
  local line strict=''
  while IFS= read -r line; do
    case $line in
      '['*': allow') [[ $line =~ ^\[[a-z0-9-]+\]\ (debug|nested):\ allow$ ]] ;;
      '['*)
        [[ $line =~ ^\[[a-z0-9-]+\]\ ([a-z ]+):\ (EPERM|ENOSYS)$ ]]
        [[ ${BASH_REMATCH[1]} == all || ${BASH_REMATCH[1]} == *strict* ]]
        strict+=$line
        ;;
      *) ;;
    esac
  done <<<"$(sandbox_seccomp_table_refused)"
  [[ $strict == *'[namespaces]'*'[mounts]'*'[tracing]'*'[io-uring]'*'[keys]'* ]]
}

@test "no refused name is allowed whatever its arguments" {
  local name allowed
  allowed=" $(sandbox_seccomp_table | grep -v '^[[;]' | tr '\n' ' ') "
  for name in $(sandbox_seccomp_table_refused | grep -v '^[[;]'); do
    [[ $allowed != *" $name "* ]]
  done
}
