"""What a run leaves on the machine: processes, mounts, cgroups, network namespaces, temporary files."""
import os
import re
import time

WATCHED = ("/tmp", "/run", "/run/netns", "/dev/shm", "/var/tmp")
# Others use these places too: only names that slim gives (its containers', mkstemp's). TMPDIR, which slim is
# given, is looked at whole.
OURS = re.compile(r"slim-[0-9a-f]{16}|^\.?slim[-.]?[A-Za-z0-9]{6}$")
ANY = re.compile("")


def listing(folder, pattern=OURS):
    try:
        return {os.path.join(folder, name) for name in os.listdir(folder) if pattern.search(name)}
    except OSError:
        return set()


def cgroups():
    return {folder for folder, _, _ in os.walk("/sys/fs/cgroup") if OURS.search(os.path.basename(folder))}


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


def lives_elsewhere(cgroup, ours):
    """Whether it holds processes and none of them is ours: that of another slim on this machine."""
    try:
        with open(cgroup + "/cgroup.procs") as f:
            pids = f.read().split()
    except OSError:
        return True  # gone meanwhile
    return bool(pids) and not any(line.startswith("process %s " % pid) for pid in pids for line in ours)


class Residue:
    """Taken before; left() afterwards says what is there that was not."""

    def __init__(self, slim):
        self.slim = slim
        self.before = {folder: listing(folder) for folder in WATCHED}
        self.cgroups = cgroups()

    def now(self):
        out = ["process %d (%s)" % item for item in users_of(self.slim.store).items()]
        out += ["mount " + line for line in mounts(self.slim.store)]
        out += ["cgroup " + c for c in cgroups() - self.cgroups if not lives_elsewhere(c, out)]
        for folder, names in self.before.items():
            out += ["file " + name for name in listing(folder) - names]
        out += ["file " + name for name in listing(self.slim.tmp, ANY)]
        out += ["run " + name for name in listing(os.path.join(self.slim.store, "runs"), ANY)]
        return sorted(out)

    def left(self, patience=5.0):
        """Processes that were told to end may need a moment: looks until nothing is left or patience ends."""
        end = time.monotonic() + patience
        while True:
            out = self.now()
            if not out or time.monotonic() > end:
                return out
            time.sleep(0.02)
