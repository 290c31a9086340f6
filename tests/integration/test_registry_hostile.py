"""A registry that misbehaves (testenv/double.py): survived, with the same image in the end, or refused with one clear
line and nothing left in the store."""
import os
import signal
import time

import pytest

from testenv import double as wrong
from testenv.double import Double
from testenv.engines import call, wait_for
from testenv.registry import Authority
from testenv.tree import Image

pytestmark = pytest.mark.needs("root")


@pytest.fixture
def doubles(images):
    """Makes them; they end with the test."""
    made = []
    def make(layout=None, **options):
        made.append(Double((layout or images.job()).split(":")[1], **options))
        return made[-1]
    yield make
    for server in made:
        server.stop()


@pytest.fixture
def double(doubles):
    return doubles()


class Pull:
    """slim, with settings under which the doubles may be asked over plain HTTP and no others count."""

    def __init__(self, slim, layout, home):
        self.slim, self.layout, self.home = slim, layout, str(home)
        self.dest = "oci:%s:all" % os.path.join(slim.directory, "all")
        self.conf = os.path.join(self.home, "registries.conf")
        os.makedirs(self.home)

    def environment(self, double):
        with open(self.conf, "w") as f:
            f.write('[[registry]]\nlocation = "%s"\ninsecure = %s\n' %
                    (double.host, "true" if double.url.startswith("http:") else "false"))
        return {"HOME": self.home, "XDG_CONFIG_HOME": self.home, "XDG_RUNTIME_DIR": self.home, "no_proxy": "*",
                "DOCKER_CONFIG": self.home, "CONTAINERS_REGISTRIES_CONF": self.conf}

    def arguments(self, double, name, options):
        return self.slim.unpacking(double.reference(name), self.dest, *options)

    def works(self, double, *options, name="test/x:image"):
        result = self.slim.run(*self.arguments(double, name, options), env=self.environment(double))
        assert result.status == 0, result
        assert Image(self.dest).nodes == Image(self.layout).nodes
        assert len(os.listdir(self.slim.store + "/layers")) == len(Image(self.layout).manifest["layers"])

    def refused(self, double, code, names=(), name="test/x:image"):
        line = self.slim.fails(*self.arguments(double, name, ()), env=self.environment(double), code=code, names=names)
        layers = self.slim.store + "/layers"
        assert not os.path.exists(layers) or len(os.listdir(layers)) <= 1  # at most the one that was sound
        assert "\x1b" not in line
        return line


@pytest.fixture
def pull(slim, images, tmp_path):
    return Pull(slim, images.job(), tmp_path / "home")


def base(pull):
    """The descriptor of the larger layer, and a test for requests of it."""
    layer = Image(pull.layout).manifest["layers"][0]
    return layer, lambda request: request.reference == layer["digest"]


def test_nothing_wrong(pull, double):
    pull.works(double)
    assert len(double.asked("manifest")) == 1 and len(double.asked("blob")) == 3


# ---- broken connections ----

def test_a_download_goes_on_where_it_broke(pull, double):
    layer, is_base = base(pull)
    double.on("blob", wrong.cut(100000), times=1, where=is_base)
    double.on("blob", wrong.cut(50000, said=False), times=1, where=lambda r: is_base(r) and "Range" in r.headers)
    pull.works(double)
    ranges = [r.headers.get("Range") for r in double.asked("blob") if is_base(r)]
    assert ranges == [None, "bytes=100000-", "bytes=150000-"]


def test_a_peer_without_ranges(pull, double):
    layer, is_base = base(pull)
    double.ranges = False
    double.on("blob", wrong.cut(100000), where=is_base)
    pull.works(double)
    assert [r.headers.get("Range") for r in double.asked("blob") if is_base(r)] == [None, "bytes=100000-"]


def test_an_error_on_the_last_part(pull, double):
    layer, is_base = base(pull)
    double.on("blob", wrong.cut(-1000), where=is_base)
    double.on("blob", wrong.status(500), times=2, where=lambda r: is_base(r) and "Range" in r.headers)
    pull.works(double)
    assert len([r for r in double.asked("blob") if is_base(r)]) == 4


@pytest.mark.parametrize("kind", ["manifest", "blob"])
def test_no_answer(pull, double, kind):
    double.on(kind, wrong.reset, times=2)
    pull.works(double)


def test_a_manifest_that_breaks_off(pull, double):
    double.on("manifest", wrong.cut(100))
    pull.works(double)
    assert len(double.asked("manifest")) == 2


def test_slow_is_not_broken(pull, double):
    double.on("blob", wrong.slowly(20), times=None)
    pull.works(double)
    assert len(double.asked("blob")) == 3


def test_a_blob_that_never_gets_further(pull, double):
    layer, is_base = base(pull)
    double.ranges = False
    double.on("blob", wrong.cut(1000), times=None, where=is_base)
    pull.refused(double, "connection-broken")
    assert 2 < len([r for r in double.asked("blob") if is_base(r)]) < 10


@pytest.mark.parametrize("given", ["bytes 0-99/100", "bytes 5-6/7", "nonsense", None])
def test_another_part_than_was_asked_for(pull, double, given):
    layer, is_base = base(pull)
    double.on("blob", wrong.cut(100000), where=is_base)
    double.on("blob", wrong.header(Content_Range=given), where=lambda r: is_base(r) and "Range" in r.headers)
    pull.refused(double, "range-mismatch")


# ---- too busy ----

@pytest.mark.parametrize("kind", ["manifest", "blob"])
@pytest.mark.parametrize("code", [429, 503])
def test_busy(pull, double, kind, code):
    double.on(kind, wrong.status(code), times=2)
    pull.works(double)


@pytest.mark.parametrize("date", [False, True])
def test_when_to_come_again(pull, double, date):
    double.on("manifest", wrong.status(429, Retry_After=wrong.http_date(2) if date else "1"))
    start = time.monotonic()
    pull.works(double)
    assert time.monotonic() - start >= (0.9 if not date else 0.5)


def test_come_again_next_year(pull, double):
    double.on("manifest", wrong.status(429, Retry_After="31536000"), times=None)
    pull.refused(double, "registry-rate-limit", ["DOUBLE", "the double says"])
    assert len(double.asked("manifest")) == 1


def test_always_an_error(pull, double):
    double.on("manifest", wrong.status(500), times=None)
    pull.refused(double, "registry-refused", ["500", "DOUBLE"])
    assert len(double.asked("manifest")) == 6


# ---- other bytes than they should be ----

@pytest.mark.parametrize("kind,code", [("blob", "blob-digest-mismatch"), ("manifest", "manifest-digest-mismatch")])
def test_wrong_bytes(pull, double, kind, code):
    double.on(kind, wrong.body(wrong.flipped), times=None)
    pull.refused(double, code)


def test_a_wrong_layer(pull, double):
    layer, is_base = base(pull)
    double.on("blob", wrong.body(wrong.flipped), times=None, where=is_base)
    # A flipped bit can also leave what decompresses.
    pull.refused(double, ("compressed-data-broken", "tar-damaged"), layer["digest"])


def test_another_manifest_than_was_named(pull, doubles, images):
    double = doubles(images.service())
    mine = Image(pull.layout).descriptor["digest"]
    other = Image(images.service()).descriptor["digest"]
    double.on("manifest", wrong.body(lambda data: double.read(other)), times=None)
    double.manifest = lambda reference: Double.manifest(double, other)
    pull.refused(double, "manifest-digest-mismatch", other, name="test/x@" + mine)


def test_the_header_names_another_digest(pull, double):
    double.on("manifest", wrong.header(Docker_Content_Digest="sha256:" + "0" * 64), times=None)
    pull.refused(double, "manifest-digest-mismatch", "0" * 64)


def test_no_digest_in_the_header(pull, double):
    double.on("manifest", wrong.header(Docker_Content_Digest=None), times=None)
    pull.works(double)


@pytest.mark.parametrize("said", ["application/json", "text/plain; charset=utf-8", None])
def test_a_content_type_that_says_nothing(pull, double, said):
    double.on("manifest", wrong.header(Content_Type=said), times=None)
    pull.works(double)


@pytest.mark.parametrize("said,code", [
    ("application/vnd.oci.image.index.v1+json", "media-type-mismatch"),
    ("application/vnd.docker.distribution.manifest.v1+prettyjws", "docker-schema1-unsupported")])
def test_a_wrong_content_type(pull, double, said, code):
    double.on("manifest", wrong.header(Content_Type=said), times=None)
    pull.refused(double, code)


def test_schema_1(pull, double):
    double.on("manifest", wrong.body(lambda data: b'{"schemaVersion": 1, "name": "x", "fsLayers": []}'), times=None)
    double.on("manifest", wrong.header(Docker_Content_Digest=None), times=None)
    double.manifest = lambda reference: wrong.Answer(200, b"", {})
    pull.refused(double, "docker-schema1-unsupported")


# ---- too much ----

def test_a_huge_manifest(pull, double):
    double.on("manifest", wrong.body(lambda data: data + b" " * (5 << 20)), times=None)
    pull.refused(double, "answer-too-large")


@pytest.mark.parametrize("kind,code", [("manifest", "answer-too-large"), ("blob", "blob-size-mismatch")])
def test_an_endless_body(pull, double, kind, code):
    double.on(kind, wrong.endless_body, times=None)
    pull.refused(double, code)


@pytest.mark.parametrize("kind", ["manifest", "blob"])
def test_an_endless_header(pull, double, kind):
    double.on(kind, wrong.endless_header, times=None)
    pull.refused(double, "answer-too-large")


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"x"])
def test_another_length(pull, double, change):
    layer, is_base = base(pull)
    double.on("blob", wrong.body(change), times=None, where=is_base)
    pull.refused(double, "blob-size-mismatch", [layer["digest"], str(layer["size"])])


# ---- elsewhere ----

def test_another_host_gets_no_credentials(pull, doubles):
    double, other = doubles(), doubles(address="127.0.0.2")
    double.users = {"ann": "s3cret"}
    double.on("blob", wrong.redirect(lambda path: other.url + path + "?signature=abc"), times=None)
    pull.works(double, "--creds", "ann:s3cret")
    assert len(other.asked("blob")) == 3
    for request in other.log:
        assert not {"authorization", "cookie"} & {name.lower() for name in request.headers}
        assert "s3cret" not in str(request.headers)
    assert any("Authorization" in r.headers for r in double.asked("blob"))


def test_another_host_that_breaks_off(pull, doubles):
    """A resumed download asks the registry again: where it redirects to is not for ever."""
    layer, is_base = base(pull)
    double, other = doubles(), doubles(address="127.0.0.2")
    double.on("blob", wrong.redirect(lambda path: other.url + path), times=None)
    other.on("blob", wrong.cut(100000), where=is_base)
    pull.works(double)
    assert [r.headers.get("Range") for r in other.asked("blob") if is_base(r)] == [None, "bytes=100000-"]
    assert len([r for r in double.asked("blob") if is_base(r)]) == 2


@pytest.mark.parametrize("where", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x", "https://a:b@127.0.0.1/x"])
def test_to_what_it_must_not(pull, double, where):
    double.on("blob", wrong.redirect(where), times=None)
    pull.refused(double, "redirect-malformed")


def test_in_a_circle(pull, double):
    double.on("blob", wrong.redirect(lambda path: path), times=None)
    pull.refused(double, "redirect-loop", "10")


def certs_of(pull, double, *files):
    """Makes them the certs.d of it: {name: file}."""
    folder = os.path.join(pull.home, "containers/certs.d", double.host)
    os.makedirs(folder)
    for name, path in files:
        os.symlink(path, os.path.join(folder, name))


def test_from_tls_to_plain(pull, doubles, tmp_path):
    authority = Authority(str(tmp_path / "tls"))
    double, other = doubles(certificate=(authority.cert, authority.key)), doubles(address="127.0.0.2")
    certs_of(pull, double, ("ca.crt", authority.ca))
    double.on("blob", wrong.redirect(lambda path: other.url + path), times=None)
    pull.refused(double, "redirect-insecure")
    assert other.log == []
    double.faults.clear()
    pull.works(double)


# ---- who asks ----

def test_the_client_has_a_certificate(pull, doubles, tmp_path):
    """Shown to the registry that has it in its certs.d, not to whom that redirects to."""
    authority = Authority(str(tmp_path / "tls"))
    cert, key = str(tmp_path / "me.cert"), str(tmp_path / "me.key")
    call("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=me", "-days", "2", "-keyout", key,
         "-out", cert)
    server = {"certificate": (authority.cert, authority.key), "clients": cert}
    double, other = doubles(must_show=True, **server), doubles(**server)
    double.on("blob", wrong.redirect(lambda path: other.url + path), times=None)
    certs_of(pull, double, ("ca.crt", authority.ca), ("me.cert", cert), ("me.key", key))
    pull.works(double)
    assert all(request.shown for request in double.log)
    assert other.asked("blob") and not any(request.shown for request in other.log)


def test_the_client_lacks_a_certificate(pull, doubles, tmp_path):
    authority = Authority(str(tmp_path / "tls"))
    double = doubles(certificate=(authority.cert, authority.key), clients=authority.ca, must_show=True)
    certs_of(pull, double, ("ca.crt", authority.ca))
    pull.refused(double, "client-certificate-refused", double.host)  # TLS 1.3: its alert may be lost in our request


def test_tokens_end_in_the_middle(pull, double):
    layer, is_base = base(pull)
    double.tokens = True
    double.on("blob", wrong.cut(100000), where=is_base)
    double.on("blob", wrong.calling(double.revoke), where=lambda r: not is_base(r))
    pull.works(double)
    assert len(double.asked("token")) > 1


def test_tokens_that_end_after_each_document(pull, double):
    config = Image(pull.layout).manifest["config"]["digest"]
    double.tokens = True
    double.on("manifest", wrong.calling(double.revoke), where=lambda r: "Authorization" in r.headers)
    double.on("blob", wrong.calling(double.revoke), where=lambda r: r.reference == config)
    pull.works(double)
    assert len(double.asked("token")) >= 2


def test_tokens_that_are_never_good(pull, double):
    double.tokens, double.token_uses = True, 0
    pull.refused(double, "credentials-missing", double.host)
    assert len(double.asked("manifest")) < 8


def test_no_challenge(pull, double):
    double.on("manifest", wrong.status(401), times=None)
    pull.refused(double, "auth-scheme-unsupported", double.host)


def test_not_allowed(pull, double):
    double.on("manifest", wrong.status(403), times=None)
    pull.refused(double, "registry-denied", ["DOUBLE", "--creds"])


# ---- the end by the user ----

@pytest.mark.parametrize("kind", ["manifest", "blob"])
def test_interrupted_while_nothing_comes(slim, pull, double, tmp_path, kind):
    double.on(kind, wrong.silent, times=None)
    process = slim.start("build", double.reference(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store,
                         env=pull.environment(double))
    wait_for(lambda: double.asked(kind), "slim asks for a " + kind)
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    result = slim.end(process)
    assert result.status != 0 and time.monotonic() - start < 5, result
    assert not (tmp_path / "out").exists()
