# shellcheck shell=bash
# /// snippet
# name = "sandbox/seccomp-table"
# summary = "Which system calls the sandbox may make, whatever their arguments, and why."
# requires = ["sandbox/seccomp-table-arguments", "sandbox/seccomp-table-refused"]
# params = []
# data = true
# ///

# How to read it. "[group] profiles: verdict" opens a group; "; " is its reason; the names follow. Profiles are strict, debug and
# nested, or all. A verdict is allow, or the error that the caller gets. A line "? " is a condition on arguments; several are
# alternatives, a comma means and. What stands nowhere gets ENOSYS. Only names that x86_64 or aarch64 have stand here, because no
# other ABI is let through. It starts from podman's default profile; docs/explanation/seccomp.md lists the difference. Calls that
# are allowed with some arguments only stand in seccomp-table-arguments, what is refused on purpose in seccomp-table-refused.
sandbox_seccomp_table() {
  cat <<'EOF'
[file-names] all: allow
; Find, make, rename and remove files. The ordinary permission checks decide; device nodes need a capability that is not there.
access chdir chmod chown creat faccessat faccessat2 fchdir fchmod fchmodat fchmodat2 fchown fchownat fstat fstatfs ftruncate
futimesat getcwd getdents getdents64 lchown link linkat lstat mkdir mkdirat mknod mknodat newfstatat open openat openat2 readlink
readlinkat rename renameat renameat2 rmdir stat statfs statx symlink symlinkat truncate umask unlink unlinkat utime utimensat utimes
[file-attributes] all: allow
; Extended attributes of files that the caller may read or write.
fgetxattr flistxattr fremovexattr fsetxattr getxattr lgetxattr listxattr llistxattr lremovexattr lsetxattr removexattr setxattr
[file-contents] all: allow
; Read, write and lock what is open. ioctl reaches only the few devices that are in the container, and its own terminal.
close close_range copy_file_range dup dup2 dup3 fadvise64 fallocate fcntl fdatasync flock fsync ioctl lseek pipe pipe2 pread64
preadv preadv2 pwrite64 pwritev pwritev2 read readahead readv sendfile splice sync sync_file_range syncfs tee write writev
[events] all: allow
; Wait for what is open, and for changes in directories that the caller may read.
epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 inotify_add_watch inotify_init
inotify_init1 inotify_rm_watch poll ppoll pselect6 select
[asynchronous-io] all: allow
; The older interface, for databases under test. Its successor io_uring is refused.
io_cancel io_destroy io_getevents io_setup io_submit
[memory] all: allow
; The caller's own address space, and where its pages lie.
brk get_mempolicy madvise mbind memfd_create mincore mlock mlock2 mlockall mmap mprotect mremap msync munlock munlockall munmap
pkey_alloc pkey_free pkey_mprotect remap_file_pages set_mempolicy
[processes] all: allow
; Start, wait for and list processes of this container: its own PID namespace holds no others. clone has rules of its own.
arch_prctl execve execveat exit exit_group fork getpgid getpgrp getpid getppid getsid gettid pidfd_open prctl process_mrelease
setpgid setsid vfork wait4 waitid
[threads] all: allow
; What the C library's threads and locks are made of.
futex get_robust_list membarrier restart_syscall rseq set_robust_list set_tid_address
[signals] all: allow
; Among the processes of this container.
kill pause pidfd_send_signal rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
rt_tgsigqueueinfo sigaltstack signalfd signalfd4 tgkill tkill
[identity] all: allow
; Without capabilities and with no-new-privileges nothing can be gained here. Programs drop privileges with them; builds need them.
capget capset getegid geteuid getgid getgroups getresgid getresuid getuid setfsgid setfsuid setgid setgroups setregid setresgid
setresuid setreuid setuid
[self-confinement] all: allow
; A program may lock itself in further: these only ever take rights away.
landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp
[scheduling] all: allow
; Priority and CPU affinity of own processes, within the limits of the container.
getpriority ioprio_get ioprio_set sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam
sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield setpriority
[system-facts] all: allow
; Limits, load, the kernel's name, random numbers.
getcpu getrandom getrlimit getrusage prlimit64 setrlimit sysinfo uname
[time] all: allow
; Read clocks, sleep, set timers. To set a clock needs a capability that is not there.
adjtimex alarm clock_adjtime clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep setitimer time timer_create
timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime times
[ipc] all: allow
; Queues, semaphores and shared memory, in the container's own IPC namespace.
mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop semtimedop
shmat shmctl shmdt shmget
[socket-use] all: allow
; Everything that is done with a socket. Which sockets there can be is said in seccomp-table-arguments.
accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg sendmmsg sendmsg sendto setsockopt
shutdown
EOF
}
