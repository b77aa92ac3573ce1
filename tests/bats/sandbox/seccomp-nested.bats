#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet sandbox/seccomp-nested sandbox/seccomp-strict
}

@test "it allows namespaces, clone with any flags and mounts, and refuses tracing as strict does" {
  local table groups tracing
  table=$(sandbox_seccomp_nested)
  groups=$(grep '^\[' <<<"$table" | cut -d : -f 1)
  [[ $groups == $'[namespaces] allow\n[clone] allow\n[clone3] allow\n[mounts] allow\n[host-name] allow\n[tracing] EPERM' ]]
  [[ $table == *$'\nsetns unshare\n'*$'\nclone\n'*$'\nclone3\n'*$'\nchroot '*' mount '*$'\nsetdomainname sethostname\n'* ]]
  tracing=$(sandbox_seccomp_strict | sed -n '/^\[tracing\]/,$p')
  [[ $tracing == *ptrace && $table == *$'\n'"$tracing" ]]
}
