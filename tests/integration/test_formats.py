"""Every way in and every way out: what slim reads, and that what it writes is read by an independent reader
and holds nothing but unchanged entries of the original."""
import json
import subprocess

import pytest

from testenv.engines import call
from testenv.tree import Image, differences

pytestmark = pytest.mark.needs("root", "runc")

SOURCES = [("oci", family, compression) for family in ("oci", "docker") for compression in ("gzip", "zstd", "none")]
SOURCES += [("index", "oci", "gzip"), ("index", "docker", "gzip"), ("oci-archive", "oci", "gzip"),
            ("oci-archive", "docker", "gzip"), ("oci-archive", "oci", "zstd"), ("oci-archive", "oci", "none"),
            ("docker-archive-old", "docker", "none"), ("docker-archive-new", "oci", "none"),
            ("docker-archive-new", "oci", "gzip")]
SEEN = {"srv/index.html", "srv/page.html", "srv/pixel.txt", "srv/sub/deep.txt", "bin/httpd"}


def check_result(source, result):
    assert differences(source, result) == []
    assert SEEN <= result.paths()
    assert "srv/unused.txt" not in result.paths()
    assert len(result.tars) == 1
    assert result.config["config"] == source.config["config"]
    for key in ("architecture", "os"):
        assert result.config[key] == source.config[key]
    assert result.config["created"]
    assert result.config["history"]


@pytest.mark.parametrize("form,family,compression", SOURCES)
def test_source(slim, images, tmp_path, form, family, compression):
    reference = images.of_form(form, family, compression)
    dest = "oci:%s:slim" % (tmp_path / "out")
    report = slim.build(reference, dest)
    source, result = Image(reference), Image(dest)
    check_result(source, result)
    assert report["source"]["reference"] == reference
    assert report["source"]["layers"] == 2
    assert report["result"]["layers"] == 1
    assert report["result"]["compressed_bytes"] == sum(result.compressed)
    assert report["result"]["size_bytes"] < report["source"]["size_bytes"]
    assert report["result"]["digest"] == result.descriptor["digest"]
    inspected = json.loads(call("skopeo", "inspect", dest))
    assert inspected["Layers"] == [d["digest"] for d in result.manifest["layers"]]


@pytest.mark.needs("skopeo")
@pytest.mark.parametrize("compression", ["gzip", "zstd", "none"])
def test_output_keeps_the_compression(slim, images, tmp_path, compression):
    dest = "oci:%s:slim" % (tmp_path / "out")
    slim.build(images.of_form("oci", "oci", compression), dest)
    suffix = {"gzip": "+gzip", "zstd": "+zstd", "none": ""}[compression]
    assert Image(dest).manifest["layers"][0]["mediaType"] == "application/vnd.oci.image.layer.v1.tar" + suffix


@pytest.mark.needs("skopeo")
@pytest.mark.parametrize("option,magic", [("gzip", b"\x1f\x8b"), ("gzip:9", b"\x1f\x8b"), ("zstd", b"\x28\xb5\x2f\xfd"),
                                          ("zstd:19", b"\x28\xb5\x2f\xfd"), ("none", b"")])
def test_compression_option(slim, images, tmp_path, option, magic):
    dest = "oci:%s:slim" % (tmp_path / "out")
    slim.build(images.service(), dest, "--compression", option)
    result = Image(dest)
    with open(tmp_path / "out/blobs/sha256" / result.manifest["layers"][0]["digest"].split(":")[1], "rb") as f:
        head = f.read(512)
    assert head.startswith(magic)
    assert magic or head[257:262] == b"ustar"
    check_result(Image(images.service()), result)
    call("skopeo", "copy", "-q", dest, "dir:%s" % (tmp_path / "copy"))


@pytest.mark.needs("skopeo")
@pytest.mark.parametrize("form", ["oci", "oci-archive", "docker-archive"])
@pytest.mark.parametrize("source_form,family,compression", [("oci", "oci", "gzip"), ("oci", "oci", "zstd"),
                                                            ("docker-archive-old", "docker", "none")])
def test_destination(slim, images, tmp_path, form, source_form, family, compression):
    reference = images.of_form(source_form, family, compression)
    dest = "%s:%s" % (form, tmp_path / "out")
    dest += ":slim" if form != "docker-archive" else ":test/slim:1"
    slim.build(reference, dest)
    result = Image(dest)
    check_result(Image(reference), result)
    if form == "docker-archive":
        assert result.names == ["test/slim:1"]
    call("skopeo", "inspect", dest)
    call("skopeo", "copy", "-q", dest, "dir:%s" % (tmp_path / "copy"))


@pytest.mark.needs("umoci")
@pytest.mark.parametrize("compression", ["gzip", "none"])  # umoci 0.4.7 has no zstd
def test_umoci_unpacks(slim, images, tmp_path, compression):
    slim.build(images.of_form("oci", "oci", compression), "oci:%s:slim" % (tmp_path / "out"))
    call("umoci", "unpack", "--image", "%s:slim" % (tmp_path / "out"), tmp_path / "bundle")
    assert (tmp_path / "bundle/rootfs/srv/sub/deep.txt").read_text() == "deep\n"
    assert subprocess.check_output([tmp_path / "bundle/rootfs/bin/job", "cat", tmp_path / "bundle/rootfs/srv/page.html"])


def test_layout_keeps_its_other_images(slim, images, tmp_path):
    slim.build(images.service(), "oci:%s:one" % (tmp_path / "out"))
    first = Image("oci:%s:one" % (tmp_path / "out")).descriptor
    slim.build(images.job(), "oci:%s:two" % (tmp_path / "out"))
    assert Image("oci:%s:one" % (tmp_path / "out")).descriptor == first
    assert Image("oci:%s:two" % (tmp_path / "out")).config["config"]["Entrypoint"] == ["/bin/job"]
    slim.build(images.job(), "oci:%s:one" % (tmp_path / "out"))
    assert Image("oci:%s:one" % (tmp_path / "out")).config["config"]["Entrypoint"] == ["/bin/job"]
    with open(tmp_path / "out/index.json") as f:
        assert len(json.load(f)["manifests"]) == 2


def test_annotations_name_the_base(slim, images, tmp_path):
    dest = "oci:%s:slim" % (tmp_path / "out")
    slim.build(images.service(), dest)
    annotations = Image(dest).manifest["annotations"]
    assert annotations["org.opencontainers.image.base.digest"] == Image(images.service()).descriptor["digest"]


def test_inspect(slim, images):
    plain = slim.run("inspect", images.service())
    assert plain.status == 0, plain
    assert "linux/amd64" in plain.out or "amd64" in plain.out
    as_json = slim.run("inspect", images.service(), "--json")
    assert as_json.status == 0, as_json
    document = json.loads(as_json.out)
    assert Image(images.service()).descriptor["digest"] in json.dumps(document)
