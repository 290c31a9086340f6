"""Debian's containerd, with its own directories, socket and network namespace."""
import os
import subprocess

from testenv.engines import Server, call, wait_for

CONFIG = """version = 2
root = "%(dir)s/root"
state = "%(dir)s/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "%(dir)s/c.sock"
"""


class Containerd(Server):
    name = "containerd"

    def start(self):
        self.socket = os.path.join(self.directory, "c.sock")
        self.config = os.path.join(self.directory, "config.toml")
        with open(self.config, "w") as f:
            f.write(CONFIG % {"dir": self.directory})
        # runc has the containers of all daemons in one directory of /run
        self.start_in_namespaces('mount -t tmpfs none /run\nexec containerd --config "%s"' % self.config)
        wait_for(lambda: self.alive() and self.answers(), "containerd answers", 60)
        return self

    def answers(self):
        return subprocess.run(["ctr", "-a", self.socket, "version"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0

    def ctr(self, *args, namespace="default", **more):
        return call("ctr", "-a", self.socket, "-n", namespace, *args, **more)

    def ctr_inside(self, *args, namespace="default", **more):
        """In its namespaces: for ctr run, which makes pipes and mounts."""
        return call("nsenter", "-t", self.inner, "-m", "-n", "-p", "ctr", "-a", self.socket, "-n", namespace, *args, **more)

    def take(self, reference, name, *options, namespace="default"):
        """Puts the image into this containerd; ctr unpacks it, unless an option says otherwise."""
        full = name if "." in name.split("/")[0] else "docker.io/library/" + name
        full += "" if ":" in full.split("/")[-1] else ":latest"
        archive = os.path.join(self.directory, "image.tar")
        call("skopeo", "copy", "-q", reference, "oci-archive:%s:%s" % (archive, full))
        self.ctr("images", "import", *options, archive, namespace=namespace)
        os.unlink(archive)
        self.collect()

    def target(self, name, namespace="default"):
        """The digest that the name stands for."""
        for line in self.ctr("images", "ls", namespace=namespace).splitlines()[1:]:
            if line.split()[0] == name:
                return line.split()[2]
        raise AssertionError("no image " + name)

    def records(self):
        """All that it has records of, in every namespace."""
        out = {}
        for namespace in self.ctr("namespaces", "ls", "-q").split():
            for what in (("images", "ls", "-q"), ("leases", "ls", "-q"), ("snapshots", "ls"), ("content", "ls", "-q")):
                out[namespace, what[0]] = sorted(" ".join(line.split()) for line in
                                                 self.ctr(*what, namespace=namespace).splitlines())
        return out

    def collect(self):
        """Has it collect what nothing refers to."""
        self.ctr("leases", "create", "--id", "collect")
        self.ctr("leases", "rm", "--sync", "collect")

    def remove_all(self):
        for namespace in self.ctr("namespaces", "ls", "-q").split():
            for lease in self.ctr("leases", "ls", "-q", namespace=namespace).split():
                self.ctr("leases", "rm", lease, namespace=namespace)
            names = self.ctr("images", "ls", "-q", namespace=namespace).split()
            if names:
                self.ctr("images", "rm", "--sync", *names, namespace=namespace)
        self.collect()

    @property
    def root(self):
        return os.path.join(self.directory, "root")

    @property
    def blobs(self):
        return os.path.join(self.root, "io.containerd.content.v1.content/blobs/sha256")

    @property
    def snapshots(self):
        return os.path.join(self.root, "io.containerd.snapshotter.v1.overlayfs/snapshots")
