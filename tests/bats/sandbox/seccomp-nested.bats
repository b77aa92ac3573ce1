#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet sandbox/seccomp-nested sandbox/seccomp-strict
}

@test "it allows the names that strict refuses, clone with any flags, and refuses tracing as strict does" {
  local groups tracing
  groups=$(sandbox_seccomp_nested | grep '^\[' | cut -d : -f 1)
  [[ $groups == $'[namespaces] allow\n[clone] allow\n[clone3] allow\n[mounts] allow\n[host-name] allow\n[tracing] EPERM' ]]
  [[ $(sandbox_seccomp_nested | grep -v '^\[') == "$(sandbox_seccomp_strict | grep -v '^\[\|^clone: ' | sed '/^setns/a clone')" ]]
  tracing=$(sandbox_seccomp_nested | sed -n '/^\[tracing\]/,$p')
  [[ $tracing == "$(sandbox_seccomp_strict | sed -n '/^\[tracing\]/,$p')" && -n $tracing ]]
}
