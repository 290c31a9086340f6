"""--dockerfile-out: docker's two builders and buildah make of the file what slim made. --dockerignore-out: with its
patterns the original's build leaves out what is not used."""
import os
import re
import struct
import subprocess
import tarfile

import oci
import pytest

from testenv.layers import Layer
from testenv.samples import JOB_CONFIG
from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "runc")

CAPABILITY = struct.pack("<IIIII", 0x02000001, 1 << 10, 0, 0, 0)  # cap_net_bind_service=ep, version 2
HOSTILE = "a b $HOME ${x} \"q\" 'q' \\ # `id`"
CONFIG = {
    "Env": ["PATH=/bin", "ODD=" + HOSTILE, "EMPTY=", "LINES=a\nRUN false"],
    "Labels": {"plain": "x", HOSTILE: HOSTILE + "\\", "lines": "a\nRUN false"},
    "Entrypoint": ["/bin/job", "env"],
    "Cmd": [HOSTILE, "a\nb"],
    "WorkingDir": "/srv",
    "User": "1000:1000",
    "Volumes": {"/data": {}, "/vol \"$x'": {}},
    "ExposedPorts": {"80/tcp": {}, "53/udp": {}},
    "StopSignal": "SIGQUIT",
    "Shell": ["/bin/sh", "-eu", "-c"],
    "Healthcheck": {"Test": ["CMD-SHELL", "job env | grep \"$X\" || exit 1"], "Interval": 1500 * 10**6, "Timeout": 3 * 10**9,
                    "Retries": 4},
}
SAID = ("Env", "Entrypoint", "Cmd", "WorkingDir", "User", "Volumes", "ExposedPorts", "StopSignal", "Labels", "Shell",
        "OnBuild", "Healthcheck")


def kinds_layer():
    layer = Layer().dir("whole", mode=0o2751, uid=7, gid=8).dir("whole/sticky", mode=0o1777, uid=9)
    layer.file("whole/owned", "o", mode=0o640, uid=1234, gid=5678).symlink("whole/link", "../part", uid=3)
    layer.file("whole/odd $x 'q' \"q\" [1] * \n", "odd").file("whole/one", "1").hardlink("whole/two", "whole/one")
    layer.file("whole/capable", "c", mode=0o755, xattrs={"security.capability": CAPABILITY})
    layer.dir("root-default").file("root-default/file", "f").dir("empty", mode=0o700, uid=33).dir("bare")
    layer.dir("part", uid=11).file("part/not", "dropped").file("part/setuid", "s", mode=0o4755).dir("linked")
    layer.file("part/owned", "o", mode=0o604, uid=12, gid=13).symlink("part/link", "owned").symlink("part/dir", "../whole")
    layer.file("part/capable", "c", mode=0o755, xattrs={"security.capability": CAPABILITY})
    layer.hardlink("linked/owned", "part/owned", mode=0o604, uid=12, gid=13).file("linked/not", "dropped")
    layer.add("part/fifo", tarfile.FIFOTYPE, mode=0o620).add("part/char", tarfile.CHRTYPE, mode=0o666, device=(1, 3))
    for name in ("a.py", "b.py", "c.py"):
        layer.file("part/" + name, name, mode=0o640)
    for i, name in enumerate(("blank name", "$HOME", "q\"uote", "q'uote", "[x]", "st*r", "qu?", "new\nRUN false", "back\\slash",
                              "<<EOF", "\u00e4")):
        layer.file("part/odd%d %s" % (i, name), name.encode(), mode=0o600 + i % 8, uid=i)
    return layer


def gnu_tar_layer():
    """The machine's own tar, with the libraries that it needs."""
    program = os.path.realpath("/bin/tar")
    layer = Layer().dir("bin").program("bin/tar", program)
    made = {"bin"}
    for library in re.findall(r"(/\S+) \(0x", subprocess.check_output(["ldd", program], text=True)):
        parts = library.strip("/").split("/")
        for i in range(1, len(parts)):
            if "/".join(parts[:i]) not in made:
                layer.dir("/".join(parts[:i]))
                made.add("/".join(parts[:i]))
        layer.program(library.strip("/"), os.path.realpath(library))
    return layer


class Builders:
    """Each makes an image of a Dockerfile and reads it back."""

    def __init__(self, dockerd, podman, directory):
        self.dockerd, self.podman, self.directory = dockerd, podman, str(directory)

    def take(self, source, name="fat"):
        self.dockerd.take(source, name)
        self.podman.take(source, name)

    def build(self, kind, dockerfile, name="built"):
        archive = os.path.join(self.directory, kind + ".tar")
        context = os.path.dirname(dockerfile)
        options = ["-q", "-t", name, "--build-arg", "ORIGINAL=fat", "-f", dockerfile, context]
        if kind == "buildah":
            self.podman.podman("build", "--isolation", "chroot", "--format", "docker", *options)
            self.podman.podman("save", "-q", "-o", archive, name)
        else:  # the newest client asks for a plugin: Debian's has BuildKit in it
            subprocess.run(["/usr/bin/docker", "-H", "unix://" + self.dockerd.socket, "build", *options], check=True, stdout=subprocess.DEVNULL,
                           env=dict(os.environ, DOCKER_BUILDKIT="1" if kind == "buildkit" else "0"))
            self.dockerd.docker("save", "-o", archive, name)
        image = Image("docker-archive:" + archive)
        os.unlink(archive)
        return image


@pytest.fixture
def builders(dockerd, podman, tmp_path):
    yield Builders(dockerd, podman, tmp_path)
    dockerd.docker("image", "prune", "-af")  # of steps, too, which rmi takes in one order only
    dockerd.docker("builder", "prune", "-af")


def build(slim, tmp_path, source, *options, **more):
    """slim's result, the Dockerfile's path and the report."""
    dockerfile = str(tmp_path / "context" / "Dockerfile.slim")
    os.mkdir(os.path.dirname(dockerfile))
    report = slim.build(source, "oci:%s:slim" % (tmp_path / "out"), "--dockerfile-out", dockerfile, *options,
                        **more)
    return Image("oci:%s:slim" % (tmp_path / "out")), dockerfile, report


def tree_of(image, directories_have_times):
    """As far as docker keeps it: whole seconds, nothing of the root, of attributes capabilities."""
    tree = {}
    for path, node in image.nodes.items():
        seconds = node.mtime // 10**9 if node.kind != "dir" or directories_have_times else None
        attributes = tuple(x for x in node.xattrs if x[0] == "security.capability")
        if path:
            tree[path] = node._replace(mtime=seconds, xattrs=attributes), image.group(path) if node.kind != "dir" else None
    return tree


def config_of(image, without=()):
    config = {key: image.config["config"].get(key) or None for key in SAID}
    if config["WorkingDir"] == "/":
        config["WorkingDir"] = None
    config["Env"] = [v for v in config["Env"] or [] if v.partition("=")[0] not in without]
    config["Labels"] = {k: v for k, v in (config["Labels"] or {}).items() if k != "io.buildah.version" and k not in without}
    return config


INCLUDED = ("/whole", "/empty", "/bare", "/root-default", "/part/odd*", "/part/setuid", "/part/owned",
            "/part/link", "/part/dir", "/part/capable", "/part/char", "/part/fifo", "/linked/owned",
            "/part/*.py")
KINDS = ("classic", "buildkit", "buildah")


def test_builders_make_the_same(slim, images, builders, tmp_path):
    layers = images.layers()[:1] + [kinds_layer().write(tmp_path / "kinds.tar")]
    oci.write_layout(str(tmp_path / "in"), "image", oci.Image(layers, CONFIG))
    source = "oci:%s:image" % (tmp_path / "in")
    slimmed, dockerfile, report = build(slim, tmp_path, source, "--continue-after", "exit",
                                        *(x for path in INCLUDED for x in ("--include", path)))
    assert "part/not" not in slimmed.nodes and "part/odd1 $HOME" in slimmed.nodes
    with open(dockerfile) as f:
        text = f.read()
    assert not re.search("^ *RUN", text, re.M), text
    assert "COPY --from=fat /root-default/ /root-default/\n" in text and "COPY --from=fat /whole/ /whole/\n" in text
    assert '["/part/*.py", ' in text and "a.py" not in text
    assert "dockerfile-incomplete" in [n["code"] for n in report["notes"]]
    with tarfile.open(dockerfile + ".tar", errors="surrogateescape") as archive:
        names = set(archive.getnames())
    assert "part/link" in names and "linked/owned" in names and "whole/link" not in names
    builders.take(source)
    for kind in KINDS:
        built = builders.build(kind, dockerfile)
        assert tree_of(built, True) == tree_of(slimmed, True), kind
        assert config_of(built) == config_of(slimmed, ("LINES", "lines")), kind


def test_a_list_in_place_of_many_copies(slim, images, builders, tmp_path):
    """The original's own tar reads it. What a builder mounts while it runs is not taken for the image's."""
    layer = kinds_layer().dir("data", uid=5).file("data/x", "x", uid=6).dir("data/sub").file("data/sub/y", "y")
    layer.hardlink("data/sub/z", "data/sub/y").hardlink("whole/outside", "data/sub/y").dir("etc").file("etc/resolv.conf", "of the image\n")
    layer.file("etc/hosts", "dropped").file("etc/fstab", "f").dir("proc").dir("dev", mode=0o700).file("dev/file", "d")
    for i in range(60):
        layer.dir("many/%02d" % i, mode=0o750, gid=i).file("many/%02d/kept" % i, str(i)).file("many/%02d/not" % i, "n")
    layers = images.layers()[:1] + [gnu_tar_layer().write(tmp_path / "tar.tar"), layer.write(tmp_path / "kinds.tar")]
    oci.write_layout(str(tmp_path / "in"), "image", oci.Image(layers, CONFIG))
    source = "oci:%s:image" % (tmp_path / "in")
    slimmed, dockerfile, _ = build(slim, tmp_path, source, "--continue-after", "exit", "--exclude", "/many/*/not",
                                   *(x for path in INCLUDED + ("/many", "/data", "/etc/resolv.conf", "/etc/fstab", "/dev")
                                     for x in ("--include", path)))
    assert slimmed.nodes["etc/resolv.conf"].size == 13 and "many/07/not" not in slimmed.nodes
    with open(dockerfile) as f:
        text = f.read()
    assert re.search("^# slim: +[1-9][0-9.]* .?B in [1-9]", text, re.M), text
    assert text.count("COPY") == 2 and text.count("\nRUN") == 2 and len(text.splitlines()) < 60, text
    with open(dockerfile + ".paths") as f:
        paths = f.read().splitlines()
    assert {"whole/", "part/link", "part/owned", "linked/owned", "many/59/kept", "part/odd4 [x]"} <= set(paths)
    assert not {"etc/resolv.conf", "dev/", "dev/file", "part/fifo", "part/odd8 back\\slash"} & set(paths)
    builders.take(source)
    for kind in KINDS:
        built = builders.build(kind, dockerfile)
        assert tree_of(built, True) == tree_of(slimmed, True), kind
        assert config_of(built) == config_of(slimmed, ("LINES", "lines")), kind


def test_no_archive_for_what_copies_can_carry(slim, images, builders, tmp_path):
    """An engine has the original by a name that builders know, too. Its triggers are not carried out."""
    layer = Layer().dir("bin").program("bin/job", images.programs["job"]).dir("srv").file("srv/default.txt", "d\n")
    layer.file("srv/other.txt", "o\n").dir("app").file("app/data", "d", uid=5)
    config = dict(JOB_CONFIG, OnBuild=["RUN echo \"$HOME\" 'x'", "RUN a\nRUN b"])
    oci.write_layout(str(tmp_path / "in"), "image", oci.Image([layer.write(tmp_path / "l.tar")], config))
    builders.take("oci:%s:image" % (tmp_path / "in"), "docker.io/library/fat")
    slimmed, dockerfile, report = build(slim, tmp_path, "docker-daemon:fat:latest", "--include", "/app",
                                        env={"DOCKER_HOST": "unix://" + builders.dockerd.socket})
    assert os.listdir(os.path.dirname(dockerfile)) == ["Dockerfile.slim"]
    for kind in KINDS:
        built = builders.build(kind, dockerfile)
        assert tree_of(built, False) == tree_of(slimmed, False), kind
        want = config_of(slimmed)
        want["OnBuild"] = want["OnBuild"][:1]
        assert config_of(built) == want, kind


def test_an_original_of_a_registry_is_named_by_its_digest(slim, images, plain_registry, tmp_path):
    """Equal builds give equal files, with the date that was asked for."""
    digest = plain_registry.push(images.job(), "dockerfile/job:1")
    texts = []
    for name in ("a", "b"):
        dockerfile = tmp_path / name / "Dockerfile"
        dockerfile.parent.mkdir()
        slim.build(plain_registry.reference("dockerfile/job:1"), "oci:%s:slim" % (tmp_path / name / "out"),
                   "--dockerfile-out", dockerfile, "--tls-verify=false", env={"SOURCE_DATE_EPOCH": "1700000000"})
        texts.append((dockerfile.read_text(), (tmp_path / name / "Dockerfile.tar").read_bytes()))
    assert "\nFROM %s/dockerfile/job@%s AS fat\n" % (plain_registry.host, digest) in texts[0][0]
    assert "\n# made:     2023-11-14T22:13:20Z\n" in texts[0][0]
    assert texts[0] == texts[1]


@pytest.fixture
def copied_app(images, builders, tmp_path):
    """A context, and an image that was built of it."""
    builders.dockerd.take(images.job(), "base")
    context = tmp_path / "app"
    for path in ("used", "not", "docs/a", "docs/deep/b", "src/used", "src/not", "src/help.txt", "src/[odd] $x!.y",
                 "src/line\n!used.y", "#c.d", "node_modules/x/test/a.js"):
        (context / path).parent.mkdir(parents=True, exist_ok=True)
        (context / path).write_text(path)
    (context / "Dockerfile").write_text('FROM base\nWORKDIR /app\nCOPY . .\nCOPY src/used /etc/\nENTRYPOINT ["/bin/job"]\n'
                                        'CMD ["cat", "/app/used", "/app/src/used", "/etc/used"]\n')
    return context, builders.build("buildkit", str(context / "Dockerfile"), "app")


def patterns_of(slim, builders, tmp_path, *options):
    """Those in force, and those behind a "#"."""
    path = tmp_path / "patterns"
    slim.build("docker-daemon:app:latest", "oci:%s:slim" % (tmp_path / "out"), "--dockerignore-out", path, *options,
               env={"DOCKER_HOST": "unix://" + builders.dockerd.socket})
    lines = [line for line in path.read_text().splitlines() if not line.startswith("# ")]
    return [line for line in lines if line[0] != "#"], [line[1:] for line in lines if line[0] == "#"], path


ODD = ["\\#c.d", "src/\\[odd\\] \\$x\\!.y", "src/line?\\!used.y"]


def test_patterns_for_the_originals_own_build(slim, builders, copied_app, tmp_path):
    context, first = copied_app
    proven, possible, path = patterns_of(slim, builders, tmp_path, "--keep", "closure")
    assert not possible
    assert sorted(proven) == sorted(ODD + ["Dockerfile", "docs", "not", "src/help.txt", "src/not", "node_modules"]), proven
    (context / ".dockerignore").write_text(path.read_text())
    second = builders.build("buildkit", str(context / "Dockerfile"), "app")
    gone = {path for path in first.paths() - second.paths() if first.nodes[path].kind == "file"}
    assert gone == {"app/#c.d", "app/Dockerfile", "app/docs/a", "app/docs/deep/b", "app/not", "app/src/[odd] $x!.y",
                    "app/src/line\n!used.y", "app/src/not", "app/src/help.txt", "app/node_modules/x/test/a.js"}
    slim.build("docker-daemon:app:latest", "oci:%s:slim" % (tmp_path / "again"), "--keep", "closure",
               env={"DOCKER_HOST": "unix://" + builders.dockerd.socket})
    trees = [tree_of(Image("oci:%s:slim" % (tmp_path / out)), False) for out in ("out", "again")]
    assert trees[0] == trees[1]


def test_patterns_of_an_application_that_is_kept_whole(slim, builders, copied_app, tmp_path):
    """They are comments: the result has the files. A file beside a used one of its kind has no pattern."""
    proven, possible, _ = patterns_of(slim, builders, tmp_path, "--keep", "safe")
    kept = Image("oci:%s:slim" % (tmp_path / "out")).nodes
    assert proven == ["\\#c.d", "node_modules"] and not [path for path in kept if path.startswith(("app/#", "app/node_"))]
    assert possible == ["docs", ODD[1], "src/help.txt", ODD[2]] and "app/src/help.txt" in kept and "app/docs/a" in kept


def test_nothing_is_proven_without_a_verification(slim, builders, copied_app, tmp_path):
    proven, possible, _ = patterns_of(slim, builders, tmp_path, "--keep", "closure", "--verify=off")
    assert not proven and "docs" in possible
