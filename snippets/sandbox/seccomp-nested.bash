# shellcheck shell=bash
# /// snippet
# name = "sandbox/seccomp-nested"
# summary = "As seccomp-strict, but namespaces and mounts are allowed: sandboxes inside the sandbox."
# data = true
# ///

# Written as seccomp-common is.
sandbox_seccomp_nested() {
  cat <<'EOF'
[namespaces] allow: bubblewrap, Chromium and podman cannot start without. This is the large step back that the profile nested is.
setns unshare
[clone] allow: With any flags: sandboxes inside the sandbox (bubblewrap, Chromium, podman) begin with new namespaces.
clone
[clone3] allow: With every flag allowed there is nothing to look at.
clone3
[mounts] allow: Lay out the root of a nested sandbox. The kernel allows it in a user namespace of one's own only, and there chroot too.
chroot fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree open_tree_attr pivot_root umount2
[host-name] allow: podman names its containers, each in a UTS namespace of its own.
setdomainname sethostname
[tracing] EPERM: One process reads and steers another: no agent needs that to work, and the kernel's part in it has a long record of holes.
kcmp process_vm_readv process_vm_writev ptrace
EOF
}
