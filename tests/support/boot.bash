#!/bin/bash
# boot.bash: make the test machine that the environment describes, become its init. Root; started by machine.py.
#   BOOT_NAME BOOT_LOWER BOOT_DIRECTORY (holds upper, work, root, plain/) BOOT_INIT (a static init)
#   BOOT_CGROUPS (v2|hybrid|none) BOOT_CGROUP_DIRS (the machine's cgroups, by lines) BOOT_V1 (hierarchies, by lines)
#   BOOT_HOME BOOT_HOME_SIZE BOOT_HOME_NOEXEC BOOT_FUSE BOOT_TUN BOOT_RUNTIME_DIR BOOT_BINDS (SOURCE<tab>TARGET lines)
#   BOOT_DISKS (PATH<tab>SIZE lines)
# Says "ready PID" on descriptor 3 when commands can enter.
set -euo pipefail
umask 022
root=$BOOT_DIRECTORY/root

join_cgroups() {
  local directory
  while read -r directory; do
    echo $$ >"$directory${1:-}/cgroup.procs"
  done <<<"$BOOT_CGROUP_DIRS"
}

mount_root() {
  local name
  mount -t overlay overlay -o "lowerdir=$BOOT_LOWER,upperdir=$BOOT_DIRECTORY/upper,workdir=$BOOT_DIRECTORY/work" "$root"
  # Plain directories: an overlay cannot be stacked on the machine's own.
  for name in home tmp var/tmp var/lib/containers var/lib/docker; do
    mkdir -p "$root/$name"
    mount --bind "$BOOT_DIRECTORY/plain/$name" "$root/$name"
  done
  mount -t proc proc "$root/proc"
  mount -t sysfs sysfs "$root/sys"
  mount -t tmpfs -o mode=755,nosuid,nodev tmpfs "$root/run"
  mkdir -m 1777 "$root/run/lock"
}

mount_binds() {
  local source target
  while IFS=$'\t' read -r source target; do
    [[ -n $source ]] || continue
    if [[ -d $source ]]; then mkdir -p "$root$target"; else install -D /dev/null "$root$target"; fi
    mount --bind "$source" "$root$target"
    mount -o remount,bind,ro "$root$target"
  done <<<"$BOOT_BINDS"
}

# Never the host's /dev: what an installer does to devices stays in here.
make_dev() {
  local dev=$root/dev node
  mount -t tmpfs -o mode=755 tmpfs "$dev"
  mkdir -p "$dev/pts" "$dev/shm" "$dev/net" "$dev/mqueue"
  for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
    IFS=: read -r name major minor <<<"$node"
    mknod -m 666 "$dev/$name" c "$major" "$minor"
  done
  [[ $BOOT_FUSE == no ]] || mknod -m 666 "$dev/fuse" c 10 229
  [[ $BOOT_TUN == no ]] || mknod -m 666 "$dev/net/tun" c 10 200
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$dev/pts"
  mount -t tmpfs -o mode=1777 tmpfs "$dev/shm"
  mount -t mqueue mqueue "$dev/mqueue"
  ln -s pts/ptmx "$dev/ptmx"
  ln -s /proc/self/fd "$dev/fd"
  ln -s /proc/self/fd/0 "$dev/stdin"
  ln -s /proc/self/fd/1 "$dev/stdout"
  ln -s /proc/self/fd/2 "$dev/stderr"
}

mount_cgroups() {
  local base=$root/sys/fs/cgroup hierarchy
  case $BOOT_CGROUPS in
    v2) mount -t cgroup2 cgroup2 "$base" ;;
    hybrid)
      mount -t tmpfs -o mode=755 tmpfs "$base"
      while read -r hierarchy; do
        mkdir "$base/${hierarchy#name=}"
        mount -t cgroup -o "$hierarchy" cgroup "$base/${hierarchy#name=}"
      done <<<"$BOOT_V1"
      mkdir "$base/unified"
      mount -t cgroup2 cgroup2 "$base/unified"
      ;;
  esac
}

make_home() {
  local home=$root$BOOT_HOME
  mkdir -p "$home"
  [[ -z $BOOT_HOME_SIZE ]] || mount -t tmpfs -o "size=$BOOT_HOME_SIZE" tmpfs "$home"
  cp -a "$root/etc/skel/." "$home/"
  chown -R 1000:1000 "$home"
  chmod 700 "$home"
  if [[ $BOOT_HOME_NOEXEC == yes ]]; then
    mountpoint -q "$home" || mount --bind "$home" "$home"
    mount -o remount,bind,noexec "$home"
  fi
  if [[ $BOOT_RUNTIME_DIR == yes ]]; then
    install -d -m 700 -o 1000 -g 1000 "$root/run/user/1000"
    chmod 755 "$root/run/user"
  fi
}

# The user's where it is in the home, directories on the way to it included.
mount_disks() {
  local path size owner directory
  while IFS=$'\t' read -r path size; do
    [[ -n $path ]] || continue
    mkdir -p "$root$path"
    owner=0 directory=$path
    while [[ $directory == "$BOOT_HOME"/* ]]; do
      owner=1000
      chown 1000:1000 "$root$directory"
      directory=${directory%/*}
    done
    mount -t tmpfs -o "size=$size,mode=755,uid=$owner,gid=$owner" tmpfs "$root$path"
  done <<<"$BOOT_DISKS"
}

become_init() {
  local pid
  # /proc is still the host's here, and so is the number that it gives.
  read -r pid _ </proc/self/stat
  echo "$BOOT_NAME" >/proc/sys/kernel/hostname
  ip link set lo up
  cp "$BOOT_INIT" "$root/run/.init"
  cd "$root"
  pivot_root . .
  umount -l .
  cd /
  mount --make-rshared /
  echo "ready $pid" >&3
  exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin /run/.init -P 3>&-
}

if [[ ${1:-} != inside ]]; then
  join_cgroups
  exec unshare --mount --pid --fork --uts --ipc --cgroup --net --propagation private --kill-child bash "$0" inside
fi
# A leaf of their own for the processes, so that controllers can be enabled in the root of the machine's tree.
join_cgroups /session
mount_root
mount_binds
make_dev
mount_cgroups
make_home
mount_disks
become_init
