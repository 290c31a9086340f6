"""docker-slim's command lines: what means something does it, what does not is told in one line, what can't be done is
refused in one line. tests/unit/cmd/docker_slim/translate.c has every option; here is what they do to a real image."""
import json
import os

import oci
import pytest

from testenv.slim import Slim
from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "runc")
CHANGES_NOTHING = " changes nothing here: "


@pytest.fixture
def theirs(slim, images, tmp_path):
    """Runs `slim build` with options of theirs on the service, at the level exact; the result, the report, the lines."""
    def build(*options, source=None, before=(), **more):
        dest, report = "oci:%s:slim" % (tmp_path / "out"), tmp_path / "report.json"
        done = slim.run(*before, "build", *options, "--store", slim.store, "-o", dest, "--keep", "exact", "--report", report,
                        "--target", source or images.service(), **more)
        assert done.status == 0, done
        return Image(dest), json.loads(report.read_text()), done
    return build


def steps(report):
    return [(s["what"], s["status"]) for run in report["runs"] for s in run["steps"] if s["kind"] == "http"]


def lines(done):
    return [line for line in done.err.splitlines() if CHANGES_NOTHING in line]


@pytest.mark.parametrize("name", ["slim", "docker-slim", "mint"])
def test_the_command_line_of_the_manual(slim, images, tmp_path, name):
    """As it stands in scripts, under any name of the program; from and to a layout, since there is no daemon here."""
    program = tmp_path / name
    os.symlink(slim.program, program)
    oci.write_layout(str(tmp_path / "in"), "image", images.service_image())
    called = Slim(str(program), tmp_path)
    done = called.run("build", "--sensor-ipc-mode", "proxy", "--sensor-ipc-endpoint", "172.17.0.1", "--http-probe=false",
                      "oci:%s:image" % (tmp_path / "in"), "--store", slim.store, cwd=tmp_path)
    assert done.status == 0, done
    assert [line.split()[1] for line in lines(done)] == ["--sensor-ipc-mode", "--sensor-ipc-endpoint"]
    # a plain `slim build` writes none
    assert (tmp_path / "slim.report.json").exists() == (name != "slim")
    result = Image("oci:%s:image.slim" % (tmp_path / "in"))
    assert "bin/httpd" in result.paths()


def test_all_at_once(theirs, slim, images, tmp_path):
    (tmp_path / "paths").write_text("/srv/run-b.txt\n")
    (tmp_path / "mounted").mkdir()
    (tmp_path / "mounted" / "file.txt").write_text("of the host\n")
    config = {"Cmd": ["18472"], "ExposedPorts": {"18472/tcp": {}}}
    oci.write_layout(str(tmp_path / "in"), "image", images.service_image(config))
    source = "oci:%s:image" % (tmp_path / "in")
    result, report, done = theirs(
        "--include-path", "/srv/run-a.txt", "--include-path-file", tmp_path / "paths", "--continue-after", "1",
        "--http-probe-cmd", "/host.txt", "--exec", '["/bin/job", "cat", "/mnt/host/file.txt"]', "--mount",
        "%s:/mnt/host" % (tmp_path / "mounted"), "--env", "A=b", "--network", "host", "--show-clogs", source,
        source=source, before=("--debug", "--in-container=false"))
    assert {"srv/run-a.txt", "srv/run-b.txt", "srv/host.txt"} <= result.paths()
    assert "srv/page.html" not in result.paths()
    assert not [p for p in result.paths() if p.startswith("mnt/")]
    assert steps(report) == [("GET /host.txt", 200)]
    assert report["runs"][0]["ms"] >= 1000
    assert [line.split()[1] for line in lines(done)] == ["--in-container"]


def test_requests(theirs, tmp_path):
    result, report, _ = theirs("--http-probe-cmd", "/run-a.txt,GET:/run-b.txt", "--http-probe-cmd", "crawl:/page.html",
                               "--http-probe-cmd", "http:HEAD:/exec.txt", "--http-probe-cmd-upload", "avatar:generate.image.png:/run-b.txt")
    assert steps(report) == [("GET /run-a.txt", 200), ("GET /run-b.txt", 200), ("GET /page.html", 200),
                             ("GET /pixel.txt", 200), ("HEAD /exec.txt", 200), ("POST /run-b.txt", 200)]
    commands = tmp_path / "commands.json"
    commands.write_text(json.dumps({"commands": [{"resource": "/host.txt"}, {"method": "GET", "resource": "/none"}]}))
    result, report, _ = theirs("--http-probe=false", "--http-probe-cmd-file", commands)
    assert steps(report) == [("GET /host.txt", 200), ("GET /none", 404)]


EXTRAS = ("GET / if changed", "GET /no-such-page-asked-for-by-slim")  # of the default probe


@pytest.mark.parametrize("options,paths", [
    (("--http-probe-crawl=false",), ["/"]),
    (("--http-crawl-max-depth", "0"), ["/"]),
    (("--http-crawl-max-depth", "0", "--http-probe-cmd", "crawl:/"), ["/"]),
    (("--http-crawl-max-page-count", "2"), ["/", "/page.html"]),
    (("--http-crawl-max-depth", "1"), ["/", "/page.html", "/sub/deep.txt"]),
    (("--http-probe-off",), []),
])
def test_crawling(theirs, options, paths):
    _, report, _ = theirs(*options)
    guesses = [s["what"] for r in report["runs"] for s in r["steps"] if s["guessed"]]
    pages = [what for what, _ in steps(report) if what.startswith("GET /") and what not in (*EXTRAS, *guesses)]
    assert bool(guesses) == ("/sub/deep.txt" in paths)
    assert pages == ["GET " + path for path in paths]


def test_ports(theirs, slim, images, tmp_path):
    oci.write_layout(str(tmp_path / "in"), "image", images.service_image({"ExposedPorts": {}}))
    source = "oci:%s:image" % (tmp_path / "in")
    for option in ("--http-probe-ports", "--expose"):
        result, report, _ = theirs(option, "8080", source=source)
        assert ("GET /page.html", 200) in steps(report)
        assert "ExposedPorts" not in result.config["config"] or not result.config["config"]["ExposedPorts"]
    slim.fails("build", "--http-probe-ports", "8080,9", "--http-probe-exit-on-failure", "--cmd", "9999", "--ready-timeout", "1",
               source, "-o", "oci:%s:x" % (tmp_path / "no"), "--store", slim.store, status=3, code="service-never-listened", names="8080")


def test_no_answer_fails_where_it_is_asked_for(slim, images, tmp_path):
    slim.fails("build", "--http-probe-cmd", "https:/", "--http-probe-client-timeout", "1", "--http-probe-exit-on-failure=true",
               images.service(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, status=3,
               code="http-unanswered")
    assert not (tmp_path / "out").exists()


def test_files_of_commands(theirs, images, tmp_path):
    (tmp_path / "hosts").write_text("true\n\ntest -n \"$SLIM_TARGET_PORTS\"\n")
    (tmp_path / "exec").write_text('["/bin/job", "cat", "/srv/exec.txt"]\n')
    (tmp_path / "env").write_text("# of the test\nFROM_FILE=yes\n")
    result, report, done = theirs("--http-probe=false", "--host-exec-file", tmp_path / "hosts", "--exec-file",
                                  tmp_path / "exec", "--env-file", tmp_path / "env", "--exec", '["/bin/job", "env"]',
                                  "--continue-after", "probe&exec")
    assert "srv/exec.txt" in result.paths()
    kinds = [s["kind"] for s in report["runs"][0]["steps"]]
    assert kinds.count("host-exec") == 2 and kinds.count("exec") == 2


def test_what_the_container_finds(theirs, images, tmp_path):
    _, _, done = theirs("--hostname", "box.example", "--etc-hosts-map", "db:10.0.0.7", "--env-file", os.devnull,
                        "--volume", "/new/volume", "--run-target-as-user=false", "--entrypoint", "/bin/job", "--cmd",
                        "cat /etc/hostname /etc/hosts", "--show-clogs", "--continue-after", "app-exit", source=images.job())
    assert "  | box.example\n" in done.err and "  | 10.0.0.7\\x09db\n" in done.err


@pytest.mark.parametrize("mode,status", [("", 0), (":rw", 0), (":ro", 1)])
def test_mounts(theirs, images, tmp_path, mode, status):
    """What is mounted is seen, written to unless :ro, and not in the result; what lies beneath is the image's."""
    source = tmp_path / "host"
    source.mkdir()
    result, report, _ = theirs("--mount", "%s:/srv/sub%s" % (source, mode), "--cmd", "write /srv/sub/new.txt hello",
                               "--user", "0", "--run-status", str(status), source=images.job())
    assert (report["runs"][0]["status"] != 0) == bool(status)
    assert (source / "new.txt").exists() == (status == 0)
    assert "srv/sub/new.txt" not in result.paths() and "srv/sub/deep.txt" not in result.paths()


def test_a_mounted_file(theirs, images, tmp_path):
    (tmp_path / "file").write_text("of the host\n")
    result, _, done = theirs("--mount", "%s:/srv/default.txt:ro" % (tmp_path / "file"), "--show-clogs", source=images.job())
    assert "of the host" in done.err
    with open(tmp_path / "file") as f:
        assert f.read() == "of the host\n"


def test_what_is_kept(theirs, images, tmp_path):
    (tmp_path / "exes").write_text("job\n")
    result, _, _ = theirs("--http-probe=false", "--include-bin", "/srv/run-a.txt", "--include-exe-file", tmp_path / "exes",
                          "--preserve-path", "/srv/run-b.txt", "--include-dir-bins", "/srv/sub", "--include-shell=false")
    assert {"srv/run-a.txt", "srv/run-b.txt", "srv/sub/deep.txt", "bin/job"} <= result.paths()
    assert "srv/unused.txt" not in result.paths()
    result, _, _ = theirs("--http-probe=false", "--include-workdir", "--exclude-pattern", "/srv/run-*")
    assert "srv/unused.txt" in result.paths() and "srv/run-a.txt" not in result.paths()


def test_the_configuration_of_the_result(theirs, images):
    before = Image(images.service()).config["config"]
    result, report, _ = theirs(
        "--new-entrypoint", '["/bin/job"]', "--new-cmd", "cat /srv/host.txt", "--new-workdir", "/bin", "--new-env", "A=b,c",
        "--new-env", "GREETING=hi", "--remove-env", "PATH", "--new-label", "x=y", "--remove-label", "org.example.purpose",
        "--new-volume", "/more", "--remove-volume", "/data", "--new-expose", "53/udp", "--new-expose", "90-91",
        "--remove-expose", "8080")
    after = dict(result.config["config"])
    assert after.pop("Entrypoint") == ["/bin/job"] and after.pop("Cmd") == ["cat", "/srv/host.txt"]
    assert after.pop("WorkingDir") == "/bin" and after.pop("Env") == ["GREETING=hi", "A=b,c"]
    assert after.pop("Labels") == {"x": "y"} and after.pop("Volumes") == {"/more": {}}
    assert after.pop("ExposedPorts") == {"53/udp": {}, "90/tcp": {}, "91/tcp": {}}
    for key, value in after.items():
        assert before[key] == value, key
    assert "bin/job" in result.paths() and report["verify"]["equal"]


def test_a_command_is_taken_away(theirs, images):
    result, _, _ = theirs("--new-cmd", " ", "--image-overrides", "env,workdir", "--env", "E=1", "--user", "0",
                          "--http-probe=false")
    config = result.config["config"]
    assert "Cmd" not in config and config["Entrypoint"] == ["/bin/httpd"]
    assert "E=1" in config["Env"] and config["User"] == "app" and config["WorkingDir"] == "/srv"


def test_one_line_for_each_that_changes_nothing(theirs):
    options = ["--sensor-ipc-mode=direct", "--use-local-mounts", "--rta-source-ptrace=false", "--pull", "--keep-perms",
               "--remove-file-artifacts", "--http-probe-full", "--enable-mondel"]
    _, _, done = theirs("--http-probe=false", *options, before=("--check-version=false", "--no-color"))
    told = [line.split()[1] for line in lines(done)]
    assert told == ["--check-version"] + [o.split("=")[0] for o in options if o.startswith("--")]
    _, _, done = theirs("--http-probe=false", *options, before=("--quiet",))
    assert done.err == "" and done.out == ""


@pytest.mark.parametrize("options,code,names", [
    (["--poststart-compose-svc", "x"], "option-unsupported", ["--poststart-compose-svc", "--container-probe-compose-svc"]),
    (["--target-kube-workload", "deployment/x"], "option-unsupported", ["--target-kube-workload"]),
    (["--path-perms", "/a:755"], "option-unsupported", ["--path-perms"]),
    (["--include-path", "/a:755"], "option-unsupported", ["--include-path", ":755"]),
    (["--keep-perms=false"], "option-unsupported", ["--keep-perms"]),
    (["--pull=false"], "option-unsupported", ["--pull", "docker-daemon:"]),
    (["--http-probe-apispec", "openapi.json"], "probe-request-malformed", ["--http-probe-apispec", "openapi.json"]),
    (["--http-probe-cmd", "FETCH:/x"], "probe-request-malformed", ["--http-probe-cmd", "FETCH"]),
    (["--http-probe-cmd", "x"], "probe-request-malformed", ["--http-probe-cmd", "/x"]),
    (["--http-probe-cmd", "GET /"], "probe-request-malformed", ["--http-probe-cmd", "GET:/"]),
    (["--http-probe-cmd", "http://localhost:8000/health/"], "probe-request-url",
     ["--http-probe-cmd http:GET:/health/", "--http-probe-ports 8000"]),
    (["--http-probe-ports", "80,x"], "option-value-invalid", ["--http-probe-ports", "x"]),
    (["--expose", "70000"], "option-value-invalid", ["--expose", "70000"]),
    (["--mount", "/x"], "option-value-invalid", ["--mount", "/x"]),
    (["--mount", "volume:/x"], "mount-is-volume", ["--mount", "volume"]),
    (["--mount", "/etc:/a/../b"], "option-value-invalid", ["--mount", "/a/../b"]),
    (["--mount", "/etc:/:ro"], "option-value-invalid", ["--mount"]),
    (["--mount", "/etc:/a:maybe"], "option-value-invalid", ["--mount"]),
    (["--etc-hosts-map", "db:nowhere"], "option-value-invalid", ["--etc-hosts-map", "nowhere"]),
    (["--hostname", "a b"], "option-value-invalid", ["--hostname", "a b"]),
    (["--new-env", "A"], "option-value-invalid", ["--new-env", "A"]),
    (["--new-workdir", "x"], "option-value-invalid", ["--new-workdir"]),
    (["--registry-secret", "hush"], "option-needs-partner", ["--registry-secret", "--registry-account"]),
])
def test_refused(slim, options, code, names):
    line = slim.fails("build", *options, "oci:/nonexistent:x", status=2, code=code, names=names)
    assert "hush" not in line


def test_container_run_options(theirs, tmp_path):
    (tmp_path / "host.json").write_text('{"CapDrop": ["CHOWN"], "Sysctls": {"kernel.msgmax": "12345"}, "Memory": 0, "RestartPolicy": {"Name": "no"}}')
    _, _, done = theirs("--cro-host-config-file", tmp_path / "host.json", "--cro-shm-size", "1048576", "--verify=off", "--cro-sysctl",
                        "net.ipv4.ip_default_ttl=17", "--show-clogs", "--exec",
                        '["/bin/job", "cat", "/proc/sys/kernel/msgmax", "/proc/sys/net/ipv4/ip_default_ttl", "/proc/mounts"]')
    printed = [line[4:] for line in done.err.splitlines() if line.startswith("  | ")]
    assert {"12345", "17"} <= set(printed) and [line for line in printed if "/dev/shm" in line and "size=1024k" in line]
