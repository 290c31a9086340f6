"""Real services that speak no HTTP, driven without a client program. An image has several of them, which a script
starts."""
import subprocess

import pytest

from testenv.residue import nothing_left
from testenv.samples import files_of_image
from testenv.slim import Slim

pytestmark = pytest.mark.needs("root", "runc", "openssl")

SERVICES = ["redis-server", "memcached", "mosquitto", "php-fpm", "python3-aiosmtpd", "python3-websockets",
            "python3-grpcio"]
DATABASES = ["postgresql", "mariadb-server"]
CONFIG = {"Cmd": ["/srv/start"], "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """{path in the image: text} of a server's key and certificate."""
    folder, out = tmp_path_factory.mktemp("certificate"), {}
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2",
                    "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, stderr=subprocess.DEVNULL)
    return {"srv/" + name: (folder / name).read_text() for name in ("key.pem", "cert.pem")}


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("wire")


@pytest.fixture
def slim(program, directory):
    """With one store for all: the images are large."""
    with nothing_left(Slim(program, directory)) as s:
        yield s


@pytest.fixture
def services(images, certificate):
    return images.of_packages("services", SERVICES, dict(files_of_image("services"), **certificate), CONFIG)


@pytest.fixture
def databases(images):
    return images.of_packages("databases", DATABASES, files_of_image("databases"), CONFIG)


def steps(slim, reference, tmp_path, *options):
    """{what: step} of the build's first run."""
    report = slim.build(reference, "oci:%s:slim" % (tmp_path / "out"), "--http-probe=false", "--verify=off", *options)
    return {s["what"]: s for s in report["runs"][0]["steps"]}


def answered(done, protocol, *names):
    assert [done["%s %s" % (protocol, name)]["status"] for name in names] == [0] * len(names), done


def test_bytes_to_ports_and_sockets(slim, services, tmp_path):
    done = steps(slim, services, tmp_path, "--tcp", "6379:PING\\r\\n/-NOAUTH", "--tcp", "25:/^220 ", "--tcp", "6379",
                 "--unix", "/run/redis.sock:AUTH sesam\\r\\nPING\\r\\n/PONG")
    assert len(done) == 4 and {s["status"] for s in done.values()} == {0}, done


def test_bytes_of_a_probe_file(slim, services, tmp_path):
    """Nothing is expected of HTTP where a file names no request of it; what one answer gave goes into the next."""
    (tmp_path / "probe.yaml").write_text(r"""
schema: slim.probe/v1
requests:
- {tcp: 6379, body: "AUTH sesam\r\nSET page 7\r\n", expect: {body: "OK\r\n.*OK"}}
- {tcp: 6379, body: "AUTH sesam\r\nGET page\r\n", expect: {body: "7\r\n$"}, capture: {page: {regex: "([0-9])\r\n$"}}}
- {tcp: 6379, name: the page, body: "AUTH sesam\r\nECHO <${page}>\r\n", expect: {body: <7>}}
- {tcp: 25, expect: {body: "^220 "}}
""")
    done = steps(slim, services, tmp_path, "--probe-file", tmp_path / "probe.yaml")
    assert [(s["kind"], s["status"]) for s in done.values()] == [("tcp", 0)] * 4, done
    assert list(done)[2:] == ["the page", "connect"] and all(s["expected"] for s in done.values()), done


def test_small_services(slim, services, tmp_path):
    done = steps(slim, services, tmp_path, "--client", "redis,password=sesam,database=1", "--client", "memcached",
                 "--client", "redis,socket=/run/redis.sock,password=sesam", "--client", "mqtt,user=me,password=sesam",
                 "--client", "smtp,to=me@localhost", "--client", "smtp:465", "--client", "grpc")
    answered(done, "redis", "AUTH", "SELECT", "PING", "SET", "GET", "DEL", "INFO", "QUIT")
    answered(done, "memcached", "set", "get", "delete", "stats")
    answered(done, "mqtt", "CONNECT", "SUBSCRIBE", "PUBLISH")
    answered(done, "smtp", "greeting", "EHLO", "STARTTLS", "MAIL", "RCPT", "DATA", "message", "QUIT")
    answered(done, "grpc", "health", "reflection")


def test_verified_as_driven(slim, services, tmp_path):
    """A slim image answers as the original did."""
    report = slim.build(services, "oci:%s:slim" % (tmp_path / "out"), "--http-probe=false", "--cmd",
                        "redis-server --port 6379 --save ''", "--client", "redis", keep="safe")
    assert report["verify"]["equal"], report["verify"]


def test_the_usual_probe_of_a_known_port(slim, services, tmp_path):
    """Where no credentials are needed, slim is a client without being asked."""
    report = slim.build(services, "oci:%s:slim" % (tmp_path / "out"), "--cmd", "redis-server --port 6379 --save ''",
                        "--verify=off")
    assert [s["what"] for s in report["runs"][0]["steps"]] == ["redis " + step for step in (
        "PING", "SET", "GET", "DEL", "INFO", "QUIT")]


def test_a_wrong_password_fails_the_build(slim, services, tmp_path):
    slim.fails("build", services, "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--http-probe=false",
               "--client", "redis,password=wrong", status=3, code="client-refused", names="redis AUTH on port 6379")
    assert not (tmp_path / "out").exists()


def test_an_unexpected_answer_fails_the_build(slim, services, tmp_path):
    slim.fails("build", services, "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--http-probe=false",
               "--tcp", "25:QUIT\\r\\n/^999", status=3, code="talk-answer-unexpected", names="^999")


def test_databases(slim, databases, tmp_path):
    done = steps(slim, databases, tmp_path, "--client", "postgresql,user=trusted,database=postgres",
                 "--client", "postgresql,user=clear,password=sesam,database=postgres",
                 "--client", "postgresql,user=hashed,password=sesam,database=postgres",
                 "--client", "postgresql,user=scram,password=sesam,database=postgres",
                 "--client", "mysql,user=me,password=sesam", "--client", "mysql,user=me,password=sesam,database=base")
    answered(done, "postgresql", "login", "SELECT version", "CREATE TABLE", "INSERT", "SELECT", "DROP TABLE")
    answered(done, "mysql", "login", "SELECT version", "CREATE DATABASE", "CREATE TABLE", "INSERT", "SELECT",
             "DROP DATABASE")


def test_fastcgi(slim, services, tmp_path):
    done = steps(slim, services, tmp_path, "--http-probe-cmd", "fastcgi:/index.php?x=1", "--http-probe-cmd",
                 "fastcgi:POST:/none.php", "--http-probe-ports", "9000", "--http-probe-exit-on-failure=false")
    assert done["GET /index.php?x=1"]["status"] == 200 and done["GET /index.php?x=1"]["bytes"] > 5, done
    assert done["POST /none.php"]["status"] == 404, done


def test_fastcgi_over_a_unix_socket(slim, services, tmp_path):
    """As php-fpm listens by default in Debian."""
    probe = tmp_path / "probe.yaml"
    probe.write_text("schema: slim.probe/v1\ndefaults: {socket: /run/php.sock}\nrequests:\n"
                     "- {get: '/index.php?x=1', fastcgi: {root: /srv}, expect: {status: 200, body: 'query=x=1'}}\n"
                     "- {post: /none.php, fastcgi: {root: /srv}, expect: 404}\n")
    done = steps(slim, services, tmp_path, "--probe-file", probe)
    assert list(done) == ["GET /index.php?x=1 over /run/php.sock", "POST /none.php over /run/php.sock"], done
    assert all(s["expected"] and s["port"] == 0 for s in done.values()), done


def test_a_port_with_a_client_is_asked_for_no_page(slim, services, tmp_path):
    """Redis takes a request of HTTP for an attack."""
    for client, port in (("redis", 6379), ("redis:7000", 7000)):
        result = slim.run("build", services, "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--expose",
                          port, "--cmd", "redis-server --save '' --port %d" % port, "--client", client, "--verify=off",
                          "--show-clogs")
        assert result.status == 0 and "SECURITY" not in result.err and "Ready to accept" in result.err, result


def test_websocket(slim, services, tmp_path):
    done = steps(slim, services, tmp_path, "--http-probe-cmd", "ws:/chat", "--http-probe-ports", "8765")
    assert done["GET /chat"]["status"] == 101 and done["GET /chat"]["bytes"] == len("heard ws.data"), done
