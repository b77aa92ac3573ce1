# shellcheck shell=bash
# /// snippet
# name = "sandbox/seccomp-debug"
# summary = "As seccomp-strict, but one program may trace another."
# data = true
# ///

# Written as seccomp-common is.
sandbox_seccomp_debug() {
  cat <<'EOF'
[namespaces] EPERM: A new user namespace hands out every capability inside it, and so opens the parts of the kernel in which most escapes were found.
setns unshare
[clone] allow: Processes and threads: none of the seven namespace flags is set.
clone: arg0 & 0x7e020000 == 0
[clone-namespaces] EPERM: The seven flags: NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. Why: see namespaces.
clone: arg0 & 0x00020000 == 0x00020000 or arg0 & 0x02000000 == 0x02000000 or arg0 & 0x04000000 == 0x04000000 or arg0 & 0x08000000 == 0x08000000
clone: arg0 & 0x10000000 == 0x10000000 or arg0 & 0x20000000 == 0x20000000 or arg0 & 0x40000000 == 0x40000000
[clone3] ENOSYS: Its flags lie in memory, where a filter cannot see them. C libraries fall back to clone.
clone3
[mounts] EPERM: Without a namespace of one's own they can do nothing; with one they are the next step of an escape.
chroot fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree open_tree_attr pivot_root umount2
[host-name] EPERM: The sandbox keeps the name that it was given.
setdomainname sethostname
[tracing] allow: gdb, lldb, strace, delve. The traced program stays under this filter: the kernel asks it after the tracer had its say.
kcmp process_vm_readv process_vm_writev ptrace
[no-randomisation] allow: ADDR_NO_RANDOMIZE, which a debugger sets for the program that it starts: lldb stops without it, gdb warns.
personality: arg0 == 0x40000
EOF
}
