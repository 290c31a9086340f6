"""Changes to the machine that end with the test: a memory limit, a binary format. And locks for what the test sessions
share."""
import contextlib
import fcntl
import os
import subprocess
import time

LOCKS = "/run/lock/slim-test-%d" % os.geteuid()
HELD = "SLIM_TEST_HOLDS_MACHINE"  # in the environment of what a test starts


@contextlib.contextmanager
def lock(name, how=fcntl.LOCK_EX):
    """Holds a lock between all test sessions of this machine."""
    fd = os.open("%s-%s" % (LOCKS, name), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, how)
        yield
    finally:
        os.close(fd)


@contextlib.contextmanager
def shared(alone):
    """Holds the machine, together with other tests unless alone. Nobody overtakes a test that waits to be alone. A session
    that a test started relies on that test: if it waited for a lock, a test that waits to be alone would stop both."""
    if HELD in os.environ:
        yield
        return
    with contextlib.ExitStack() as held:
        with lock("turnstile"):
            held.enter_context(lock("machine", fcntl.LOCK_EX if alone else fcntl.LOCK_SH))
        os.environ[HELD] = "1"
        held.callback(os.environ.pop, HELD, None)
        yield


class MemoryLimit:
    """A cgroup of either version with a limit of this many bytes."""

    def __init__(self, size):
        v1 = "/sys/fs/cgroup/memory"
        old = os.path.exists(v1 + "/memory.limit_in_bytes")
        self.path = os.path.join(v1 if old else "/sys/fs/cgroup", "slim-test-%d" % os.getpid())
        if not old:
            self.write("/sys/fs/cgroup/cgroup.subtree_control", "+memory")
        os.mkdir(self.path)
        self.write("memory.limit_in_bytes" if old else "memory.max", str(size))
        swap = "memory.memsw.limit_in_bytes" if old else "memory.swap.max"
        if os.path.exists(os.path.join(self.path, swap)):
            self.write(swap, str(size) if old else "0")

    def write(self, name, text):
        with open(os.path.join(self.path, name), "w") as f:
            f.write(text)

    def add(self, pid):
        self.write("cgroup.procs", str(pid))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        os.rmdir(self.path)


class BinaryFormat:
    """Lets that interpreter execute files named *.EXTENSION, on the whole machine. Other extensions are not affected."""

    def __init__(self, directory, extension, interpreter, flags):
        self.mount, self.name, self.extension = str(directory), "slim-test-%d" % os.getpid(), extension
        self.interpreter, self.flags = interpreter, flags

    def __enter__(self):
        os.makedirs(self.mount, exist_ok=True)
        subprocess.run(["mount", "-t", "binfmt_misc", "binfmt_misc", self.mount], check=True)
        try:
            with open(self.mount + "/register", "w") as f:
                f.write(":%s:E::%s::%s:%s" % (self.name, self.extension, self.interpreter, self.flags))
        except OSError:
            subprocess.run(["umount", self.mount], check=True)
            raise
        return self

    def __exit__(self, *error):
        with open(os.path.join(self.mount, self.name), "w") as f:
            f.write("-1")
        subprocess.run(["umount", self.mount], check=True)


def container_process(slim, name, ready):
    """Returns the process of a container of that slim that runs the program and for which ready(status) is true."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/cmdline" % pid) as f, open("/proc/%s/mountinfo" % pid) as mounts, \
                        open("/proc/%s/status" % pid) as status:
                    if f.read().split("\0")[0] == name and slim.store in mounts.read() and ready(status.read()):
                        return int(pid)
            except (OSError, UnicodeDecodeError):
                pass
    raise AssertionError("no process " + name)


def catches(number):
    """ready: it has a handler for the signal."""
    return lambda status: int(status.split("SigCgt:")[1].split()[0], 16) >> (number - 1) & 1


class ShortQueue:
    """Makes the queue of each fanotify group that is created meanwhile too short for any event, unless it is unlimited."""
    path = "/proc/sys/fs/fanotify/max_queued_events"

    def __enter__(self):
        with open(self.path) as f:
            self.before = f.read()
        self.set("0")
        return self

    def __exit__(self, *error):
        self.set(self.before)

    def set(self, text):
        with open(self.path, "w") as f:
            f.write(text)
