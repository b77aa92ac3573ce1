# shellcheck shell=bash
# /// snippet
# name = "sandbox/seccomp-table-arguments"
# summary = "Which system calls the sandbox may make with some arguments only: socket, clone, personality."
# requires = []
# params = []
# data = true
# ///

# Written as seccomp-table is. A filter compares the 64 bits that the caller passed, the kernel often looks at 32 of them. So calls
# are allowed by equality, never by "anything but": podman's own rule against AF_VSOCK is of that kind, and a family of
# 0x100000028 passes it. Here such a value is equal to nothing, and is refused.
sandbox_seccomp_table_arguments() {
  cat <<'EOF'
[socket-families] all: allow
; AF_UNIX, AF_INET, AF_INET6, and AF_NETLINK for NETLINK_ROUTE, by which programs list interfaces. AF_VSOCK would speak to the
; hypervisor past every network namespace; packet, crypto and all others are attack surface that no tool of an agent needs.
? arg0 == 1
? arg0 == 2
? arg0 == 10
? arg0 == 16, arg2 == 0
socket
[other-netlink] all: EPROTONOSUPPORT
; Audit, netfilter, uevents and the like. The answer is that of a kernel without them: sudo, useradd and udev clients then go on.
? arg0 == 16, arg2 != 0
socket
[other-families] all: EAFNOSUPPORT
; The answer is that of a kernel without them. The families below 16 that nobody uses any more get ENOSYS.
? arg0 > 16
socket
[socket-pairs] all: allow
; AF_UNIX, the one family that makes useful pairs.
? arg0 == 1
socketpair
[personality] all: allow
; PER_LINUX and PER_LINUX32, each with or without UNAME26, and the question which it is. Others weaken the layout of memory.
? arg0 == 0
? arg0 == 8
? arg0 == 0x20000
? arg0 == 0x20008
? arg0 == 0xffffffff
personality
[no-randomisation] debug: allow
; ADDR_NO_RANDOMIZE, which a debugger sets for the program that it starts: lldb stops without it, gdb warns.
? arg0 == 0x40000
personality
[clone] strict debug: allow
; Processes and threads: none of the seven namespace flags is set.
? arg0 & 0x7e020000 == 0
clone
[clone-namespaces] strict debug: EPERM
; The seven flags: NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. Why: see namespaces in seccomp-table-refused.
? arg0 & 0x00020000 == 0x00020000
? arg0 & 0x02000000 == 0x02000000
? arg0 & 0x04000000 == 0x04000000
? arg0 & 0x08000000 == 0x08000000
? arg0 & 0x10000000 == 0x10000000
? arg0 & 0x20000000 == 0x20000000
? arg0 & 0x40000000 == 0x40000000
clone
[clone] nested: allow
; With any flags: sandboxes inside the sandbox (bubblewrap, Chromium, podman) begin with new namespaces.
clone
EOF
}
