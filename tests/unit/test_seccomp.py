"""The seccomp profile: what the tables say, what the file says, and what the kernel's filter answers."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest
from tests.support.seccomp import (
    ALLOW,
    ARCHES,
    I386,
    KILL,
    PROFILES,
    RENDER,
    ROOT,
    SNIPPETS,
    Filter,
    allowed,
    groups,
    library,
    podman_default,
    refused,
    rendered,
    rules,
)

EPERM, ENOSYS, EPROTONOSUPPORT, EAFNOSUPPORT = 1, 38, 93, 97
DOCUMENT = ROOT / "docs/explanation/seccomp.md"


def _words(text: str) -> set[str]:
    return set(text.split())


ESSENTIALS = _words("""
    accept4 access arch_prctl bind brk capset chmod clock_nanosleep clone close close_range connect copy_file_range dup2 epoll_ctl
    epoll_pwait eventfd2 execve exit_group faccessat2 fallocate fchmodat2 fcntl flock fork fsync futex getdents64 getpid getrandom
    inotify_add_watch ioctl kill landlock_restrict_self lseek madvise membarrier memfd_create mkdirat mknodat mmap mprotect
    nanosleep newfstatat open openat openat2 personality pidfd_open pipe2 poll ppoll prctl pread64 prlimit64 read readlinkat recvmsg
    renameat2 rseq rt_sigaction rt_sigreturn sched_getaffinity seccomp select sendfile sendmsg setgroups setitimer setsid setsockopt
    setuid setxattr shmget sigaltstack signalfd4 socket socketpair splice statx symlinkat sysinfo tgkill timerfd_create umask uname
    unlinkat utimensat vfork wait4 waitid write writev
""")

NEVER = _words("""
    acct add_key bpf clock_settime create_module delete_module fanotify_init fanotify_mark finit_module init_module io_uring_enter
    io_uring_register io_uring_setup ioperm iopl kexec_file_load kexec_load keyctl lookup_dcookie memfd_secret modify_ldt
    name_to_handle_at open_by_handle_at perf_event_open pidfd_getfd process_madvise quotactl quotactl_fd reboot request_key
    settimeofday socketcall swapoff swapon syslog umount userfaultfd vmsplice
""")

TRACING = {"kcmp", "process_vm_readv", "process_vm_writev", "ptrace"}

NESTING = _words("""
    chroot clone3 fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree open_tree_attr pivot_root setdomainname
    sethostname setns umount2 unshare
""")

# Numbers that a 64-bit kernel has no code behind.
DEAD = {"epoll_ctl_old", "epoll_wait_old", "get_thread_area", "set_thread_area"}

# What the default of podman lets through and strict does not.
TAKEN = NESTING - {"chroot", "open_tree_attr", "setdomainname", "sethostname"} | TRACING - {"kcmp"}
TAKEN |= {"fanotify_init", "fanotify_mark", "keyctl", "memfd_secret", "modify_ldt", "name_to_handle_at"}
TAKEN |= {"pidfd_getfd", "reboot", "syslog"}

every_profile = pytest.mark.parametrize("profile", PROFILES)


@every_profile
def test_the_file_is_what_the_oci_runtime_spec_and_podman_describe(profile: str) -> None:
    data = json.loads(rendered(profile))
    assert set(data) == {"defaultAction", "defaultErrnoRet", "archMap", "syscalls"}
    assert data["defaultAction"] == "SCMP_ACT_ERRNO"
    assert data["defaultErrnoRet"] == ENOSYS
    for rule in data["syscalls"]:
        assert set(rule) <= {"comment", "names", "action", "errnoRet", "args"}
        assert rule["names"]
        assert all(re.fullmatch(r"[a-z0-9_]+", name) for name in rule["names"])
        assert rule["action"] in {"SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO"}
        assert ("errnoRet" in rule) == (rule["action"] == "SCMP_ACT_ERRNO")
        assert rule.get("errnoRet", EPERM) in {EPERM, ENOSYS, EPROTONOSUPPORT, EAFNOSUPPORT}
        args = rule.get("args", [])
        # runtimes read two conditions on one argument as alternatives, against the plain meaning
        assert len({arg["index"] for arg in args}) == len(args)
        for arg in args:
            assert set(arg) - {"valueTwo"} == {"index", "value", "op"}
            assert ("valueTwo" in arg) == (arg["op"] == "SCMP_CMP_MASKED_EQ")
            assert 0 <= arg["index"] <= 5
            assert 0 <= arg["value"] < 2**64


@every_profile
def test_only_the_two_native_abis_are_let_through(profile: str) -> None:
    found = {entry["architecture"]: entry["subArchitectures"] for entry in json.loads(rendered(profile))["archMap"]}
    assert found == {"SCMP_ARCH_X86_64": [], "SCMP_ARCH_AARCH64": []}


@every_profile
def test_the_file_is_readable_one_rule_a_line_each_reason_once(profile: str) -> None:
    lines = [line for line in rendered(profile).splitlines() if line.startswith('{"comment"')]
    assert len(lines) == len(rules(profile))
    comments = [json.loads(line.rstrip(","))["comment"] for line in lines]
    reasons = [comment.partition(": ")[2] for comment in comments if ": " in comment]
    assert all(len(reason) > 10 for reason in reasons)
    assert len(set(reasons)) == len(reasons)
    said = set()
    for comment in comments:
        group, _, reason = comment.partition(": ")
        assert reason or group in said
        said.add(group)


@every_profile
def test_rendering_twice_gives_the_same_bytes(profile: str) -> None:
    again = subprocess.run(["bash", "-c", RENDER, "bash", str(SNIPPETS), profile], check=True, capture_output=True)
    assert again.stdout.decode() == rendered(profile)


def test_an_unknown_profile_renders_nothing() -> None:
    run = subprocess.run(["bash", "-c", RENDER, "bash", str(SNIPPETS), "Strict"], check=False, capture_output=True)
    assert run.returncode == 64
    assert run.stdout == b""
    assert b"sandbox.seccomp is 'Strict'" in run.stderr


def test_rendering_is_a_matter_of_milliseconds() -> None:
    def once() -> float:
        start = time.perf_counter()
        subprocess.run(["bash", "-c", RENDER, "bash", str(SNIPPETS), "strict"], check=True, capture_output=True)
        return time.perf_counter() - start

    # 25 ms where it was measured; the rest is for a busy machine.
    assert min(once() for _ in range(5)) < 0.25


@every_profile
def test_essentials_are_allowed(profile: str) -> None:
    assert ESSENTIALS - allowed(profile) == set()


@every_profile
def test_what_no_profile_allows(profile: str) -> None:
    assert allowed(profile) & NEVER == set()


def test_strict_allows_neither_tracing_nor_nesting() -> None:
    assert allowed("strict") & (TRACING | NESTING) == set()


def test_debug_is_strict_and_tracing() -> None:
    assert allowed("debug") == allowed("strict") | TRACING


def test_nested_is_strict_and_nesting() -> None:
    assert allowed("nested") == allowed("strict") | NESTING


@every_profile
def test_no_name_is_both_allowed_and_refused_but_by_its_arguments(profile: str) -> None:
    both = allowed(profile) & refused(profile)
    assert both == ({"socket"} if profile == "nested" else {"socket", "clone"})
    for rule in rules(profile):
        assert rule.args or not both & set(rule.names)


@every_profile
def test_little_is_allowed_that_podmans_default_refuses(profile: str) -> None:
    more = {"debug": {"kcmp"}, "nested": {"chroot", "open_tree_attr", "setdomainname", "sethostname"}}
    assert allowed(profile) - podman_default() - {"socket", "personality"} == more.get(profile, set())


@pytest.mark.skipif(library() is None, reason="libseccomp.so.2, which knows the numbers, is not on this machine")
def test_every_name_that_strict_lacks_of_podmans_default_is_accounted_for() -> None:
    filters = [Filter("strict", arch) for arch in ARCHES]
    native = {name for name in podman_default() if any(f.number(name) >= 0 for f in filters)}
    assert native - allowed("strict") == TAKEN | DEAD
    assert {name for name in allowed("strict") if all(f.number(name) < -1 for f in filters)} == set()


def test_the_list_of_podmans_default_is_that_of_the_machine() -> None:
    file = Path("/usr/share/containers/seccomp.json")
    if not file.exists():
        pytest.skip("podman's own seccomp.json is not on this machine")
    theirs = {
        name
        for rule in json.loads(file.read_text())["syscalls"]
        if rule["action"] == "SCMP_ACT_ALLOW" and not rule.get("includes", {}).get("caps")
        for name in rule["names"]
    }
    # Versions differ by a few new or dropped names.
    assert len(podman_default() - theirs) <= 6, sorted(podman_default() - theirs)


@every_profile
def test_no_group_and_no_name_stands_twice_but_by_its_arguments(profile: str) -> None:
    common, own = groups("common"), groups(profile)
    assert set(common) & set(own) == set()
    count = Counter(name for group in (common | own).values() for name in set(group.names))
    assert {name for name, times in count.items() if times > 1} <= {"socket", "clone", "personality"}


@pytest.mark.parametrize("table", ["common", *PROFILES])
def test_each_group_has_a_reason_that_fits_on_its_line(table: str) -> None:
    for name, group in groups(table).items():
        assert len(group.reason) > 10, name
        assert group.reason.endswith("."), name
        assert len(f"[{name}] {group.verdict}: {group.reason}") <= 160, name
        assert group.names, name
        assert all(len(line) <= 160 for line in group.lines), name


def test_strict_debug_and_nested_stand_side_by_side() -> None:
    strict, debug, nested = (groups(profile) for profile in PROFILES)
    assert set(debug) == {*strict, "no-randomisation"}
    assert {name for name in strict if debug[name] != strict[name]} == {"tracing"}
    # With every flag allowed there are none to refuse.
    assert set(nested) == set(strict) - {"clone-namespaces"}
    assert {name for name in nested if nested[name] == strict[name]} == {"tracing"}
    for name in {*nested} - {"clone"}:
        assert nested[name].names == debug[name].names == strict[name].names


needs_library = pytest.mark.skipif(library() is None, reason="libseccomp.so.2, which makes the filter, is not on this machine")


@pytest.fixture(params=ARCHES)
def arch(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@needs_library
@every_profile
def test_the_filter_opens_the_wanted_sockets_only(profile: str, arch: str) -> None:
    filter_ = Filter(profile, arch)
    for family in range(64):
        expected = ALLOW if family in {1, 2, 10, 16} else EAFNOSUPPORT if family > 16 else ENOSYS
        assert filter_.answer("socket", family, 1, 0) == expected, family
    for protocol in range(1, 32):
        assert filter_.answer("socket", 16, 3, protocol) == EPROTONOSUPPORT, protocol
        assert filter_.answer("socket", 2, 1, protocol) == ALLOW, protocol
    for family in (0, 2, 10, 16, 30, 40):
        assert filter_.answer("socketpair", family, 1, 0) == ENOSYS
    assert filter_.answer("socketpair", 1, 1, 0) == ALLOW


@needs_library
@every_profile
def test_the_filter_is_not_fooled_by_bits_that_the_kernel_ignores(profile: str, arch: str) -> None:
    filter_ = Filter(profile, arch)
    for family in (1, 2, 16, 17, 40):
        assert filter_.answer("socket", 2**32 + family, 1, 0) == EAFNOSUPPORT
    assert filter_.answer("socket", 16, 3, 2**32) == EPROTONOSUPPORT
    assert filter_.answer("socketpair", 2**32 + 1, 1, 0) == ENOSYS
    assert filter_.answer("personality", 2**32 + 0x40000) == ENOSYS


@needs_library
@pytest.mark.parametrize("profile", ["strict", "debug"])
def test_the_filter_lets_clone_make_processes_and_threads_but_no_namespaces(profile: str, arch: str) -> None:
    filter_ = Filter(profile, arch)
    fork, thread, vfork = 0x01200011, 0x003D0F00, 0x00004111
    for flags in (fork, thread, vfork):
        assert filter_.answer("clone", flags) == ALLOW
        for namespace in (0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000, 0x7E020000):
            assert filter_.answer("clone", flags | namespace) == EPERM
            assert filter_.answer("clone", 2**32 | flags | namespace) == EPERM
    assert filter_.answer("clone3") == ENOSYS
    assert filter_.answer("unshare", 0x10000000) == EPERM


@pytest.mark.parametrize("profile", ["strict", "debug"])
def test_the_mask_of_clone_is_whole_whatever_the_other_rules_say(profile: str) -> None:
    found = [rule.args for rule in rules(profile) if rule.names == ("clone",) and rule.action == "SCMP_ACT_ALLOW"]
    assert found == [((0, "SCMP_CMP_MASKED_EQ", 0x7E020000, 0),)]


@needs_library
def test_the_filter_lets_nested_sandboxes_start(arch: str) -> None:
    filter_ = Filter("nested", arch)
    assert filter_.answer("clone", 0x7E020011) == ALLOW
    for name in NESTING - {"open_tree_attr"}:
        assert filter_.answer(name) == ALLOW, name
    assert filter_.answer("ptrace") == EPERM


@needs_library
@every_profile
def test_the_filter_allows_the_personalities_of_podmans_default(profile: str, arch: str) -> None:
    filter_ = Filter(profile, arch)
    for value in (0, 8, 0x20000, 0x20008, 0xFFFFFFFF):
        assert filter_.answer("personality", value) == ALLOW
    assert filter_.answer("personality", 0x40000) == (ALLOW if profile == "debug" else ENOSYS)
    for value in (0x400000, 0x100000, 0x200000, 0x40008):
        assert filter_.answer("personality", value) == ENOSYS


@needs_library
@every_profile
def test_the_filter_answers_every_refused_name_with_the_tables_error(profile: str, arch: str) -> None:
    filter_ = Filter(profile, arch)
    errors = {"EPERM": EPERM, "ENOSYS": ENOSYS}
    for group in (groups("common") | groups(profile)).values():
        if group.verdict not in errors or group.names[0] == "clone":
            continue
        for name in group.names:
            if filter_.number(name) >= 0:
                assert filter_.answer(name) == errors[group.verdict], name


@needs_library
@every_profile
def test_the_filter_answers_what_it_does_not_know_with_enosys(profile: str, arch: str) -> None:
    filter_ = Filter(profile, arch)
    for number in (*range(500, 520), 1000, 65535):
        assert filter_.answer_number(number) == ENOSYS


@needs_library
@every_profile
def test_the_filter_kills_callers_of_another_abi(profile: str) -> None:
    filter_ = Filter(profile, "x86_64")
    assert filter_.answer_number(20, arch=I386) == KILL
    assert filter_.answer_number(102, (1,), arch=I386) == KILL
    x32_getpid = 0x40000000 + 39
    assert filter_.answer_number(x32_getpid) == KILL
    arm_getpid, arm = 20, 0x40000028
    assert Filter(profile, "aarch64").answer_number(arm_getpid, arch=arm) == KILL


def _section(title: str) -> str:
    match = re.search(rf"^### {re.escape(title)}\n(.*?)(?=^##|\Z)", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
    assert match, title
    return match[1]


def _names(title: str) -> set[str]:
    """The names in a section, of a table in its second column only."""
    found: set[str] = set()
    for line in _section(title).splitlines():
        cell = line.split("|")[2] if line.startswith("|") else line
        found |= set(re.findall(r"`([a-z0-9_]+)`", cell))
    return found


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Taken away", TAKEN),
        ("Allowed with some arguments only", {"clone", "socket", "socketpair", "personality"}),
        ("Numbers without code", DEAD),
        ("Given back by `debug`", TRACING | {"personality"}),
        ("Given back by `nested`", NESTING | {"clone"}),
    ],
)
def test_the_document_lists_the_difference_from_podmans_default(title: str, expected: set[str]) -> None:
    assert _names(title) == expected


@needs_library
def test_the_document_lists_the_names_of_other_abis() -> None:
    filters = [Filter("strict", arch) for arch in ARCHES]
    foreign = {name for name in podman_default() if all(f.number(name) < 0 for f in filters)}
    # fewer where libseccomp is older than the newest names
    assert foreign - {"fchmodat2"} == _names("Names of other ABIs")
