"""slim diff: against a comparison of two trees that Python's tarfile reads; which blobs of a registry it asks for; which
layer, Dockerfile line and package it names."""
import json

import oci
import pytest

from testenv.engines import call
from testenv.layers import Layer
from testenv.tree import Image

pytestmark = pytest.mark.needs("root")

DPKG = ("Package: tool\nStatus: install ok installed\nVersion: %s\nArchitecture: all\n\n"
        "Package: base\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n")


def base():
    """What both images have."""
    layer = Layer().dir("etc").file("etc/conf", "a" * 1000).dir("usr").dir("usr/lib").dir("opt").dir("opt/old")
    layer.file("usr/lib/libbase.so", "b" * 5000).symlink("etc/link", "conf").file("opt/old/x", "x" * 700)
    return layer.file("usr/lib/first", "f" * 400).hardlink("usr/lib/second", "usr/lib/first").file("usr/lib/gone", "g" * 300)


def tools(version, size):
    """What a package manager leaves."""
    layer = Layer().dir("usr").dir("usr/bin").file("usr/bin/tool", "t" * size, mode=0o755).dir("var").dir("var/lib")
    layer.dir("var/lib/dpkg").dir("var/lib/dpkg/info").file("var/lib/dpkg/status", DPKG % version)
    return layer.file("var/lib/dpkg/info/tool.list", "/usr\n/usr/bin\n/usr/bin/tool\n")


def application(data, **files):
    layer = Layer().dir("app").file("app/main", data)
    for name, text in files.items():
        layer.file("app/" + name, text)
    return layer


STEPS = ["/bin/sh -c #(nop) ADD file:1f2e in / ", "/bin/sh -c useradd app", "RUN /bin/sh -c apt-get install -y \t tool # buildkit",
         "COPY . /app # buildkit"]


class Pair:
    """Two images that share two layers. The second has a new layer in the place of each other one."""

    def __init__(self, folder, first, second):
        self.folder = folder
        shared = [base().write(folder / "base.tar"), Layer().file("etc/passwd", "app:x:1:1::/:/bin/sh\n").write(folder / "user.tar")]
        self.references = []
        for name, layers in (("first", first), ("second", second)):
            paths = shared + [layer.write(folder / ("%s%d.tar" % (name, i))) for i, layer in enumerate(layers)]
            oci.write_layout(folder / name, "image", oci.Image(paths, {"Cmd": ["x"]}, steps=STEPS[:len(paths)]))
            self.references.append("oci:%s:image" % (folder / name))
        self.images = [Image(r) for r in self.references]

    def layers(self, i):
        return [d["digest"] for d in self.images[i].manifest["layers"]]


@pytest.fixture
def pair(tmp_path):
    """With new, changed and removed paths, of own layers and of shared ones."""
    second = application("B" * 3000, new="n" * 2000).whiteout("usr/lib/gone").opaque("opt/old").hardlink("app/also", "app/new")
    second.file("etc/conf", "a" * 1000, mode=0o600).dir("opt").dir("opt/old")
    return Pair(tmp_path, [tools("1", 1000), application("A" * 2500, old="o" * 500)], [tools("2", 9000), second])


def diff(slim, *args, **more):
    result = slim.run("diff", "--json", *args, **more)
    assert result.status == 0, result
    return json.loads(result.out)


def expected(a, b):
    """{path: (change, aspects)} of two images, straight from their trees."""
    out = {}
    for path in a.nodes.keys() | b.nodes.keys():
        x, y = a.nodes.get(path), b.nodes.get(path)
        if not x or not y:
            out["/" + path] = ("added" if y else "gone", [])
            continue
        aspects = ["kind"] * (x.kind != y.kind)
        aspects += ["content"] * (x.kind == y.kind and (x.sha256, x.link, x.device) != (y.sha256, y.link, y.device))
        aspects += ["mode"] * (x.mode != y.mode) + ["owner"] * ((x.uid, x.gid) != (y.uid, y.gid))
        if aspects:
            out["/" + path] = ("changed", aspects)
    return out


def paths(shown):
    return {p["path"]: (p["change"], p["aspects"]) for p in shown["paths"]}


def sums(shown):
    """The sums of layers, and of packages in layers, are those of the whole."""
    for change in ("gone", "added", "changed"):
        for what in ("bytes", "files"):
            assert sum(layer[change][what] for layer in shown["layers"]) == shown["total"][change][what]
            assert sum(p[change][what] for layer in shown["layers"] for p in layer["packages"]) == shown["total"][change][what]
    assert sum(layer["growth"] for layer in shown["layers"]) == shown["total"]["growth"]


def check(shown, pair):
    assert paths(shown) == expected(*pair.images)
    assert not any(p["unsure"] for p in shown["paths"]) and shown["unsure"] == 0
    assert shown["shared"]["layers"] == 2 and shown["shared"]["read"]
    assert shown["images"][1]["bytes"] - shown["images"][0]["bytes"] == shown["total"]["growth"]
    sums(shown)


def test_paths_equal_an_independent_comparison(slim, pair):
    check(diff(slim, *pair.references), pair)
    back = diff(slim, *reversed(pair.references))
    assert paths(back) == expected(*reversed(pair.images))
    sums(back)


def test_layers_lines_and_packages(slim, pair):
    shown = diff(slim, *pair.references)
    layers = {(layer["image"], layer["layer"]): layer for layer in shown["layers"]}
    assert layers[2, 3]["line"] == "RUN apt-get install -y tool" and layers[2, 3]["created_by"] == STEPS[2]
    assert layers[2, 3]["digest"] == pair.layers(1)[2]
    tool, = [p for p in layers[2, 3]["packages"] if p["name"] == "tool"]
    assert tool["changed"] == {"bytes": 9000, "files": 1} and tool["growth"] == 8000
    assert layers[2, 4]["line"] == "COPY . /app"
    assert layers[1, 4]["gone"] == {"bytes": 500, "files": 1}  # /app/old
    assert layers[2, 4]["gone"] == {"bytes": 1000, "files": 2}  # of the shared layer: /usr/lib/gone, /opt/old/x
    assert [p["name"] for p in shown["packages"]] == ["tool"]
    text = slim.run("diff", *pair.references)
    assert text.status == 0 and "RUN apt-get install -y tool\n" in text.out and "tool 9.0 kB" in text.out, text


def test_summary(slim, pair):
    shown = slim.run("diff", "--summary", *pair.references)
    assert shown.status == 0
    first, second = pair.references
    sizes = [image["bytes"] for image in diff(slim, *pair.references)["images"]]
    assert shown.out.splitlines() == [
        "`%s` is %.1f kB larger than `%s` (%.1f kB, %+.1f %%)." %
        (second, (sizes[1] - sizes[0]) / 1e3, first, sizes[1] / 1e3, 100 * (sizes[1] - sizes[0]) / sizes[0]),
        "Most of it: `RUN apt-get install -y tool` +8.0 kB (layer 3 of 4); package `tool` +8.0 kB.",
        "Added 2 files, removed 3, changed 4."]


def test_secrets_of_the_history_are_not_shown(slim, tmp_path):
    """A summary goes to a pull request, which more people may read than the image."""
    token = "glpat-" + "Zx9Qw7Er5Ty3Ui1Op2As"
    references = []
    for name in ("first", "second"):
        layer = Layer().file("app", name * 100)
        oci.write_layout(tmp_path / name, "image", oci.Image([layer.write(tmp_path / (name + ".tar"))], {"Cmd": ["x"]},
                                                             steps=["RUN /bin/sh -c fetch --token %s # buildkit" % token]))
        references.append("oci:%s:image" % (tmp_path / name))
    for option in ("--summary", "--json", "--all"):
        shown = slim.run("diff", option, *references)
        assert shown.status == 0 and token not in shown.out and "fetch --token ***" in shown.out, shown


# ---- registries ----

class Asked:
    """The blobs that a run of slim asked a registry for."""

    def __init__(self, registry, pair, name):
        self.registry, self.pair = registry, pair
        self.references = [registry.reference("%s:%d" % (name, i + 1)) for i in range(2)]
        for i, reference in enumerate(pair.references):
            registry.push(reference, "%s:%d" % (name, i + 1), "--preserve-digests")
        self.path = "/%s/" % name

    def diff(self, slim, *args):
        before = len(self.registry.requests())
        shown = diff(slim, *args, env=self.registry.environment())
        asked = [r for r in self.registry.requests(before) if self.path in r["path"]]
        assert all(r["status"] == 200 for r in asked), asked
        self.kinds = [r["path"].rpartition("/")[0].rpartition("/")[2] for r in asked]
        layers = set(self.pair.layers(0)) | set(self.pair.layers(1))
        blobs = [r["path"].rpartition("/")[2] for r in asked]
        return shown, sorted(b for b in blobs if b in layers)


@pytest.fixture
def asked(plain_registry, pair, request):
    return Asked(plain_registry, pair, "diff/" + request.node.name.replace("[", "-").rstrip("]"))


@pytest.mark.needs("docker-registry", "skopeo")
def test_shared_layers_are_not_pulled(slim, asked, pair):
    own = sorted(pair.layers(0)[2:] + pair.layers(1)[2:])
    shown, blobs = asked.diff(slim, *asked.references)
    assert blobs == own
    assert shown["shared"] == {"layers": 2, "read": False,
                               "compressed_bytes": sum(d["size"] for d in pair.images[0].manifest["layers"][:2])}
    assert [image["bytes"] for image in shown["images"]] == [None, None]
    exact, unsure = expected(*pair.images), {p["path"] for p in shown["paths"] if p["unsure"]}
    assert unsure == {"/app/old", "/app/new", "/app/also", "/usr/lib/gone", "/etc/conf"} and shown["unsure"] == 5
    sure = {path: change for path, change in paths(shown).items() if path not in unsure}
    assert sure == {path: change for path, change in exact.items() if path not in unsure | {"/opt/old/x"}}
    layers = {(layer["image"], layer["layer"]): layer for layer in shown["layers"]}
    assert [p["growth"] for p in layers[2, 3]["packages"] if p["name"] == "tool"] == [8000]
    sums(shown)
    summary = slim.run("diff", "--summary", *asked.references, env=asked.registry.environment())
    assert summary.out.splitlines()[2] == ("Added 3 files, removed 2, changed 3. 5 of these may be in the 2 shared layers, "
                                           "which were not read."), summary


@pytest.mark.needs("docker-registry", "skopeo")
def test_exact_pulls_each_shared_layer_once(slim, asked, pair):
    shown, blobs = asked.diff(slim, "--exact", *asked.references)
    assert blobs == sorted(set(pair.layers(0) + pair.layers(1)))
    check(shown, pair)


@pytest.mark.needs("docker-registry", "skopeo")
@pytest.mark.parametrize("local", [0, 1])
def test_shared_layers_come_from_the_image_that_is_here(slim, asked, pair, local):
    references = [pair.references[i] if i == local else asked.references[i] for i in range(2)]
    shown, blobs = asked.diff(slim, *references)
    assert blobs == sorted(pair.layers(1 - local)[2:])
    check(shown, pair)


@pytest.mark.needs("docker-registry", "skopeo")
def test_no_question_is_open_if_both_change_the_same_paths(slim, plain_registry, tmp_path):
    pair = Pair(tmp_path, [application("A" * 10, x="1")], [application("B" * 20, x="1")])
    shown, blobs = Asked(plain_registry, pair, "diff/same-paths").diff(
        slim, *[plain_registry.reference("diff/same-paths:%d" % i) for i in (1, 2)])
    assert blobs == sorted(pair.layers(0)[2:] + pair.layers(1)[2:])
    assert paths(shown) == expected(*pair.images) == {"/app/main": ("changed", ["content"])} and shown["unsure"] == 0


@pytest.mark.needs("docker-registry", "skopeo")
def test_equal_tags_cost_their_manifests(slim, asked, pair):
    name = asked.path.strip("/")
    asked.registry.push(pair.references[0], name + ":same", "--preserve-digests")
    shown, blobs = asked.diff(slim, asked.references[0], asked.registry.reference(name + ":same"))
    assert asked.kinds == ["manifests", "manifests"] and blobs == []
    assert shown["paths"] == [] and shown["shared"]["layers"] == 4 and not shown["shared"]["read"]


@pytest.mark.needs("dockerd", "skopeo")
def test_layers_of_an_engine(slim, pair, dockerd):
    call("skopeo", "copy", "-q", pair.references[0], "docker-daemon:first:1", "--dest-daemon-host", "unix://" + dockerd.socket)
    env = {"DOCKER_HOST": "unix://" + dockerd.socket}
    for references in (["docker-daemon:first:1", pair.references[1]], [pair.references[1], "docker-daemon:first:1"]):
        shown = diff(slim, *references, env=env)
        images = pair.images if references[0].startswith("docker-daemon") else pair.images[::-1]
        assert paths(shown) == expected(*images), references
        assert shown["shared"]["layers"] == 2
        sums(shown)


# ---- contents ----

def test_holes_are_zeros(slim, tmp_path):
    """The same content, once with a hole of half a terabyte, and once one byte further on."""
    size = 1 << 39
    references = []
    for i, layer in enumerate((Layer().sparse("huge", size, b"same").file("small", b"x" + bytes(100000)),
                               Layer().sparse("huge", size, b"same" + bytes(5000)).sparse("small", 100001, b"x"),
                               Layer().sparse("huge", size, b"some").sparse("small", 100001, b"x"))):
        oci.write_layout(tmp_path / str(i), "image", oci.Image([layer.write(tmp_path / ("%d.tar" % i))], {"Cmd": ["x"]}))
        references.append("oci:%s:image" % (tmp_path / str(i)))
    assert diff(slim, references[0], references[1])["paths"] == []
    assert paths(diff(slim, references[0], references[2])) == {"/huge": ("changed", ["content"])}


CRC64 = 0xC96C5795D7870F42  # ECMA-182, reflected


def crc64(data):
    crc = (1 << 64) - 1
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (CRC64 if crc & 1 else 0)
    return crc


def test_same_size_and_checksum_are_not_enough(slim, tmp_path):
    """Files that anybody can make: their difference is a multiple of the CRC's polynomial."""
    data = bytes(range(100))
    forged = (int.from_bytes(data, "little") ^ (CRC64 << 1 | 1) << 160).to_bytes(100, "little")
    assert forged != data and crc64(forged) == crc64(data)
    for i, content in enumerate((data, forged)):
        oci.write_layout(tmp_path / str(i), "image",
                         oci.Image([Layer().file("x", content).write(tmp_path / ("%d.tar" % i))], {"Cmd": ["x"]}))
    assert paths(diff(slim, *["oci:%s:image" % (tmp_path / str(i)) for i in range(2)])) == {"/x": ("changed", ["content"])}


def test_a_damaged_layer_fails(slim, pair):
    digest = pair.layers(1)[3].split(":")[1]
    blob = pair.folder / "second/blobs/sha256" / digest
    blob.write_bytes(blob.read_bytes()[:-9] + b"otherwise")
    slim.fails("diff", *pair.references, code=["blob-digest-mismatch", "compressed-data-truncated"],
               names=["the second image", "layer 4 of 4"])
