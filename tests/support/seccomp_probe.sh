#!/usr/bin/env bash
# Which interesting system calls does this process get past its seccomp filter? One line each: NAME allowed|refused(ERROR).
# Needs bash, coreutils and perl-base, so it runs in any Debian or Ubuntu image:
#   podman run … IMAGE bash -s < tests/support/seccomp_probe.sh
#
# Each call is made with arguments that the kernel itself answers with success or with an error such as EINVAL, EFAULT or EBADF,
# before it asks for any privilege: so EPERM, ENOSYS, EPROTONOSUPPORT and EAFNOSUPPORT can come from the filter only. A socket is
# asked for with an impossible type: the answer does not depend on the families that this kernel has. Calls that the kernel refuses
# first (pivot_root, bpf, fsopen, reboot…) are left out, and so is syslog where dmesg_restrict is set. podman's default filter answers
# EINVAL to audit sockets, which counts as allowed here.
set -euo pipefail
export LC_ALL=C
command -v perl >/dev/null || {
  printf 'seccomp_probe: perl (package perl-base) is needed\n' >&2
  exit 69
}
machine=$(uname -m)
exec perl - "$machine" <<'PERL'
use strict;
use warnings;
$| = 1;
my $machine = shift;
my $column = $machine eq 'x86_64' ? 0 : $machine eq 'aarch64' ? 1 : die "seccomp_probe: no numbers for $machine\n";
my %error = (1 => 'EPERM', 38 => 'ENOSYS', 93 => 'EPROTONOSUPPORT', 97 => 'EAFNOSUPPORT');
my ($bad, $type) = (0x40000000, 15);

# name, number on x86_64, on aarch64, arguments
my @calls = (
    ['getpid',             39,  172, ],
    ['clone',              56,  220, 0x10000, 0, 0, 0, 0],
    ['clone-newns',        56,  220, 0x10000 | 0x00020000, 0, 0, 0, 0],
    ['clone-newcgroup',    56,  220, 0x10000 | 0x02000000, 0, 0, 0, 0],
    ['clone-newuts',       56,  220, 0x10000 | 0x04000000, 0, 0, 0, 0],
    ['clone-newipc',       56,  220, 0x10000 | 0x08000000, 0, 0, 0, 0],
    ['clone-newuser',      56,  220, 0x10000 | 0x10000000, 0, 0, 0, 0],
    ['clone-newpid',       56,  220, 0x10000 | 0x20000000, 0, 0, 0, 0],
    ['clone-newnet',       56,  220, 0x10000 | 0x40000000, 0, 0, 0, 0],
    ['clone3',             435, 435, 0, 0],
    ['unshare',            272, 97,  0],
    ['setns',              308, 268, -1, 0],
    ['mount',              165, 40,  0, 0, 0, 0, 0],
    ['umount2',            166, 39,  0, $bad],
    ['chroot',             161, 51,  0],
    ['open_tree',          428, 428, -1, 0, $bad],
    ['fsconfig',           431, 431, -1, 0, 0, 0, 0],
    ['mount_setattr',      442, 442, -1, 0, $bad, 0, 0],
    ['ptrace',             101, 117, 1, 0, 0, 0],
    ['process_vm_readv',   310, 270, 0, 0, 0, 0, 0, 1],
    ['process_vm_writev',  311, 271, 0, 0, 0, 0, 0, 1],
    ['kcmp',               312, 272, 0, 0, 0, 0, 0],
    ['process_madvise',    440, 440, -1, 0, 0, 0, 1],
    ['pidfd_getfd',        438, 438, -1, 0, 1],
    ['name_to_handle_at',  303, 264, -1, 0, 0, 0, $bad],
    ['add_key',            248, 217, 0, 0, 0, 0, 0],
    ['request_key',        249, 218, 0, 0, 0, 0],
    ['keyctl',             250, 219, 99999, 0, 0, 0, 0],
    ['memfd_secret',       447, 447, $bad],
    ['fanotify_init',      300, 262, $bad | 0x200, 0],
    ['userfaultfd',        323, 282, $bad | 1],
    ['perf_event_open',    298, 241, 0, 0, -1, -1, $bad],
    ['io_uring_setup',     425, 425, 0, 0],
    ['modify_ldt',         154, -1,  0, 0, 0],
    ['personality-same',   135, 92,  0xffffffff],
    ['personality-noaslr', 135, 92,  0x40000],
    ['socketpair-unix',    53,  199, 1, $type, 0, 0],
    ['socketpair-inet',    53,  199, 2, $type, 0, 0],
);
if (open my $file, '<', '/proc/sys/kernel/dmesg_restrict') {
    push @calls, ['syslog', 103, 116, 10, 0, 0] if <$file> == 0;
}

# name, family, protocol. A filter sees 64 bits of the family, the kernel takes 32: the last two are vsock and packet to the kernel.
my @sockets = (
    ['unix',              1,           0],
    ['inet',              2,           0],
    ['inet6',             10,          0],
    ['netlink-route',     16,          0],
    ['netlink-sock-diag', 16,          4],
    ['netlink-audit',     16,          9],
    ['netlink-netfilter', 16,          12],
    ['netlink-uevent',    16,          15],
    ['key',               15,          0],
    ['packet',            17,          0],
    ['can',               29,          0],
    ['tipc',              30,          0],
    ['alg',               38,          0],
    ['vsock',             40,          0],
    ['xdp',               44,          0],
    ['high-vsock',        (1 << 32) + 40, 0],
    ['high-packet',       (1 << 32) + 17, 0],
);
push @calls, map { ["socket-$_->[0]", 41, 198, $_->[1], $type, $_->[2]] } @sockets;

sub report {
    my ($name, $refusal) = @_;
    print "$name ", $refusal ? "refused($refusal)" : 'allowed', "\n";
}

for my $call (@calls) {
    my ($name, @rest) = @$call;
    my $number = (splice @rest, 0, 2)[$column];
    next if $number < 0;
    $! = 0;
    my $result = syscall($number, @rest);
    report($name, $result == -1 ? $error{$! + 0} : undef);
    syscall($number, 0) if $name eq 'personality-noaslr' && $result != -1;
}
exit if $column != 0;

# The other two ABIs of x86_64, each in a child: it may be killed.
sub in_child {
    my ($name, $try) = @_;
    my $child = fork // die "seccomp_probe: fork: $!\n";
    exit $try->() if $child == 0;
    waitpid $child, 0;
    my ($signal, $status) = ($? & 127, $? >> 8);
    report($name, $signal == 31 ? 'SIGSYS' : $signal ? "signal $signal" : $error{$status});
}

in_child('x32-getpid', sub { syscall(0x40000000 + 39) == -1 ? $! + 0 : 0 });

# A static i386 program from memory: socketcall(SYS_SOCKET, {AF_VSOCK, 15, 0}); its exit status is the error.
sub socketcall_vsock {
    my $code = pack('H*', '6a00' . '6a0f' . '6a28' . '89e1' . 'bb01000000' . 'b866000000' . 'cd80' . '89c3' . 'f7db' . 'b801000000' . 'cd80');
    my $header = "\x7fELF\x01\x01\x01" . "\0" x 9 . pack('vvVVVVVvvvvvv', 2, 3, 1, 0x8048054, 52, 0, 0, 52, 32, 1, 0, 0, 0);
    my $segment = pack('V8', 1, 0, 0x8048000, 0x8048000, 84 + length $code, 84 + length $code, 5, 4096);
    my $name = "i386\0";
    my $descriptor = syscall(319, $name, 0);
    return $! + 0 if $descriptor == -1;
    open(my $file, '>&=', $descriptor) or return $! + 0;
    binmode $file;
    syswrite $file, $header . $segment . $code;
    exec { "/proc/self/fd/$descriptor" } 'i386' or return 38;
}
in_child('i386-socketcall-vsock', \&socketcall_vsock);
PERL
