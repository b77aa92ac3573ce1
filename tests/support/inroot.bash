#!/bin/bash
# inroot.bash ROOT < SCRIPT: run a script as root in the tree ROOT, to build it; the host's network, nothing else of the host.
set -euo pipefail
export INROOT=$1 INROOT_SCRIPT
INROOT_SCRIPT=$(cat)
# shellcheck disable=SC2016 # expanded by the inner bash, in its own namespaces
exec unshare --mount --pid --fork --uts --ipc --propagation private --kill-child bash -euc '
mount --bind "$INROOT" "$INROOT"
mount -t proc proc "$INROOT/proc"
mount -t sysfs sysfs "$INROOT/sys"
# Not the host'\''s /dev: a package once changed the host'\''s devices from in there.
mount -t tmpfs -o mode=755 tmpfs "$INROOT/dev"
mkdir "$INROOT/dev/pts" "$INROOT/dev/shm"
for node in null:3 zero:5 full:7 random:8 urandom:9; do mknod -m 666 "$INROOT/dev/${node%:*}" c 1 "${node#*:}"; done
ln -s /proc/self/fd "$INROOT/dev/fd"
mount -t tmpfs tmpfs "$INROOT/run"
mount -t tmpfs -o mode=1777 tmpfs "$INROOT/tmp"
touch "$INROOT/etc/resolv.conf"
mount --bind "$(readlink -f /etc/resolv.conf)" "$INROOT/etc/resolv.conf"
exec chroot "$INROOT" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
  DEBIAN_FRONTEND=noninteractive bash -euo pipefail -c "$INROOT_SCRIPT"
'
