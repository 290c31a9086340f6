"""examples/stacks/: the commands of each README, as test_examples.py runs those of one image. docker-compose runs each stack
from compose.yaml, and again with the slim images from compose.slim.yaml; podman-compose runs the slim images, too. It knows no
profiles, and without systemd podman runs no health checks: then the services start in their order, and wait for nothing."""
import os

import pytest

from testenv import engines
from test_examples import EXAMPLES, build, commands, docker, note, shell, size, source

pytestmark = [pytest.mark.nightly, pytest.mark.needs("root", "runc", "dockerd", "docker", "docker-compose", "podman",
                                                     "podman-compose", "mmdebstrap", "slirp4netns", "nsenter", "curl")]
NAMES = sorted("stacks/" + name for name in os.listdir(os.path.join(EXAMPLES, "stacks"))
               if os.path.isdir(os.path.join(EXAMPLES, "stacks", name)))
NOT_BY_PODMAN = {"stacks/queue"}  # it would start the test suite with everything else


def parts(name):
    lines = commands(name)
    chosen = [[line for line in lines if line.startswith(start)] for start in ("docker build ", "slim build ", "./check.sh")]
    assert all(chosen) and sum(map(len, chosen)) == len(lines), lines
    return chosen


@pytest.fixture
def podman(tmp_path_factory):
    server = engines.PodmanService(str(tmp_path_factory.mktemp("podman")))
    try:
        yield server.start()
    finally:
        server.stop()


def passes_by_podman(podman, docker, images, name, line, tmp_path):
    """How many checks pass, each of which must."""
    archive = str(tmp_path / "images.tar")
    docker.docker("save", "-o", archive, *images, timeout=600)
    podman.podman("load", "-q", "-i", archive, timeout=600)
    os.unlink(archive)
    out = engines.call("nsenter", "-t", podman.inner, "-n", "-m", "-p", *podman.prefix(), "ENGINE=podman", "bash", "-c",
                       "cd '%s' && %s" % (os.path.join(EXAMPLES, name), line), timeout=900)
    assert not podman.podman("ps", "-aq") and not podman.podman("volume", "ls", "-q")
    return out.count("ok ")


def nothing_runs(docker):
    assert not docker.docker("ps", "-aq") and not docker.docker("volume", "ls", "-q")


@pytest.mark.parametrize("name", NAMES)
def test_readme(name, docker, podman, shell, slim, cache, tmp_path):
    building, slimming, checks = parts(name)
    build(name, building, docker, shell, cache)
    for line in slimming:
        shell(name, line)
    passed = [shell(name, line).count("ok ") for line in checks]
    assert len(passed) == 2 and passed[0] == passed[1] > 0, passed
    for line in slimming:
        image = source(name, line)
        before, after = size(docker, image), size(docker, image + ".slim")
        note(image, 0, before, after, passed[1])
        assert after < before * 0.7, (image, before, after)
    nothing_runs(docker)
    if name not in NOT_BY_PODMAN:
        images = [source(name, line) + ".slim" for line in slimming]
        assert passes_by_podman(podman, docker, images, name, checks[1], tmp_path) == passed[1]


@pytest.mark.parametrize("name", NAMES)
def test_the_checks_need_more_than_what_was_used(name, docker, shell, slim, cache):
    """check.sh fails on images that hold only the files of the run: an answer lacks something, or a health check does."""
    building, slimming, checks = parts(name)
    build(name, building, docker, shell, cache)
    for line in slimming:
        shell(name, line + " --keep exact --verify=off")
    shell(name, checks[-1], ok=False)
    nothing_runs(docker)
