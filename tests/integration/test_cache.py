"""A second build unpacks nothing again."""
import os

import pytest

pytestmark = pytest.mark.needs("root", "runc")


def stamps(store):
    """What would change if a layer were unpacked again."""
    out = {}
    for name in os.listdir(store + "/layers"):
        st = os.stat(os.path.join(store, "layers", name))
        out[name] = (st.st_ino, st.st_ctime_ns)
    return out


def test_warm_build_unpacks_nothing(slim, images, tmp_path):
    first = slim.build(images.service(), "oci:%s:slim" % (tmp_path / "out"))
    before = stamps(slim.store)
    second = slim.build(images.service(), "oci:%s:slim" % (tmp_path / "out"))
    assert first["source"]["cached_layers"] == 0
    assert second["source"]["cached_layers"] == second["source"]["layers"] == len(before)
    assert stamps(slim.store) == before


def test_layers_are_shared_by_images_and_forms(slim, images, tmp_path):
    slim.build(images.of_form("oci", "oci", "gzip"), "oci:%s:slim" % (tmp_path / "out"))
    other = slim.build(images.of_form("docker-archive-old", "docker", "none"), "oci:%s:slim" % (tmp_path / "out"))
    assert other["source"]["cached_layers"] == 2


def test_missing_blob_does_not_matter_when_the_layer_is_there(slim, images, tmp_path):
    """As little is read as needed: the layers' blobs are not even opened."""
    import shutil
    import json
    folder = str(tmp_path / "in")
    shutil.copytree(images.service().split(":")[1], folder)
    slim.build("oci:%s:image" % folder, "oci:%s:slim" % (tmp_path / "out"))
    manifest = json.load(open(folder + "/index.json"))["manifests"][0]["digest"].split(":")[1]
    for layer in json.load(open(folder + "/blobs/sha256/" + manifest))["layers"]:
        os.unlink(folder + "/blobs/sha256/" + layer["digest"].split(":")[1])
    slim.build("oci:%s:image" % folder, "oci:%s:slim" % (tmp_path / "out"))
