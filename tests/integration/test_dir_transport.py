"""dir: as skopeo reads and writes it, and rootfs:, a directory used where it is."""
import hashlib
import json
import os
import shutil
import subprocess
import tarfile

import pytest

from testenv import samples, tree

pytestmark = pytest.mark.needs("root", "runc")


def skopeo(*args):
    done = subprocess.run(["skopeo", *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def digest_of(folder):
    with open(os.path.join(folder, "manifest.json"), "rb") as f:
        return "sha256:" + hashlib.sha256(f.read()).hexdigest()


def inspect(slim, ref):
    result = slim.run("inspect", "--json", ref)
    assert result.status == 0, result
    return json.loads(result.out)


@pytest.mark.needs("skopeo")
@pytest.mark.parametrize("family", ["oci", "docker"])
def test_slim_reads_what_skopeo_wrote(slim, images, tmp_path, family):
    source = images.of_form("oci" if family == "oci" else "docker-archive-new", family)
    folder = str(tmp_path / "in")
    skopeo("copy", "--insecure-policy", source, "dir:" + folder)
    shown = inspect(slim, "dir:" + folder)
    assert shown["digest"] == digest_of(folder)
    assert shown["config"] == json.loads(skopeo("inspect", "--config", "--raw", "dir:" + folder))["config"]
    from_dir = slim.build("dir:" + folder, "oci:%s:slim" % (tmp_path / "a"))
    from_source = slim.build(source, "oci:%s:slim" % (tmp_path / "b"))
    a, b = (tree.Image("oci:%s:slim" % (tmp_path / x)) for x in "ab")
    assert a.nodes == b.nodes and a.config["rootfs"] == b.config["rootfs"]
    assert from_dir["result"]["size_bytes"] == from_source["result"]["size_bytes"]


@pytest.mark.needs("skopeo")
def test_an_index(slim, images, tmp_path):
    folder = str(tmp_path / "in")
    skopeo("copy", "--insecure-policy", "--all", images.of_form("index"), "dir:" + folder)
    assert any(name.endswith(".manifest.json") for name in os.listdir(folder))
    slim.build("dir:" + folder, "oci:%s:slim" % (tmp_path / "out"))


@pytest.mark.needs("skopeo")
def test_skopeo_reads_what_slim_wrote(slim, images, tmp_path):
    out = str(tmp_path / "deep" / "out")
    report = slim.build(images.service(), "dir:" + out)
    assert report["result"]["digest"] == digest_of(out)
    assert open(out + "/version").read() == "Directory Transport Version: 1.1\n"
    assert json.loads(skopeo("inspect", "dir:" + out))["Digest"] == digest_of(out)
    skopeo("copy", "--insecure-policy", "dir:" + out, "oci:%s:t" % (tmp_path / "copy"))  # checks every digest
    slim.build(images.service(), "oci:%s:t" % (tmp_path / "same"))
    with open(str(tmp_path / "copy" / "index.json")) as copy, open(str(tmp_path / "same" / "index.json")) as same:
        assert json.load(copy)["manifests"][0]["digest"] == json.load(same)["manifests"][0]["digest"]
    assert os.listdir(str(tmp_path / "deep")) == ["out"]


@pytest.mark.needs("skopeo")
def test_what_skopeo_wrote_is_replaced_and_nothing_else(slim, images, tmp_path):
    out = str(tmp_path / "out")
    skopeo("copy", "--insecure-policy", images.service(), "dir:" + out)
    before = digest_of(out)
    slim.build(images.service(), "dir:" + out)
    assert digest_of(out) != before and len(os.listdir(out)) == 4
    with open(out + "/mine.txt", "w") as f:
        f.write("mine")
    slim.fails("build", images.service(), "-o", "dir:" + out, "--store", slim.store, code="destination-not-empty",
               names="mine.txt")
    assert len(os.listdir(out)) == 5


# rootfs:


@pytest.fixture
def rootfs(images, tmp_path):
    """The service's merged root, and a file with its config."""
    root = str(tmp_path / "root")
    for layer in images.layers():
        with tarfile.open(layer) as tar:
            members = [m for m in tar.getmembers() if "/.wh." not in m.name]
            tar.extractall(root, members, numeric_owner=True)
    os.unlink(root + "/srv/gone.txt")
    with open(str(tmp_path / "config.json"), "w") as f:
        json.dump(samples.SERVICE_CONFIG, f)
    return "rootfs:%s:%s" % (root, tmp_path / "config.json")


def test_a_directory_is_slimmed_in_place(slim, images, rootfs, tmp_path):
    slim.build(images.service(), "oci:%s:t" % (tmp_path / "a"))
    layers = sorted(os.listdir(slim.store + "/layers"))
    report = slim.build(rootfs, "oci:%s:t" % (tmp_path / "b"))
    assert sorted(os.listdir(slim.store + "/layers")) == layers  # nothing of it is copied
    assert report["source"]["layers"] == 1 and report["verify"]["equal"] is True
    a, b = tree.Image("oci:%s:t" % (tmp_path / "a")), tree.Image("oci:%s:t" % (tmp_path / "b"))
    assert a.config["config"] == b.config["config"]
    strip = lambda image: {path: node for path, node in image.nodes.items() if node.kind != "dir"}
    assert {p: n._replace(mtime=0) for p, n in strip(a).items()} == {p: n._replace(mtime=0) for p, n in strip(b).items()}


def test_without_a_config_the_command_is_an_option(slim, rootfs, tmp_path):
    folder = rootfs.split(":")[1]
    slim.fails("build", "rootfs:" + folder, "-o", "oci:%s:t" % (tmp_path / "out"), "--store", slim.store,
               code="command-missing", names="--entrypoint")
    slim.build("rootfs:" + folder, "oci:%s:t" % (tmp_path / "out"), "--entrypoint", "/bin/job", "--cmd",
               "cat /srv/default.txt")
    assert "srv/default.txt" in tree.Image("oci:%s:t" % (tmp_path / "out")).nodes


def test_errors_of_rootfs(slim, rootfs, tmp_path):
    slim.fails("inspect", "rootfs:%s" % (tmp_path / "none"), code="directory-open", names="none")
    slim.fails("inspect", "rootfs:%s" % (tmp_path / "config.json"), code="source-not-directory", names="config.json")
    slim.fails("inspect", "rootfs:%s:%s" % (tmp_path / "root", tmp_path / "none"), code="file-open",
               names=str(tmp_path / "none"))
