"""Layers of images in engines: used where the engine has them, or streamed; the result is that of the same image from
an OCI layout, byte for byte."""
import json
import os
import sys
import tarfile

import pytest

import oci
from testenv.engine_double import Relay
from testenv.engines import call
from testenv.layers import Layer
from testenv.samples import JOB_CONFIG

pytestmark = pytest.mark.needs("root", "runc", "skopeo")
FRACTION = "1704067200.987654321"


@pytest.fixture
def relay(engine):
    r = Relay(engine.socket)
    yield r
    r.stop()


@pytest.fixture(params=["docker", "podman"])
def engine(request):
    """With what slim calls it: scheme and variable."""
    e = request.getfixturevalue("dockerd" if request.param == "docker" else "podman_service")
    e.scheme, e.variable = {"docker": ("docker-daemon", "DOCKER_HOST"),
                            "podman": ("containers-storage", "CONTAINER_HOST")}[request.param]
    yield e
    e.remove_all()


@pytest.fixture(scope="module")
def every_kind(images, programs, tmp_path_factory):
    """An image of all that layers hold: kinds of files, times with fractions, metadata of the root, whiteouts. A hard
    link's header says what its file's says, as tar writes it: where they contradict, Docker takes the last."""
    d = tmp_path_factory.mktemp("every")
    low = Layer().dir("./", mode=0o711, uid=3, gid=4, mtime=FRACTION).dir("bin")
    low.program("bin/job", programs["job"]).dir("a", mode=0o2755, uid=5, gid=6, mtime=FRACTION)
    low.file("a/file", "low", uid=7).hardlink("a/hard", "a/file", uid=7).file("a/when", "w", mtime=FRACTION)
    low.symlink("a/link", "when", mtime=1000000000).file("a/suid", "s", mode=0o4755, uid=8).file("a/gone", "gone")
    low.file("a/tagged", "t", xattrs={"user.tag": b"value"}).add("a/fifo", tarfile.FIFOTYPE, mode=0o640)
    low.add("a/null", tarfile.CHRTYPE, device=(1, 3), mode=0o666).dir("hidden").file("hidden/low", "low")
    low.dir("kept").file("kept/old", "o" * 5000).dir("dropped").file("dropped/f", "f")
    high = Layer().dir("a", mode=0o755, uid=9).whiteout("a/gone").file("a/file", "high", mtime=1600000000)
    high.dir("hidden", mode=0o750).opaque("hidden").file("hidden/high", "high").whiteout("dropped")
    high.dir("deep").dir("deep/er").file("deep/er/\u00e4 \\n\"<name>", "odd name").hardlink("deep/hard", "a/file", mtime=1600000000)
    paths = [l.write(d / name) for l, name in ((low, "low"), (high, "high"), (Layer(), "empty"))]
    oci.write_layout(d / "layout", "image", oci.Image(paths, dict(JOB_CONFIG, Cmd=["cat", "/a/when"])))
    return "oci:%s:image" % (d / "layout")


def listing(directory):
    """Every path below with all of its metadata but for access times, which a listing changes itself."""
    found = {}
    for folder, folders, names in os.walk(directory):
        for name in folders + names:
            st = os.lstat(os.path.join(folder, name))
            found[os.path.join(folder, name)] = (st.st_mode, st.st_uid, st.st_gid, st.st_size, st.st_nlink, st.st_mtime_ns,
                                                 st.st_ctime_ns)
    return found


def store_bytes(slim):
    """What lies in the store, without a run's own."""
    return sum(os.lstat(os.path.join(folder, name)).st_size
               for folder, _, names in os.walk(os.path.join(slim.store, "layers")) for name in names)


def build(slim, source, tmp_path, tag, **more):
    """Of everything in the image: (report, digest of the layer's tar)."""
    dest = "oci:%s:%s" % (tmp_path / "out", tag)
    report = slim.build(source, dest, "--compression", "none", "--include", "/**", **more)
    return report, json.loads(call("skopeo", "inspect", dest))["Layers"]


def expected(slim, tmp_path, reference):
    """Of the same image from its layout, with a store of its own."""
    store, slim.store = slim.store, str(tmp_path / "other-store")
    report, layers = build(slim, reference, tmp_path, "expected")
    slim.store = store
    return report, layers


def test_in_place(slim, every_kind, engine, tmp_path):
    engine.take(every_kind, "every")
    name = "%s:%s" % (engine.scheme, "every" if engine.name == "dockerd" else "localhost/every")
    layers_of = engine.directory + ("/data/overlay2" if engine.name == "dockerd" else "/root/overlay")
    before = listing(layers_of)
    assert len(before) > 20
    report, layers = build(slim, name, tmp_path, "slim", env={engine.variable: "unix://" + engine.socket})
    assert listing(layers_of) == before
    source = report["source"]
    assert source["in_place_layers"] == source["layers"] == 3, report
    assert source["store_bytes"] == 0 and store_bytes(slim) == 0
    want, want_layers = expected(slim, tmp_path, every_kind)
    assert layers == want_layers
    assert (source["files"], source["size_bytes"]) == (want["source"]["files"], want["source"]["size_bytes"])


def test_summary_tells_of_it(slim, images, engine, tmp_path):
    engine.take(images.job(), "job")
    name = "%s:%s" % (engine.scheme, "job" if engine.name == "dockerd" else "localhost/job")
    result = slim.run("build", name, "-o", "oci:%s:x" % (tmp_path / "out"), "--store", slim.store,
                      env={engine.variable: "unix://" + engine.socket})
    assert result.status == 0, result
    assert "2 of 2 layers were used where the source has them, 0 B written to the store" in result.out


def test_streamed(slim, every_kind, engine, relay, tmp_path):
    engine.take(every_kind, "every")
    name = "%s:%s" % (engine.scheme, "every" if engine.name == "dockerd" else "localhost/every")
    env = {engine.variable: relay.host}
    report, layers = build(slim, name, tmp_path, "slim", env=env)
    want, want_layers = expected(slim, tmp_path, every_kind)
    assert layers == want_layers
    source = report["source"]
    assert source["in_place_layers"] == 0 and source["store_bytes"] > want["source"]["size_bytes"]
    assert relay.exports() == 1
    # with everything in the store the engine is not asked for the image again
    again, same = build(slim, name, tmp_path, "again", env=env)
    assert same == layers and relay.exports() == 1
    assert again["source"]["cached_layers"] == 3 and again["source"]["store_bytes"] == 0
    # the same numbers in place
    engine_here, _ = build(slim, name, tmp_path, "here", env={engine.variable: "unix://" + engine.socket})
    assert engine_here["source"]["compressed_bytes"] == source["compressed_bytes"]
    assert engine_here["source"]["digest"] == source["digest"]


def test_a_layer_that_is_not_its_tar_is_streamed(slim, every_kind, dockerd, tmp_path):
    """Somebody has written into the engine's directory."""
    dockerd.take(every_kind, "every")
    graph = json.loads(dockerd.docker("image", "inspect", "every"))[0]["GraphDriver"]["Data"]
    with open(graph["LowerDir"].split(":")[-1] + "/a/planted", "w") as f:
        f.write("planted")
    report, layers = build(slim, "docker-daemon:every", tmp_path, "slim", env={"DOCKER_HOST": "unix://" + dockerd.socket})
    # dockerd checks what it exports against the tar's own record: the planted file is not in it
    assert report["source"]["in_place_layers"] == 0
    assert layers == expected(slim, tmp_path, every_kind)[1]


# A program's peak counts from its fork on: this one starts it out of a small process, not out of pytest.
MEASURE = """import resource, subprocess, sys
status = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "w") as f:
    f.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(status)"""


def test_memory_of_a_stream(slim, programs, dockerd, tmp_path):
    piece = os.urandom(1 << 20)
    layer = Layer().dir("bin").program("bin/job", programs["job"]).dir("big").file("small", "text")
    for i in range(256):
        layer.file("big/%d" % i, piece)
    tar = layer.write(tmp_path / "big.tar")
    dockerd.docker("import", "-c", 'CMD ["/bin/job", "cat", "/small"]', tar, "big")
    os.unlink(tar)
    relay = Relay(dockerd.socket)
    try:
        result = slim.run("build", "docker-daemon:big", "-o", "oci:%s:x" % (tmp_path / "out"), "--store", slim.store,
                          "--keep", "exact", "--exclude", "/big/**", env={"DOCKER_HOST": relay.host},
                          prefix=[sys.executable, "-c", MEASURE, str(tmp_path / "peak")])
    finally:
        relay.stop()
    assert result.status == 0, result
    assert store_bytes(slim) > 256 << 20
    assert int((tmp_path / "peak").read_text()) < 256 << 10  # kB
