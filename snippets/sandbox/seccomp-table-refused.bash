# shellcheck shell=bash
# /// snippet
# name = "sandbox/seccomp-table-refused"
# summary = "Which system calls the sandbox may not make, and why; what the profiles debug and nested give back."
# requires = []
# params = []
# data = true
# ///

# Written as seccomp-table is. What stands in no table is refused too: a name here adds the reason and the error. EPERM is what the
# kernel itself says to a caller without the privilege, ENOSYS what a kernel without the feature says: libraries then fall back.
sandbox_seccomp_table_refused() {
  cat <<'EOF'
[namespaces] strict debug: EPERM
; A new user namespace hands out every capability inside it, and so opens the parts of the kernel in which most escapes were found.
setns unshare
[namespaces] nested: allow
; bubblewrap, Chromium and podman cannot start without. This is the large step back that the profile nested is.
setns unshare
[clone3] strict debug: ENOSYS
; Its flags lie in memory, where a filter cannot see them. C libraries fall back to clone.
clone3
[clone3] nested: allow
; With every flag allowed there is nothing to look at.
clone3
[mounts] strict debug: EPERM
; Without a namespace of one's own they can do nothing; with one they are the next step of an escape.
chroot fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree open_tree_attr pivot_root umount2
[mounts] nested: allow
; Lay out the root of a nested sandbox. The kernel allows it in a user namespace of one's own only, and there chroot too.
chroot fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree open_tree_attr pivot_root umount2
[host-name] strict debug: EPERM
; The sandbox keeps the name that it was given.
setdomainname sethostname
[host-name] nested: allow
; podman names its containers, each in a UTS namespace of its own.
setdomainname sethostname
[tracing] strict nested: EPERM
; One process reads and steers another: no agent needs that to work, and the kernel's part in it has a long record of holes.
kcmp process_vm_readv process_vm_writev ptrace
[tracing] debug: allow
; gdb, lldb, strace, delve. The traced program stays under this filter: the kernel asks it after the tracer had its say.
kcmp process_vm_readv process_vm_writev ptrace
[other-processes] all: EPERM
; Take a descriptor out of another process, or advise on its memory. Debuggers do without.
pidfd_getfd process_madvise
[file-handles] all: EPERM
; Files by number instead of by name: the way by which a container once read all of its host's disk.
name_to_handle_at open_by_handle_at
[kernel-programs] all: EPERM
; Programs and counters inside the kernel, for those who administer the machine. Their checks have failed time and again.
bpf perf_event_open
[page-faults] all: EPERM
; Lets the caller hold the kernel up in the middle of a copy for as long as it likes, which makes races in the kernel easy to win.
userfaultfd
[file-system-watch] all: EPERM
; Made for virus scanners. Tools that watch files use inotify, which is allowed.
fanotify_init fanotify_mark
[io-uring] all: ENOSYS
; What it runs (openat, connect, socket and so on) is never shown to a filter. Programs fall back to epoll.
io_uring_enter io_uring_register io_uring_setup
[keys] all: ENOSYS
; The kernel's key store is only partly divided by namespaces. Programs fall back to files.
add_key keyctl request_key
[secret-memory] all: ENOSYS
; Memory that not even the host's administrator can look into. Nothing needs it.
memfd_secret
[kernel-log] all: EPERM
; The kernel's messages are about the host: its devices, its addresses, other people's programs.
syslog
[whole-machine] all: EPERM
; Clock, modules, swap, quotas, ports, power: the host's, each behind a capability that is not there; and relics of old kernels.
acct clock_settime delete_module finit_module init_module ioperm iopl kexec_file_load kexec_load lookup_dcookie nfsservctl
query_module quotactl quotactl_fd reboot settimeofday swapoff swapon vhangup sysfs uselib ustat
[segments] all: ENOSYS
; 16-bit and 32-bit segments, for emulators of old systems, and a regular source of holes.
modify_ldt
[rare] all: EPERM
; podman too refuses these with this error: new or rare calls that programs can do without.
cachestat futex_requeue futex_wait futex_waitv futex_wake io_pgetevents map_shadow_stack migrate_pages move_pages vmsplice
EOF
}
