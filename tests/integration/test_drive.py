"""The ways to drive a container, and what each of them adds to the result."""
import json
import os
import sys

import oci
import pytest

from testenv.tree import Image, differences

pytestmark = pytest.mark.needs("root", "runc")

FETCH = """%s -c 'import os, sys, urllib.request
for path in sys.argv[1:]:
    with urllib.request.urlopen("http://%%s:%%s%%s" %% (os.environ["SLIM_TARGET_HOST"],
                                os.environ["SLIM_TARGET_PORTS"].split(",")[0], path), timeout=10) as answer:
        sys.stdout.write(answer.read().decode())' """ % sys.executable
QUIET = ("--http-probe=false",)


def kept(slim, reference, tmp_path, *options, **more):
    dest = "oci:%s:slim" % (tmp_path / "out")
    report = slim.build(reference, dest, *options, **more)
    result = Image(dest)
    assert differences(Image(reference), result) == []
    return result, report


def service(images, tmp_path, config=None):
    oci.write_layout(str(tmp_path / "service"), "image", images.service_image(config))
    return "oci:%s:image" % (tmp_path / "service")


def test_job_runs_to_its_end(slim, images, tmp_path):
    result, report = kept(slim, images.job(), tmp_path)
    assert "srv/default.txt" in result.paths() and "srv/run-a.txt" not in result.paths()
    assert [r["status"] for r in report["runs"]] == [0]


def test_runs_are_united(slim, images, tmp_path):
    result, report = kept(slim, images.job(), tmp_path, "--run", "cat /srv/run-a.txt", "--run",
                          '["cat", "/srv/run-b.txt"]')
    assert {"srv/run-a.txt", "srv/run-b.txt"} <= result.paths()
    assert "srv/default.txt" not in result.paths()
    assert len(report["runs"]) == 2


def test_run_arguments_are_shell_words(slim, images, tmp_path):
    result, report = kept(slim, images.job(), tmp_path, "--run", "write '/tmp/a b' \"x y\"", "--run",
                          "cat /srv/run-a.txt")
    assert [r["status"] for r in report["runs"]] == [0, 0]


def test_crawl_is_the_default(slim, images, tmp_path):
    result, report = kept(slim, images.service(), tmp_path)
    assert {"srv/page.html", "srv/pixel.txt", "srv/sub/deep.txt"} <= result.paths()
    steps = {s["what"]: s for s in report["runs"][0]["steps"] if s["kind"] == "http"}
    for path in ("/", "/page.html", "/pixel.txt", "/sub/deep.txt"):
        assert steps["GET " + path]["status"] == 200, steps
    assert not [what for what in steps if "other.invalid" in what]
    assert steps["GET /env"]["status"] == 200 and steps["GET /env"]["guessed"]  # its program names it
    assert not steps["GET /page.html"]["guessed"]
    extras = [steps[what]["status"] for what in ("HEAD /", "GET /no-such-page-asked-for-by-slim", "PROPFIND /")]
    assert extras[1] == 404 and all(extras), steps


def test_paths_that_files_name_can_be_left_out(slim, images, tmp_path):
    report = kept(slim, images.service(), tmp_path, "--http-probe-routes=false")[1]
    steps = [s["what"] for s in report["runs"][0]["steps"]]
    assert "GET /page.html" in steps and "GET /env" not in steps


def test_a_port_that_says_nothing(slim, images, tmp_path):
    """It is found out by its silence, not by a time-out, and does not keep the other one from being asked."""
    config = {"Cmd": ["8080", "silent=7000"], "ExposedPorts": {"7000/tcp": {}, "8080/tcp": {}}}
    result, report = kept(slim, service(images, tmp_path, config), tmp_path)
    assert "srv/sub/deep.txt" in result.paths()
    silent, = [s for s in report["runs"][0]["steps"] if s["port"] == 7000]
    assert silent["error"] == "port 7000 does not speak HTTP" and silent["ms"] < 20000, silent


def test_http_on_a_port_of_another_protocol(slim, images, tmp_path):
    config = {"Cmd": ["6379"], "ExposedPorts": {"6379/tcp": {}}}
    result, report = kept(slim, service(images, tmp_path, config), tmp_path)
    assert "srv/sub/deep.txt" in result.paths()
    assert {s["kind"] for s in report["runs"][0]["steps"]} == {"http", "healthcheck"}


def test_no_probe(slim, images, tmp_path):
    result, report = kept(slim, images.service(), tmp_path, *QUIET)
    assert "bin/httpd" in result.paths() and "srv/page.html" not in result.paths()
    assert not [s for s in report["runs"][0]["steps"] if s["kind"] == "http"]


def test_host_exec(slim, images, tmp_path):
    result, report = kept(slim, images.service(), tmp_path, *QUIET, "--host-exec", FETCH + "/host.txt", "--host-exec",
                          FETCH + "/run-a.txt")
    assert {"srv/host.txt", "srv/run-a.txt"} <= result.paths()
    steps = [s for s in report["runs"][0]["steps"] if s["kind"] == "host-exec"]
    assert [s["status"] for s in steps] == [0, 0]


def test_host_exec_sees_the_ports(slim, images, tmp_path):
    said = tmp_path / "said"
    kept(slim, images.service(), tmp_path, *QUIET, "--host-exec",
         'echo "$SLIM_TARGET_HOST $SLIM_TARGET_PORTS" > "%s"' % said)
    host, ports = said.read_text().split()
    assert host in ("127.0.0.1", "localhost") and ports == "8080"


def test_failing_host_exec_fails_the_build(slim, images, tmp_path):
    slim.fails("build", images.service(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--host-exec",
               "exit 7", status=3, code="probe-command-failed", names="exit 7")
    assert not (tmp_path / "out").exists()


def test_exec(slim, images, tmp_path):
    result, report = kept(slim, images.service(), tmp_path, *QUIET, "--exec", '["/bin/job", "cat", "/srv/exec.txt"]')
    assert "srv/exec.txt" in result.paths() and "bin/job" in result.paths()


def test_failing_exec_fails_the_build(slim, images, tmp_path):
    slim.fails("build", images.service(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--exec",
               '["/bin/job", "fail", "no luck"]', status=3, code="probe-command-failed", names="no luck")
    assert not (tmp_path / "out").exists()


def test_health_check_is_recorded(slim, images, tmp_path):
    result, report = kept(slim, images.service(), tmp_path, *QUIET)
    assert "srv/health.txt" in result.paths()


@pytest.mark.parametrize("signal,file,other", [("SIGTERM", "srv/bye.txt", "srv/quit.txt"),
                                               ("SIGQUIT", "srv/quit.txt", "srv/bye.txt")])
def test_shutdown_is_recorded(slim, images, tmp_path, signal, file, other):
    result, report = kept(slim, service(images, tmp_path, {"StopSignal": signal}), tmp_path, *QUIET)
    assert file in result.paths() and other not in result.paths()
    assert report["runs"][0]["status"] == 0


def test_continue_after_seconds(slim, images, tmp_path):
    result, report = kept(slim, images.service(), tmp_path, *QUIET, "--continue-after", "1")
    assert report["runs"][0]["ms"] >= 1000


def test_stop_signal_that_comes_to_nothing(slim, images, tmp_path):
    """It is not waited out once the program has put it back to its default and is idle."""
    result, report = kept(slim, images.job(), tmp_path, "--cmd", "deaf", "--continue-after", "0", "--stop-timeout", "60")
    run, = report["runs"]
    assert (run["status"], run["ended_by"]) == (137, "kill") and run["ms"] < 50000
    shown = slim.run("build", images.job(), "-o", "oci:%s:x" % (tmp_path / "x"), "--store", slim.store, "--cmd", "deaf",
                     "--continue-after", "0")
    assert "killed by slim after" in shown.out and "137" not in shown.out, shown


def test_continue_after_exit(slim, images, tmp_path):
    config = {"Entrypoint": ["/bin/job"], "Cmd": ["cat", "/srv/run-b.txt"]}
    result, report = kept(slim, service(images, tmp_path, config), tmp_path, *QUIET, "--continue-after", "exit")
    assert "srv/run-b.txt" in result.paths()


def test_continue_after_enter(slim, images, tmp_path):
    result, report = kept(slim, images.service(), tmp_path, *QUIET, "--continue-after", "enter", input="\n")
    assert "bin/httpd" in result.paths()


@pytest.mark.parametrize("options,path", [
    (("--cmd", '["cat", "/srv/run-a.txt"]'), "srv/run-a.txt"),
    (("--cmd", "cat /srv/run-b.txt"), "srv/run-b.txt"),
    (("--entrypoint", '["/bin/job", "cat"]', "--cmd", '["/srv/run-a.txt"]'), "srv/run-a.txt"),
    (("--workdir", "/srv", "--cmd", "cat exec.txt"), "srv/exec.txt"),
])
def test_what_is_run_can_be_replaced(slim, images, tmp_path, options, path):
    result, report = kept(slim, images.job(), tmp_path, *options)
    assert path in result.paths() and "srv/default.txt" not in result.paths()
    assert result.config["config"] == Image(images.job()).config["config"]


def test_user_and_environment(slim, images, tmp_path):
    shown = slim.run("build", images.job(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--run",
                     "id", "--run", "env", "--user", "app:extra", "-e", "ADDED=x=y", "--env", "PATH=/other", "--entrypoint",
                     '["/bin/job"]', "--show-clogs")
    assert shown.status == 0, shown
    text = shown.out + shown.err
    assert "uid=1000 gid=2000" in text
    assert "ADDED=x=y" in text and "PATH=/other" in text and "PATH=/bin" not in text
    assert "HOME=/srv" in text


def test_logs_are_not_shown_unasked(slim, images, tmp_path):
    shown = slim.run("build", images.job(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store)
    assert shown.status == 0 and "default\n" not in shown.out + shown.err


def test_as_docker_runs_it(slim, images, tmp_path):
    """Supplementary groups of the image's /etc/group, its working directory, HOME."""
    result, report = kept(slim, images.service(), tmp_path, *QUIET, "--host-exec",
                          FETCH + "/id /env > '%s'" % (tmp_path / "said"))
    said = (tmp_path / "said").read_text()
    assert "uid=1000 gid=1000" in said and "2000" in said.split("groups=")[1].split(" ")[0]
    assert "cwd=/srv" in said and "HOME=/srv" in said and "GREETING=hello world" in said


@pytest.mark.parametrize("runtime", [pytest.param(r, marks=pytest.mark.needs(r)) for r in ("runc", "crun")])
def test_runtimes_agree(slim, images, tmp_path, runtime):
    result, report = kept(slim, images.service(), tmp_path, "--runtime", runtime)
    assert {"srv/page.html", "srv/bye.txt", "srv/health.txt", "bin/httpd"} <= result.paths()
    again, _ = kept(slim, images.service(), tmp_path, "--runtime", "runc")
    assert again.paths() == result.paths()


@pytest.mark.parametrize("runtime", [pytest.param(r, marks=pytest.mark.needs(r)) for r in ("runc", "crun")])
def test_the_machine_s_devices_stay_as_they_are(slim, images, tmp_path, runtime):
    """Runtimes give a container's standard streams to its user; /dev/null must not be one of them."""
    look = lambda: {name: os.stat("/dev/" + name)[:6] for name in ("null", "zero", "tty", "urandom")}
    before = look()
    try:
        kept(slim, images.job(), tmp_path, "--runtime", runtime, "--user", "app", "--run", "id")
        kept(slim, images.service(), tmp_path, "--runtime", runtime, "--exec", '["/bin/job", "id"]', "--host-exec", "true")
        assert look() == before
    finally:
        os.chown("/dev/null", before["null"][4], before["null"][5])


def test_host_network(slim, images, tmp_path):
    config = {"Cmd": ["18471"], "ExposedPorts": {"18471/tcp": {}}}
    result, report = kept(slim, service(images, tmp_path, config), tmp_path, "--network", "host")
    assert "srv/page.html" in result.paths()


def test_report_on_stdout(slim, images, tmp_path):
    shown = slim.run("build", images.job(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--json")
    assert shown.status == 0, shown
    report = json.loads(shown.out)
    assert report["schema"] == "slim.report/v1"
    assert report["timing_ms"]["total"] >= max(v for k, v in report["timing_ms"].items() if k != "total")


def test_quiet(slim, images, tmp_path):
    shown = slim.run("build", images.job(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--quiet")
    assert (shown.status, shown.out, shown.err) == (0, "", "")


def test_summary(slim, images, tmp_path):
    shown = slim.run("build", images.service(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store)
    assert shown.status == 0
    for word in ("unpack", "record", "keep", "pack", "publish"):
        assert word in shown.out + shown.err, (word, shown)
