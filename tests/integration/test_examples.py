"""examples/: the commands of each README, in their order, as a user runs them: the image is built, slimmed, and both are checked.

Docker is the test's own. The image debian:bookworm-slim, which the Dockerfiles begin with, is made of this machine's
release by mmdebstrap. The packages come from where apt gets them on this machine. Built images are cached between sessions."""
import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import time

import pytest
import yaml

from conftest import ROOT
from testenv import engines

pytestmark = pytest.mark.needs("root", "runc", "dockerd", "docker", "mmdebstrap", "slirp4netns", "nsenter", "curl")
EXAMPLES = os.path.join(ROOT, "examples")
OTHER = {"ci", "quickstart", "stacks"}  # test_ci_examples.py, test_quickstart.py, test_stack_examples.py
AT_EVERY_LANDING = {"job", "nginx"}
NAMES = sorted(name for name in os.listdir(EXAMPLES) if os.path.isdir(os.path.join(EXAMPLES, name)) and name not in OTHER)
NOT_IN_IMAGES = {"README.md", "check.sh", "compose.yaml", "compose.slim.yaml"}
WHOLE = {"java"}  # what check.sh needs is in files that every run uses: the runtime's modules, the jars
# How much of an image may remain, in percent of its size. Others: 70.
LARGEST = {"example-go": 10, "example-job": 40, "example-nginx": 30, "example-node": 40, "example-php": 50, "example-python": 40,
           "example-ruby": 30, "example-rust": 30}
DOCKER = """#!/bin/sh
case $1 in build) shift; set -- build --network host --build-arg http_proxy --build-arg https_proxy "$@" ;; esac
exec "%s" "$@"
"""


def commands(name):
    """The lines of the README that are commands: those that are indented."""
    with open(os.path.join(EXAMPLES, name, "README.md")) as f:
        text = re.sub(r"\\\n *", "", f.read())
    return [line.strip() for line in text.splitlines() if line.startswith("    ")]


def source(name, line):
    """The image that a line slims: it is named there, or in the compose file of the example."""
    service = re.search(r" --target-compose-svc (\S+)", line)
    if not service:
        return line.split()[2]
    with open(os.path.join(EXAMPLES, name, "compose.yaml")) as f:
        return yaml.safe_load(f)["services"][service[1]]["image"]


def digest(*names):
    """Of the files of these folders of examples/ that can be in an image."""
    sha = hashlib.sha256()
    for name in names:
        for folder, folders, files in os.walk(os.path.join(EXAMPLES, name)):
            folders.sort()
            for file in sorted(set(files) - NOT_IN_IMAGES):
                path = os.path.join(folder, file)
                with open(path, "rb") as f:
                    sha.update(b"%s\0%d\0" % (os.fsencode(os.path.relpath(path, EXAMPLES)), os.stat(path).st_mode))
                    sha.update(f.read())
    return sha.hexdigest()[:16]


@contextlib.contextmanager
def way_out(server):
    """Gives the network namespace of the server a way to this machine's network, for apt-get."""
    process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "slirp4netns", "--configure", "--mtu=65520", "--cidr=10.9.8.0/24",
                                "--disable-host-loopback", str(server.inner), "tap0"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        engines.wait_for(lambda: "default" in server.inside("ip", "route"), "slirp4netns makes a route")
        yield
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def docker(tmp_path_factory, images):
    """With the base of all Dockerfiles."""
    server = engines.Dockerd(str(tmp_path_factory.mktemp("dockerd")))
    try:
        server.start()
        server.docker("import", images.root("example-base", "usr-is-merged"), "debian:bookworm-slim", timeout=600)
        with way_out(server):
            yield server
    finally:
        server.stop()


@pytest.fixture
def shell(docker, slim, program, tmp_path):
    """Runs a command in the folder of an example, in the network of the test's Docker; its output."""
    tools = tmp_path / "tools"
    tools.mkdir()
    os.symlink(program, tools / "slim")
    (tools / "docker").write_text(DOCKER % shutil.which("docker"))
    os.chmod(tools / "docker", 0o755)
    env = slim.environment({"DOCKER_HOST": "unix://" + docker.socket, "DOCKER_BUILDKIT": "0",
                            "PATH": "%s:%s" % (tools, os.environ["PATH"])})
    def run(name, command, ok=True):
        done = subprocess.run(["nsenter", "-t", str(docker.inner), "-n", "bash", "-c", command], cwd=os.path.join(EXAMPLES, name),
                              env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=3000)
        assert (done.returncode == 0) == ok, "%s\n%s" % (command, done.stdout)
        return done.stdout
    return run


def build(name, lines, docker, shell, cache):
    """Runs the lines that build images, unless an earlier session has done so with the same files."""
    folders = {os.path.normpath(os.path.join(name, line.split()[-1])) for line in lines}
    folders = {name} | {folder for folder in folders if not folder.startswith(name + "/")}
    file = "example-" + name.replace("/", "-")
    archive = os.path.join(cache, "%s-%s.tar" % (file, digest(*sorted(folders))))
    if os.path.exists(archive):
        docker.docker("load", "-q", "-i", archive, timeout=600)
        return
    for line in lines:
        shell(name, line)
    for old in os.listdir(cache):
        if re.fullmatch("%s-[0-9a-f]{16}.tar" % file, old):
            os.unlink(os.path.join(cache, old))
    docker.docker("save", "-o", archive + ".new", *(re.search(r" -t (\S+)", line)[1] for line in lines), timeout=600)
    os.rename(archive + ".new", archive)


def size(docker, image):
    return int(docker.docker("image", "inspect", "-f", "{{.Size}}", image))


def note(name, seconds, before, after, checks):
    """A line of JSON in the file that SLIM_EXAMPLES names, for a table of all."""
    if "SLIM_EXAMPLES" in os.environ:
        with open(os.environ["SLIM_EXAMPLES"], "a") as f:
            f.write(json.dumps([name, seconds, before, after, checks]) + "\n")


def when(name):
    return pytest.param(name, marks=[] if name in AT_EVERY_LANDING else [pytest.mark.nightly])


@pytest.mark.parametrize("name", map(when, NAMES))
def test_readme(name, docker, shell, slim, cache):
    lines = commands(name)
    building = [line for line in lines if line.startswith("docker build ")]
    slimming = [line for line in lines if line.startswith("slim build ")]
    checks = [line for line in lines if line.startswith("./check.sh ")]
    assert building and slimming and len(checks) == 2, lines
    build(name, building, docker, shell, cache)
    passed, seconds = [], 0
    for line in lines:
        if line in building:
            continue
        start = time.monotonic()
        out = shell(name, line)
        if line in slimming:
            seconds += time.monotonic() - start
        if line in checks:
            passed.append(out.count("ok "))
    assert passed[0] == passed[1] > 0
    for line in slimming:
        image = source(name, line)
        before, after = size(docker, image), size(docker, image + ".slim")
        note(image, seconds, before, after, passed[1])
        assert after < before * LARGEST.get(image, 70) / 100, (image, before, after)


@pytest.mark.nightly
@pytest.mark.parametrize("name", sorted(set(NAMES) - WHOLE))
def test_the_checks_need_more_than_what_was_used(name, docker, shell, slim, cache):
    """check.sh fails on an image that holds only the files of the run."""
    lines = commands(name)
    build(name, [line for line in lines if line.startswith("docker build ")], docker, shell, cache)
    last = [line for line in lines if line.startswith("./check.sh ")][-1]
    for line in lines:
        if line.startswith("slim build "):
            shell(name, line + " --keep exact --verify=off")
        elif not line.startswith(("docker build ", "./check.sh ")):
            shell(name, line)
    assert "failed " in shell(name, last, ok=False)
