"""Runs the installed dormouse as the service runs it, without systemd: confined.py UNIT ROOT INSTANCE ARGUMENT…

Taken from the unit: user, working directory, file system, system calls, address families, memory that is
never writable and executable, no new privileges, no capabilities. Runs as root in a mount namespace of its
own. Not covered: PrivateUsers, PrivateDevices, RestrictNamespaces, RestrictRealtime, RestrictSUIDSGID, and what
ProtectProc and ProtectKernel… hide of /proc and /sys.
"""
import ctypes, mmap, os, re, socket, subprocess, sys

import seccomp
from seccomp import ALLOW, ERRNO, EQ, MASKED_EQ, Arg

unit, root, instance, *arguments = sys.argv[1:]
text = open(unit, encoding="utf-8").read().replace("%i", instance)


def settings(name):
    return re.findall(rf"^{name}=(.*)$", text, re.M)


def setting(name):
    [value] = settings(name)
    return value


def mount(*words):
    subprocess.run(["mount", *words], check=True)


def calls(name):
    """The system calls of a set as systemd knows it."""
    listed = subprocess.run(
        ["systemd-analyze", "syscall-filter", name], check=True, capture_output=True, text=True
    ).stdout
    words = [line.strip() for line in listed.splitlines()[1:]]
    words = [word for word in words if word and not word.startswith("#")]
    return set().union(*(calls(word) if word.startswith("@") else {word} for word in words))


allowed = set()
for line in settings("SystemCallFilter"):
    named = set().union(*map(calls, line.lstrip("~").split()))
    allowed = allowed - named if line.startswith("~") else allowed | named

# ProtectSystem=strict, ReadWritePaths=, PrivateTmp=
assert setting("ProtectSystem") == "strict" and setting("PrivateTmp") == "yes"
mount("--make-rprivate", "/")
mount("--bind", root, root)
os.chdir(root)
for path in settings("ReadWritePaths"):
    mount("--bind", root + path, root + path)
mount("-o", "remount,bind,ro", root)
mount("-t", "tmpfs", "-o", "mode=1777,nosuid,nodev", "tmp", root + "/tmp")

os.chroot(root)
os.chdir(setting("WorkingDirectory"))
os.umask(int(setting("UMask"), 8))
passwd = dict(line.split(":", 1) for line in open("/etc/passwd", encoding="utf-8"))
group = dict(line.split(":", 1) for line in open("/etc/group", encoding="utf-8"))
uid = int(passwd[setting("User")].split(":")[1])
gid = int(group[setting("Group")].split(":")[1])

# CapabilityBoundingSet= is empty, NoNewPrivileges=yes
libc = ctypes.CDLL(None, use_errno=True)
assert setting("CapabilityBoundingSet") == "" and setting("NoNewPrivileges") == "yes"
PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 24, 38
capability = 0
while libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0:
    capability += 1
os.setgroups([])
os.setgid(gid)
os.setuid(uid)
libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)

# SystemCallFilter=, MemoryDenyWriteExecute=, RestrictAddressFamilies=
assert setting("SystemCallErrorNumber") == "EPERM" and setting("MemoryDenyWriteExecute") == "yes"
both = mmap.PROT_WRITE | mmap.PROT_EXEC
families = [getattr(socket, name) for name in setting("RestrictAddressFamilies").split()]
only = {
    "mmap": [Arg(2, MASKED_EQ, both, bits) for bits in (0, mmap.PROT_WRITE, mmap.PROT_EXEC)],
    "mprotect": [Arg(2, MASKED_EQ, mmap.PROT_EXEC, 0)],
    "pkey_mprotect": [Arg(2, MASKED_EQ, mmap.PROT_EXEC, 0)],
    "socket": [Arg(0, EQ, family) for family in families],
}
calls_allowed = seccomp.SyscallFilter(defaction=ERRNO(1))
for name in sorted(allowed):
    try:
        number = seccomp.resolve_syscall(seccomp.Arch(), name)
    except ValueError:
        continue
    if number < 0:  # of another architecture
        continue
    for rule in only.get(name, [None]):
        calls_allowed.add_rule(ALLOW, name, *([rule] if rule else []))
calls_allowed.load()
os.execve("/usr/bin/dormouse", ["dormouse", *arguments], {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})
