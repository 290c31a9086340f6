"""slim inspect: what the layers hold, against a count of Python's tarfile's; limits; every way in."""
import io
import json
import tarfile

import oci
import pytest

from testenv.engines import call
from testenv.layers import Layer
from testenv.tree import Image

pytestmark = pytest.mark.needs("root")


class Count:
    """What each layer adds, changes and removes, path by path: the slow and plain way, straight from the tars."""

    def __init__(self, tars):
        self.now, self.sizes, self.layers = {}, {}, []  # path: entry; path: its size in each layer; sums by layer
        for tar in tars:
            self.apply(tarfile.open(fileobj=io.BytesIO(tar), errors="surrogateescape"))
        self.total = sum(map(sum, self.sizes.values()))
        self.minimum = sum(map(min, self.sizes.values()))
        self.shown = sum(size for _, size, _ in self.now.values())

    def apply(self, tar):
        before, gone, seen = dict(self.now), set(), {}
        for member in tar:
            path = member.name.strip("/")
            folder, _, base = path.rpartition("/")
            if base == ".wh..wh..opq":
                gone |= {p for p in before if p.startswith(folder + "/")}
            elif base.startswith(".wh."):
                hidden = (folder + "/" if folder else "") + base[4:]
                gone |= {p for p in before if p == hidden or p.startswith(hidden + "/")}
            else:
                kind = "d" if member.isdir() else "f" if member.isreg() else "h" if member.islnk() else "o"
                seen[path] = (kind, member.size if kind == "f" else 0, (member.mode, member.uid, member.gid))
        sums = {"added": [0, 0], "changed": [0, 0], "removed": [0, 0]}

        def count(change, kind, size):
            sums[change][0] += kind != "d"
            sums[change][1] += size

        for path, (kind, size, attributes) in seen.items():
            if path in before and before[path][0] == "d" and kind != "d":
                gone |= {p for p in before if p.startswith(path + "/")}
        for path in sorted(gone - set(seen)):
            count("removed", before[path][0], before[path][1])
            self.sizes[path].append(0)
            del self.now[path]
        for path, (kind, size, attributes) in seen.items():
            old = before.get(path)
            if old and kind == old[0] == "d" and attributes == old[2] and path not in gone:
                continue
            count("changed" if old else "added", kind, size)
            self.sizes.setdefault(path, []).append(size)
            self.now[path] = (kind, size, attributes)
        self.layers.append({c: {"paths": n, "bytes": b} for c, (n, b) in sums.items()})


def check(shown, tars):
    count = Count(tars)
    assert [{c: layer[c] for c in ("added", "changed", "removed")} for layer in shown["layers"]] == count.layers
    assert (shown["layers_bytes"], shown["bytes"]) == (count.total, count.shown)
    assert shown["wasted_bytes"] == count.total - count.shown
    assert shown["efficiency"] == pytest.approx(count.minimum / count.total if count.total else 1)


def inspect(slim, reference, *options, **more):
    result = slim.run("inspect", "--json", reference, *options, **more)
    assert result.status == 0, result.err
    return json.loads(result.out)


@pytest.fixture(scope="module")
def wasteful(tmp_path_factory):
    def base():
        layer = Layer().dir("etc").file("etc/conf", "a" * 1000).dir("var").dir("var/cache").dir("opt").dir("opt/app")
        for i in range(20):
            layer.file("var/cache/%d" % i, "c" * 1000 * i)
        return layer.file("opt/app/data", "d" * 30000).file("opt/app/copy", "d" * 30000).file("opt/same", "e" * 500)

    def second():
        return (Layer().file("etc/conf", "b" * 400).dir("var", mode=0o700).whiteout("var/cache").file("opt/same", "e" * 500, uid=5)
                .dir("opt/app").opaque("opt/app").file("opt/app/data", "D" * 100).hardlink("opt/app/link", "opt/app/data")
                .symlink("opt/l", "app"))

    d = tmp_path_factory.mktemp("wasteful")
    layers = [base(), second(), Layer().file("new", "n" * 7)]
    oci.write_layout(d / "layout", "image", oci.Image([l.write(d / str(i)) for i, l in enumerate(layers)], {"Cmd": ["x"]}))
    return "oci:%s:image" % (d / "layout")


def test_figures_equal_an_independent_count(slim, wasteful):
    reference = wasteful
    shown = inspect(slim, reference)
    check(shown, Image(reference).tars)
    assert shown["schema"] == "slim.inspect/v1"
    assert shown["wasted"][0] == {"path": "/opt/app/copy", "bytes": 30000, "layers": 1}
    assert shown["wasted"][1] == {"path": "/opt/app/data", "bytes": 30000, "layers": 2}
    assert shown["files"][0] == {"path": "/opt/same", "bytes": 500, "layer": 2}


@pytest.mark.parametrize("form,family,compression", [("oci", "oci", "gzip"), ("oci", "docker", "zstd"), ("index", "oci", "gzip"),
                                                     ("oci-archive", "oci", "none"), ("docker-archive-old", "docker", "none"),
                                                     ("docker-archive-new", "oci", "gzip")])
def test_every_form(slim, images, form, family, compression):
    reference = images.of_form(form, family, compression)
    check(inspect(slim, reference), Image(reference).tars)


@pytest.mark.needs("dockerd", "skopeo")
def test_an_engine_s_layers_in_place_and_streamed(slim, wasteful, dockerd):
    call("skopeo", "copy", "-q", wasteful, "docker-daemon:wasteful:1", "--dest-daemon-host", "unix://" + dockerd.socket)
    expected = inspect(slim, wasteful)
    shown = inspect(slim, "docker-daemon:wasteful:1", env={"DOCKER_HOST": "unix://" + dockerd.socket})
    for key in ("bytes", "layers_bytes", "wasted_bytes", "efficiency", "duplicates", "wasted"):
        assert shown[key] == expected[key], key
    assert [layer["removed"] for layer in shown["layers"]] == [layer["removed"] for layer in expected["layers"]]


def test_text_names_layers_and_waste(slim, wasteful):
    result = slim.run("inspect", wasteful)
    assert result.status == 0
    assert "efficiency" in result.out and "/opt/app/copy" in result.out
    assert "largest directories" in result.out


def test_quick_reads_no_layer(slim, images, tmp_path):
    reference = images.of_form("oci", "oci", "gzip")
    folder, tag = reference.split(":")[1:]
    call("cp", "-r", folder, str(tmp_path / "copy"))
    copy = "oci:%s:%s" % (tmp_path / "copy", tag)
    digest = Image(copy).manifest["layers"][0]["digest"].split(":")[1]
    blob = tmp_path / "copy/blobs/sha256" / digest
    blob.write_bytes(blob.read_bytes()[:-9] + b"otherwise")
    quick = inspect(slim, copy, "--quick")
    assert "efficiency" not in quick and len(quick["layers"]) == 2
    slim.fails("inspect", copy, code=["blob-digest-mismatch", "compressed-data-truncated"], names="layer 1 of 2")


def test_limits(slim, wasteful, tmp_path):
    reference = wasteful
    result = slim.run("inspect", reference, "--lowest-efficiency", "0.99", "--highest-wasted-bytes", "1GB")
    assert result.status == 4
    assert "--lowest-efficiency 0.99" in result.err and "--highest-wasted-bytes" not in result.err
    assert slim.run("inspect", reference, "--lowest-efficiency", "0.0001").status == 0
    (tmp_path / ".dive-ci").write_text("rules:\n  lowestEfficiency: 0.0\n  highestWastedBytes: 1KB\n"
                                       "  highestUserWastedPercent: disabled\n")
    shown = slim.run("inspect", "--json", reference, "--dive-ci", str(tmp_path / ".dive-ci"))
    assert shown.status == 4
    gates = json.loads(shown.out)["gates"]
    assert [(g["name"], g["passed"]) for g in gates["list"]] == [("lowest-efficiency", True), ("highest-wasted-bytes", False)]
    slim.fails("inspect", reference, "--lowest-efficiency", "2", code="option-value-invalid", status=2, names="--lowest-efficiency")
    slim.fails("inspect", reference, "--quick", "--lowest-efficiency", "1", code="option-conflict", status=2, names="--quick")
