"""The images that the tests slim, made once per session. Each method returns references."""
import json
import os
import shutil
import subprocess

import oci
from testenv import machine
from testenv.layers import Layer

SERVICE_CONFIG = {
    "Entrypoint": ["/bin/httpd"],
    "Cmd": ["8080"],
    "Env": ["PATH=/bin", "GREETING=hello world"],
    "User": "app",
    "WorkingDir": "/srv",
    "ExposedPorts": {"8080/tcp": {}},
    "Volumes": {"/data": {}},
    "Labels": {"org.example.purpose": "test"},
    "StopSignal": "SIGTERM",
    "OnBuild": ["RUN echo onbuild"],
    "Healthcheck": {"Test": ["CMD", "/bin/job", "cat", "/srv/health.txt"], "Interval": 30 * 10**9, "Retries": 3},
}
JOB_CONFIG = {"Entrypoint": ["/bin/job"], "Cmd": ["cat", "/srv/default.txt"], "Env": ["PATH=/bin"]}


def files_of_image(name):
    """{path in the image: text} of a folder of tests/images."""
    folder, out = os.path.join(os.path.dirname(oci.__file__), name), {}
    for file in os.listdir(folder):
        with open(os.path.join(folder, file)) as f:
            out["srv/" + file] = f.read()
    return out


class Samples:
    def __init__(self, directory, programs, cache, tools):
        self.directory, self.programs, self.cache, self.tools = directory, programs, cache, tools
        self.made = {}

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def once(self, key, make):
        if key not in self.made:
            self.made[key] = make()
        return self.made[key]

    def root(self, name, *packages):
        """The tar of a root with these Debian packages, cached between sessions."""
        tar = os.path.join(self.cache, name + ".tar")
        with machine.lock("root-" + name):
            if not os.path.exists(tar):
                subprocess.run([os.path.join(self.tools, "debian"), tar, *packages], check=True)
        return tar

    def busybox(self):
        """A static busybox of the distribution's package, which need not be installed; cached between sessions."""
        program = os.path.join(self.cache, "busybox")
        with machine.lock("busybox"):
            if not os.path.exists(program):
                folder = self.path("busybox-package")
                os.makedirs(folder)
                subprocess.run(["apt-get", "-q", "download", "busybox-static"], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
                subprocess.run("dpkg-deb -x *.deb . && { mv bin/busybox new || mv usr/bin/busybox new; }", shell=True, cwd=folder, check=True)
                shutil.move(os.path.join(folder, "new"), program)
        return program

    # layers

    def base_layer(self):
        layer = Layer().dir("bin").dir("etc").dir("srv", uid=1000, gid=1000).dir("data", mode=0o750, uid=1000, gid=1000)
        layer.dir("tmp", mode=0o1777).dir("root", mode=0o700)
        layer.program("bin/httpd", self.programs["httpd"]).program("bin/job", self.programs["job"])
        layer.file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/srv:/bin/sh\n")
        layer.file("etc/group", "root:x:0:\napp:x:1000:\nextra:x:2000:app\n")
        layer.file("data/kept.txt", "content of a volume\n", uid=1000, gid=1000)
        layer.file("srv/gone.txt", "whited out above\n").file("srv/unused.txt", "nobody asks for this\n" * 1000)
        for name in ("bye", "quit", "health", "default", "run-a", "run-b", "host", "exec", "hup", "first", "second"):
            layer.file("srv/%s.txt" % name, name + "\n", uid=1000, mtime="1704067200.123456789")
        return layer

    def top_layer(self):
        layer = Layer().dir("srv", uid=1000, gid=1000).whiteout("srv/gone.txt")
        layer.file("srv/index.html", '<title>t</title><a href="/page.html">page</a><a href="sub/deep.txt">deep</a>')
        layer.file("srv/page.html", '<p><img src="/pixel.txt"></p><a href="http://other.invalid/x">away</a>')
        layer.file("srv/pixel.txt", "pixel\n").dir("srv/sub").file("srv/sub/deep.txt", "deep\n")
        return layer

    def layers(self):
        return self.once("layers", lambda: [self.base_layer().write(self.path("base.tar")),
                                            self.top_layer().write(self.path("top.tar"))])

    def big_layer(self):
        """Bytes that do not compress, so that each stage takes a while."""
        def make():
            layer = Layer().dir("big")
            for i in range(48):
                layer.file("big/%02d" % i, os.urandom(1 << 20))
            return layer.write(self.path("big.tar"))
        return self.once("big", make)

    def service_image(self, config=None, **options):
        return oci.Image(self.layers(), dict(SERVICE_CONFIG, **(config or {})), **options)

    def job_image(self, config=None, **options):
        return oci.Image(self.layers(), dict(JOB_CONFIG, **(config or {})), **options)

    # references

    def layout(self, name, *images, **options):
        """oci:DIR:image of these images, made once per name."""
        def make():
            oci.write_layout(self.path(name), "image", *images, **options)
            return "oci:%s:image" % self.path(name)
        return self.once(("layout", name), make)

    def service(self):
        return self.layout("service", self.service_image())

    def job(self):
        return self.layout("job", self.job_image())

    def of_form(self, form, family="oci", compression="gzip"):
        """The service in one of the forms: oci, oci-archive, docker-archive-old, docker-archive-new, index."""
        name = "%s-%s-%s" % (form, family, compression)
        image = self.service_image(family=family, compression=compression)
        if form == "oci":
            return self.layout(name, image)
        if form == "index":
            other = self.service_image({"Cmd": ["wrong platform"]}, family=family, compression=compression, arch="s390x")
            return self.layout(name, other, image)
        archive = self.path(name + ".tar")
        write = {"oci-archive": oci.write_oci_archive, "docker-archive-old": oci.write_docker_archive_old,
                 "docker-archive-new": oci.write_docker_archive_new}[form]
        def make():
            if form == "oci-archive":
                write(archive, "image", image)
                return "oci-archive:%s:image" % archive
            write(archive, "test/service:1", image)
            return "docker-archive:%s:test/service:1" % archive
        return self.once(name, make)

    def nginx(self):
        """The quick start's image. Its root is cached."""
        def make():
            tar = self.root("quickstart-nginx", "nginx-light")
            quickstart = os.path.join(self.tools, "../../examples/quickstart")
            site = self.path("quickstart-site.tar")
            subprocess.run(["tar", "--owner=0", "--group=0", "-C", os.path.join(quickstart, "site"), "-cf", site, "."],
                           check=True)
            with open(os.path.join(quickstart, "config.json")) as f:
                config = json.load(f)
            oci.write_layout(self.path("nginx"), "image", oci.Image([tar, site], config))
            return "oci:%s:image" % self.path("nginx")
        return self.once("nginx", make)

    def debian(self):
        """A real service: Python's http.server of the distribution's packages. Its root is cached."""
        def make():
            tar = self.root("debian-python", "python3")
            site = Layer().dir("srv").file("srv/index.html", '<a href="a.txt">a</a>').file("srv/a.txt", "a\n")
            site.file("srv/b.txt", "b\n")
            config = {"Cmd": ["python3", "-m", "http.server", "8000"], "WorkingDir": "/srv",
                      "Env": ["PATH=/usr/local/bin:/usr/bin:/bin"], "ExposedPorts": {"8000/tcp": {}}}
            oci.write_layout(self.path("debian"), "image", oci.Image([tar, site.write(self.path("site.tar"))], config))
            return "oci:%s:image" % self.path("debian")
        return self.once("debian", make)

    def of_packages(self, name, packages, files, config):
        """An image of Debian packages, whose root is cached, and a layer of files: {path: text}."""
        def make():
            tar = self.root("debian-" + name, *packages)
            top, folders = Layer(), set()
            for path, text in files.items():
                for n in range(1, path.count("/") + 1):
                    folder = "/".join(path.split("/")[:n])
                    if folder not in folders:
                        folders.add(folder)
                        top.dir(folder)
                top.file(path, text, mode=0o755)
            layers = [tar, top.write(self.path(name + "-top.tar"))]
            oci.write_layout(self.path(name), "image", oci.Image(layers, config, compression="none"))
            return "oci:%s:image" % self.path(name)
        return self.once(name, make)
