"""Runs containers of a root directory with podman, as `docker run --network none` would run them.

An Engine has its own storage, which goes away with it; nothing that runs here is seen by another podman."""
import contextlib
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

MOST_OUTPUT = 1 << 20
# Docker's default capabilities, and its sysctl; podman's own are fewer.
CONTAINERS_CONF = """[containers]
default_capabilities = ["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE",
    "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"]
default_sysctls = ["net.ipv4.ip_unprivileged_port_start=0", "net.ipv4.ping_group_range=0 0"]
log_driver = "k8s-file"
base_hosts_file = "none"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
"""
CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 0x4000, 0x40000


class ContainerError(Exception):
    """A container, or what is below it, that could not be had."""


class Result:
    """How a command ended: its exit status (None: it took too long), what it printed, and its seconds."""

    def __init__(self, status, out, seconds):
        self.status, self.out, self.seconds = status, out, seconds


def own_mounts():
    """Moves this process to a mount namespace of its own: what is mounted from here on goes away with it."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) or libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None):
        raise ContainerError("a mount namespace: %s" % os.strerror(ctypes.get_errno()))


def _end(process, grace):
    """Ends the process group: asks it to, waits GRACE seconds, and kills what is left."""
    if grace:
        os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def run(command, timeout, stdin=None, grace=0, **more):
    """Runs COMMAND; its output is stdout, then stderr, each capped. Ends its process group when the time is over."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as data:
        data.write((stdin or "").encode())
        data.seek(0)
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL if stdin is None else data, stdout=out, stderr=err,
                                   start_new_session=True, **more)
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            if process.poll() is None:
                _end(process, grace)
        text = b""
        for f in (out, err):
            f.seek(0)
            text += f.read(MOST_OUTPUT)
    return Result(status, text.decode("utf-8", "backslashreplace"), time.monotonic() - start)


@contextlib.contextmanager
def mounted(lowers, directory):
    """Mounts the layers LOWERS (of the form of overlayfs, the topmost first) as one tree that can be written to.
    DIRECTORY is made for it, and removed afterwards."""
    upper, work, root = (os.path.join(directory, name) for name in ("upper", "work", "root"))
    for path in (directory, upper, work, root):
        os.mkdir(path, 0o755)
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", "lowerdir=%s,upperdir=%s,workdir=%s" %
                    (lowers, upper, work), root], check=True)
    try:
        yield root
    finally:
        subprocess.run(["umount", "-l", root], check=True)
        shutil.rmtree(directory, ignore_errors=True)


class Engine:
    """Containers of one image: LOWERS are its layers, CONFIG is the config object of its OCI configuration, ENV what
    else is in the environment."""

    def __init__(self, directory, lowers, config, env):
        self.directory, self.lowers, self.config, self.env = directory, lowers, config, env
        self.names = 0
        os.makedirs(directory)
        self.state = tempfile.mkdtemp(prefix="stacks-", dir="/run")  # podman takes no long path for this
        conf = os.path.join(directory, "containers.conf")
        with open(conf, "w") as f:
            f.write(CONTAINERS_CONF)
        self.environ = dict(os.environ, CONTAINERS_CONF=conf)
        self.podman = ["podman", "--log-level", "error", "--root", os.path.join(directory, "root"), "--runroot",
                       os.path.join(self.state, "run"), "--tmpdir", os.path.join(self.state, "tmp")]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.call("rm", "-f", "-a", "-t", "0", "-v")
        with open("/proc/self/mounts") as f:
            mounts = [line.split()[1] for line in f]
        for directory in (self.directory, self.state):
            for mount in reversed([m for m in mounts if m.startswith(directory + "/")]):
                subprocess.run(["umount", "-l", mount], check=False)
            shutil.rmtree(directory, ignore_errors=True)

    def call(self, *command, timeout=60, stdin=None):
        return run([*self.podman, *command], timeout, stdin, env=self.environ)

    def _options(self, entrypoint, mounts):
        options = ["--network", "none", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024",
                   "--hostname", "stack", "--unsetenv", "container", "--entrypoint", json.dumps(entrypoint)]
        for e in self.config.get("Env") or []:
            options += ["--env", e]
        for key, value in self.env.items():
            options += ["--env", "%s=%s" % (key, value)]
        for volume in self.config.get("Volumes") or {}:
            options += ["--volume", volume]
        for key, option in (("User", "--user"), ("WorkingDir", "--workdir"), ("StopSignal", "--stop-signal")):
            if self.config.get(key):
                options += [option, self.config[key]]
        for source, target in mounts:
            options += ["--volume", "%s:%s:ro" % (source, target)]
        return options

    def _argv(self, entrypoint, args):
        """The entrypoint and the arguments of a container, as docker run takes them from the image."""
        if args is None:
            args = (self.config.get("Cmd") or []) if entrypoint is None else []
        if entrypoint is None:
            entrypoint = self.config.get("Entrypoint") or []
        argv = list(entrypoint) + list(args)
        return argv[:1], argv[1:]

    @contextlib.contextmanager
    def _container(self):
        """The name and the fresh root directory of a container, which is removed at the end."""
        self.names += 1
        name = "stack-%d" % self.names
        with mounted(self.lowers, os.path.join(self.directory, name)) as root:
            try:
                yield name, root
            finally:
                self.call("rm", "-f", "-t", "0", "-v", name)

    def run(self, entrypoint=None, args=None, stdin=None, mounts=(), timeout=60):
        """One container, to its end; the result of its first process."""
        entry, rest = self._argv(entrypoint, args)
        with self._container() as (name, root):
            return self.call("run", "--name", name, *(["-i"] if stdin is not None else []),
                             *self._options(entry, mounts), "--rootfs", root, *rest, timeout=timeout, stdin=stdin)

    @contextlib.contextmanager
    def service(self, mounts=()):
        """A service that runs until the end of the with."""
        entry, rest = self._argv(None, None)
        with self._container() as (name, root):
            done = self.call("run", "--detach", "--name", name, *self._options(entry, mounts), "--rootfs", root, *rest)
            if done.status != 0:
                raise ContainerError("the service does not start: %s" % done.out.strip())
            yield Service(self, name)


class Service:
    """A container that runs while checks are made against it."""

    def __init__(self, engine, name):
        self.engine, self.name = engine, name

    def pid(self):
        """The process ID of its first process, 0 when it has ended."""
        return int(self.engine.call("inspect", "--format", "{{.State.Pid}}", self.name).out.split()[0])

    def log(self):
        return self.engine.call("logs", self.name).out

    def ended(self):
        """"" while it runs, else with what exit status it ended."""
        state = self.engine.call("inspect", "--format", "{{.State.Running}} {{.State.ExitCode}}", self.name).out.split()
        return "" if state[0] == "true" else "it ended with exit status %s" % state[-1]

    def exec(self, argv, stdin=None, timeout=60):
        """A further process in the container."""
        options = ["-i"] if stdin is not None else []
        for key, value in self.engine.env.items():
            options += ["--env", "%s=%s" % (key, value)]
        return self.engine.call("exec", *options, self.name, *argv, stdin=stdin, timeout=timeout)

    def shell(self, script, stdin=None, timeout=60, **more):
        """A script of this machine's bash in the network namespace of the container."""
        return run(["nsenter", "-t", str(self.pid()), "-n", "/bin/bash", "-c", script], timeout, stdin, **more)

    def _is_ready(self, ready):
        if "tcp" in ready:
            return self.shell("exec 3<>/dev/tcp/127.0.0.1/%d" % int(ready["tcp"]), timeout=5).status == 0
        if "exec" in ready:
            return self.exec(ready["exec"], timeout=20).status == 0
        if "log" in ready:
            return re.search(ready["log"], self.log(), re.S | re.M) is not None
        return True

    def wait_ready(self, ready):
        """Waits until the service is ready; returns "" or why it is not."""
        end = time.monotonic() + ready.get("timeout", 60)
        while True:
            ended = self.ended()
            if ended:
                return ended
            if self._is_ready(ready):
                return ""
            if time.monotonic() > end:
                return "it is not ready after %d s" % ready.get("timeout", 60)
            time.sleep(0.1)
