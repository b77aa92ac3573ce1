#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet sandbox/seccomp-debug sandbox/seccomp-strict
}

@test "it is strict, but for tracing and what a debugger needs to switch randomisation off" {
  local strict debug
  strict=$(sandbox_seccomp_strict | sed '/^\[tracing\]/,$d')
  debug=$(sandbox_seccomp_debug)
  [[ -n $strict && $debug == "$strict"$'\n[tracing] allow: '*$'\nkcmp process_vm_readv process_vm_writev ptrace\n[no-randomisation] allow: '*$'\npersonality: arg0 == 0x40000' ]]
}
