"""emulation.py COMMAND... : runs the command where the other architecture is emulated by qemu-user: in a user namespace with a
binfmt_misc of its own (Linux 6.7). The machine's entries stay as they are, and those of the namespace go with it."""
import ctypes
import os
import platform
import shutil
import sys

HOST_IS_X86 = platform.machine() == "x86_64"
EMULATOR = "qemu-aarch64-static" if HOST_IS_X86 else "qemu-x86_64-static"
MACHINE = r"\xb7\x00" if HOST_IS_X86 else r"\x3e\x00"
MAGIC = r"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00" + MACHINE
MASK = r"\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff"
FOLDER = "/proc/sys/fs/binfmt_misc"
NEWNS, NEWUSER = 0x20000, 0x10000000
libc = ctypes.CDLL(None, use_errno=True)


def check(status, what):
    if status != 0:
        raise OSError(ctypes.get_errno(), "%s: %s" % (what, os.strerror(ctypes.get_errno())))


def enter():
    """All ids are mapped, each to itself. Only a process outside of the namespace may do so."""
    entered, mapped = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        os.read(entered[0], 1)
        for name in ("uid_map", "gid_map"):
            with open("/proc/%d/%s" % (os.getppid(), name), "w") as f:
                f.write("0 0 4294967295")
        os.write(mapped[1], b"x")
        os._exit(0)
    check(libc.unshare(NEWUSER | NEWNS), "unshare")
    os.write(entered[1], b"x")
    os.read(mapped[0], 1)
    os.waitpid(child, 0)
    check(libc.mount(b"binfmt_misc", FOLDER.encode(), b"binfmt_misc", 0, None), "mount")
    with open(FOLDER + "/register", "w") as f:
        f.write(":slim-test:M::%s:%s:%s:OCF" % (MAGIC, MASK, shutil.which(EMULATOR)))


class EmulatingUser:
    """A testenv.user.User whose programs run in such a namespace."""

    def __init__(self, user):
        self.user = user

    def __getattr__(self, name):
        return getattr(self.user, name)

    def prefix(self):
        return [sys.executable, os.path.abspath(__file__)] + self.user.prefix()


if __name__ == "__main__":
    enter()
    os.execvp(sys.argv[1], sys.argv[1:])
