"""An exercise that failed proves nothing: nothing is published and the exit status is 3, unless the user accepts it."""
import json
import os

import oci
import pytest

from testenv.layers import Layer
from testenv.samples import SERVICE_CONFIG
from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "runc")

WAITS = {"Entrypoint": ["/bin/job"], "Cmd": ["wait"]}
FAILS = {"Entrypoint": ["/bin/job"], "Cmd": ["fail", "no database"]}


def dest(tmp_path):
    return "oci:%s:slim" % (tmp_path / "out")


@pytest.fixture
def unproven(slim, tmp_path):
    """Builds; the exercise fails: nothing is published, and what the user can do is said. stderr."""
    def build(source, *options, code, names=()):
        report = tmp_path / "unproven.json"
        result = slim.run("build", source, "-o", "oci:%s:slim" % (tmp_path / "none"), "--store", slim.store, "--report",
                          report, *options)
        line, = result.error_lines()
        assert all(name in line for name in ([names] if isinstance(names, str) else names)), line
        assert result.status == 3 and "What to try:" in result.err and "--allow-failed-run" in result.err, result
        with open(report) as f:
            parsed = json.load(f)
        assert parsed["error"]["code"] == code and parsed["error"]["class"] == "unproven" and not parsed["verify"]["done"]
        assert not (tmp_path / "none").exists()
        return result.err
    return build


@pytest.fixture
def built(slim, tmp_path):
    """Builds; it is published. The report."""
    def build(source, *options, **more):
        report = slim.build(source, dest(tmp_path), *options, **more)
        assert report["verify"]["equal"], report["verify"]
        return report
    return build


def service(images, name, config):
    return images.layout(name, images.service_image(config))


def codes(report):
    return [n["code"] for n in report["notes"]]


# runs

def test_a_job_that_fails(unproven, built, images):
    options = ("--cmd", "fail 'cannot find it'")
    said = unproven(images.job(), *options, code="run-status-unexpected", names=["status 3", "--run-status 3"])
    assert "| cannot find it" in said
    report = built(images.job(), *options, "--allow-failed-run")
    assert report["runs"][0]["status"] == 3 and codes(report) == ["run-failed"]
    report = built(images.job(), *options, "--run-status", "3")
    assert report["runs"][0]["ended_by"] == "itself" and codes(report) == []
    unproven(images.job(), "--run-status=3", code="run-status-unexpected", names="instead of 3")


def test_statuses_of_several_runs(unproven, built, slim, images):
    runs = ("--run", "fail because", "--run", "id")
    unproven(images.job(), *runs, code="run-status-unexpected", names="fail because")
    unproven(images.job(), *runs, "--run-status", "3", code="run-status-unexpected", names="`/bin/job id`")
    report = built(images.job(), *runs, "--run-status", "3,0")
    assert [r["status"] for r in report["runs"]] == [3, 0]
    built(images.job(), *runs, "--run-status", "3", "--run-status", "0")
    for value, code in (("1,2,3", "option-conflict"), ("x", "option-value-invalid"), ("256", "option-value-invalid"),
                        ("1,", "option-value-invalid")):
        slim.fails("build", images.job(), *runs, "--run-status", value, status=2, code=code, names="--run-status")


def test_a_service_that_ends(unproven, built, images):
    reference = service(images, "ends", FAILS)
    said = unproven(reference, code="container-ended-before-ready", names="status 3")
    assert "| no database" in said
    report = built(reference, "--allow-failed-run")
    assert report["runs"][0]["failure"] and codes(report) == ["run-failed"]
    unproven(reference, "--continue-after", "exit", code="run-status-unexpected")
    built(reference, "--continue-after", "exit", "--run-status", "3")
    unproven(reference, "--run", "id", code="run-status-unexpected", names="no database")


def test_a_service_that_never_listens(unproven, built, images):
    reference = service(images, "never-listens", WAITS)
    unproven(reference, "--ready-timeout", "1", code="service-never-listened")
    report = built(reference, "--ready-timeout", "1", "--allow-failed-run")
    assert report["runs"][0]["ended_by"] in ("stop-signal", "kill") and "8080" in report["runs"][0]["failure"]


def test_what_slim_ends_has_not_failed(built, images):
    report = built(images.job(), "--cmd", "wait", "--continue-after", "1")
    assert report["runs"][0]["ended_by"] != "itself" and report["runs"][0]["status"] != 0 and codes(report) == []


# exercises

def test_a_command_that_fails_may_be_accepted(built, images, tmp_path):
    """The next ones follow, and the service is stopped in order."""
    report = built(images.service(), "--allow-failed-run", "--exec", '["/bin/job", "fail", "x"]', "--exec",
                   '["/bin/job", "cat", "/srv/exec.txt"]')
    assert [s["status"] for s in report["runs"][0]["steps"] if s["kind"] == "exec"] == [3, 0]
    assert {"srv/exec.txt", "srv/bye.txt"} <= Image(dest(tmp_path)).paths()


def test_requests_that_were_named(unproven, built, images):
    unproven(images.service(), "--http-probe-cmd", "/none", code="http-only-errors", names=["GET /none", "404"])
    unproven(images.service(), "--http-probe-cmd", "/error", code="http-only-errors", names="500")
    unproven(images.service(), "--http-probe-cmd", "https:/", "--http-probe-client-timeout", "1", code="http-unanswered")
    for options in (("--http-probe-cmd", "/"), ("--http-probe-exit-on-failure=false",), ("--allow-failed-run",)):
        report = built(images.service(), "--http-probe-cmd", "/none", *options)
        assert "crawl-reached-one-page" not in codes(report)


def test_requests_make_slim_wait_for_a_port(unproven, built, images, tmp_path):
    config = {"ExposedPorts": {}}
    unproven(images.job(), "--http-probe-cmd", "/", code="container-ended-before-ready")
    built(service(images, "no-ports", config), "--http-probe-cmd", "/run-a.txt")
    assert "srv/run-a.txt" in Image(dest(tmp_path)).paths()


def test_statuses_that_are_no_success(unproven, built, images):
    both = ("--http-probe-off", "--http-probe-cmd", "/,/error,/none")
    built(images.service(), *both)
    unproven(images.service(), *both, "--http-probe-fail-on-status-5xx", code="http-status-refused", names="GET /error")
    unproven(images.service(), *both, "--http-probe-fail-on-status-4xx", code="http-status-refused", names="GET /none")


def test_a_port_that_speaks_no_http(unproven, built, images):
    """Only noted, unless the probe was asked for; and not said if something else drove it."""
    options, driven = ("--http-probe-ports", "9", "--expose", "8080"), ("--host-exec", "true")
    for more, said in ((), ["http-not-exercised"]), (driven, []):
        assert codes(built(images.service(), *options, "--http-probe-exit-on-failure=false", *more)) == said
    unproven(images.service(), *options, *driven, code="http-unanswered")
    built(images.service(), "--http-probe=false")


# what is said

def one_page(images, tmp_path, text):
    layer = Layer().dir("srv").file("srv/index.html", text)
    layers = images.layers() + [layer.write(str(tmp_path / "page.tar"))]
    oci.write_layout(str(tmp_path / "page"), "image", oci.Image(layers, SERVICE_CONFIG))
    return "oci:%s:image" % (tmp_path / "page")


def test_a_crawl_that_reaches_one_page(built, images, tmp_path):
    source = one_page(images, tmp_path, "<p>no link</p>")
    report = built(source, "--http-probe-routes=false")
    assert codes(report) == ["crawl-reached-one-page"] and "--http-probe-cmd" in report["notes"][0]["text"]
    for options in (("--http-probe-cmd", "/"), ("--http-probe=false",), ("--http-probe-crawl=false",),
                    ("--host-exec", "true")):
        assert codes(built(source, *options)) == [], options
    assert codes(built(images.service())) == []


def test_only_what_varied_is_run_again(slim, images, tmp_path):
    """One run prints what varies; another says by a fifo how often it was run: by the original and by the result."""
    folder = tmp_path / "host"
    folder.mkdir()
    os.mkfifo(folder / "fifo")
    fifo = os.open(folder / "fifo", os.O_RDWR | os.O_NONBLOCK)
    try:
        done = slim.run("build", images.job(), "-o", dest(tmp_path), "--store", slim.store, "--user", "0", "--mount",
                        "%s:/mnt/host" % folder, "--run", "cat /proc/sys/kernel/random/uuid", "--run", "write /mnt/host/fifo x",
                        "--run", "cat /srv/run-a.txt")
        assert done.status == 0, done
        assert os.read(fifo, 100) == b"xx"
    finally:
        os.close(fifo)
    assert "slim: repeat " in done.err and "what differs was run" in done.out, done
    assert "varies    the run `/bin/job cat /proc/sys/kernel/random/uuid`: output" in done.out, done


# the container of a job is gone before another command can run in it

EXEC = ("--exec", '["/bin/job", "cat", "/srv/exec.txt"]', "--http-probe=false", "--exec-alone")


def test_a_command_of_a_container_that_is_gone(built, images):
    report = built(images.job(), *EXEC, "--verify=on")
    assert [run["command"] for run in report["runs"]] == ["/bin/job cat /srv/default.txt", "/bin/job cat /srv/exec.txt"]
    assert "exec-alone" in codes(report) and report["verify"]["equal"] and report["verify"]["equal_runs"] == 2


def test_a_command_of_a_container_that_stays(built, images):
    report = built(images.job(), *EXEC, "--cmd", "wait")
    assert [run["command"] for run in report["runs"]] == ["/bin/job wait"] and "exec-alone" not in codes(report)
    assert [(step["kind"], step["status"]) for step in report["runs"][0]["steps"]] == [("exec", 0)]


def test_a_command_that_fails_alone(unproven, images):
    unproven(images.job(), "--exec", '["/bin/job", "fail", "x"]', "--http-probe=false", "--exec-alone",
             code="run-status-unexpected", names="/bin/job fail x")


# the other verbs

def test_record_and_verify(slim, images, tmp_path):
    trace = tmp_path / "trace.json"
    run = (images.job(), "--store", slim.store)
    slim.fails("record", *run, "-o", trace, "--cmd", "fail x", status=3, code="run-status-unexpected")
    assert not trace.exists()
    assert slim.run("record", *run, "-o", trace, "--run-status", "3", "--cmd", "fail x").status == 0 and trace.exists()
    slim.build(images.job(), dest(tmp_path))
    pair = ("verify", images.job(), dest(tmp_path), "--store", slim.store)
    slim.fails(*pair, "--cmd", "fail x", status=3, code="run-status-unexpected", names="--run-status 3")
    assert slim.run(*pair, "--run-status", "3", "--", "fail", "x").status == 0
    other = slim.run(*pair, "--", "cat", "/srv/run-a.txt")
    assert other.status == 3 and "--include /srv/run-a.txt" in other.err, other
