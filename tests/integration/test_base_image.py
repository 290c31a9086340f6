"""slim inspect names the image that another one was built on: among the images of its engine, archive or layout."""
import json
import os

import pytest

import oci
from testenv.engine_double import Relay
from testenv.engines import call
from testenv.layers import Layer

pytestmark = pytest.mark.needs("root", "runc", "skopeo")
CONFIG = {"User": "1000", "Cmd": ["/a"]}


@pytest.fixture(params=["docker", "podman"])
def engine(request):
    """An engine, the variable that leads slim to it, its own program, and the references of its images."""
    docker = request.param == "docker"
    e = request.getfixturevalue("dockerd" if docker else "podman_service")
    e.variable = "DOCKER_HOST" if docker else "CONTAINER_HOST"
    e.call = e.docker if docker else e.podman
    e.local = "" if docker else "localhost/"
    e.ref = lambda name: "%s:%s%s" % ("docker-daemon" if docker else "containers-storage", e.local, name)
    yield e
    e.remove_all()


@pytest.fixture
def relay(engine):
    r = Relay(engine.socket)
    yield r
    r.stop()


def build_from(engine, tmp_path, base, tag, *files):
    """As a user builds an image: FROM another, with a layer for each of the files. Returns the ID."""
    folder = tmp_path / tag.partition(":")[0]
    folder.mkdir()
    for name in files:
        (folder / name).write_text(name)
    (folder / "Dockerfile").write_text("FROM %s\n%s" % (base, "".join("COPY %s /\n" % name for name in files)))
    engine.call("build", "-q", "-t", engine.local + tag, str(folder))
    return id_of(engine, tag)


def id_of(engine, tag):
    return "sha256:" + engine.call("image", "inspect", "-f", "{{.Id}}", engine.local + tag).strip().rpartition(":")[2]


def layout(tmp_path, **words):
    """A layout with an image for each tag; each letter of its word is a layer. Returns its references and digests."""
    digests = {}
    for tag, word in words.items():
        paths = [Layer().file(letter, letter).write(tmp_path / letter) for letter in word]
        digests[tag] = oci.write_layout(tmp_path / "layout", tag, oci.Image(paths, CONFIG))
    return lambda tag: "oci:%s:%s" % (tmp_path / "layout", tag), digests


def base_of(slim, reference, **more):
    result = slim.run("inspect", reference, "--json", **more)
    assert result.status == 0, result
    base = json.loads(result.out)["base"]
    return base["name"], base["digest"], base["source"], base["layers"]


@pytest.mark.parametrize("way", ["in place", "by API"])
def test_built_from_another(slim, engine, relay, tmp_path, way):
    build_from(engine, tmp_path, "scratch", "small:1", "a")
    base = build_from(engine, tmp_path, engine.local + "small:1", "base:1", "b")
    build_from(engine, tmp_path, "scratch", "other:1", "b")
    build_from(engine, tmp_path, engine.local + "base:1", "app:1", "c", "d")
    engine.call("tag", engine.local + "app:1", engine.local + "same:1")
    env = {engine.variable: "unix://" + engine.socket if way == "in place" else relay.host}
    assert base_of(slim, engine.ref("app:1"), env=env) == (engine.ref("base:1"), base, "layers", 2)
    assert base_of(slim, engine.local + "same:1", env=env) == (engine.ref("base:1"), base, "layers", 2)
    assert base_of(slim, engine.ref("base:1"), env=env) == (engine.ref("small:1"), id_of(engine, "small:1"), "layers", 1)
    assert base_of(slim, engine.ref("small:1"), env=env)[0] is None


def test_few_images_are_asked_for(slim, engine, relay, tmp_path):
    """A list, and then the one image that can only be the base: it is not smaller than the others."""
    build_from(engine, tmp_path, "scratch", "base:1", "b" * 200)
    for i in range(5):
        build_from(engine, tmp_path, "scratch", "other%d:1" % i, "o%d" % i)
    build_from(engine, tmp_path, engine.local + "base:1", "app:1", "c")
    assert base_of(slim, engine.ref("app:1"), env={engine.variable: relay.host})[0] == engine.ref("base:1")
    paths = [line.split(" ")[1].partition("/images/")[2] for line in relay.asked]
    assert [p for p in paths if p.endswith("json")][1:] == ["json", id_of(engine, "base:1")[7:] + "/json"], paths


def test_an_image_without_a_tag(slim, dockerd, tmp_path):
    """It is the base only if no image with a tag has as many layers."""
    image, _ = layout(tmp_path, small="a", base="ab", other="x", app="abc")
    env = {"DOCKER_HOST": "unix://" + dockerd.socket}
    for tag in ("small", "base", "other", "app"):
        dockerd.take(image(tag), tag)
    base = dockerd.docker("image", "inspect", "-f", "{{.Id}}", "base").strip()
    dockerd.docker("tag", "other", "base:latest")
    assert base_of(slim, "docker-daemon:app:latest", env=env) == (None, base, "layers", 2)
    dockerd.docker("tag", base, "again:1")
    assert base_of(slim, "docker-daemon:app:latest", env=env) == ("docker-daemon:again:1", base, "layers", 2)


def test_archives_of_several_images(slim, dockerd, tmp_path):
    image, digests = layout(tmp_path, small="a", base="ab", app="abc")
    archive = "oci-archive:%s" % (tmp_path / "oci.tar")
    oci.tar_directory(tmp_path / "layout", tmp_path / "oci.tar")
    assert base_of(slim, archive + ":app") == (archive + ":base", digests["base"], "layers", 2)
    for tag in ("small", "base", "app"):
        dockerd.take(image(tag), tag)
    saved = tmp_path / "docker.tar"
    dockerd.docker("save", "-o", str(saved), "app", "small", "base")
    base = dockerd.docker("image", "inspect", "-f", "{{.Id}}", "base").strip()
    assert base_of(slim, "docker-archive:%s:app:latest" % saved) == ("docker-archive:%s:base:latest" % saved, base, "layers", 2)
    call("gzip", str(saved))
    assert base_of(slim, "docker-archive:%s.gz:app:latest" % saved)[1] == base


def config_of(reference):
    return json.loads(call("skopeo", "inspect", "--raw", reference))["config"]["digest"]


def test_the_store_knows_it(slim, plain_registry, dockerd, tmp_path):
    """slim has unpacked the base from a registry or an engine: images that were built on it show that."""
    slim.store = os.path.join(slim.directory, "cache", "slim")  # the one without --store
    image, digests = layout(tmp_path, small="a", base="ab", app="abc", alone="b")
    environment = dict(plain_registry.environment(), DOCKER_HOST="unix://" + dockerd.socket,
                       XDG_CACHE_HOME=os.path.dirname(slim.store))
    for name in ("base", "app"):
        plain_registry.push(image(name), "known/%s:1" % name)
    dockerd.take(image("small"), "small")
    base, app = plain_registry.reference("known/base:1"), plain_registry.reference("known/app:1")

    assert base_of(slim, app, env=environment)[0] is None
    assert not os.path.exists(slim.store)
    for source in ("docker-daemon:small:latest", base):
        assert slim.run(*slim.unpacking(source, "oci:%s:x" % (tmp_path / "out")), env=environment).status == 0
    assert base_of(slim, app, env=environment) == (base, config_of(image("base")), "layers", 2)
    assert base_of(slim, base, env=environment)[0] == "docker-daemon:small:latest"
    # one that lies beside the image is as good, and there now
    assert base_of(slim, image("app")) == (image("base"), digests["base"], "layers", 2)
    assert slim.run("cache", "prune", "--all").status == 0
    assert base_of(slim, app, env=environment)[0] is None
