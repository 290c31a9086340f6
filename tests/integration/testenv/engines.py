"""Real engines, each with its own directory, socket and network namespace: start, stop, logs.
A daemon lives in a PID namespace whose first process is a child of ours. If that child is killed, all its processes end."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

NAMESPACES = ["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--"]


def wait_for(condition, what, seconds=30):
    """Calls condition until it returns something true, and returns that."""
    end = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError("%s: not within %d s" % (what, seconds))
        time.sleep(0.05)


def call(*command, ok=(0,), timeout=120, **more):
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          errors="surrogateescape", timeout=timeout, **more)
    assert done.returncode in ok, "%s: status %d\n%s%s" % (command, done.returncode, done.stdout, done.stderr)
    return done.stdout


def first_child(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
        return int((f.read().split() or ["0"])[0])


def remove_cgroups(of):
    """Removes the empty cgroups below a top cgroup for whose name of() is true."""
    for folder, _, _ in os.walk("/sys/fs/cgroup", topdown=False):
        if any(name.startswith("slim-test-") and of(name) for name in folder.split("/")):
            try:
                os.rmdir(folder)
            except OSError:
                pass  # in use by another session


def of_the_dead(name):
    """Whether a cgroup's name ends with the number of a process that has ended."""
    return not os.path.exists("/proc/" + name.rpartition("-")[2])


class Server:
    """A process in namespaces of its own. inner: the pid, as we see it, of the first process in them."""

    name, stop_signal = "server", signal.SIGTERM

    def __init__(self, directory):
        self.directory = str(directory)
        self.process, self.inner = None, None
        self.cgroup = "slim-test-%s-%d" % (self.name, os.getpid())
        os.makedirs(self.directory, exist_ok=True)
        self.log_path = os.path.join(self.directory, "log")

    def start_in_namespaces(self, script):
        remove_cgroups(of_the_dead)
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(NAMESPACES + ["sh", "-euc", "ip link set lo up\n" + script],
                                            cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self.inner = wait_for(lambda: self.alive() and first_child(self.process.pid), self.name + " starts")

    def alive(self):
        assert self.process.poll() is None, "%s ended:\n%s" % (self.name, self.logs())
        return True

    def logs(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()[-8000:]

    def stop(self):
        if self.process and self.process.poll() is None:
            try:
                os.kill(self.inner or self.process.pid, self.stop_signal)
                self.process.wait(20)
            except (OSError, subprocess.TimeoutExpired):
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)
        remove_cgroups(lambda name: name == self.cgroup)

    def inside(self, *command, **more):
        return call("nsenter", "-t", self.inner, "-n", *command, **more)

    def http(self, address, port, path):
        """(status, body) from within the namespace; waits until the port is open."""
        out = self.inside("curl", "-sS", "--max-time", "20", "--retry", "100", "--retry-delay", "1", "--retry-max-time",
                          "20", "--retry-connrefused", "-w", "\n%{http_code}",
                          "http://%s:%d%s" % (address, port, path))
        body, _, status = out.rpartition("\n")
        return int(status), body


class Dockerd(Server):
    name = "dockerd"

    def start(self):
        self.socket = os.path.join(self.directory, "docker.sock")
        self.start_in_namespaces("""exec dockerd --data-root "%s/data" --exec-root "%s/exec" --pidfile "%s/pid" \
            -H "unix://%s" --iptables=false --ip6tables=false --ip-masq=false --cgroup-parent "/%s"
        """ % (self.directory, self.directory, self.directory, self.socket, self.cgroup))
        wait_for(lambda: self.alive() and self.answers(), "dockerd answers", 60)
        return self

    def answers(self):
        return subprocess.run(["docker", "-H", "unix://" + self.socket, "version"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0

    def docker(self, *args, **more):
        return call("docker", "-H", "unix://" + self.socket, *args, **more)

    def take(self, reference, name):
        """Puts the image into this Docker under the name: archives of Docker by docker load, others by skopeo."""
        if reference.startswith("docker-archive:"):
            out = self.docker("load", "-q", "-i", reference.split(":")[1])
            loaded = out.strip().split(": ", 1)[1]
            self.docker("tag", loaded, name)
        else:  # skopeo 1.9 cannot copy zstd layers to docker; it decompresses them into a directory
            plain = "dir:" + os.path.join(self.directory, "plain")
            call("skopeo", "copy", "-q", "--dest-decompress", reference, plain)
            call("skopeo", "copy", "-q", "--dest-daemon-host", "unix://" + self.socket, plain,
                 "docker-daemon:%s:latest" % name)
            shutil.rmtree(plain[len("dir:"):])

    def run(self, name, *args):
        """Starts a service: (id, address)."""
        container = self.docker("run", "-d", name, *args).strip()
        return container, self.docker("inspect", "-f", "{{.NetworkSettings.IPAddress}}", container).strip()

    def job(self, name, *args, options=(), ok=(0,)):
        return self.docker("run", "--rm", *options, name, *args, ok=ok)

    def config(self, name):
        return json.loads(self.docker("image", "inspect", name))[0]["Config"]

    def stop_container(self, container):
        self.docker("stop", "-t", "10", container)
        return int(self.docker("inspect", "-f", "{{.State.ExitCode}}", container))

    def remove_all(self):
        ids = self.docker("ps", "-aq").split()
        if ids:
            self.docker("rm", "-fv", *ids)
        self.docker("image", "prune", "-af")


class Podman(Server):
    """No daemon: the namespaces' first process only waits."""

    name, stop_signal = "podman", signal.SIGKILL
    runroot = None

    def start(self):
        self.runroot = tempfile.mkdtemp(prefix="slim-p-", dir="/tmp")  # podman refuses a path above 50 bytes
        self.options = ["--network", "host", "--cgroup-parent", "/" + self.cgroup, "--ulimit", "nofile=1024:1024",
                        "--ulimit", "nproc=1024:1024"]
        self.start_in_namespaces("exec sleep infinity")
        wait_for(lambda: "LOOPBACK,UP" in self.inside("ip", "link", "show", "lo"), "lo is up")
        return self

    def podman(self, *args, **more):
        d = self.directory
        return call("nsenter", "-t", self.inner, "-n", "-m", "-p", "podman", "--root", d + "/root", "--runroot",
                    self.runroot, "--tmpdir", d + "/tmp", "--runtime", "runc", "--cgroup-manager=cgroupfs",
                    "--storage-driver", "overlay", "--events-backend", "file", *args, **more)

    def stop(self):
        super().stop()
        if self.runroot:
            shutil.rmtree(self.runroot, ignore_errors=True)

    def take(self, reference, name):
        if "-archive:" in reference:
            out = self.podman("load", "-q", "-i", reference.split(":")[1])
            loaded = out.strip().split(": ", 1)[1].split(",")[0]
        else:
            loaded = self.podman("pull", "-q", reference).strip().splitlines()[-1]
        self.podman("tag", loaded, name)

    def run(self, name, *args):
        container = self.podman("run", "-d", *self.options, name, *args).strip().splitlines()[-1]
        return container, "127.0.0.1"

    def job(self, name, *args, options=(), ok=(0,)):
        return self.podman("run", "--rm", *self.options, *options, name, *args, ok=ok)

    def stop_container(self, container):
        self.podman("stop", "-t", "10", container)
        return int(self.podman("inspect", "-f", "{{.State.ExitCode}}", container))

    def remove_all(self):
        self.podman("rm", "-af", "-t", "0")
        self.podman("rmi", "-af")


class PodmanService(Podman):
    """podman's API: as root, or as a User (testenv/user.py) with a store of that user. socket: where it listens. The
    program podman uses the same store if it gets environment()."""

    name, stop_signal = "podman-api", signal.SIGTERM

    def __init__(self, directory, user=None):
        super().__init__(directory)
        self.user, self.socket = user, os.path.join(self.directory, "podman.sock")

    def configure(self):
        """Writes as files what Podman.podman passes as options, for programs that start podman themselves."""
        d = self.directory
        for name in ("home", "runtime"):
            os.makedirs(os.path.join(d, name), mode=0o700, exist_ok=True)
        with open(os.path.join(d, "storage.conf"), "w") as f:
            f.write('[storage]\ndriver = "overlay"\ngraphroot = "%s/root"\nrunroot = "%s/run"\n' % (d, d))
        with open(os.path.join(d, "containers.conf"), "w") as f:
            f.write('[engine]\ntmp_dir = "%s/tmp"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\nruntime = "runc"\n'
                    '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n' % d)
        if self.user:
            os.chmod(d, 0o755)
            self.user.own(d)

    def environment(self):
        d = self.directory
        return {"CONTAINERS_STORAGE_CONF": d + "/storage.conf", "CONTAINERS_CONF": d + "/containers.conf",
                "XDG_RUNTIME_DIR": d + "/runtime", "HOME": d + "/home"}

    def start(self):
        self.configure()
        self.options = ["--network", "host", "--cgroup-parent", "/" + self.cgroup]
        words = self.prefix() + ["podman", "system", "service", "--time", "0", "unix://" + self.socket]
        self.start_in_namespaces("exec " + " ".join(words))
        wait_for(lambda: self.alive() and self.answers(), "podman's API answers")
        return self

    def prefix(self):
        variables = ["env"] + ["%s=%s" % item for item in self.environment().items()]
        return (self.user.prefix() if self.user else []) + variables

    def answers(self):
        return subprocess.run(["curl", "-sf", "--unix-socket", self.socket, "http://podman/_ping"],
                              stdout=subprocess.DEVNULL).returncode == 0

    def podman(self, *args, **more):
        return call("nsenter", "-t", self.inner, "-n", "-m", "-p", *self.prefix(), "podman", *args, **more)
