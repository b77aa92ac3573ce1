#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet sandbox/seccomp-strict
}

@test "it allows clone without namespaces, and refuses the rest" {
  local groups
  groups=$(sandbox_seccomp_strict | grep '^\[' | cut -d : -f 1)
  [[ $groups == $'[namespaces] EPERM\n[clone] allow\n[clone-namespaces] EPERM\n[clone3] ENOSYS\n[mounts] EPERM\n[host-name] EPERM\n[tracing] EPERM' ]]
}

@test "the seven flags of namespaces are the mask of clone" {
  local table flag sum=0 count=0
  table=$(sandbox_seccomp_strict)
  [[ $table == *$'\nclone: arg0 & 0x7e020000 == 0\n'* ]]
  for flag in $(grep -oE 'arg0 & (0x[0-9a-f]+) == 0x' <<<"$table" | cut -d ' ' -f 3); do
    [[ $table == *"arg0 & $flag == $flag"* ]]
    sum=$((sum + flag)) count=$((count + 1))
  done
  ((sum == 0x7e020000 && count == 7))
}
