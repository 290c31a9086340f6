"""Images in engines, by their API: found, read, written; over a socket, TLS and ssh; engines that misbehave."""
import json
import os
import re
import signal

import pytest

from testenv import engine_double as double
from testenv.engines import PodmanService, call, wait_for
from testenv.registry import Authority

pytestmark = pytest.mark.needs("root", "runc")
CLEAR = ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_API_VERSION",
         "CONTAINER_HOST", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "CONTAINERS_CONF")


@pytest.fixture
def env(tmp_path):
    """For slim: no engine of the machine, none of its settings."""
    home, nothing = tmp_path / "home", tmp_path / "storage.conf"
    home.mkdir()
    nothing.write_text('[storage]\ndriver = "overlay"\ngraphroot = "%s/none"\nrunroot = "%s/none-run"\n' % (home, home))
    return dict({name: "" for name in CLEAR}, HOME=str(home), DOCKER_CONFIG=str(home / ".docker"),
                CONTAINERS_STORAGE_CONF=str(nothing))


@pytest.fixture(scope="module")
def podman_api_session(tmp_path_factory):
    from conftest import engine, require
    require("root", "podman", "runc")
    yield from engine(tmp_path_factory, PodmanService)


@pytest.fixture
def podman_api(podman_api_session):
    yield podman_api_session
    podman_api_session.remove_all()


def publish(slim, env, source, dest, **more):
    """Builds; the digest of the result's config."""
    report = slim.build(source, dest, "--verify=off", env=env, **more)
    return report["result"]["digest"]


def docker_id(dockerd, name):
    return dockerd.docker("image", "inspect", "-f", "{{.Id}}", name).strip()


def context(env, name, host, tls=None, current=True):
    """As docker context create and docker context use."""
    import hashlib
    import shutil
    number, base = hashlib.sha256(name.encode()).hexdigest(), env["DOCKER_CONFIG"]
    meta, keys = "%s/contexts/meta/%s" % (base, number), "%s/contexts/tls/%s/docker" % (base, number)
    os.makedirs(meta)
    with open(meta + "/meta.json", "w") as f:
        json.dump({"Name": name, "Metadata": {}, "Endpoints": {"docker": {"Host": host, "SkipTLSVerify": False}}}, f)
    if tls:
        shutil.copytree(tls, keys)
    if current:
        with open(base + "/config.json", "w") as f:
            json.dump({"auths": {}, "currentContext": name}, f)


# where an image is


@pytest.mark.parametrize("way", ["DOCKER_HOST", "DOCKER_CONTEXT", "currentContext", "HOME"])
def test_bare_name_in_docker(slim, images, env, dockerd, way):
    source = "unix://" + dockerd.socket
    publish(slim, dict(env, DOCKER_HOST=source), images.job(), "docker-daemon:test/job:1")
    if way == "DOCKER_HOST":
        env[way] = source
    elif way == "HOME":
        os.makedirs(env["HOME"] + "/.docker/run")
        os.symlink(dockerd.socket, env["HOME"] + "/.docker/run/docker.sock")
    else:
        context(env, "here", source, current=way == "currentContext")
        env["DOCKER_CONTEXT"] = "here" if way == "DOCKER_CONTEXT" else ""
    result = slim.run("inspect", "test/job:1", "--verbose", env=env)
    assert result.status == 0 and "/bin/job" in result.out, result
    said = {"HOME": "the user's docker socket"}.get(way, "context here" if "ontext" in way.lower() else way)
    assert "(%s): has it" % said in result.err
    for name in ("test/job", "docker.io/test/job:1", docker_id(dockerd, "test/job:1"), docker_id(dockerd, "test/job:1")[7:19]):
        assert (slim.run("inspect", name, env=env).status == 0) == (name != "test/job"), name


@pytest.mark.parametrize("way", ["CONTAINER_HOST", "XDG_RUNTIME_DIR", "program", "DOCKER_HOST"])
def test_bare_name_in_podman(slim, images, env, podman_api, way, tmp_path):
    socket = "unix://" + podman_api.socket
    publish(slim, dict(env, CONTAINER_HOST=socket), images.job(), "containers-storage:localhost/job:1")
    if way in ("CONTAINER_HOST", "DOCKER_HOST"):
        env[way] = socket
    elif way == "program":
        env.update(podman_api.environment())
    else:
        os.makedirs(tmp_path / "run/podman")
        os.symlink(podman_api.socket, tmp_path / "run/podman/podman.sock")
        env[way] = str(tmp_path / "run")
    result = slim.run("inspect", "localhost/job:1", "--verbose", env=env)
    assert result.status == 0 and "/bin/job" in result.out, result
    assert "(%s): has it" % {"program": "the program podman", "XDG_RUNTIME_DIR": "the user's podman socket"}.get(way, way) in result.err


@pytest.mark.parametrize("scheme", ["", "docker-daemon:"])
def test_a_build_asks_docker_once(slim, images, env, dockerd, podman_api, tmp_path, scheme):
    """From Docker into Docker over one connection; podman is not asked, since Docker has the image. No answer is asked for
    twice, and a result that Docker has is not sent."""
    publish(slim, dict(env, DOCKER_HOST="unix://" + dockerd.socket), images.job(), "docker-daemon:test/once:1")
    docker = double.CountRelay(str(tmp_path / "docker.sock"), dockerd.socket)
    podman = double.CountRelay(str(tmp_path / "podman.sock"), podman_api.socket)
    env.update(DOCKER_HOST="unix://" + docker.path, CONTAINER_HOST="unix://" + podman.path)
    command = ["build", scheme + "test/once:1", "-t", "test/once.slim:1", "-t", "test/once.slim:2", "--store", slim.store]
    results = ["GET /images/test/once.slim:1/json", "GET /images/test/once.slim:2/json"]
    try:
        done = slim.run(*command, env=env)
        assert done.status == 0, done
        number = docker_id(dockerd, "test/once.slim:1").partition(":")[2]
        asked = ["GET /_ping", "GET /images/test/once:1/json", "GET /info", "GET /images/%s/json" % number]
        assert docker.asked == asked + ["POST /images/load?quiet=1"] + results
        assert docker.dialled == 1 and podman.asked == [] and podman.dialled == 0
        dockerd.docker("rmi", "test/once.slim:2")
        docker.asked.clear()
        again = slim.run(*command, env=env)  # Docker has the result: it only gets its names
        assert again.status == 0 and number in again.out, again
        tags = ["POST /images/%s/tag?repo=test/once.slim&tag=%d" % (number, n) for n in (1, 2)]
        assert docker.asked == asked + tags + results
        assert docker_id(dockerd, "test/once.slim:2") == "sha256:" + number
    finally:
        docker.stop()
        podman.stop()


def test_a_kept_connection_that_ended_meanwhile(slim, images, env, dockerd, tmp_path):
    publish(slim, dict(env, DOCKER_HOST="unix://" + dockerd.socket), images.service(), "docker-daemon:test/idle:1")
    relay = double.CountRelay(str(tmp_path / "docker.sock"), dockerd.socket, idle=0.05)
    try:
        done = slim.run("build", "test/idle:1", "-t", "test/idle.slim:1", "--store", slim.store,
                        env=dict(env, DOCKER_HOST="unix://" + relay.path))
        assert done.status == 0, done
        assert relay.dialled > 1 and relay.asked.count("POST /images/load?quiet=1") == 1
    finally:
        relay.stop()
    assert docker_id(dockerd, "test/idle.slim:1") in done.out


def test_nothing_has_it(slim, env, dockerd, podman_api):
    env.update(DOCKER_HOST="unix://" + dockerd.socket, CONTAINER_HOST="unix://" + podman_api.socket)
    places = ["docker at unix://%s (DOCKER_HOST)" % dockerd.socket, "podman at unix://%s (CONTAINER_HOST)" % podman_api.socket]
    slim.fails("inspect", "docker-daemon:nothere", env=env, code="image-not-in-engine", names=["nothere", places[0]])
    slim.fails("inspect", "containers-storage:nothere", env=env, code="image-not-in-engine", names=["nothere", places[1]])
    # the registry is on this machine and nobody listens
    slim.fails("inspect", "127.0.0.1:1/nothere", env=env, code="connection-failed",
               names=["127.0.0.1:1", *places])
    result = slim.run("inspect", "127.0.0.1:1/nothere", "--verbose", env=env)
    assert all("nothere: %s: " % place in result.err for place in places), result


def test_no_engine_at_all(slim, images, env):
    env["PATH"] = "/nowhere"
    slim.fails("inspect", "docker-daemon:x", env=env, code="image-not-in-engine", names=["x", "/run/docker.sock"])


@pytest.mark.parametrize("scheme,variable", [("docker-daemon", "DOCKER_HOST"), ("containers-storage", "CONTAINER_HOST")])
def test_an_engine_that_was_named_must_answer(slim, env, dockerd, tmp_path, scheme, variable):
    """Another one is not taken for it, with a scheme or without."""
    import socket
    os.makedirs(env["HOME"] + "/.docker/run")
    os.symlink(dockerd.socket, env["HOME"] + "/.docker/run/docker.sock")
    dead = str(tmp_path / "dead.sock")
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(dead)
    for address, code in (("unix://%s/none.sock" % tmp_path, "connection-failed"), ("unix://" + dead, "connection-failed"),
                          ("http://localhost:1", "engine-address-malformed"),
                          ("ssh://-oProxyCommand=id", "engine-address-malformed")):
        env[variable] = address
        for name in ("x", scheme + ":x"):
            slim.fails("inspect", name, env=env, code=code, names=variable)


# there and back


def test_build_in_docker(slim, images, env, dockerd):
    env["DOCKER_HOST"] = "unix://" + dockerd.socket
    dockerd.take(images.service(), "test/service")
    digest = publish(slim, env, "docker-daemon:test/service", "docker-daemon:test/service.slim")
    assert docker_id(dockerd, "test/service.slim:latest") == digest
    container, address = dockerd.run("test/service.slim")
    assert dockerd.http(address, 8080, "/page.html")[0] == 200
    assert dockerd.stop_container(container) == 0


def test_build_in_podman(slim, images, env, podman_api):
    env["CONTAINER_HOST"] = "unix://" + podman_api.socket
    podman_api.take(images.service(), "localhost/service")
    digest = publish(slim, env, "containers-storage:localhost/service", "containers-storage:localhost/service.slim")
    assert "sha256:" + podman_api.podman("inspect", "-f", "{{.Id}}", "localhost/service.slim").strip() == digest
    container, address = podman_api.run("localhost/service.slim")
    assert podman_api.http(address, 8080, "/page.html")[0] == 200
    assert podman_api.stop_container(container) == 0


def test_the_same_digest_wherever_it_goes(slim, images, env, dockerd, podman_api, tmp_path):
    env.update(DOCKER_HOST="unix://" + dockerd.socket, CONTAINER_HOST="unix://" + podman_api.socket)
    digests = {publish(slim, env, images.job(), dest)
               for dest in ("docker-daemon:job:1", "containers-storage:localhost/job:1")}
    assert len(digests) == 1 and docker_id(dockerd, "job:1") in digests
    assert dockerd.job("job:1") == "default\n"
    assert podman_api.job("localhost/job:1") == "default\n"


def test_a_load_that_breaks_leaves_the_tag(slim, images, env, dockerd, tmp_path):
    """The engine is real; the connection breaks in the middle of the image."""
    real = dict(env, DOCKER_HOST="unix://" + dockerd.socket)
    publish(slim, real, images.job(), "docker-daemon:job:1")
    before = docker_id(dockerd, "job:1")
    relay = double.CutRelay(str(tmp_path / "cut.sock"), dockerd.socket, 300000)
    try:
        slim.fails("build", images.service(), "-o", "docker-daemon:job:1", "--store", slim.store, "--verify=off",
                   env=dict(env, DOCKER_HOST="unix://" + relay.path), code="connection-broken",
                   names="docker-daemon:job:1")
    finally:
        relay.stop()
    assert docker_id(dockerd, "job:1") == before


def test_what_docker_refuses(slim, images, env, dockerd):
    """Its own words are in the error."""
    env["DOCKER_HOST"] = "unix://" + dockerd.socket
    slim.fails("build", images.job(), "-o", "docker-daemon:sha256:%s" % ("a" * 64), "--store", slim.store, "--verify=off",
               env=env, code="engine-refused", names="sha256")
    slim.fails("build", images.job(), "-o", "docker-daemon:Upper/Case", "--store", slim.store, "--verify=off", env=env,
               code="image-name-malformed", names="Upper/Case")


def test_api_version(slim, images, env, dockerd):
    env["DOCKER_HOST"] = "unix://" + dockerd.socket
    publish(slim, env, images.job(), "docker-daemon:job:1")
    result = slim.run("inspect", "docker-daemon:job:1", "--verbose", env=env)
    assert "/v1.41/images/" in result.err  # what dockerd 20.10 has
    result = slim.run("inspect", "docker-daemon:job:1", "--verbose", env=dict(env, DOCKER_API_VERSION="1.30"))
    assert result.status == 0 and "/v1.30/images/" in result.err
    slim.fails("inspect", "docker-daemon:job:1", env=dict(env, DOCKER_API_VERSION="1.99"), code="engine-refused", names="too new")
    slim.fails("inspect", "docker-daemon:job:1", env=dict(env, DOCKER_API_VERSION="../x"), code="docker-api-version-malformed",
               names="DOCKER_API_VERSION")


# other ways to an engine

SSH = """#!/bin/sh
printf '%s\\n' "$@" >"$SSH_LOG"
while [ "$1" != -- ]; do shift; done
shift 2
exec env DOCKER_HOST="$SSH_DOCKER_HOST" "$@"
"""


def fake_ssh(env, folder, text=SSH):
    folder.mkdir()
    (folder / "ssh").write_text(text)
    (folder / "ssh").chmod(0o755)
    env["PATH"] = "%s:%s" % (folder, os.environ["PATH"])


@pytest.mark.needs("docker")
def test_ssh(slim, images, env, dockerd, tmp_path):
    fake_ssh(env, tmp_path / "bin")
    log = tmp_path / "ssh.log"
    env.update(DOCKER_HOST="ssh://me@far.example:2222", SSH_LOG=str(log), SSH_DOCKER_HOST="unix://" + dockerd.socket)
    digest = publish(slim, env, images.job(), "docker-daemon:job:1")
    assert docker_id(dockerd, "job:1") == digest
    assert log.read_text().split() == ["-T", "-l", "me", "-p", "2222", "--", "far.example", "docker", "system", "dial-stdio"]
    result = slim.run("inspect", "job:1", "--verbose", env=env)
    assert result.status == 0 and "docker at ssh://me@far.example:2222 (DOCKER_HOST): has it" in result.err
    env["DOCKER_HOST"] = "ssh://far.example%s" % "/var/run/other.sock"
    slim.fails("inspect", "job:1", env=env, code="connection-broken", names="ssh://far.example")
    assert "--host" in log.read_text().split() and "unix:///var/run/other.sock" in log.read_text().split()


def test_ssh_that_fails(slim, env, tmp_path):
    env["DOCKER_HOST"] = "ssh://far.example"
    fake_ssh(env, tmp_path / "bin", "#!/bin/sh\nyes 'Host key \033[31mverification failed.' | head -c 100000 >&2\nexit 255\n")
    line = slim.fails("inspect", "x", env=env, code="connection-broken", names=["docker at ssh://far.example", "verification failed."])
    assert "\033" not in line and len(line) < 1100
    env["PATH"] = str(tmp_path)
    slim.fails("inspect", "x", env=env, code="process-start", names="ssh")


@pytest.fixture
def relay(dockerd, tmp_path):
    authority = Authority(str(tmp_path / "tls"))
    keys = str(tmp_path / "keys")
    os.makedirs(keys)
    extensions = tmp_path / "extensions"
    extensions.write_text("extendedKeyUsage=clientAuth\n")
    call("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
         "/CN=client", "-keyout", keys + "/key.pem", "-out", str(tmp_path / "request"))
    call("openssl", "x509", "-req", "-in", str(tmp_path / "request"), "-CA", authority.ca, "-CAkey", authority.ca_key,
         "-CAcreateserial", "-days", "2", "-extfile", str(extensions), "-out", keys + "/cert.pem")
    call("cp", authority.ca, keys + "/ca.pem")
    server = double.TlsRelay(dockerd.socket, authority)
    server.keys = keys
    yield server
    server.stop()


@pytest.mark.needs("openssl")
def test_tls(slim, images, env, dockerd, relay, tmp_path):
    address = "tcp://localhost:%d" % relay.port
    good = dict(env, DOCKER_HOST=address, DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH=relay.keys)
    digest = publish(slim, good, images.job(), "docker-daemon:job:1")
    assert docker_id(dockerd, "job:1") == digest
    assert slim.run("inspect", "job:1", env=good).status == 0
    context(env, "far", address, tls=relay.keys)
    result = slim.run("inspect", "job:1", "--verbose", env=env)
    assert result.status == 0 and "(context far): has it" in result.err, result

    slim.fails("inspect", "job:1", env=dict(env, DOCKER_HOST=address), code="connection-broken", names="localhost:%d" % relay.port)
    without = str(tmp_path / "without")
    os.makedirs(without)
    slim.fails("inspect", "job:1", env=dict(good, DOCKER_CERT_PATH=without), code="certificate-not-trusted",
               names="DOCKER_HOST")
    call("cp", relay.keys + "/ca.pem", without)
    slim.fails("inspect", "job:1", env=dict(good, DOCKER_CERT_PATH=without), code="client-certificate-refused",
               names="DOCKER_HOST")


# engines that misbehave


@pytest.fixture
def misbehaving(tmp_path, env):
    doubles = []

    def make(answers):
        server = double.EngineDouble(str(tmp_path / ("double%d.sock" % len(doubles))), answers)
        doubles.append(server)
        env["DOCKER_HOST"] = "unix://" + server.path
        return server
    yield make
    for server in doubles:
        server.stop()


PING, INSPECT, LOAD = "GET /_ping", "GET /images/x/json", "POST /images/load"
IMAGE = {"Id": "sha256:" + "a" * 64, "Os": "linux", "Architecture": "amd64", "RepoTags": ["x:latest"], "Config": {},
         "RootFS": {"Type": "layers", "Layers": ["sha256:" + "b" * 64]}}


def image(**changes):
    return double.ok(json.dumps(dict(IMAGE, **changes)).encode())


@pytest.mark.parametrize("answers,code,names", [
    ({PING: double.ok(b"OK", "X: " + "x" * 200000)}, "answer-too-large", ()),
    ({PING: double.ok(b"OK", "Api-Version: 2.0")}, "engine-version-unreadable", ()),
    ({PING: double.ok(b"OK", "Api-Version: 1.4294967297")}, "engine-version-unreadable", ()),
    ({PING: double.ok(b"OK", "Api-Version: 1.18")}, "engine-too-old", "1.24"),
    ({PING: b"SSH-2.0-OpenSSH\r\n"}, "answer-not-http", ()),
    ({PING: double.endless(b"x" * 65536)}, "answer-too-large", ()),
    ({PING: double.status(500, b'{"message":"on \\u001b[31mfire"}')}, "engine-refused", "on \\x1b[31mfire"),
    ({INSPECT: double.status(500, b'{"message":"on \\u001b[31mfire"}')}, "engine-refused", ["on \\x1b[31mfire", "500"]),
    ({INSPECT: double.status(500, b"<html>" + b"x" * 5000)}, "engine-refused", "<html>xxx"),
    ({INSPECT: double.status(502, b"")}, "engine-refused", "502"),
    ({INSPECT: double.status(301, b"", "Location: http://127.0.0.1:1/")}, "engine-refused", "301"),
    ({INSPECT: double.endless(b" " * 65536)}, "answer-too-large", ()),
    ({INSPECT: double.ok(b"{" * 100000)}, "json-malformed", ()),
    ({INSPECT: double.ok(b"")}, "json-malformed", ()),
    ({INSPECT: double.ok(b'{"Id":"x"}\0')}, "json-malformed", ()),
    ({INSPECT: double.ok(b"[]")}, "json-type-wrong", ()),
    ({INSPECT: double.cut(b'{"Id":')}, "connection-broken", ()),
    ({INSPECT: lambda connection, reader, length: None}, "connection-broken", ()),
    ({INSPECT: image(Id="sha512:" + "a" * 128)}, "digest-unsupported", "Id"),
    ({INSPECT: image(Id="../../etc/passwd")}, "digest-malformed", "Id"),
    ({INSPECT: image(Id=7)}, "json-type-wrong", "Id"),
    ({INSPECT: image(RootFS=None)}, "member-missing", "RootFS"),
    ({INSPECT: image(RootFS={"Layers": ["../../x"]})}, "digest-malformed", "../../x"),
    ({INSPECT: image(RootFS={"Layers": ["sha256:" + "b" * 64] * 1000})}, "too-many-layers", "1000"),
    ({INSPECT: image(RepoTags="x")}, "json-type-wrong", "RepoTags"),
    ({INSPECT: image(Config=[])}, "json-type-wrong", "config"),
    ({INSPECT: image(Architecture="s390x")}, "platform-mismatch", "linux/s390x"),
])
def test_misbehaving_engine_is_refused(slim, env, misbehaving, answers, code, names):
    misbehaving(answers)
    for reference in ("x", "docker-daemon:x"):
        slim.fails("inspect", reference, env=env, code=code, names=names)


@pytest.mark.parametrize("answer,code,names", [
    (double.ok(b'{"stream":"Loading"}\n{"errorDetail":{"message":"no \\u001b[31mspace"},"error":"no space"}\n'), "engine-load-failed",
     "no \\x1b[31mspace"),
    (double.ok(b'{"error":"no space"}'), "engine-load-failed", "no space"),
    (double.ok(b"Loaded image: x"), "engine-answer-malformed", ()),
    (double.ok(b'{"stream":"Loaded image: x:latest\\n"}'), "engine-image-differs", ()),
    (double.status(500, b'{"message":"no space"}'), "engine-refused", ["no space", "500"]),
    (double.endless(b'{"stream":"x"}\n' * 4096), "answer-too-large", ()),
    (double.hang_up_after(1000), "connection-broken", "double0.sock"),
    (double.hang_up_after(), "connection-broken", "double0.sock"),
])
def test_load_that_fails(slim, images, env, misbehaving, answer, code, names):
    """Also one that says it went well while the image is another one."""
    misbehaving({LOAD: answer, "GET /images/x:latest/json": image(), "GET /info": double.ok(b"{}")})
    slim.fails("build", images.job(), "-o", "docker-daemon:x", "--store", slim.store, "--verify=off", env=env, code=code,
               names=names)


def export(images, tmp_path):
    """The request for it by its ID, what docker save gives of the job, and what inspect says of it."""
    tar, layout = str(tmp_path / "x.tar"), images.job()
    call("skopeo", "copy", "-q", layout, "docker-archive:%s:x:latest" % tar)
    config = json.loads(call("skopeo", "inspect", "--config", "--raw", "docker-archive:" + tar))
    with open(tar, "rb") as f:
        bytes_of = f.read()
    digest = json.loads(call("skopeo", "inspect", "--raw", "docker-archive:" + tar))["config"]["digest"]
    return "GET /images/%s/get" % digest[7:], bytes_of, image(Id=digest, Config=config["config"], RootFS={"Layers": config["rootfs"]["diff_ids"]})


@pytest.mark.needs("skopeo")
@pytest.mark.parametrize("how,code", [
    ("whole", None),
    ("cut", "connection-broken"),
    ("short", "export-damaged"),
    ("flipped", "diff-id-mismatch"),
    ("500", "engine-refused"),
    ("no answer", "connection-broken"),
    ("endless", "export-incomplete"),
])
def test_export_that_fails(slim, images, env, misbehaving, tmp_path, how, code):
    """Whatever comes, nothing is written and nothing is left."""
    get, tar, inspect = export(images, tmp_path)
    middle = len(tar) // 2
    flipped = tar[:middle] + bytes([tar[middle] ^ 1]) + tar[middle + 1:]
    answers = {"whole": double.ok(tar), "cut": double.cut(tar[:middle], middle), "short": double.ok(tar[:middle]),
               "flipped": double.ok(flipped), "500": double.status(500, b'{"message":"no such thing"}'),
               "no answer": lambda connection, reader, length: None, "endless": double.endless(bytes(65536))}
    engine = misbehaving({INSPECT: inspect, get: answers[how]})
    out = tmp_path / "out"
    command = ["build", "docker-daemon:x", "-o", "oci:%s:slim" % out, "--store", slim.store, "--verify=off"]
    if how == "whole":
        assert slim.run(*command, env=env).status == 0
    else:
        slim.fails(*command, env=env, code=code, names=["docker-daemon:x", engine.path])
        assert not out.exists()
    assert get in engine.requests


OTHER = double.ok(json.dumps([{"Id": "sha256:" + "c" * 64, "RepoTags": ["y:1"], "Size": 1}]).encode())
LIST, LOOK = "GET /images/json", "GET /images/%s/json" % ("c" * 64)


def never(connection, reader, length):
    """Answers nothing until slim has enough of it."""
    reader.read()


@pytest.mark.needs("skopeo")
@pytest.mark.parametrize("answer", [
    double.status(500, b'{"message":"no"}'), double.ok(b"{}"), double.ok(b"["), double.ok(b'[{"Id":"../../etc"},7]'),
    double.endless(b"[[" * 32768), double.cut(b"["), never,
], ids=range(7))
def test_inspect_goes_on_without_a_list_of_images(slim, images, env, misbehaving, tmp_path, answer):
    get, tar, inspect = export(images, tmp_path)
    engine = misbehaving({INSPECT: inspect, get: double.ok(tar), LIST: answer})
    result = slim.run("inspect", "docker-daemon:x", "--json", env=env)
    assert result.status == 0 and result.err == "", result
    assert json.loads(result.out)["base"]["source"] != "layers"
    assert LIST in engine.requests and LOOK not in engine.requests


@pytest.mark.needs("skopeo")
@pytest.mark.parametrize("answer", [
    double.status(404, b'{"message":"it is gone"}'), double.endless(b" " * 65536), never, double.ok(b'{"RootFS":{"Layers":["x"]}}'),
], ids=range(4))
def test_inspect_goes_on_without_another_image(slim, images, env, misbehaving, tmp_path, answer):
    get, tar, inspect = export(images, tmp_path)
    engine = misbehaving({INSPECT: inspect, get: double.ok(tar), LIST: OTHER, LOOK: answer})
    result = slim.run("inspect", "docker-daemon:x", "--json", env=env)
    assert result.status == 0 and result.err == "", result
    assert json.loads(result.out)["base"]["source"] != "layers"
    assert LOOK in engine.requests


def test_several_names(slim, images, env, dockerd):
    env["DOCKER_HOST"] = "unix://" + dockerd.socket
    dockerd.take(images.job(), "test/job")
    result = slim.run("build", "docker-daemon:test/job", "-t", "one:1", "-t", "two", "--store", slim.store, "--verify=off", env=env)
    assert result.status == 0, result
    assert docker_id(dockerd, "one:1") == docker_id(dockerd, "two:latest") != docker_id(dockerd, "test/job")
    assert slim.run("build", docker_id(dockerd, "test/job")[7:19], "--store", slim.store, "--verify=off", env=env).status == 0
    assert docker_id(dockerd, "test/job.slim") == docker_id(dockerd, "two")


# the program podman, where it is none


def fake_podman(env, tmp_path, text):
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "podman").write_text("#!/bin/sh\n" + text)
    (folder / "podman").chmod(0o755)
    env["PATH"] = "%s:%s" % (folder, os.environ["PATH"])


def test_podman_that_ends(slim, env, tmp_path):
    """What it said is in the error, and nobody waits for it."""
    fake_podman(env, tmp_path, 'echo "$LISTEN_FDS $LISTEN_PID $$ $CONTAINER_HOST; database locked" >&2; exit 125\n')
    line = slim.fails("inspect", "containers-storage:x", env=env, code="image-not-in-engine", names="database locked")
    assert re.search(r": 1 (\d+) \1 ; database", line), line


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_podman_that_hangs(slim, images, env, tmp_path, number):
    """Ends with slim, however that ends; waits for no answer when told to stop."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    fake_podman(env, tmp_path, 'echo $$ >"%s"; exec sleep infinity\n' % fifo)
    process = slim.start("build", "containers-storage:x", "-o", "oci:%s:x" % (tmp_path / "out"), "--store", slim.store, env=env)
    with open(fifo) as f:
        pid = int(f.read())
    process.send_signal(number)
    process.communicate(timeout=20)
    wait_for(lambda: not os.path.exists("/proc/%d" % pid) or "\nState:\tZ" in open("/proc/%d/status" % pid).read(), "podman ends")
    rest = slim.run("build", images.job(), "-o", "oci:%s:x" % (tmp_path / "out"), "--store", slim.store, "--verify=off", env=env)
    assert rest.status == 0, rest  # and removes what the killed one left


# as an ordinary user


@pytest.fixture(scope="module")
def podman_user_session(user):
    from conftest import require
    require("podman", "newuidmap")
    server = PodmanService(os.path.join(user.home, "podman"), user)
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.mark.needs("newuidmap", "setpriv", "useradd")
@pytest.mark.parametrize("way", ["socket", "program"])
def test_podman_of_a_user(mine, user, images, env, podman_user_session, way, tmp_path):
    """Its API, or the program that slim starts in its own user namespace: the same store."""
    podman = podman_user_session
    if way == "socket":
        env = dict(env, HOME=mine.directory, CONTAINER_HOST="unix://" + podman.socket)
    else:
        env = dict(env, **podman.environment())
    env["DOCKER_CONFIG"] = mine.directory + "/.docker"
    env["CONTAINERS_STORAGE_CONF"] = podman.environment()["CONTAINERS_STORAGE_CONF"]
    name = "localhost/%s" % way
    digest = publish(mine, env, user.copy(images.job(), mine.directory), "containers-storage:" + name)
    assert "sha256:" + podman.podman("inspect", "-f", "{{.Id}}", name).strip() == digest
    result = mine.run("inspect", name, "--verbose", env=env)
    assert result.status == 0 and "/bin/job" in result.out, result
    assert ("CONTAINER_HOST" if way == "socket" else "the program podman") in result.err


def test_ssh_of_a_user(mine, user, images, env, tmp_path):
    """slim is root of a namespace; ssh looks up its own account, and must find the user's, not root's."""
    folder = os.path.join(mine.directory, "bin")
    os.makedirs(folder)
    log = os.path.join(mine.directory, "log")
    with open(folder + "/ssh", "w") as f:
        f.write('#!/bin/sh\nid -un >"%s"\necho no route >&2\nexit 255\n' % log)
    os.chmod(folder + "/ssh", 0o755)
    user.own(mine.directory)
    env.update(HOME=mine.directory, DOCKER_CONFIG=mine.directory, PATH=folder + ":" + os.environ["PATH"],
               DOCKER_HOST="ssh://far.example")
    mine.fails("build", "docker-daemon:x", "-o", "oci:%s/out:x" % mine.directory, "--store", mine.store, env=env,
               code="connection-broken", names=["docker at ssh://far.example", "no route"])
    with open(log) as f:
        assert f.read().strip() == user.name
