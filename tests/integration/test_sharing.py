"""Runs of one image recorded on several machines: their traces meet beside the image in its registry."""
import json
import os

import pytest

from testenv.engines import call
from testenv.tree import Image
from testenv.upload_double import UploadDouble

pytestmark = pytest.mark.needs("root", "runc", "skopeo")
TYPE = "application/vnd.slim.trace.v1+json"
SECRETS = ("hunter2", "qwerty", "s3cr3t")


@pytest.fixture
def registry(plain_registry):
    return plain_registry


@pytest.fixture
def double(tmp_path):
    made = UploadDouble()
    conf = tmp_path / "registries.conf"
    conf.write_text('[[registry]]\nlocation = "%s"\ninsecure = true\n' % made.host)
    made.env = {"CONTAINERS_REGISTRIES_CONF": str(conf)}
    yield made
    made.stop()


@pytest.fixture
def shards(slim, images):
    """Two recordings of the service, as two test jobs make them. An argument, a variable and a query are secret."""
    options = (["--http-probe-cmd", "/page.html?token=hunter2", "--env", "MODE=s3cr3t", "--exec",
                '["/bin/job", "write", "/tmp/qwerty", "x"]', "--exec", '["/bin/job", "cat", "/srv/run-a.txt"]'],
               ["--http-probe-cmd", "/sub/deep.txt"])

    def make():
        paths = [images.path("shard-%d.json" % i) for i in range(len(options))]
        for path, more in zip(paths, options):
            done = slim.run("record", images.service(), "-o", path, "--store", slim.store, "--http-probe-crawl=false",
                            "--allow-failed-run", *more)
            assert done.status == 0, done
        return paths
    return images.once("shards", make)


@pytest.fixture
def share(slim, registry):
    def run(*args, **more):
        done = slim.run("trace", *args, env=registry.environment(), **more)
        assert done.status == 0, done
        return done.out
    return run


def read(path):
    with open(path) as f:
        return json.load(f)


def test_shards_meet_beside_the_image(slim, images, registry, shards, share, tmp_path):
    registry.push(images.service(), "team/shards:1")
    image = registry.reference("team/shards:1")
    digest = registry.digest("team/shards:1")
    names = [share("push", path, image).strip() for path in shards]
    assert share("push", *shards, image).split() == names  # again: the same artifacts
    index = json.loads(registry.raw("team/shards:" + digest.replace(":", "-")))
    assert sorted(e["digest"] for e in index["manifests"]) == sorted(n.split("@")[1] for n in names)
    for entry in index["manifests"]:
        manifest = json.loads(registry.raw("team/shards@" + entry["digest"]))
        assert manifest["artifactType"] == entry["artifactType"] == manifest["layers"][0]["mediaType"] == TYPE
        assert manifest["subject"]["digest"] == digest
        with open(registry.blob_path(manifest["layers"][0]["digest"])) as f:
            stored = f.read()
        assert not [s for s in SECRETS + (os.path.dirname(images.path("x")),) if s in stored]
    # each of them, and their union
    (tmp_path / "all").mkdir()
    assert len(share("pull", image, "-o", str(tmp_path / "all")).split()) == 2
    parts = sorted(str(p) for p in (tmp_path / "all").iterdir())
    assert share("merge", *parts) == share("pull", image)
    share("pull", image, "-o", str(tmp_path / "one.json"))
    assert (tmp_path / "one.json").read_text() == share("merge", *parts)
    # what is redacted is of no use to a build
    attached, local = "oci:%s:a" % (tmp_path / "attached"), "oci:%s:b" % (tmp_path / "local")
    report = slim.build(image, attached, "--trace", "attached", env=registry.environment())
    slim.build(image, local, "--trace", shards[0], "--trace", shards[1], env=registry.environment())
    assert Image(attached).manifest["layers"] == Image(local).manifest["layers"]
    assert Image(attached).config == Image(local).config
    assert {"srv/sub/deep.txt", "srv/run-a.txt", "tmp"} <= Image(attached).paths()
    assert [f["same_image"] for f in report["trace"]["files"]] == [True, True]
    assert sorted(f["path"] for f in report["trace"]["files"]) == sorted(n.split("@")[1] for n in names)


def test_redaction(images, registry, shards, share, tmp_path):
    """Nothing of an argument, a variable or a query is left; every name that the image has is."""
    plain = open(shards[0]).read()
    assert "hunter2" in plain and "qwerty" in plain
    registry.push(images.service(), "redaction:1")
    share("push", shards[0], registry.reference("redaction:1"))
    redacted = json.loads(share("pull", registry.reference("redaction:1")))
    have = {p["path"]: p for p in redacted["paths"]}
    found = {p["path"] for p in json.loads(plain)["paths"] if p["found"]}
    assert found <= have.keys()
    assert have["/srv/[redacted]"]["found"] is False and "open" in have["/srv/[redacted]"]["kinds"]
    assert "create" in have["/tmp/[redacted]"]["kinds"]
    assert not [p for p in have if p not in found and not p.endswith("/[redacted]") and have[p]["found"]]
    assert redacted["images"][0]["reference"] == "oci:service:image"
    # but for who asks
    registry.push(images.job(), "redaction:2")
    share("push", "--unredacted", shards[0], registry.reference("redaction:2"))
    assert "hunter2" in share("pull", registry.reference("redaction:2"))


def test_the_referrers_api_and_its_pages(slim, double, images, shards):
    double.subject = True
    call("skopeo", "copy", "-q", "--dest-tls-verify=false", images.service(), "docker://%s/app:1" % double.host)
    image = "docker://%s/app:1" % double.host
    assert slim.run("trace", "push", *shards, image, env=double.env).status == 0
    assert double.count("GET", "manifests/sha256-") == 0
    pulled = slim.run("trace", "pull", image, env=double.env)
    assert pulled.status == 0 and double.count("GET", "page=1") == 1 and double.count("GET", "manifests/sha256-") == 0
    assert {"/srv/run-a.txt", "/srv/sub/deep.txt"} <= {p["path"] for p in json.loads(pulled.out)["paths"]}


def test_what_is_changed_on_the_way_is_refused(slim, double, images, shards):
    image = "docker://%s/app:1" % double.host
    call("skopeo", "copy", "-q", "--dest-tls-verify=false", images.service(), image)
    assert slim.run("trace", "push", shards[1], image, env=double.env).status == 0
    digest, = (d for d, data in double.blobs.items() if data.startswith(b'{\n  "schema": "slim.trace'))
    double.blobs[digest] = double.blobs[digest].replace(b"deep", b"DEEP")
    slim.fails("trace", "pull", image, code="blob-digest-mismatch", names=digest, env=double.env)


def test_what_cannot_be_shared(slim, images, registry, tmp_path, shards):
    env = registry.environment(DOCKER_HOST="unix://%s" % (tmp_path / "no.sock"))
    registry.push(images.service(), "bare:1")
    bare = registry.reference("bare:1")
    slim.fails("trace", "pull", bare, code="trace-not-attached", names="slim trace push", env=env)
    slim.fails("build", bare, "-o", "oci:%s" % (tmp_path / "x"), "--trace", "attached", "--store", slim.store,
               code="trace-not-attached", names="slim trace push", env=env)
    slim.fails("build", images.service(), "-o", "oci:%s" % (tmp_path / "x"), "--trace", "attached", "--store",
               slim.store, code="referrers-unsupported", names="docker://", env=env)
    slim.fails("trace", "push", shards[0], images.service(), code="share-without-registry", names="docker://", status=2)
    slim.fails("trace", "push", shards[0], code="argument-count-wrong", names="image", status=2)
    slim.fails("trace", "show", "--unredacted", shards[0], code="option-not-for-command", names="push", status=2)
    live = read(shards[0])
    for path in live["paths"]:
        path["found"] = None
        path.pop("known", None)
    (tmp_path / "live.json").write_text(json.dumps(live))
    slim.fails("trace", "push", tmp_path / "live.json", bare, code="trace-not-redactable", names="--unredacted", env=env)
