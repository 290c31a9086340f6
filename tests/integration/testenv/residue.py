"""Finds what a run leaves on the machine: processes, mounts, cgroups, network namespaces, temporary files.

Other programs may work on the same machine, including other slims. A thing belongs to the test if it names the test's
store or the number of one of its runs. These numbers are the directories that appeared in the store's runs/."""
import contextlib
import ctypes
import os
import re
import struct
import time

WATCHED = ("/tmp", "/run", "/run/netns", "/dev/shm", "/var/tmp")
TEMPORARY = re.compile(r"^\.?slim[-.]?[A-Za-z0-9]{6}$")  # as mkstemp names files
LIBC = ctypes.CDLL(None, use_errno=True)
IN_CREATE, IN_MOVED_TO, IN_NONBLOCK, IN_CLOEXEC = 0x100, 0x80, 0o4000, 0o2000000


def listing(folder):
    try:
        return {os.path.join(folder, name) for name in os.listdir(folder)}
    except OSError:
        return set()


class Names:
    """Collects all names that ever appeared in a directory, by inotify: even those that existed for a moment."""

    def __init__(self, folder):
        self.fd, self.names = LIBC.inotify_init1(IN_NONBLOCK | IN_CLOEXEC), set()
        if self.fd < 0 or LIBC.inotify_add_watch(self.fd, os.fsencode(folder), IN_CREATE | IN_MOVED_TO) < 0:
            raise OSError(ctypes.get_errno(), "inotify", folder)

    def all(self):
        while True:
            try:
                data = os.read(self.fd, 65536)
            except BlockingIOError:
                return self.names
            while data:
                length = struct.unpack_from("iIII", data)[3]
                self.names.add(os.fsdecode(data[16:16 + length].rstrip(b"\0")))
                data = data[16 + length:]

    def __del__(self):
        os.close(self.fd)  # few may be open at a time


def users_of(path):
    """{pid: why} of processes whose mounts, command line or current directory name the path: a container
    of ours has its overlay's directories in mountinfo, whatever root it has."""
    needle, out = os.fsencode(path), {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        if int(pid) == os.getpid():
            continue
        for what in ("mountinfo", "cmdline"):
            try:
                with open("/proc/%s/%s" % (pid, what), "rb") as f:
                    if needle in f.read():
                        out[int(pid)] = what
            except OSError:
                pass
        try:
            if os.readlink("/proc/%s/cwd" % pid).startswith(path):
                out[int(pid)] = "cwd"
        except OSError:
            pass
    return out


def mounts(path):
    with open("/proc/self/mountinfo") as f:
        return [line.strip() for line in f if path in line]


class Residue:
    """Make it before the first run. left() then lists what the runs since have left."""

    def __init__(self, slim):
        self.slim, self.runs = slim, os.path.join(slim.store, "runs")
        os.makedirs(self.runs, mode=0o700, exist_ok=True)
        os.chmod(slim.store, 0o700)
        self.before = set().union(*map(listing, WATCHED))
        self.numbers = Names(self.runs)

    def now(self):
        numbers = {n for n in self.numbers.all() if re.fullmatch("[0-9a-f]{16}", n)}
        ours = lambda name: any(n in name for n in numbers)
        out = ["process %d (%s)" % item for item in users_of(self.slim.store).items()]
        out += ["mount " + line for line in mounts(self.slim.store)]
        out += ["cgroup " + c for c, _, _ in os.walk("/sys/fs/cgroup") if ours(os.path.basename(c))]
        new = set().union(*map(listing, WATCHED)) - self.before
        out += ["file " + f for f in new if ours(f) or TEMPORARY.match(os.path.basename(f))]
        out += ["file " + f for f in listing(self.slim.tmp)] + ["run " + f for f in listing(self.runs)]
        return sorted(out)

    def left(self, patience=5.0):
        """Processes need a moment to end, so this looks again until nothing is left or patience ends."""
        end = time.monotonic() + patience
        while True:
            out = self.now()
            if not out or time.monotonic() > end:
                return out
            time.sleep(0.02)


@contextlib.contextmanager
def nothing_left(slim):
    """Closes slim at the end. Its runs must not have left anything."""
    residue = Residue(slim)
    yield slim
    slim.close()
    left = residue.left()
    assert not left, "slim left behind: %s" % left
