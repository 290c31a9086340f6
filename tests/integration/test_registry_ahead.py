"""A registry gets the layer while the result is proven, and the manifest only afterwards."""
import os
import threading

import pytest

from testenv.copier import Narrow, NarrowHandler, insecure
from testenv.tree import Image, differences

pytestmark = pytest.mark.needs("root", "runc", "docker-registry", "skopeo")

FETCHED = ("srv/index.html", "srv/page.html", "srv/sub/deep.txt")
# Run while the service runs: at once in the first run; in the next one, the proof, once the registry has the layer.
WAIT = """test -e {mark} || exec touch {mark}
for i in $(seq 600); do
    if ls {place}/_layers/sha256/* >{said} 2>&1; then
        test -e {place}/_manifests && echo manifest >>{said}
        exit 0
    fi
    sleep 0.1
done
exit 1"""


class Repository:
    """Of docker-registry, seen in its storage."""

    def __init__(self, registry, name):
        self.registry, self.name = registry, name
        self.place = os.path.join(registry.storage, "docker/registry/v2/repositories", name)

    def has_manifest(self):
        return os.path.exists(os.path.join(self.place, "_manifests"))

    def open_uploads(self):
        path = os.path.join(self.place, "_uploads")
        there = os.listdir(path) if os.path.isdir(path) else []
        return [d for d in there if "data" in os.listdir(os.path.join(path, d))]


class Holding(NarrowHandler):
    """Answers no upload until `released` is set. mark: a file that is there once one was asked for."""
    mark, released = None, None

    def hold(self):
        self.mark.touch()
        self.released.wait(120)
        self.close_connection = True

    do_PATCH = do_PUT = hold


@pytest.fixture
def blind(slim, images, tmp_path):
    """Options to build from a trace that lacks what the proof needs, so that it heals."""
    path = tmp_path / "blind.json"
    done = slim.run("record", images.service(), "-o", path, "--store", slim.store, "--http-probe=false")
    assert done.status == 0, done
    return ["--keep", "exact", "--trace", path, "--verify=on"]


def test_the_layer_goes_there_beside_the_proof(slim, images, plain_registry, tmp_path):
    there, said = Repository(plain_registry, "ahead/beside"), tmp_path / "said"
    script = tmp_path / "wait.sh"
    script.write_text(WAIT.format(mark=tmp_path / "mark", place=there.place, said=said))
    before = len(plain_registry.requests())
    slim.build(images.service(), plain_registry.reference("ahead/beside:1"), "--host-exec", "sh %s" % script,
               env=plain_registry.environment())
    assert said.read_text().strip() and "manifest" not in said.read_text()
    writes = [r["path"] for r in plain_registry.requests(before) if r["method"] == "PUT"]
    assert writes[-1] == "/v2/ahead/beside/manifests/1" and len(writes) == 3  # one layer, the config, the tag
    plain_registry.pull("ahead/beside:1", "oci:%s:image" % (tmp_path / "out"))
    assert differences(Image(images.service()), Image("oci:%s:image" % (tmp_path / "out"))) == []


def test_a_healed_image_is_published_with_its_last_layer(slim, images, plain_registry, tmp_path, blind):
    there = Repository(plain_registry, "ahead/healed")
    report = slim.build(images.service(), plain_registry.reference("ahead/healed:1"), *blind,
                        env=plain_registry.environment())
    assert report["verify"]["equal"] and report["verify"]["rounds"] > 1
    plain_registry.pull("ahead/healed:1", "oci:%s:image" % (tmp_path / "out"))
    assert set(FETCHED) <= Image("oci:%s:image" % (tmp_path / "out")).paths()
    assert there.open_uploads() == []
    local = slim.build(images.service(), "oci:%s:slim" % (tmp_path / "local"), *blind)
    assert local["result"]["digest"] == plain_registry.digest("ahead/healed:1")


def test_an_upload_that_is_worthless_is_not_waited_for(slim, images, plain_registry, tmp_path, blind):
    handler = type("Held", (Holding,), {"mark": tmp_path / "held", "released": threading.Event()})
    wait = "for i in $(seq 600); do test -e %s && exit 0; sleep 0.1; done; exit 1" % handler.mark
    proxy = Narrow(plain_registry.port, 1 << 30)
    proxy.RequestHandlerClass = handler
    environment = plain_registry.environment()
    environment["CONTAINERS_REGISTRIES_CONF"] = insecure(tmp_path, "localhost:%d" % proxy.port)
    try:
        done = slim.run("build", images.service(), "-o", "docker://localhost:%d/ahead/held:1" % proxy.port, "--store",
                        slim.store, *blind, "--heal", "0", "--host-exec", wait, env=environment)
        assert done.status == 3, done
        assert handler.mark.exists() and not handler.released.is_set()
    finally:
        handler.released.set()
        proxy.close()


def test_a_refused_image_has_no_manifest_there(slim, images, plain_registry, blind):
    there = Repository(plain_registry, "ahead/refused")
    done = slim.run("build", images.service(), "-o", plain_registry.reference("ahead/refused:1"), "--store", slim.store,
                    *blind, "--heal", "0", env=plain_registry.environment())
    assert done.status == 3, done
    assert not there.has_manifest() and there.open_uploads() == []
