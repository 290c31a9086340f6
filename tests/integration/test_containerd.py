"""containerd:[NAMESPACE/]NAME as source and destination, with Debian's containerd."""
import json
import os
import shutil
import signal

import pytest

import oci
from test_engine_layers import build, every_kind, expected, listing, store_bytes  # noqa: F401 (every_kind is a fixture)
from test_kill import await_stage, end
from testenv.engines import call
from testenv.tree import Image, differences

pytestmark = pytest.mark.needs("root", "runc", "containerd", "ctr", "skopeo")
STAGES = ["unpack", "start", "exercise", "keep", "pack", "verify", "publish"]


@pytest.fixture
def here(slim, containerd):
    """slim with this containerd as its own."""
    environment = slim.environment
    slim.environment = lambda extra=None: environment(dict({"CONTAINERD_ADDRESS": containerd.socket}, **(extra or {})))
    return slim


# ---- as source ----

def test_in_place(here, every_kind, containerd, tmp_path):  # noqa: F811
    containerd.take(every_kind, "every")
    def state():
        return listing(containerd.snapshots), listing(containerd.blobs), containerd.records()
    before = state()
    assert len(before[0]) > 20 and len(before[1]) == 5
    report, layers = build(here, "containerd:every", tmp_path, "slim")
    assert state() == before
    source = report["source"]
    assert source["in_place_layers"] == source["layers"] == 3, report
    assert source["store_bytes"] == 0 and store_bytes(here) == 0
    want, want_layers = expected(here, tmp_path, every_kind)
    assert layers == want_layers
    for member in ("files", "size_bytes", "compressed_bytes", "digest"):
        assert source[member] == want["source"][member]


@pytest.mark.parametrize("how", ["native snapshotter", "no snapshot", "a directory is gone", "a service user's directory"])
def test_blobs(here, images, containerd, tmp_path, how):
    """Where the snapshots cannot be used, the blobs are."""
    if how == "native snapshotter":
        containerd.take(images.job(), "job", "--snapshotter", "native")
    else:
        containerd.take(images.job(), "job", *(["--no-unpack"] if how == "no snapshot" else []))
    if how == "a directory is gone":
        for name in os.listdir(containerd.snapshots):
            shutil.rmtree(os.path.join(containerd.snapshots, name, "fs"))
    if how == "a service user's directory":
        os.chown(os.path.dirname(containerd.snapshots), 65534, -1)
    try:
        report, layers = build(here, "containerd:job", tmp_path, "slim")
    finally:
        os.chown(os.path.dirname(containerd.snapshots), 0, -1)
    assert report["source"]["in_place_layers"] == 0
    assert layers == expected(here, tmp_path, images.job())[1]


def test_broken_blob(here, images, containerd, tmp_path):
    containerd.take(images.job(), "job", "--no-unpack")
    digest = json.loads(call("skopeo", "inspect", images.job()))["Layers"][0].split(":")[1]
    with open(os.path.join(containerd.blobs, digest), "r+b") as f:
        f.truncate(100)
    records = containerd.records()
    here.fails("build", "containerd:job", "--store", here.store, code="blob-size-mismatch", names=digest)
    assert containerd.records() == records


def test_names(here, images, containerd, tmp_path):
    full = "registry.example/team/service:1"
    containerd.take(images.service(), full)
    containerd.take(images.job(), "job", namespace="k8s.io")
    def digest(name, *options, **more):
        result = here.run("inspect", "--quick", "--json", *options, name, **more)
        assert result.status == 0, result
        return json.loads(result.out)["digest"]
    service, job = containerd.target(full), containerd.target("docker.io/library/job:latest", namespace="k8s.io")
    nowhere = {"CONTAINERD_ADDRESS": str(tmp_path / "none")}
    assert digest("containerd:" + full) == digest(full) == service
    for name in ("k8s.io/job", "k8s.io/docker.io/library/job:latest", "k8s.io/docker.io/library/job"):
        assert digest("containerd:" + name) == job
    assert digest("containerd:job", env={"CONTAINERD_NAMESPACE": "k8s.io"}) == job
    assert digest("containerd:k8s.io/job", "--address", "unix://" + containerd.socket, env=nowhere) == job
    here.fails("inspect", "containerd:job", code="image-not-in-engine", names=["job", "default"])
    here.fails("inspect", "containerd:job", code="engine-not-found", names=nowhere.values(), env=nowhere)


def test_a_socket_that_is_none(here, tmp_path):
    """It is a file, or nobody answers."""
    (tmp_path / "file").write_text("")
    here.fails("inspect", "containerd:job", "--address", tmp_path / "file", code="connection-failed", names="file")


# ---- as destination ----

def test_back_into_it(here, images, containerd, tmp_path):
    containerd.take(images.service(), "service")
    report = here.build("containerd:service", "containerd:service:slim", "--unpack")
    assert [d["reference"] for d in report["destinations"]] == ["containerd:service:slim"]
    digest = report["destinations"][0]["digest"]
    archive = tmp_path / "export.tar"
    containerd.ctr("image", "export", archive, "docker.io/library/service:slim")
    raw = call("skopeo", "inspect", "--raw", "oci-archive:%s" % archive)
    assert "sha256:" + oci.hashlib.sha256(raw.encode()).hexdigest() == digest
    call("skopeo", "copy", "-q", "oci-archive:%s" % archive, "oci:%s:slim" % (tmp_path / "out"))
    assert differences(Image(images.service()), Image("oci:%s:slim" % (tmp_path / "out"))) == []
    # all that is left are the image, its blobs and its snapshots: nothing that a lease holds
    assert containerd.ctr("leases", "ls", "-q").split() == []
    containerd.collect()
    assert containerd.ctr("content", "get", digest)


def test_ctr_runs_the_result(here, images, containerd):
    containerd.take(images.job(), "job")
    here.build("containerd:job", "containerd:job:slim", "--unpack")
    out = containerd.ctr_inside("run", "--rm", "docker.io/library/job:slim", "one")
    assert out == "default\n"


def test_without_unpack_nothing_is_unpacked(here, images, containerd):
    before = containerd.records()["default", "snapshots"]
    here.build(images.job(), "containerd:job:slim")
    assert containerd.records()["default", "snapshots"] == before
    here.fails("build", images.job(), "-o", "oci:%s/out:x" % here.directory, "--unpack", "--store", here.store,
               code="unpack-without-containerd", names="--unpack")


def test_default_name_and_several(here, images, containerd):
    containerd.take(images.job(), "job:1", namespace="k8s.io")
    common = ["--store", here.store, "--keep", "exact"]
    assert here.run("build", "containerd:k8s.io/job:1", *common).status == 0
    again = here.run("build", "-v", "containerd:k8s.io/job:1", "-t", "one:x", "-t", "two:x", *common)
    assert again.status == 0, again
    # what is there is not sent again: containerd would break the connection in the middle
    assert "Content/Info" in again.err and "Content/Write" not in again.err
    names = {"docker.io/library/%s" % name for name in ("job:1", "job.slim:1", "one:x", "two:x")}
    assert set(containerd.ctr("images", "ls", "-q", namespace="k8s.io").split()) == names
    assert containerd.ctr("images", "ls", "-q").split() == []


def test_own_name(here, images, containerd):
    """The original stays, under its digest, and the summary tells how to go back."""
    containerd.take(images.job(), "job:1")
    original = containerd.target("docker.io/library/job:1")
    result = here.run("build", "containerd:job:1", "-t", "job:1", "--store", here.store)
    assert result.status == 0, result
    kept = "docker.io/library/job@" + original
    assert containerd.target(kept) == original != containerd.target("docker.io/library/job:1")
    assert "to go back: ctr -n default images tag --force %s docker.io/library/job:1" % kept in " ".join(result.out.split())
    containerd.collect()
    containerd.ctr("images", "tag", "--force", kept, "docker.io/library/job:1")
    assert here.run("inspect", "containerd:job:1").status == 0


# ---- interrupted ----

@pytest.mark.parametrize("stage", STAGES)
def test_kill_9(here, images, containerd, stage):
    """What stays hangs on leases that end by themselves."""
    containerd.take(images.service(), "service")
    before = containerd.records()
    process = here.start("build", "containerd:service", "-o", "containerd:service:slim", "--unpack", "--store", here.store)
    await_stage(process, stage)
    process.kill()
    killed = end(process) == -signal.SIGKILL
    assert killed or stage == "publish"
    leases = [line.split() for line in containerd.ctr("leases", "ls").splitlines()[1:]]
    assert not killed or leases
    for lease in leases:
        assert lease[0].startswith("slim-") and "containerd.io/gc.expire=" in lease[-1]
        containerd.ctr("leases", "rm", "--sync", lease[0])
    if killed and stage != "publish":
        assert containerd.records() == before
    here.build("containerd:service", "containerd:service:slim")


@pytest.mark.parametrize("stage", ["unpack", "exercise", "publish"])
def test_interrupt(here, images, containerd, stage):
    containerd.take(images.service(), "service")
    before = containerd.records()
    process = here.start("build", "containerd:service", "-o", "containerd:service:slim", "--store", here.store)
    await_stage(process, stage)
    process.send_signal(signal.SIGTERM)
    stopped = end(process) != 0
    assert stopped or stage == "publish"
    assert containerd.ctr("leases", "ls", "-q").split() == []
    if stopped:
        assert containerd.records() == before
