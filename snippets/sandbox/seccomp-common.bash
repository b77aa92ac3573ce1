# shellcheck shell=bash
# /// snippet
# name = "sandbox/seccomp-common"
# summary = "Which system calls the sandbox may make, which not, and why: what holds whatever sandbox.seccomp says."
# data = true
# ///

# How to read it. "[group] verdict: reason", then names, or a name and on which arguments; arg0 is the first. A verdict is allow, or
# the error that the caller gets: EPERM is what the kernel itself says to a caller without the privilege, ENOSYS what a kernel without
# the feature says: libraries then fall back. What stands nowhere gets ENOSYS too. Only names that x86_64 or aarch64 have stand here,
# because no other ABI is let through. The start was podman's default profile; docs/explanation/seccomp.md lists the difference.
sandbox_seccomp_common() {
  cat <<'EOF'
# Allowed whatever the arguments.
[file-names] allow: Find, make, rename and remove files. The ordinary permission checks decide; device nodes need a capability that is not there.
access chdir chmod chown creat faccessat faccessat2 fchdir fchmod fchmodat fchmodat2 fchown fchownat fstat fstatfs ftruncate futimesat getcwd getdents
getdents64 lchown link linkat lstat mkdir mkdirat mknod mknodat newfstatat open openat openat2 readlink readlinkat rename renameat renameat2 rmdir stat statfs
statx symlink symlinkat truncate umask unlink unlinkat utime utimensat utimes
[file-attributes] allow: Extended attributes of files that the caller may read or write.
fgetxattr flistxattr fremovexattr fsetxattr getxattr lgetxattr listxattr llistxattr lremovexattr lsetxattr removexattr setxattr
[file-contents] allow: Read, write and lock what is open. ioctl reaches only the few devices that are in the container, and its own terminal.
close close_range copy_file_range dup dup2 dup3 fadvise64 fallocate fcntl fdatasync flock fsync ioctl lseek pipe pipe2 pread64 preadv preadv2 pwrite64 pwritev
pwritev2 read readahead readv sendfile splice sync sync_file_range syncfs tee write writev
[events] allow: Wait for what is open, and for changes in directories that the caller may read.
epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 inotify_add_watch inotify_init inotify_init1 inotify_rm_watch poll
ppoll pselect6 select
[asynchronous-io] allow: The older interface, for databases under test. Its successor io_uring is refused.
io_cancel io_destroy io_getevents io_setup io_submit
[memory] allow: The caller's own address space, and where its pages lie.
brk get_mempolicy madvise mbind memfd_create mincore mlock mlock2 mlockall mmap mprotect mremap msync munlock munlockall munmap pkey_alloc pkey_free
pkey_mprotect remap_file_pages set_mempolicy
[processes] allow: Start, wait for and list processes of this container: its own PID namespace holds no others. clone has rules of its own.
arch_prctl execve execveat exit exit_group fork getpgid getpgrp getpid getppid getsid gettid pidfd_open prctl process_mrelease setpgid setsid vfork wait4 waitid
[threads] allow: What the C library's threads and locks are made of.
futex get_robust_list membarrier restart_syscall rseq set_robust_list set_tid_address
[signals] allow: Among the processes of this container.
kill pause pidfd_send_signal rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sigaltstack
signalfd signalfd4 tgkill tkill
[identity] allow: Without capabilities and with no-new-privileges nothing can be gained here. Programs drop privileges with them; builds need them.
capget capset getegid geteuid getgid getgroups getresgid getresuid getuid setfsgid setfsuid setgid setgroups setregid setresgid setresuid setreuid setuid
[self-confinement] allow: A program may lock itself in further: these only ever take rights away.
landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp
[scheduling] allow: Priority and CPU affinity of own processes, within the limits of the container.
getpriority ioprio_get ioprio_set sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler
sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield setpriority
[system-facts] allow: Limits, load, the kernel's name, random numbers.
getcpu getrandom getrlimit getrusage prlimit64 setrlimit sysinfo uname
[time] allow: Read clocks, sleep, set timers. To set a clock needs a capability that is not there.
adjtimex alarm clock_adjtime clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep setitimer time timer_create timer_delete
timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime times
[ipc] allow: Queues, semaphores and shared memory, in the container's own IPC namespace.
mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop semtimedop shmat shmctl shmdt shmget
[socket-use] allow: Everything that is done with a socket. Which sockets there can be is said further down.
accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg sendmmsg sendmsg sendto setsockopt shutdown

# Allowed with some arguments only. A filter compares the 64 bits that the caller passed, the kernel often looks at 32 of them. So calls
# are allowed by equality, never by "anything but": podman's own rule against AF_VSOCK is of that kind, and a family of 0x100000028
# passes it. Here such a value is equal to nothing, and is refused.
[socket-families] allow: AF_UNIX, AF_INET, AF_INET6. Packet, crypto and all others are attack surface that no tool of an agent needs.
socket: arg0 == 1 or arg0 == 2 or arg0 == 10
[netlink-route] allow: AF_NETLINK for NETLINK_ROUTE, by which programs list interfaces.
socket: arg0 == 16 and arg2 == 0
[other-netlink] EPROTONOSUPPORT: Audit, netfilter, uevents and the like. The answer is that of a kernel without them: sudo, useradd and udev clients then go on.
socket: arg0 == 16 and arg2 != 0
[other-families] EAFNOSUPPORT: What a kernel without them says; below 16 they get ENOSYS. AF_VSOCK would reach the hypervisor past every network namespace.
socket: arg0 > 16
[socket-pairs] allow: AF_UNIX, the one family that makes useful pairs.
socketpair: arg0 == 1
[personality] allow: PER_LINUX and PER_LINUX32, each with or without UNAME26, and the question which it is. Others weaken the layout of memory.
personality: arg0 == 0 or arg0 == 8 or arg0 == 0x20000 or arg0 == 0x20008 or arg0 == 0xffffffff

# Refused. What stands nowhere is refused too: a name here adds the reason and the error.
[other-processes] EPERM: Take a descriptor out of another process, or advise on its memory. Debuggers do without.
pidfd_getfd process_madvise
[file-handles] EPERM: Files by number instead of by name: the way by which a container once read all of its host's disk.
name_to_handle_at open_by_handle_at
[kernel-programs] EPERM: Programs and counters inside the kernel, for those who administer the machine. Their checks have failed time and again.
bpf perf_event_open
[page-faults] EPERM: Lets the caller hold the kernel up in the middle of a copy for as long as it likes, which makes races in the kernel easy to win.
userfaultfd
[file-system-watch] EPERM: Made for virus scanners. Tools that watch files use inotify, which is allowed.
fanotify_init fanotify_mark
[io-uring] ENOSYS: What it runs (openat, connect, socket and so on) is never shown to a filter. Programs fall back to epoll.
io_uring_enter io_uring_register io_uring_setup
[keys] ENOSYS: The kernel's key store is only partly divided by namespaces. Programs fall back to files.
add_key keyctl request_key
[secret-memory] ENOSYS: Memory that not even the host's administrator can look into. Nothing needs it.
memfd_secret
[kernel-log] EPERM: The kernel's messages are about the host: its devices, its addresses, other people's programs.
syslog
[whole-machine] EPERM: Clock, modules, swap, quotas, ports, power: the host's, each behind a capability that is not there; and relics of old kernels.
acct clock_settime delete_module finit_module init_module ioperm iopl kexec_file_load kexec_load lookup_dcookie nfsservctl query_module quotactl quotactl_fd
reboot settimeofday swapoff swapon vhangup sysfs uselib ustat
[segments] ENOSYS: 16-bit and 32-bit segments, for emulators of old systems, and a regular source of holes.
modify_ldt
[rare] EPERM: podman too refuses these with this error: new or rare calls that programs can do without.
cachestat futex_requeue futex_wait futex_waitv futex_wake io_pgetevents map_shadow_stack migrate_pages move_pages vmsplice
EOF
}
