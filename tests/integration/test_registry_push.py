"""Images are written to registries: docker-registry takes them and skopeo is the judge; a double misbehaves on the way.
In no case is there a tag that names what is not there, and no upload is left open."""
import base64
import collections
import json
import os
import threading
import time

import pytest

import oci
from testenv.copier import Copier, Narrow, Tap, insecure
from testenv.layers import Layer
from testenv.tree import Image
from testenv.upload_double import UploadDouble, digest_of

MIB = 1 << 20
SIZES = (100, 3 * MIB, 5 * MIB + 1)  # of the layers' files, which do not compress
INDEX = oci.MEDIA[oci.OCI]["index"]
NOW = {"Retry-After": "0"}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """An image of some megabytes as oci:DIR:image; .layout and .manifest say what is in it."""
    folder = tmp_path_factory.mktemp("push")
    tars = [Layer().file("f%d" % i, os.urandom(size)).write(folder / ("%d.tar" % i)) for i, size in enumerate(SIZES)]
    return make_source(folder / "layout", oci.Image(tars, {"Cmd": ["/f0"]}, "none"))


class Source(str):
    """The reference; and what is in it."""


def make_source(layout, *images):
    digest = oci.write_layout(str(layout), "image", *images)
    out = Source("oci:%s:image" % layout)
    out.layout, out.digest = str(layout), digest
    with open(blob_path(out.layout, digest)) as f:
        out.document = json.load(f)
    return out


def blob_path(layout, digest):
    return os.path.join(layout, "blobs/sha256", digest.partition(":")[2])


def contents(manifest):
    """The digests of an image's blobs."""
    return [d["digest"] for d in manifest["layers"] + [manifest["config"]]]


@pytest.fixture
def copier(program, plain_registry, tmp_path):
    return Copier(program, tmp_path, plain_registry.environment())


# ---- docker-registry

@pytest.mark.needs("docker-registry", "skopeo")
class TestRegistry:
    def uploads(self, registry, name):
        """Of the repository, that are still open (docker-registry leaves a directory of those that are not)."""
        path = os.path.join(registry.storage, "docker/registry/v2/repositories", name, "_uploads")
        there = os.listdir(path) if os.path.isdir(path) else []
        return len([d for d in there if "data" in os.listdir(os.path.join(path, d))])

    def check(self, registry, name, source, digest, tmp_path, open_uploads=0):
        assert registry.digest(name) == digest
        assert contents(json.loads(registry.raw(name))) == contents(source.document)
        registry.pull(name, "oci:%s/out:image" % tmp_path)
        assert Image("oci:%s/out:image" % tmp_path).tars == Image(source).tars
        assert self.uploads(registry, name.partition(":")[0]) == open_uploads

    def test_an_image(self, copier, plain_registry, source, tmp_path):
        digest = copier.copy(source, plain_registry.reference("push/image:1"))
        self.check(plain_registry, "push/image:1", source, digest, tmp_path)

    @pytest.mark.needs("root", "runc")
    def test_what_is_built(self, slim, plain_registry, images):
        before = len(plain_registry.requests())
        slim.build(images.job(), plain_registry.reference("push/built"), env=plain_registry.environment())
        asked = plain_registry.requests(before)
        plain_registry.pull("push/built:latest", "oci:%s/out:image" % slim.directory)
        assert "srv/default.txt" in Image("oci:%s/out:image" % slim.directory).paths()
        writes = [r["path"] for r in asked if r["method"] in ("PUT", "PATCH")]
        assert [w for w in writes if "/manifests/" in w] == writes[-1:] == ["/v2/push/built/manifests/latest"]
        assert self.uploads(plain_registry, "push/built") == 0

    def test_what_is_there_is_not_sent_again(self, copier, plain_registry, source):
        copier.copy(source, plain_registry.reference("push/again:1"))
        before = len(plain_registry.requests())
        copier.copy(source, plain_registry.reference("push/again:2"))
        asked = [(r["method"], r["path"]) for r in plain_registry.requests(before)]
        assert [a for a in asked if a[0] not in ("HEAD", "GET")] == [("PUT", "/v2/push/again/manifests/2")]
        assert plain_registry.digest("push/again:1") == plain_registry.digest("push/again:2")

    def test_blobs_are_mounted_from_another_repository(self, copier, plain_registry, source, tmp_path):
        copier.copy(source, plain_registry.reference("push/first:1"))
        before = len(plain_registry.requests())
        digest = copier.copy("-m", plain_registry.reference("push/first:1"), source,
                             plain_registry.reference("push/second:1"))
        asked = [(r["method"], r["path"], r["status"]) for r in plain_registry.requests(before)]
        writes = [a for a in asked if a[0] not in ("HEAD", "GET")]
        assert len(writes) == len(SIZES) + 2
        assert all(a[0] == "POST" and "mount=" in a[1] and a[2] == 201 for a in writes[:-1])
        assert writes[-1][:2] == ("PUT", "/v2/push/second/manifests/1")
        self.check(plain_registry, "push/second:1", source, digest, tmp_path)

    @pytest.mark.parametrize("where", ["push/nothing:1", "other.invalid:5000/push/x:1"])
    def test_what_can_not_be_mounted_is_sent(self, copier, plain_registry, source, tmp_path, where):
        mount = "docker://" + where if "invalid" in where else plain_registry.reference(where)
        name = "push/unmounted-%d:1" % len(where)
        digest = copier.copy("-m", mount, source, plain_registry.reference(name))
        self.check(plain_registry, name, source, digest, tmp_path)

    def test_several_tags(self, copier, plain_registry, source):
        host = plain_registry.host
        digest = copier.copy("-n", host + "/push/tags:two", "-n", host + "/push/tags:3", source,
                             plain_registry.reference("push/tags"))
        for tag in ("latest", "two", "3"):
            assert plain_registry.digest("push/tags:" + tag) == digest

    def test_names_that_are_no_tags_of_it(self, copier, plain_registry, source):
        to = plain_registry.reference("push/names:1")
        before = len(plain_registry.requests())
        for name in ("push/names:2", plain_registry.host + "/push/other:2", "localhost:1/push/names:2"):
            copier.fails("-n", name, source, to, code="destination-of-other-repository", names=name)
        copier.fails("-n", "%s/push/names@sha256:%064d" % (plain_registry.host, 0), source, to,
                     code="digest-as-destination")
        copier.fails(source, plain_registry.reference("push/names@sha256:%064d" % 0), code="digest-as-destination")
        assert plain_registry.requests(before) == []

    def test_an_index(self, copier, plain_registry, tmp_path):
        tar = Layer().file("a", b"a" * 1000).write(tmp_path / "a.tar")
        two = [oci.Image([tar], {"Cmd": [arch]}, arch=arch) for arch in (oci.host_arch(), "s390x")]
        source = make_source(tmp_path / "layout", *two)
        assert copier.copy("-i", source, plain_registry.reference("push/index:1")) == source.digest
        assert plain_registry.digest("push/index:1") == source.digest
        plain_registry.pull("push/index:1", "oci:%s/out:image" % tmp_path, "--all")
        assert Image("oci:%s/out:image" % tmp_path, "s390x").config["config"]["Cmd"] == ["s390x"]

    def test_referrers_without_the_api(self, copier, plain_registry, source, tmp_path):
        """docker-registry 2.8 has none: the index is under the fallback tag."""
        for name in ("one", "two", "one"):
            (tmp_path / "report").write_text(name)
            digest = copier.copy("-a", str(tmp_path / "report"), source, plain_registry.reference("push/refer:1"))
        raw = json.loads(plain_registry.raw("push/refer:" + digest.replace(":", "-")))
        assert raw["mediaType"] == INDEX and len(raw["manifests"]) == 2
        for entry, text in zip(raw["manifests"], (b"one", b"two")):
            assert entry["artifactType"] == "application/vnd.example.report"
            assert entry["annotations"] == {"org.example.by": "slim's tests"}
            artifact = json.loads(plain_registry.raw("push/refer@" + entry["digest"]))
            assert artifact["subject"]["digest"] == digest
            assert artifact["layers"][0]["digest"] == digest_of(text)

    def test_tls_and_users(self, program, registries, source, tmp_path):
        registry = registries(tls=True, tokens=True, users={"ann": "right", "bob": "reads"})
        digest = self.as_user(program, registry, tmp_path, "ann", "right").copy(source, registry.reference("push/tls:1"))
        self.check(registry, "push/tls:1", source, digest, tmp_path)
        assert ("ann", "repository:push/tls:pull,push") in registry.tokens.asked()
        before = len(registry.tokens.log)
        self.as_user(program, registry, tmp_path, "ann", "right").copy(
            "-m", registry.reference("push/tls:1"), source, registry.reference("push/mounted:1"))
        assert any("repository:push/tls:pull" in scopes and "repository:push/mounted:pull,push" in scopes
                   for _, scopes in registry.tokens.asked(before))
        assert any("mount=" in r["path"] and r["status"] == 201 for r in registry.requests())

    def as_user(self, program, registry, tmp_path, user, password):
        path = os.path.join(str(tmp_path), "auth.json")
        secret = base64.b64encode(("%s:%s" % (user, password)).encode()).decode()
        with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as f:
            json.dump({"auths": {registry.host: {"auth": secret}}}, f)
        return Copier(program, tmp_path, registry.environment(REGISTRY_AUTH_FILE=path))

    @pytest.mark.parametrize("kind", ["htpasswd", "tokens"])
    def test_who_may_not(self, program, registries, source, tmp_path, kind):
        registry = registries(**{kind: True, "users": {"ann": "right"}})
        to = registry.reference("push/denied:1")
        line = self.as_user(program, registry, tmp_path, "ann", "s3cr3t").fails(
            source, to, code="credentials-refused", names=registry.host)
        assert "s3cr3t" not in line
        Copier(program, tmp_path, registry.environment()).fails(source, to, code="credentials-missing", names=registry.host)
        if kind == "tokens":
            registry.tokens.may = ("pull",)
            self.as_user(program, registry, tmp_path, "ann", "right").fails(
                source, to, code="credentials-refused", names="push/denied")
        assert not [r for r in registry.requests() if r["method"] in ("PUT", "PATCH")]

    def test_cut_in_the_middle(self, program, plain_registry, source, tmp_path):
        """docker-registry 2.8 forgets what came of a request that broke: that blob is sent anew."""
        environment = plain_registry.environment()
        tap = Tap(plain_registry.port, 6 * MIB, cut=True)
        environment["CONTAINERS_REGISTRIES_CONF"] = insecure(tmp_path, "localhost:%d" % tap.port)
        before = len(plain_registry.requests())
        try:
            digest = Copier(program, tmp_path, environment).copy(source, "docker://localhost:%d/push/cut:1" % tap.port)
            assert tap.reached.is_set()
        finally:
            tap.close()
        asked = plain_registry.requests(before)
        assert len([r for r in asked if r["method"] == "POST"]) == len(SIZES) + 2
        # It neither tells of that upload nor takes it back: the state in its Location is that of before.
        self.check(plain_registry, "push/cut:1", source, digest, tmp_path, open_uploads=1)

    def test_in_pieces(self, program, plain_registry, source, tmp_path):
        """A proxy before it takes no large request."""
        environment = plain_registry.environment()
        proxy = Narrow(plain_registry.port, 2 * MIB)
        environment["CONTAINERS_REGISTRIES_CONF"] = insecure(tmp_path, "localhost:%d" % proxy.port)
        before = len(plain_registry.requests())
        try:
            digest = Copier(program, tmp_path, environment).copy(source, "docker://localhost:%d/push/pieces:1" % proxy.port)
        finally:
            proxy.close()
        pieces = [r for r in plain_registry.requests(before) if r["method"] == "PATCH"]
        assert len(pieces) >= 5 and all(r["status"] == 202 for r in pieces)
        self.check(plain_registry, "push/pieces:1", source, digest, tmp_path)

    def test_killed_in_the_middle(self, program, plain_registry, source, tmp_path):
        environment = plain_registry.environment()
        to = plain_registry.reference("push/killed:1")
        small = Layer().file("old", b"old").write(tmp_path / "old.tar")
        old = Copier(program, tmp_path, environment).copy(make_source(tmp_path / "old", oci.Image([small], {})), to)
        tap = Tap(plain_registry.port, 4 * MIB)
        environment["CONTAINERS_REGISTRIES_CONF"] = insecure(tmp_path, "localhost:%d" % tap.port)
        try:
            process = Copier(program, tmp_path, environment).start(source, "docker://localhost:%d/push/killed:1" % tap.port)
            assert tap.reached.wait(30)
            process.kill()
            process.wait()
        finally:
            tap.close()
        assert plain_registry.digest("push/killed:1") == old
        digest = Copier(program, tmp_path, plain_registry.environment()).copy(source, to)
        assert plain_registry.digest("push/killed:1") == digest != old
        assert contents(json.loads(plain_registry.raw("push/killed:1"))) == contents(source.document)


# ---- a registry that misbehaves

@pytest.fixture
def double():
    d = UploadDouble()
    yield d
    d.stop()


@pytest.fixture
def pusher(program, double, tmp_path):
    env = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy") and k != "REGISTRY_AUTH_FILE"}
    env.update(HOME=str(tmp_path), DOCKER_CONFIG=str(tmp_path), XDG_RUNTIME_DIR=str(tmp_path),
               CONTAINERS_REGISTRIES_CONF=insecure(tmp_path, double.host))
    copier = Copier(program, tmp_path, env)
    copier.to = "docker://%s/some/thing:tag" % double.host
    return copier


def is_complete(double, source, digest):
    assert digest_of(double.manifests["tag"][1]) == digest
    assert double.holes() == []
    for blob in contents(source.document):
        with open(blob_path(source.layout, blob), "rb") as f:
            assert double.blobs[blob] == f.read()
    assert double.uploads == {}, "an upload is left open"


def tries(double):
    """How often the blob was sent that was sent most often."""
    return max(collections.Counter(e["path"].rpartition("digest=")[2] for e in double.asked("PUT")).values())


def is_nothing(double):
    assert double.manifests == {}
    # One that was begun when another blob failed may be left: nobody heard of it.
    assert not any(double.uploads.values()), "an upload is left open"


def piecewise(double):
    double.largest = 2 * MIB


SURVIVED = {
    "as it should": lambda d: None,
    "says nothing of digests": lambda d: setattr(d, "tells", None),
    "429 to a HEAD": lambda d: d.fault("HEAD", "blobs", status=429, headers=NOW),
    "429 to the beginning": lambda d: d.fault("POST", "uploads", status=429, headers=NOW, times=2),
    "429 to the body": lambda d: d.fault("PUT", "digest=", status=429, headers=NOW, times=2),
    "503 without a pause": lambda d: d.fault("PUT", "digest=", status=503),
    "500 after it has all": lambda d: d.fault("PUT", "digest=", status=500, headers=NOW, keep=True, times=2),
    "500 that is early": lambda d: d.fault("PUT", "digest=", status=500, headers=NOW, read=10, skip=1),
    "session forgotten": lambda d: d.fault("PUT", "digest=", status=404),
    "cut, all of it lost": lambda d: d.fault("PUT", "digest=", read=50, cut=True, skip=1),
    "cut before the body": lambda d: d.fault("PUT", "digest=", read=0, cut=True),
    "cut at the beginning": lambda d: d.fault("POST", "uploads", read=0, cut=True),
    "the manifest's answer is a 502": lambda d: d.fault("PUT", "manifests", status=502, headers=NOW),
    "pieces": piecewise,
    "pieces, 500 to the last": lambda d: (piecewise(d), d.fault("PATCH", "uploads", status=500, headers=NOW, skip=3)),
    "pieces, 500 after the last": lambda d: (piecewise(d), d.fault("PATCH", "uploads", status=500, headers=NOW, skip=3,
                                                                   keep=True)),
    "pieces, cut in the last": lambda d: (piecewise(d), d.fault("PATCH", "uploads", read=1000, keep=True, cut=True, skip=3)),
    "pieces, 500 to the end": lambda d: (piecewise(d), d.fault("PUT", "digest=", status=500, headers=NOW, skip=2)),
    "pieces, 416": lambda d: (piecewise(d), d.fault("PATCH", "uploads", status=416, skip=1)),
    "pieces are uneven": lambda d: (piecewise(d), setattr(d, "least", MIB + MIB // 2)),
    "cut, and no pieces": lambda d: (setattr(d, "pieces", False),
                                     d.fault("PUT", "digest=", read=50, keep=True, cut=True, times=4)),
    "a token good for one": lambda d: setattr(d, "tokens", (1, 1000)),
    "a token good for three": lambda d: setattr(d, "tokens", (3, 1000)),
    "a token that ends with a body": lambda d: setattr(d, "tokens", (8, 1000)),
    "a token that ends with the last": lambda d: setattr(d, "tokens", (12, 1000)),
    "a token that ends with a piece": lambda d: (piecewise(d), setattr(d, "tokens", (14, 1000))),
    "Location with a query": lambda d: setattr(d, "location", lambda d, path: path + "?_state=a%2Fb%3D&x"),
    "Location absolute": lambda d: setattr(d, "location", lambda d, path: "http://%s%s?s=1" % (d.host, path)),
    "Location relative": lambda d: setattr(d, "location", lambda d, path: path.rpartition("/")[2]),
    "Location with a fragment": lambda d: setattr(d, "location", lambda d, path: path + "#top"),
}


class TestDouble:
    @pytest.mark.parametrize("what", SURVIVED)
    def test_survived(self, pusher, double, source, what):
        SURVIVED[what](double)
        digest = pusher.copy(source, pusher.to)
        is_complete(double, source, digest)
        writes = [e["path"] for e in double.asked() if e["method"] in ("POST", "PUT", "PATCH")]
        assert writes[-1] == "/v2/some/thing/manifests/tag"

    def test_what_was_received_is_not_sent_again(self, pusher, double, source):
        fault = double.fault("PUT", source.document["layers"][2]["digest"], read=4 * MIB, keep=True, cut=True)
        is_complete(double, source, pusher.copy(source, pusher.to))
        assert fault.met.is_set()
        size = source.document["layers"][2]["size"]
        (piece,) = double.asked("PATCH")
        assert piece["range"] == "%d-%d" % (4 * MIB, size - 1) and piece["length"] == size - 4 * MIB

    def test_a_blob_of_which_the_answer_was_lost(self, pusher, double, source):
        double.fault("PUT", source.document["layers"][2]["digest"], lost=True)
        is_complete(double, source, pusher.copy(source, pusher.to))
        assert double.count("PUT", source.document["layers"][2]["digest"]) == 1

    def test_pieces_have_the_size_that_is_taken(self, pusher, double, source):
        piecewise(double)
        is_complete(double, source, pusher.copy(source, pusher.to))
        taken = [e for e in double.asked("PATCH") if e["status"] == 202]
        assert sum(e["length"] for e in taken) == sum(l["size"] for l in source.document["layers"][1:])
        assert MIB <= max(e["length"] for e in taken) <= 2 * MIB

    def test_another_host_gets_no_credentials(self, pusher, double, source):
        double.tokens = (1000,)
        double.location = lambda d, path: d.foreign + path
        is_complete(double, source, pusher.copy(source, pusher.to))
        assert len([e for e in double.foreign_log if e["method"] == "PUT"]) == len(SIZES) + 1
        assert all(e["authorization"] is None for e in double.foreign_log)
        assert any(e["authorization"] for e in double.asked("POST", "uploads"))

    @pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://localhost/x", "http://ann:pw@localhost/x", "gopher:x"])
    def test_where_an_upload_must_not_go(self, pusher, double, source, location):
        double.location = lambda d, path: location
        line = pusher.fails(source, pusher.to, code="redirect-malformed", names="Location")
        assert "pw" not in line
        assert double.manifests == {} and double.blobs == {}

    def test_another_digest_is_answered(self, pusher, double, source):
        double.tells = lambda digest: "sha256:" + "0" * 64
        pusher.fails(source, pusher.to, code="upload-digest-mismatch",
                     names=["stored sha256:" + "0" * 64, "instead of sha256:"])  # of any blob: they go at a time
        is_nothing(double)

    def test_another_digest_is_answered_to_the_manifest(self, pusher, double, source):
        double.tells = lambda digest: digest if digest in double.blobs else "sha256:\x1b[2J"
        pusher.fails(source, pusher.to, code="upload-digest-mismatch", names="tag")
        assert double.holes() == []

    def test_an_end_of_patience(self, pusher, double, source):
        double.fault("PUT", "digest=", status=500, headers=NOW, times=-1)
        pusher.fails(source, pusher.to, code="registry-refused", names=["500", "TOLD_SO"])
        is_nothing(double)
        assert 2 <= tries(double) <= 6

    def test_too_long_a_pause(self, pusher, double, source):
        double.fault("PUT", "digest=", status=429, headers={"Retry-After": "100000"}, times=-1)
        start = time.monotonic()
        pusher.fails(source, pusher.to, code="registry-rate-limit")
        assert time.monotonic() - start < 20 and tries(double) == 1
        is_nothing(double)

    @pytest.mark.parametrize("status", [400, 403, 507])
    def test_refused(self, pusher, double, source, status):
        double.fault("PUT", "digest=", status=status, times=-1)
        pusher.fails(source, pusher.to, names="TOLD_SO",
                     code="registry-denied" if status == 403 else "registry-refused")
        is_nothing(double)
        assert tries(double) == 1

    def test_no_size_is_taken(self, pusher, double, source):
        double.largest = 1000
        pusher.fails(source, pusher.to, code="registry-limit", names="SIZE_INVALID")
        is_nothing(double)

    def test_neither_whole_nor_in_pieces(self, pusher, double, source):
        piecewise(double)
        double.pieces = False
        pusher.fails(source, pusher.to, code="registry-refused", names="UNSUPPORTED")
        is_nothing(double)

    @pytest.mark.parametrize("counts, code", [(lambda n: n + 1, "upload-range-mismatch"), (lambda n: 1, "upload-range-mismatch"),
                                              (lambda n: n - MIB // 2, "registry-refused")], ids=["more", "one", "less"])
    def test_it_counts_wrongly(self, pusher, double, source, counts, code):
        piecewise(double)
        double.counts = counts
        pusher.fails(source, pusher.to, code=code)
        is_nothing(double)

    def test_tags_are_not_written(self, pusher, double, source):
        double.fault("PUT", "manifests", status=500, headers=NOW, times=-1)
        pusher.fails(source, pusher.to, code="registry-refused", names="tag")
        is_nothing(double)

    @pytest.mark.needs("root", "runc")
    def test_of_several_destinations_none_is_written(self, slim, pusher, double, images):
        """Before the first is, all blobs are where they belong."""
        double.fault("PUT", "digest=", status=403, times=-1)
        layout = os.path.join(slim.directory, "layout")
        slim.fails("build", images.job(), "-o", "oci:%s:tag" % layout, "-o", pusher.to, "--store", slim.store, "--keep",
                   "exact", env=pusher.environment, code="registry-denied", names="TOLD_SO")
        assert not os.path.exists(os.path.join(layout, "index.json"))
        is_nothing(double)

    def test_the_second_tag_is_not_written(self, pusher, double, source):
        double.fault("PUT", "manifests/two", status=400)
        pusher.fails("-n", double.host + "/some/thing:two", source, pusher.to, code="registry-refused",
                     names=["tag", "two"])
        assert double.holes() == [] and "tag" in double.manifests and "two" not in double.manifests

    def test_stopped(self, pusher, double, source):
        fault = double.fault("PUT", source.document["layers"][2]["digest"], hold=threading.Event(), read=MIB, cut=True)
        process = pusher.start(source, pusher.to)
        assert fault.met.wait(30)
        result = pusher.interrupt(process)
        assert result.status == 1 and result.err.startswith("cancelled ")
        is_nothing(double)

    def test_stopped_while_nothing_answers(self, pusher, double, source):
        fault = double.fault("PUT", source.document["layers"][2]["digest"], hold=threading.Event(), read=MIB, cut=True)
        deaf = double.fault("DELETE", "uploads", hold=threading.Event(), cut=True, times=-1)
        process = pusher.start(source, pusher.to)
        assert fault.met.wait(30)
        start = time.monotonic()
        assert pusher.interrupt(process).status == 1
        assert deaf.met.is_set() and time.monotonic() - start < 10

    def test_a_mount_that_begins_an_upload_is_used(self, pusher, double, source):
        digest = pusher.copy("-m", "docker://%s/elsewhere:1" % double.host, source, pusher.to)
        is_complete(double, source, digest)
        assert double.count("POST") == len(SIZES) + 1 == double.count("POST", "mount=sha256")

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 405])
    def test_a_mount_that_is_refused(self, pusher, double, source, status):
        double.fault("POST", "mount=", status=status, times=-1)
        is_complete(double, source, pusher.copy("-m", "docker://%s/elsewhere:1" % double.host, source, pusher.to))

    def test_a_mount(self, pusher, double, source):
        for blob in contents(source.document):
            with open(blob_path(source.layout, blob), "rb") as f:
                double.blobs[blob] = f.read()
        double.fault("HEAD", "blobs", status=404, times=-1)
        is_complete(double, source, pusher.copy("-m", "docker://%s/mountable" % double.host, source, pusher.to))
        assert double.count("POST", "from=mountable") == len(SIZES) + 1 and double.count("PUT", "blobs") == 0

    # referrers

    def attach(self, pusher, tmp_path, text="report", **more):
        (tmp_path / "report").write_text(text)
        return "-a", str(tmp_path / "report")

    def test_the_referrers_api(self, pusher, double, source, tmp_path):
        double.subject = True
        digest = pusher.copy(*self.attach(pusher, tmp_path), source, pusher.to)
        assert double.holes() == [] and digest.replace(":", "-") not in double.manifests
        assert [e for e in double.asked("GET") if "manifests" in e["path"]] == []

    @pytest.mark.parametrize("there, code", [
        (b"nonsense", "json-malformed"), (b"", "index-empty"), (b'{"schemaVersion":2,"manifests":7}', "json-type-wrong"),
        (b'{"schemaVersion":2,"config":{},"layers":[]}', "media-type-unexpected"),
        (b'{"schemaVersion":2,"manifests":[' + b" " * (5 * MIB) + b"]}", "answer-too-large")],
        ids=["nonsense", "empty", "wrong", "manifest", "large"])
    def test_what_is_no_index_is_not_written_over(self, pusher, double, source, tmp_path, there, code):
        tag = pusher.copy(source, pusher.to).replace(":", "-")
        double.manifests[tag] = (INDEX, there)
        pusher.fails(*self.attach(pusher, tmp_path), source, pusher.to, code=code, names=tag)
        assert double.manifests[tag] == (INDEX, there)

    def test_two_write_the_same_index(self, pusher, double, source, tmp_path):
        double.etags = True
        tag = pusher.copy(source, pusher.to).replace(":", "-")
        other = '{"schemaVersion":2,"manifests":[{"mediaType":"x","size":1,"digest":"sha256:%064d"}]}' % 0
        asked = double.fault("PUT", "manifests/sha256-", status=412)
        double.manifests[tag] = (INDEX, other.encode())
        pusher.copy(*self.attach(pusher, tmp_path), source, pusher.to)
        assert asked.met.is_set()
        index = json.loads(double.manifests[tag][1])
        assert [e["digest"] for e in index["manifests"]][0].endswith("0" * 64) and len(index["manifests"]) == 2
