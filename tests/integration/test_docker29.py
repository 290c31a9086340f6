"""Docker that keeps its images in containerd: read in place, loaded as an OCI layout. The engine is a double, its containerd
is real."""
import json

import pytest

from test_engine_layers import build, every_kind, expected, store_bytes  # noqa: F401 (every_kind is a fixture)
from testenv.docker29 import Docker29
from testenv.engines import call

pytestmark = pytest.mark.needs("root", "runc", "containerd", "ctr", "skopeo")


@pytest.fixture
def docker(containerd, tmp_path):
    docker = Docker29(str(tmp_path / "docker.sock"), containerd)
    docker.env = {"DOCKER_HOST": "unix://" + docker.path}
    yield docker
    docker.stop()


def test_in_place(slim, every_kind, containerd, docker, tmp_path):  # noqa: F811
    containerd.take(every_kind, "every", namespace="moby")
    docker.add("every")
    before = containerd.records()
    report, layers = build(slim, "docker-daemon:every", tmp_path, "slim", env=docker.env)
    assert containerd.records() == before
    assert report["source"]["in_place_layers"] == 3 and store_bytes(slim) == 0
    want, want_layers = expected(slim, tmp_path, every_kind)
    assert layers == want_layers
    # the manifest of the source is known, which docker save of older engines does not give
    assert report["source"]["digest"] == want["source"]["digest"]
    assert not any(request.endswith("/get") for request in docker.requests)


@pytest.mark.parametrize("why", ["another image has the name there", "it does not say where"])
def test_streamed(slim, images, containerd, docker, tmp_path, why):
    """Where its containerd is not found, or has not that image, the engine is asked for it."""
    containerd.take(images.job(), "job", namespace="moby")
    export = docker.export_path("job")
    docker.answers.update({export: docker.save("job"), "GET /images/job/json": docker.inspect("job")})
    if why == "another image has the name there":
        containerd.take(images.service(), "job", namespace="moby")
    else:
        info = docker.answers["GET /info"]
        docker.answers["GET /info"] = info.replace(containerd.socket.encode(), b"/" * len(containerd.socket))
    report, layers = build(slim, "docker-daemon:job", tmp_path, "slim", env=docker.env)
    assert report["source"]["in_place_layers"] == 0
    assert layers == expected(slim, tmp_path, images.job())[1]
    assert export in docker.requests


def test_back(slim, images, containerd, docker, tmp_path):
    """The image arrives as it was made: manifest, annotations, compressed layer; ID and digest are those of the manifest."""
    containerd.take(images.service(), "service", namespace="moby")
    for name in ("service", "service:slim", "other:1"):
        docker.add(name)
    report = slim.build("docker-daemon:service", "docker-daemon:service:slim", env=docker.env)
    digest = report["destinations"][0]["digest"]
    assert containerd.target("docker.io/library/service:slim", namespace="moby") == digest
    directory, archive = docker.layout("service:slim")
    manifest = json.loads(call("skopeo", "inspect", "--raw", "oci-archive:" + archive))
    assert manifest["layers"][0]["mediaType"].endswith("+gzip")
    assert "dev.slim.why.v1" in manifest["annotations"]
    # several names, in one load
    loads = docker.loads
    common = ["--store", slim.store, "--keep", "exact"]
    result = slim.run("build", "docker-daemon:service", "-t", "service:slim", "-t", "other:1", *common, env=docker.env)
    assert result.status == 0, result
    assert docker.loads == loads + 1
    assert containerd.target("docker.io/library/other:1", namespace="moby") == \
        containerd.target("docker.io/library/service:slim", namespace="moby")


def test_own_name(slim, images, containerd, docker):
    containerd.take(images.job(), "job:1", namespace="moby")
    docker.add("job:1")
    original = containerd.target("docker.io/library/job:1", namespace="moby")
    result = slim.run("build", "docker-daemon:job:1", "-t", "job:1", "--store", slim.store, env=docker.env)
    assert result.status == 0, result
    assert "to go back: docker tag %s job:1" % original in " ".join(result.out.split())
