"""A double of Docker 29's API over a real containerd: an image's ID is the digest of its manifest or index, images are saved
and loaded as OCI layouts."""
import json
import os
import tempfile

from testenv import engine_double as double
from testenv.engines import call


class Docker29(double.EngineDouble):
    namespace = "moby"

    def __init__(self, path, containerd, says_where=True):
        self.containerd, self.loads = containerd, 0
        info = {"Driver": "overlayfs", "DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]],
                "DockerRootDir": "/var/lib/docker", "SecurityOptions": ["name=seccomp,profile=builtin"]}
        if says_where:
            info["Containerd"] = {"Address": containerd.socket, "Namespaces": {"Containers": "moby", "Plugins": "plugins.moby"}}
        super().__init__(path, {"GET /_ping": double.ok(b"OK", "Api-Version: 1.52"),
                                "GET /info": double.ok(json.dumps(info).encode()), "POST /images/load": self.load})

    def full(self, name):
        return name if name.startswith("docker.io/") else "docker.io/library/%s%s" % (name, "" if ":" in name else ":latest")

    def add(self, name):
        """Answers for the image of that name, which containerd has, from now on."""
        self.answers["GET /images/%s/json" % name] = lambda connection, *_: connection.sendall(self.inspect(name))

    def export_path(self, name):
        """Where slim asks for it: by its ID."""
        return "GET /images/%s/get" % self.containerd.target(self.full(name), namespace=self.namespace).split(":")[1]

    def layout(self, name):
        """A directory with the image as an OCI layout."""
        directory = tempfile.mkdtemp(dir=self.containerd.directory)
        archive = os.path.join(directory, "image.tar")
        self.containerd.ctr("images", "export", "--all-platforms", archive, self.full(name), namespace=self.namespace)
        return directory, archive

    def inspect(self, name):
        try:
            target = self.containerd.target(self.full(name), namespace=self.namespace)
        except AssertionError:
            return double.status(404, b'{"message": "No such image"}')
        directory, archive = self.layout(name)
        config = json.loads(call("skopeo", "inspect", "--config", "--raw", "oci-archive:" + archive))
        answer = {"Id": target, "RepoTags": [name if ":" in name else name + ":latest"], "Architecture": config["architecture"],
                  "Os": config["os"], "Config": config.get("config", {}),
                  "RootFS": {"Type": "layers", "Layers": config["rootfs"]["diff_ids"]},
                  "Descriptor": {"digest": target}}
        call("rm", "-rf", directory)
        return double.ok(json.dumps(answer).encode())

    def save(self, name):
        directory, archive = self.layout(name)
        with open(archive, "rb") as f:
            body = f.read()
        call("rm", "-rf", directory)
        return double.ok(body)

    def load(self, connection, reader, length):
        archive = os.path.join(self.containerd.directory, "load.tar")
        with open(archive, "wb") as f:
            f.write(reader.read(length))
        self.containerd.ctr("images", "import", "--all-platforms", archive, namespace=self.namespace)
        self.loads += 1
        os.unlink(archive)
        connection.sendall(double.ok(b'{"stream": "Loaded image"}\n'))
