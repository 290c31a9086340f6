"""Databases of packages that are not a whole dpkg's: of chiselled and distroless images, and opkg's."""
import io
import json
import os
import tarfile

import oci
import pytest

from testenv import chisel
from testenv.chisel import Manifest
from testenv.layers import Layer
from testenv.samples import JOB_CONFIG
from testenv.tree import Image, merge

pytestmark = pytest.mark.needs("root", "runc", "zstd")

NGINX = {"Cmd": ["nginx", "-g", "daemon off;"], "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], "ExposedPorts": {"80/tcp": {}},
         "StopSignal": "SIGQUIT"}


def content(image, path):
    """A file of an image, from its topmost layer that has it."""
    for data in reversed(image.tars):
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            for member in tar:
                if os.path.normpath(member.name).lstrip("/") == path:
                    return tar.extractfile(member).read()
    raise KeyError(path)


class Debian:
    """A root of Debian packages: what dpkg says of it."""

    def __init__(self, tar):
        self.tar, self.files = tar, {}
        with tarfile.open(tar) as members:
            for member in members:
                name = os.path.normpath(member.name).lstrip("/")
                if name.startswith("var/lib/dpkg/") and member.isfile():
                    self.files[name[len("var/lib/dpkg/"):]] = members.extractfile(member).read().decode()
        self.records = {r.split("\n", 1)[0].split(": ")[1]: r for r in self.files["status"].split("\n\n") if r.strip()}

    def info(self, package, suffix):
        for name in (package, package + ":amd64"):
            if "info/%s.%s" % (name, suffix) in self.files:
                return self.files["info/%s.%s" % (name, suffix)].splitlines()
        return []

    def without_database(self, out):
        """The root as a tar without dpkg's files."""
        with tarfile.open(self.tar) as members, tarfile.open(out, "w", format=tarfile.PAX_FORMAT) as copy:
            for member in members:
                name = os.path.normpath(member.name).lstrip("/")
                if not name.startswith(("var/lib/dpkg", "var/lib/apt", "var/cache")):
                    copy.addfile(member, members.extractfile(member) if member.isfile() else None)
        return str(out)


@pytest.fixture(scope="module")
def debian(images):
    return Debian(images.root("quickstart-nginx", "nginx-light"))


def image_of(tmp_path, tars, config):
    oci.write_layout(str(tmp_path / "in"), "image", oci.Image(tars, config, compression="none"))
    return "oci:%s:image" % (tmp_path / "in")


def build(slim, tmp_path, source, *options, name="out", **more):
    dest = "oci:%s:slim" % (tmp_path / name)
    report = slim.build(source, dest, *options, **more)
    return Image(dest), report


# ---- chisel ----

def slice_of(package, path):
    kind = "config" if path.startswith("/etc/") else "bins" if "bin/" in path else "libs" if "/lib/" in path else "data"
    return "%s_%s" % (package, kind)


def paths_of(debian, nodes, groups):
    """The entries of a manifest's paths, as chisel would write them."""
    paths, inodes = {"/" + chisel.PATH: {"mode": "0644", "slices": ["base-files_chisel"]}}, {}
    for package in debian.records:
        for path in debian.info(package, "list"):
            node = nodes.get(chisel.place(nodes, path))
            if path == "/." or node is None or path.startswith("/var/lib/dpkg"):
                continue
            if node.kind == "dir" and path != "/usr/bin" and not path.startswith("/etc"):
                continue
            entry = paths.setdefault(path + "/" * (node.kind == "dir"), {"mode": "0%o" % node.mode, "slices": []})
            entry["slices"] = sorted(set(entry["slices"] + [slice_of(package, path)]))
            if node.kind == "file":
                entry.update(sha256=node.sha256, size=node.size)
            elif node.kind == "symlink":
                entry["link"] = node.link
    links = {}
    for path in paths:
        links.setdefault(groups.get(chisel.place(nodes, path), path), []).append(path)
    for group, names in links.items():
        for path in names if len(names) > 1 and paths[names[0]].get("size") else []:
            paths[path]["inode"] = inodes.setdefault(group, len(inodes) + 1)
    return paths


@pytest.fixture(scope="module")
def chiselled(debian, tmp_path_factory):
    """(reference, its manifest's bytes)"""
    folder = tmp_path_factory.mktemp("chiselled")
    root = debian.without_database(folder / "root.tar")
    with open(root, "rb") as f:
        nodes, groups = merge([f.read()])
    data = chisel.pack(chisel.entries(debian.records, paths_of(debian, nodes, groups)))
    layer = Layer().dir("var/lib/chisel").file(chisel.PATH, data).write(folder / "manifest.tar")
    return image_of(folder, [root, layer], NGINX), data


def remaining(old, original, result):
    """What a trimmed manifest must have: {path: its slices}."""
    kept = {p: e for p, e in old.paths.items() if chisel.place(original.nodes, p) in result.nodes}
    packages = {s.split("_")[0] for p, e in kept.items() if not chisel.leads_to_directory(original.nodes, p) for s in e["slices"]}
    cut = {p: [s for s in e["slices"] if s.split("_")[0] in packages] for p, e in kept.items()}
    return packages, {p: slices for p, slices in cut.items() if slices}


@pytest.mark.needs("mmdebstrap")
def test_a_chiselled_image(slim, chiselled, tmp_path):
    """nginx runs; an independent reader finds in the manifest what is in the result, and nothing else."""
    reference, data = chiselled
    original, old = Image(reference), Manifest(data)
    lock = tmp_path / "slim.lock"
    result, report = build(slim, tmp_path, reference, "--lock", lock, keep="safe")
    new = Manifest(content(result, chisel.PATH))

    packages, paths = remaining(old, original, result)
    assert set(new.packages) == packages and {"nginx", "libc6", "base-files"} <= packages < set(old.packages)
    assert {p: e["slices"] for p, e in new.paths.items()} == paths and 50 < len(paths) < len(old.paths)
    assert len(new.paths["/usr/bin/"]["slices"]) < len(old.paths["/usr/bin/"]["slices"])
    assert new.packages["nginx"] == old.packages["nginx"]
    for path, entry in new.paths.items():
        if path != "/" + chisel.PATH:
            assert entry.get("sha256") == result.nodes[chisel.place(original.nodes, path)].sha256, path
        before = dict(old.paths[path], slices=entry["slices"])
        assert {k: v for k, v in before.items() if k != "inode"} == {k: v for k, v in entry.items() if k != "inode"}

    again, _ = build(slim, tmp_path, reference, name="again", keep="safe")
    assert content(again, chisel.PATH) == content(result, chisel.PATH)

    shown = {p["name"]: p for p in report["packages"]}
    assert shown["nginx"]["manager"] == "dpkg" and shown["nginx"]["version"] == "1:2-3" and shown["nginx"]["kept_files"] > 0
    assert "package dpkg nginx 1:2-3 amd64 " in lock.read_text()
    told = slim.run("why", os.path.join(slim.directory, "report.json"), "/usr/sbin/nginx")
    assert told.status == 0 and "of the package nginx" in told.out, told


@pytest.mark.needs("mmdebstrap")
def test_inspect_and_diff_name_a_slice_s_package(slim, chiselled, tmp_path):
    reference, data = chiselled
    result, _ = build(slim, tmp_path, reference, keep="safe")
    done = slim.run("diff", reference, "oci:%s:slim" % (tmp_path / "out"), "--json")
    assert done.status == 0, done
    told = {p["name"] for p in json.loads(done.out)["packages"]}
    assert "perl-base" in told and told <= set(Manifest(data).packages)
    done = slim.run("inspect", "oci:%s:slim" % (tmp_path / "out"), "--json")
    assert done.status == 0, done
    paths = Manifest(content(result, chisel.PATH)).paths
    with_files = {e["slices"][0].split("_")[0] for path, e in paths.items() if "sha256" in e or path == "/" + chisel.PATH}
    assert {p["name"] for p in json.loads(done.out)["packages"]} == {name + " 1:2-3" for name in with_files}


@pytest.fixture
def small(images, tmp_path):
    """A manifest of two packages, as a function that packs it."""
    paths = {"/opt/one": {"mode": "0644", "slices": ["one_data"]}, "/opt/two": {"mode": "0644", "slices": ["two_data"]},
             "/" + chisel.PATH: {"mode": "0644", "slices": ["one_data"]}}
    packed = chisel.pack(chisel.entries(["one", "two"], paths))

    def make(data=packed):
        layer = Layer().program("bin/job", images.programs["job"]).file("opt/one", "1").file("opt/two", "2")
        layer.file(chisel.PATH, data, mode=0o640)
        tar = layer.write(tmp_path / "layer.tar")
        return image_of(tmp_path, [tar], dict(JOB_CONFIG, Cmd=["cat", "/opt/one"])), data
    return make


def test_a_manifest_stays_or_goes_as_asked(slim, small, tmp_path):
    reference, data = small()
    trimmed, _ = build(slim, tmp_path, reference, name="trim")
    assert set(Manifest(content(trimmed, chisel.PATH)).packages) == {"one"}
    assert trimmed.nodes[chisel.PATH].mode == 0o640
    whole, _ = build(slim, tmp_path, reference, "--include", "/opt/two", name="whole")
    assert content(whole, chisel.PATH) == data  # byte for byte: nothing is removed
    kept, _ = build(slim, tmp_path, reference, "--package-db", "keep", name="keep")
    assert content(kept, chisel.PATH) == data
    dropped, _ = build(slim, tmp_path, reference, "--package-db", "drop", name="drop")
    assert chisel.PATH not in dropped.paths()


@pytest.mark.parametrize("data", [b"", b"{}", b"\x28\xb5\x2f\xfd", chisel.pack([])[:-1]])
def test_a_manifest_that_is_none(slim, small, tmp_path, data):
    reference, _ = small(data)
    result, report = build(slim, tmp_path, reference)
    assert chisel.PATH not in result.paths() and "opt/one" in result.paths()
    assert "package-database-dropped" in {n["code"] for n in report["notes"]}


# ---- distroless ----

@pytest.mark.needs("mmdebstrap")
def test_a_distroless_image(slim, debian, tmp_path):
    """A file with a record for each package, and its sums beside it."""
    layer, sums = Layer().dir("var/lib/dpkg/status.d"), {}
    for package, record in debian.records.items():
        fields = "".join(line + "\n" for line in record.splitlines() if not line.startswith(("Status:", "Conffiles:", " /etc/")))
        sums[package] = debian.info(package, "md5sums")
        layer.file("var/lib/dpkg/status.d/" + package, fields)
        layer.file("var/lib/dpkg/status.d/%s.md5sums" % package, "".join(line + "\n" for line in sums[package]))
    tars = [debian.without_database(tmp_path / "root.tar"), layer.write(tmp_path / "status.tar")]
    reference = image_of(tmp_path, tars, NGINX)
    original = Image(reference)
    result, report = build(slim, tmp_path, reference, keep="safe")

    def is_kept(line):
        return chisel.place(original.nodes, line.split(None, 1)[1]) in result.nodes

    left = {package: [line for line in lines if is_kept(line)] for package, lines in sums.items()}
    left = {package: lines for package, lines in left.items() if lines}
    names = {os.path.basename(p) for p in result.paths() if p.startswith("var/lib/dpkg/status.d/")}
    assert names == set(left) | {p + ".md5sums" for p in left} and "nginx" in left and "perl-base" not in left
    for package, lines in left.items():
        where = "var/lib/dpkg/status.d/" + package
        assert result.nodes[where] == original.nodes[where]  # a record stays as it is
        assert content(result, where + ".md5sums").decode().splitlines() == lines
    shown = {p["name"]: p for p in report["packages"]}
    assert shown["nginx"]["kept_files"] > 0 and shown["perl-base"]["kept_files"] == 0


# ---- opkg ----

OPKG = """Package: base
Version: 1.0-r1
Status: install user installed
Architecture: x86_64

Package: lib
Version: 2.0-r1
Depends: base
Status: install ok installed
Architecture: x86_64
Auto-Installed: yes

"""


@pytest.mark.parametrize("directory,tail", [("usr/lib/opkg", ""), ("var/lib/opkg", "\t0100644")])
def test_opkg(slim, images, tmp_path, directory, tail):
    layer = Layer().program("bin/job", images.programs["job"]).file("opt/base", "base").file("opt/lib", "lib")
    layer.file(directory + "/status", OPKG)
    for package in ("base", "lib"):
        layer.file("%s/info/%s.list" % (directory, package), "/opt/%s%s\n" % (package, tail))
        layer.file("%s/info/%s.control" % (directory, package), "Package: %s\n" % package)
        layer.file("%s/info/%s.postinst" % (directory, package), "#!/bin/sh\n")
    config = dict(JOB_CONFIG, Cmd=["cat", "/opt/lib"])
    result, report = build(slim, tmp_path, image_of(tmp_path, [layer.write(tmp_path / "layer.tar")], config))
    assert {(p["name"], p["manager"], p["kept_files"]) for p in report["packages"]} == {("base", "opkg", 0), ("lib", "opkg", 1)}
    files = {p[len(directory) + 1:] for p in result.paths() if p.startswith(directory + "/")}
    assert files == {"status", "info", "info/lib.list", "info/lib.control"}
    assert content(result, directory + "/status").decode() == OPKG[OPKG.index("Package: lib"):]
    assert content(result, directory + "/info/lib.list").decode() == "/opt/lib%s\n" % tail
