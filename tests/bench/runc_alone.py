"""A container of an image in dockerd's overlay2, run by runc without slim: started, driven and stopped, with the time of each.
The layers are mounted where dockerd has them. Its bundle is `runc spec` with the image's command, environment and user,
and Docker's capabilities."""
import ctypes
import json
import os
import shutil
import signal
import subprocess
import time

ID = "slim-bench-alone"
CAPABILITIES = ["CAP_" + name for name in (
    "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL "
    "AUDIT_WRITE").split()]
CLONE_NEWNS = 0x20000
MOST_SECONDS = 60


def own_mounts():
    """From here on this process's mounts are its own, and end with it."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


def find_id(file, name):
    """(id, the next field, which in passwd is the group) of a name."""
    with open(file, errors="replace") as f:
        for line in f:
            words = line.rstrip("\n").split(":")
            if words[0] == name:
                return int(words[2]), words[3]
    raise KeyError("%s: no %s" % (file, name))


def user_of(root, text):
    """The user of the image's configuration as the runtime takes it."""
    name, _, group = text.partition(":")
    uid, gid = (int(name or 0), 0) if name.isdigit() or not name else (None, 0)
    if uid is None:
        uid, gid = find_id(root + "/etc/passwd", name)
    if group:
        gid = group if group.isdigit() else find_id(root + "/etc/group", group)[0]
    return {"uid": uid, "gid": int(gid)}


class Bundle:
    """Of one image: inspect is what docker says of it. A run has a new upper layer."""

    def __init__(self, folder, inspect):
        self.folder, self.inspect, self.runs = folder, inspect, 0
        data = inspect["GraphDriver"]["Data"]
        self.lower = ":".join(d for d in (data["UpperDir"], data.get("LowerDir")) if d)
        os.makedirs(folder + "/rootfs")

    def mount(self):
        self.runs += 1
        upper, work = ("%s/%s%d" % (self.folder, name, self.runs) for name in ("upper", "work"))
        os.makedirs(upper)
        os.makedirs(work)
        options = "lowerdir=%s,upperdir=%s,workdir=%s" % (self.lower, upper, work)
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, self.folder + "/rootfs"], check=True)

    def configure(self, env, command):
        config = self.inspect["Config"]
        path = self.folder + "/config.json"
        if os.path.exists(path):
            os.unlink(path)
        subprocess.run(["runc", "spec", "--bundle", self.folder], check=True)
        with open(path) as f:
            spec = json.load(f)
        process = spec["process"]
        process.update(terminal=False, args=(config.get("Entrypoint") or []) + (command or config.get("Cmd") or []),
                       env=(config.get("Env") or []) + ["%s=%s" % e for e in env.items()],
                       cwd=config.get("WorkingDir") or "/",
                       user=user_of(self.folder + "/rootfs", config.get("User") or ""),
                       capabilities={kind: CAPABILITIES for kind in ("bounding", "effective", "permitted")})
        spec["root"]["readonly"] = False
        with open(path, "w") as f:
            json.dump(spec, f)

    def unmount(self):
        subprocess.run(["umount", self.folder + "/rootfs"], check=True)


def listens(pid, port):
    """Whether anything in the process's network namespace listens on a port."""
    for name in ("tcp", "tcp6"):
        try:
            with open("/proc/%d/net/%s" % (pid, name)) as f:
                rows = [line.split() for line in f][1:]
        except OSError:
            continue
        if any(row[3] == "0A" and int(row[1].rpartition(":")[2], 16) == port for row in rows):
            return True
    return False


def wait_until(condition, what):
    end = time.monotonic() + MOST_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("runc alone: %s: not within %d s" % (what, MOST_SECONDS))
        time.sleep(0.002)  # the resolution of the measurement


def read_pid(file):
    try:
        with open(file) as f:
            return int(f.read() or 0)
    except OSError:
        return 0


def run_once(bundle, port, drive):
    """Seconds of start (until it listens), exercise, stop; drive(pid) does the exercise."""
    pid_file, state = bundle.folder + "/pid", bundle.folder + "/state"
    if os.path.exists(pid_file):
        os.unlink(pid_file)
    number = bundle.inspect["Config"].get("StopSignal") or "SIGTERM"
    with open(bundle.folder + "/log", "ab") as log:
        begin = time.monotonic()
        runc = subprocess.Popen(["runc", "--root", state, "run", "--bundle", bundle.folder, "--pid-file", pid_file, ID],
                                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            wait_until(lambda: runc.poll() is not None or (read_pid(pid_file) and listens(read_pid(pid_file), port)),
                       "the service listens on port %d" % port)
            if runc.returncode is not None:
                raise SystemExit("runc alone: status %d, see %s" % (runc.returncode, bundle.folder + "/log"))
            ready = time.monotonic()
            drive(read_pid(pid_file))
            driven = time.monotonic()
            os.kill(read_pid(pid_file), int(number) if number.isdigit() else getattr(signal, number))
            try:
                runc.wait(10)  # what docker stop gives it
            except subprocess.TimeoutExpired:
                os.kill(read_pid(pid_file), signal.SIGKILL)
                runc.wait(10)
            return ready - begin, driven - ready, time.monotonic() - driven
        finally:
            if runc.poll() is None:
                subprocess.run(["runc", "--root", state, "delete", "--force", ID], stdout=log, stderr=log)
                runc.wait()


def measure(folder, inspect, env, command, port, drive, rounds):
    """A tuple of run_once for each round."""
    shutil.rmtree(folder, ignore_errors=True)
    bundle, out = Bundle(folder, inspect), []
    for _ in range(rounds):
        bundle.mount()
        try:
            bundle.configure(env, command)
            out.append(run_once(bundle, port, drive))
        finally:
            bundle.unmount()
    return out
