"""slim probe TARGET: a service that runs already is driven, shown, judged and recorded."""
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading

import oci
import pytest

from testenv import engine_double, engines

pytestmark = pytest.mark.needs("root")


class Handler(http.server.BaseHTTPRequestHandler):
    pages = {"/": b'<a href="/a">a</a>', "/a": b"a", "/base/": b'<a href="b">b</a>', "/base/b": b"b"}

    def do_GET(self):
        self.server.asked.append((self.path, self.headers["Host"]))
        body = self.pages.get(self.path, b"none")
        self.send_response(500 if self.path == "/broken" else 200 if self.path in self.pages else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def served():
    """A server on loopback; asked: (path, Host) of each GET."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.port = [], server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def url(served, path="/"):
    return "http://localhost:%d%s" % (served.port, path)


def statuses(done):
    return {s["what"]: s["status"] for s in json.loads(done.out)["steps"]}


def test_url_is_crawled_and_shown(slim, served):
    done = slim.run("probe", url(served))
    assert done.status == 0, done
    lines = [line.split() for line in done.out.splitlines()]
    assert lines[0] == ["target", url(served), "at", "127.0.0.1"]
    port = str(served.port)
    assert ["http", "GET", "/", port, "200", "18", "B"] in [line[:7] for line in lines], done
    assert ["http", "GET", "/a", port, "200", "1", "B"] in [line[:7] for line in lines], done
    assert {host for _, host in served.asked} == {"localhost:" + port}


def test_path_of_the_url_is_where_it_begins(slim, served):
    done = slim.run("probe", url(served, "/base/"), "--json")
    assert done.status == 0, done
    found = statuses(done)
    assert found["GET /base/"] == found["GET /base/b"] == 200 and "GET /" not in found
    answer = json.loads(done.out)
    assert answer["schema"] == "slim.probe-result/v1" and answer["target"]["address"] == "127.0.0.1"
    assert answer["trace"] is None and "error" not in answer


def test_requests_that_are_named_are_judged(slim, served, tmp_path):
    probe = tmp_path / "probe.yaml"
    probe.write_text("schema: slim.probe/v1\nrequests:\n- {path: /a, expect: {status: 200, body: '^a$'}}\n"
                     "- {path: /missing, expect: {status: 200}}\n")
    done = slim.run("probe", url(served), "--probe-file", probe)
    assert done.status == 3 and "as expected" in done.out, done
    assert "unexpected: status 404, not 200" in done.out and "GET /missing" in done.err, done
    assert slim.run("probe", url(served), "--probe-file", probe, "--json").status == 3


STATUSES = [
    ((), 0), (("--http-probe-cmd", "/missing"), 3), (("--http-probe-cmd", "/broken"), 3),
    (("--http-probe-cmd", "/a", "--http-probe-cmd", "/missing"), 0),
    (("--http-probe-cmd", "/a", "--http-probe-cmd", "/missing", "--http-probe-fail-on-status-4xx"), 3),
    (("--http-probe-cmd", "/a", "--http-probe-cmd", "/broken", "--http-probe-fail-on-status-5xx"), 3),
    (("--http-probe=false", "--host-exec", "exit 3"), 3), (("--http-probe=false", "--host-exec", "true"), 0),
    (("--exec", "true"), 2), (("--signal", "HUP"), 2), (("--unix", "/run/x"), 2), (("--record", "out.json"), 2),
    (("--ready", "health"), 2), (("--ready", "log:x"), 2), (("--http-probe-ports", "80"), 2),
]


def test_exit_status(slim, served):
    for options, status in STATUSES:
        done = slim.run("probe", url(served), *options)
        assert done.status == status, (options, done)


def test_nobody_listens(slim):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        done = slim.run("probe", "http://127.0.0.1:%d/" % s.getsockname()[1], "--json")
    assert done.status == 1 and done.error()["code"] == "target-unreachable", done


def test_time_that_is_over(slim, served):
    done = slim.run("probe", url(served), "--host-exec", "sleep 1000", "--timeout", "2", "--json")
    error = json.loads(done.out)["error"]
    assert (done.status, error["code"]) == (1, "command-timeout") and "--timeout" in error["message"], done
    assert statuses(done)["GET /"] == 200, done


def test_targets_that_are_none(slim):
    for target, status, code in [("localhost:80", 2, "target-invalid"), ("pid:0", 2, "target-invalid"),
                                 ("a b", 2, "target-invalid"), ("pid:4194304", 1, "process-not-found")]:
        slim.fails("probe", target, status=status, code=code)


# ---- a process ----

def in_own_network(*argv, **more):
    """A process that runs in a network namespace of its own, where it soon becomes argv."""
    process = subprocess.Popen(["unshare", "--net", "sh", "-c", 'ip link set lo up; exec "$0" "$@"', *argv], **more)
    ours = os.readlink("/proc/self/ns/net")
    engines.wait_for(lambda: os.readlink("/proc/%d/ns/net" % process.pid) != ours, "unshare")
    return process


@pytest.fixture
def process(programs):
    """The service of tests/images."""
    started = in_own_network(programs["httpd"], "8080", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    yield started
    started.kill()
    started.wait()


def test_process_is_driven_in_its_network(slim, process):
    done = slim.run("probe", "pid:%d" % process.pid, "--json", "--ready", "tcp:8080")
    assert done.status in (0, 3), done
    assert {s["port"] for s in json.loads(done.out)["steps"]} == {8080}


def test_process_that_ends_meanwhile(slim, process):
    done = slim.run("probe", "pid:%d" % process.pid, "--ready", "tcp:8080", "--http-probe=false", "--host-exec",
                    "kill %d; sleep 60" % process.pid)
    assert done.status == 3 and "ended while it was exercised" in done.err, done


def test_process_without_a_root_of_its_own_is_not_recorded(slim, process, tmp_path):
    done = slim.run("probe", "pid:%d" % process.pid, "--record", tmp_path / "t.json", "--json")
    assert done.status == 1 and done.error()["code"] == "record-without-root", done
    assert not os.path.exists(tmp_path / "t.json")


class Redis(engine_double.Listener):
    """As much of one as its client of slim's needs."""

    def handle(self, connection):
        stored, reader = b"", connection.makefile("rb")
        while line := reader.readline():
            if not line.startswith(b"*"):
                connection.sendall(b"-ERR unknown command\r\n")
                return
            words = [reader.read(int(reader.readline()[1:]) + 2)[:-2] for _ in range(int(line[1:]))]
            if words[0] == b"SET":
                stored = words[2]
            answers = {b"PING": b"+PONG", b"GET": b"$%d\r\n%s" % (len(stored), stored), b"DEL": b":1", b"INFO": b"$0\r\n"}
            connection.sendall(answers.get(words[0], b"+OK") + b"\r\n")


def test_process_that_speaks_no_http_is_used_by_its_client(slim):
    script = "import signal, socket, test_probe_target as t; t.Redis(socket.create_server(('127.0.0.1', 6379))); signal.pause()"
    process = in_own_network(sys.executable, "-c", script,
                             env=dict(os.environ, PYTHONPATH=":".join(sys.path), PYTHONDONTWRITEBYTECODE="1"))
    try:
        done = slim.run("probe", "pid:%d" % process.pid, "--ready-timeout", "30", "--json")
    finally:
        process.kill()
        process.wait()
    assert done.status == 0 and statuses(done)["redis SET"] == 0, done


# ---- containers ----

@pytest.fixture
def api(tmp_path_factory):
    server = engines.PodmanService(tmp_path_factory.mktemp("podman-api"))
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def container(images, api, tmp_path):
    oci.write_layout(str(tmp_path / "service"), "image", images.service_image())
    api.take("oci:%s:image" % (tmp_path / "service"), "service")
    yield api.run("service")[0]
    api.remove_all()


def recorded(path):
    return {p["path"]: p["kinds"] for p in json.loads(path.read_text())["paths"]}


def by_hand(slim, container, trace, env):
    """slim probe that records until it gets a line."""
    started = slim.start("probe", container, "--record", trace, "--ready-timeout", "30", "--http-probe-cmd", "/page.html",
                         "--continue-after", "enter", env=env, stdin=subprocess.PIPE)
    for line in started.stderr:
        if "Enter" in line:
            return started
    raise AssertionError("it ended: %s" % started.stdout.read())


@pytest.mark.needs("podman", "runc")
def test_container_is_driven_and_recorded(slim, api, container, tmp_path):
    env = {"CONTAINER_HOST": "unix://" + api.socket}
    trace = tmp_path / "trace.json"
    done = slim.run("probe", "podman:" + container[:12], "--record", trace, "--ready-timeout", "30", "--json", env=env)
    assert done.status == 0, done
    answer = json.loads(done.out)
    assert statuses(done)["GET /page.html"] == 200
    assert answer["target"]["container_id"] == container and answer["trace"]["complete"]
    assert "recorded-late" in {n["code"] for n in answer["notes"]}
    kinds = recorded(trace)
    assert "open" in kinds["/srv/page.html"], kinds  # a request opened it
    assert "exec" in kinds["/bin/httpd"], kinds      # it was there before
    assert json.loads(trace.read_text())["images"][0]["digest"] == answer["target"]["image_id"]
    gone = slim.run("probe", "podman:nothing", "--json", env=env)
    assert gone.status == 1 and gone.error()["code"] == "container-not-found", gone
    assert api.stop_container(container) is not None
    ended = slim.run("probe", container, "--json", env=env)
    assert ended.status == 1 and ended.error()["code"] == "container-not-running", ended


@pytest.mark.needs("podman", "runc")
def test_what_others_do_meanwhile_is_recorded_and_nothing_ends_with_slim(slim, api, container, tmp_path):
    env = {"CONTAINER_HOST": "unix://" + api.socket}
    trace = tmp_path / "trace.json"
    started = by_hand(slim, container, trace, env)
    api.podman("exec", container, "/bin/job", "cat", "/srv/run-a.txt")  # what is put into it later belongs to it
    api.http("127.0.0.1", 8080, "/pixel.txt")
    api.http("127.0.0.1", 8080, "/nothing")
    done = slim.end(started, "\n")
    assert done.status == 0, done
    kinds = recorded(trace)
    assert "open" in kinds["/srv/page.html"] and "open" in kinds["/srv/pixel.txt"] and "open" in kinds["/srv/run-a.txt"], kinds
    if "ebpf" in json.loads(trace.read_text())["witnesses"]:
        assert "/srv/nothing" in kinds and "exec" in kinds["/bin/job"], kinds
    killed = by_hand(slim, container, trace, env)
    killed.kill()
    killed.communicate()
    assert api.http("127.0.0.1", 8080, "/page.html")[0] == 200


@pytest.fixture
def plain(programs, tmp_path):
    """The pid of a container whose root is a directory of this machine's file system, not an overlay."""
    bundle, root, name = tmp_path / "bundle", tmp_path / "bundle/rootfs", "slim-test-plain-%d" % os.getpid()
    for folder in ("bin", "srv"):
        (root / folder).mkdir(parents=True)
    shutil.copy(programs["httpd"], root / "bin/httpd")
    (root / "srv/index.html").write_text("hello")
    engines.call("runc", "spec", cwd=bundle)
    config = json.loads((bundle / "config.json").read_text())
    config["process"].update(args=["/bin/httpd"], terminal=False)
    config["process"]["rlimits"] = []
    config["linux"]["cgroupsPath"] = "/" + name
    (bundle / "config.json").write_text(json.dumps(config))
    runc = ["runc", "--root", str(tmp_path / "state")]
    with open(os.devnull, "r+") as null:
        subprocess.run(runc + ["run", "-d", name], cwd=bundle, check=True, stdin=null, stdout=null, stderr=null)
    yield json.loads(engines.call(*runc, "state", name))["pid"]
    engines.call(*runc, "delete", "-f", name)


@pytest.mark.needs("runc")
def test_container_without_an_overlay_is_recorded_by_its_own_names(slim, plain, tmp_path):
    trace = tmp_path / "trace.json"
    done = slim.run("probe", "pid:%d" % plain, "--record", trace, "--ready", "tcp:8080")
    assert done.status == 0, done
    kinds = recorded(trace)
    assert "open" in kinds["/srv/index.html"] and "exec" in kinds["/bin/httpd"], kinds
    assert not [path for path in kinds if "bundle" in path], kinds


SAYS = [
    ({"State": {"Running": True, "Pid": 1}, "Id": "0" * 64}, "container-not-here"),
    ({"State": {"Running": False, "Pid": 0}, "Id": "0" * 64}, "container-not-running"),
    ({"State": {"Running": True, "Pid": "1"}, "Id": "0" * 64}, "container-not-running"),
    ({"State": {"Running": True, "Pid": 1}, "Id": ""}, "container-not-running"),
    ({"State": {"Running": True, "Pid": 1}, "Id": "0" * 64, "Config": {"ExposedPorts": {"x": {}}}}, "config-port-malformed"),
    ([], "json-type-wrong"),
]


def test_what_an_engine_says_is_not_believed(slim, tmp_path):
    for inspect, code in SAYS:
        answer = engine_double.ok(json.dumps(inspect).encode())
        double = engine_double.EngineDouble(str(tmp_path / "docker.sock"), {"GET /containers/web/json": answer})
        try:
            slim.fails("probe", "docker:web", code=code, env={"DOCKER_HOST": "unix://" + double.path})
        finally:
            double.stop()
