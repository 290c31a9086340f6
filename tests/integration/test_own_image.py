"""slim's own image: packaging/build-image.sh builds it, slim slims it, and the result works. .ci/nightly runs these tests
(conftest.py)."""
import os
import shutil
import subprocess

import pytest

from conftest import ROOT
from testenv import job
from testenv.engines import call
from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "runc", "dockerd", "docker", "skopeo", "mmdebstrap", "git", "capsh")
# What the Dockerfile finds in PATH before Debian's: this Docker reaches no mirror, and all packages are there.
APT = '#!/bin/sh\nset -eu\nwhile [ $# -gt 0 ]; do case $1 in install) shift; dpkg-query -s "$@" >/dev/null ;; esac; shift; done\n'
RUN = ["runc", "uidmap", "passt", "ca-certificates", "curl", "libcap2-bin"]


def packages():
    with open(os.path.join(ROOT, ".ci/packages")) as f:
        lines = [line.split() for line in f]
    return sorted({p for line in lines if line and line[0] == "build:" for p in line[1:]} | set(RUN))


@pytest.fixture(scope="module")
def docker(dockerd_session, images, tmp_path_factory):
    """With the image slim:own."""
    directory = tmp_path_factory.mktemp("own")
    base, context = directory / "base", directory / "context"
    base.mkdir(), context.mkdir()
    dockerd_session.docker("import", images.root("own-image", *packages()), "debian:test")
    (base / "Dockerfile").write_text("FROM debian:test\nCOPY --chown=0:0 apt-get /usr/local/bin/apt-get\n")
    (base / "apt-get").write_text(APT)
    os.chmod(base / "apt-get", 0o755)
    subprocess.run("git ls-files -z | tar --null -T - -c | tar -xC %s" % context, shell=True, cwd=ROOT, check=True)
    env = dict(os.environ, DOCKER_BUILDKIT="0")
    dockerd_session.docker("build", "-q", "-t", "base:test", base, env=env)
    call(context / "packaging/build-image.sh", "slim:own", "-q", "--build-arg", "BASE=base:test", timeout=3600,
         env=dict(env, DOCKER_HOST="unix://" + dockerd_session.socket))
    yield dockerd_session
    dockerd_session.remove_all()


@pytest.fixture
def shared(images, tmp_path):
    """A folder that the containers see, with the service."""
    folder = tmp_path / "shared"
    shutil.copytree(images.service().split(":")[1], folder / "service")
    return folder


BUILD = ["build", "oci:/shared/service:image", "--http-probe-cmd", "/page.html", "-o"]


def built(docker, image, shared, name):
    """What slim of that image makes of the service, in a container with privileges."""
    docker.job(image, *BUILD, "oci:/shared/out:" + name, options=[*job.privileged(), "-v", "%s:/shared" % shared])
    return Image("oci:%s/out:%s" % (shared, name))


def test_labels(docker):
    version = call(os.path.join(ROOT, "packaging/version")).strip()
    labels = docker.config("slim:own")["Labels"]
    assert labels["org.opencontainers.image.version"] == version
    assert labels["org.opencontainers.image.title"] == "slim" and labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert docker.docker("run", "--rm", "slim:own", "--version").strip() == "slim " + version


def test_the_image_slims_itself(docker, slim, shared, tmp_path):
    reference = built(docker, "slim:own", shared, "own")
    assert {"srv/page.html", "bin/httpd"} <= reference.paths()
    trace = shared / "trace.json"
    recorded = slim.run("record", "oci:%s/service:image" % shared, "--http-probe-cmd", "/page.html", "-o", trace, "--store",
                        slim.store)
    assert recorded.status == 0, recorded
    # In slim's container no other can be made: the second run shows what it takes until then.
    words = "build oci:/shared/service:image -o oci:/shared/%s:x --store /shared/store"
    env = {"DOCKER_HOST": "unix://" + docker.socket}
    report = tmp_path / "report.json"
    done = slim.run("build", "docker-daemon:slim:own", "-t", "slim:tiny", "--store", slim.store, "--report", report,
                    "--http-probe=false", "--cap-add", "ALL", "--mount", "%s:/shared" % shared, "--run",
                    words % "traced" + " --trace /shared/trace.json", "--run", words % "tried", "--run-status", "0,1",
                    env=env, timeout=1200)
    assert done.status == 0, done
    sizes = [int(docker.docker("image", "inspect", "-f", "{{.Size}}", "slim:" + tag)) for tag in ("own", "tiny")]
    assert sizes[1] < sizes[0] * 0.8, sizes
    result = built(docker, "slim:tiny", shared, "tiny")
    assert result.descriptor["digest"] == reference.descriptor["digest"]
