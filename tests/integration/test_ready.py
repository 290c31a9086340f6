"""When a service is ready, on which ports and addresses it is driven, and what is said of it."""
import re

import pytest

from conftest import require
from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "runc")


def service(images, name, *words, **config):
    return images.layout("ready-" + name, images.service_image(dict({"Cmd": list(words), "Healthcheck": None}, **config)))


@pytest.fixture
def built(slim, tmp_path):
    """The report, of which the first run is the service's."""
    def build(source, *options):
        report = slim.build(source, "oci:%s:slim" % (tmp_path / "out"), *options)
        assert report["verify"]["equal"], report["verify"]
        return report
    return build


@pytest.fixture
def unproven(slim, tmp_path):
    """The message."""
    def build(source, *options, code, **more):
        return slim.fails("build", source, "-o", "oci:%s:slim" % (tmp_path / "none"), "--store", slim.store, *options,
                          status=3, code=code, **more)
    return build


def steps(report, kind):
    return [s for s in report["runs"][0]["steps"] if s["kind"] == kind]


def ports(report):
    return {s["port"] for s in steps(report, "http") if s["status"] == 200}


def notes(report, code):
    return [n["text"] for n in report["notes"] if n["code"] == code]


# ports

def test_a_port_that_is_not_exposed_is_probed_too(built, images):
    report = built(service(images, "more", "8080", "9090", "45000"))
    assert ports(report) == {8080, 9090}
    note, = notes(report, "port-not-exposed")
    assert "9090" in note and "8080" not in note and "45000" not in note


def test_a_service_that_listens_on_another_port_only(built, images):
    report = built(service(images, "other", "9090"))
    assert ports(report) == {9090} and report["runs"][0]["ready_ms"] < 30000
    note, = notes(report, "port-not-exposed")
    assert "9090" in note and "8080" in note


def test_an_image_that_exposes_nothing_and_serves(built, images):
    report = built(service(images, "unexposed", "9090", ExposedPorts=None))
    assert ports(report) == {9090} and report["runs"][0]["ended_by"] == "stop-signal"
    assert len(notes(report, "port-not-exposed")) == 1


def test_no_note_for_exposed_ports(built, images):
    report = built(service(images, "exposed", "8080"))
    assert ports(report) == {8080} and not report["notes"]


# addresses

@pytest.mark.parametrize("address", ["127.0.0.3", "::1", "::"])
def test_an_unusual_address(built, images, tmp_path, address):
    said = tmp_path / "said"
    report = built(service(images, "at-" + address.replace(":", "c"), address + "/8080"), "--host-exec",
                   'echo "$SLIM_TARGET_HOST $SLIM_TARGET_PORTS" > %s' % said)
    assert ports(report) == {8080}
    assert said.read_text().split() == ["::1" if ":" in address else address, "8080"]


# --ready

def test_ready_http(built, images):
    report = built(service(images, "busy", "8080", "busy=5"), "--ready", "http:/ready")
    step, = steps(report, "ready")
    assert (step["what"], step["status"]) == ("http:/ready", 0)
    assert report["runs"][0]["steps"][0] == step and ports(report) == {8080}


def test_ready_http_on_a_port(built, images):
    report = built(service(images, "busy", "8080", "busy=5"), "--ready", "http:8080/ready")
    assert [s["what"] for s in steps(report, "ready")] == ["http:8080/ready"]


def test_ready_never(unproven, images):
    said = unproven(service(images, "never", "8080", "busy=1000000"), "--ready", "http:/ready", "--ready-timeout", "1",
                    code="service-not-ready", names=["http:/ready", "503", "--ready-timeout"])
    assert float(re.search(r"within ([\d.]+) s", said).group(1)) < 20


def test_ready_never_shows_what_the_container_printed(slim, images, tmp_path):
    result = slim.run("build", service(images, "never", "8080", "busy=1000000"), "-o", "oci:%s:x" % (tmp_path / "x"),
                      "--store", slim.store, "--ready", "http:/ready", "--ready-timeout", "1")
    assert result.status == 3 and "| httpd: listening" in result.err


def test_ready_tcp(built, unproven, images):
    source = service(images, "two", "8080", "9090")
    assert ports(built(source, "--ready", "tcp:9090")) == {8080, 9090}
    unproven(source, "--ready", "tcp:9090", "--ready", "tcp:7070", "--ready-timeout", "1",
             code="service-never-listened", names=["7070", "8080"])


def test_ready_log(built, unproven, images):
    source = service(images, "log", "8080")
    assert ports(built(source, "--ready", "log:^httpd: [a-z]+ing$")) == {8080}
    unproven(source, "--ready", "log:^never$", "--ready-timeout", "1", code="service-not-ready", names="^never$")


def test_ready_commands(built, unproven, images, tmp_path):
    source = images.service()
    report = built(source, "--ready", "health", "--ready", 'exec:["/bin/job", "cat", "/srv/exec.txt"]')
    assert [s["status"] for s in steps(report, "ready")] == [0, 0]
    assert {"srv/health.txt", "srv/exec.txt"} <= Image("oci:%s:slim" % (tmp_path / "out")).paths()
    unproven(source, "--ready", 'exec:["/bin/job", "fail", "x"]', "--ready-timeout", "1", code="service-not-ready",
             names="status 3")


def test_ready_health_without_a_check(slim, images, tmp_path):
    slim.fails("build", service(images, "log", "8080"), "-o", "oci:%s:x" % (tmp_path / "x"), "--store", slim.store,
               "--ready", "health", code="healthcheck-missing")


def test_a_service_that_ends_before_it_is_ready(unproven, images):
    source = images.layout("ready-ends", images.service_image({"Entrypoint": ["/bin/job"], "Cmd": ["fail", "no luck"]}))
    unproven(source, "--ready", "log:^ready$", code="container-ended-before-ready", names=["status 3", "^ready$"])


def test_ready_mistakes(slim, images):
    for value in ("http://localhost:8080/", "udp:53", "soon"):
        slim.fails("build", images.service(), "--ready", value, status=2, code="option-value-invalid", names=value)
    slim.fails("build", images.service(), "--ready", "log:a(b", status=2, code="regex-malformed", names="`a(b`")


# signals and the order

def test_signal(built, images, tmp_path):
    report = built(service(images, "signal", "8080"), "--signal", "HUP", "--http-probe-cmd", "/page.html")
    assert [s["kind"] for s in report["runs"][0]["steps"]] == ["signal", "http"]
    assert ports(report) == {8080} and "srv/hup.txt" in Image("oci:%s:slim" % (tmp_path / "out")).paths()


def test_signal_when(built, images):
    report = built(service(images, "signal", "8080"), "--signal", "HUP@after-probe", "--signal", "HUP@start",
                   "--http-probe-cmd", "/", "--exec", '["/bin/job", "id"]')
    assert [s["kind"] for s in report["runs"][0]["steps"]] == ["signal", "http", "signal", "exec"]


def test_a_signal_that_ends_the_service(unproven, images):
    unproven(service(images, "signal", "8080"), "--signal", "TERM", code="container-ended-in-exercise")


def test_the_order_of_the_command_line(built, images):
    report = built(service(images, "order", "8080"), "--host-exec", "true", "--exec", '["/bin/job", "id"]', "--host-exec",
                   ":", "--http-probe-cmd", "/")
    assert [s["what"] for s in report["runs"][0]["steps"]] == ["true", '["/bin/job", "id"]', ":", "GET /"]


# a second start, and standard input

def test_restart(built, images, tmp_path):
    source = service(images, "restart", "8080", "once")
    assert "srv/second.txt" not in kept_of(built(source), tmp_path)
    report = built(source, "--restart")
    assert {"srv/first.txt", "srv/second.txt"} <= kept_of(report, tmp_path)
    first, second = report["runs"]
    assert second["command"] == first["command"] + " (second start)"
    assert [s["what"] for s in first["steps"]] == [s["what"] for s in second["steps"]] != []


def test_restart_of_jobs(built, images):
    """The second finds the file that the first wrote, and both are repeated for the comparison."""
    report = built(images.job(), "--restart", "--run", "env", "--run", "write /srv/new.txt x")
    assert [r["command"] for r in report["runs"]] == [
        "/bin/job env", "/bin/job env (second start)", "/bin/job write /srv/new.txt x",
        "/bin/job write /srv/new.txt x (second start)"]


def kept_of(report, tmp_path):
    return Image("oci:%s:slim" % (tmp_path / "out")).paths()


@pytest.mark.parametrize("runtime", ["runc", "crun"])
def test_stdin(slim, built, images, tmp_path, runtime):
    require(runtime)
    given = tmp_path / "input"
    given.write_text("".join("line %d\n" % i for i in range(20000)))  # more than a pipe holds
    result = slim.run("record", images.job(), "-o", tmp_path / "trace", "--store", slim.store, "--show-clogs", "--runtime",
                      runtime, "--stdin", given, "--run", "cat /dev/stdin", "--run", "cat /dev/stdin")
    assert result.status == 0 and result.err.count("| line 19999\n") == result.err.count("| line 0\n") == 2
    built(images.job(), "--runtime", runtime, "--stdin", given)  # nobody reads it
    assert (given.stat().st_uid, given.stat().st_mode & 0o777) == (0, 0o644)
    slim.fails("build", images.job(), "--stdin", tmp_path, status=2, code="option-value-invalid", names=str(tmp_path))
    slim.fails("build", images.job(), "--stdin", tmp_path / "none", status=2, code="file-open", names="none")
