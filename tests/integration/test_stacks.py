"""A service of a compose file, with the services that it needs. Images are named by their layouts: no engine is needed."""
import json
import os
import re
import signal

import pytest

import oci
from test_kill import await_stage, end
from testenv.engines import wait_for
from testenv.layers import Layer
from testenv.residue import users_of
from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "runc", "nsenter")

# /bin/sh of busybox, and a directory that is copied into volumes
APPLETS = ("sh", "cat", "echo", "env", "httpd", "id", "ls", "mkdir", "nc", "ping", "sleep", "stat", "test", "touch", "wget", "wc")


@pytest.fixture(scope="session")
def shell(images):
    """The reference of an image with a shell."""
    def make():
        layer = Layer().dir("bin").dir("etc").dir("tmp", mode=0o1777).dir("www").dir("data", mode=0o750, uid=1000, gid=1000)
        layer.file("etc/passwd", "root:x:0:0:root:/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n")
        layer.file("etc/group", "root:x:0:\napp:x:1000:\nextra:x:2000:\n")
        layer.file("data/seed", "from the image\n", uid=1000, gid=1000).program("bin/busybox", images.busybox())
        layer.file("www/index.html", "hello from this\n").file("www/unused", "x" * 100000)
        for applet in APPLETS:
            layer.symlink("bin/" + applet, "busybox")
        image = oci.Image([layer.write(images.path("shell.tar"))], {"Cmd": ["httpd", "-f", "-p", "80", "-h", "/www"],
                                                                   "Env": ["PATH=/bin"], "ExposedPorts": {"80/tcp": {}}})
        oci.write_layout(images.path("shell"), "image", image)
        return "oci:%s:image" % images.path("shell")
    return images.once("shell", make)


@pytest.fixture
def stack(slim, shell, tmp_path):
    """Writes a compose file and builds a service of it."""
    class Stack:
        directory = tmp_path

        def write(self, text, name="compose.yaml"):
            path = tmp_path / name
            path.write_text(text.replace("SHELL", shell))
            return path

        def run(self, text, *options, service="web", verb="build", dest=None, **more):
            args = [verb, "--compose-file", self.write(text), "--target-compose-svc", service, "--store", slim.store]
            if verb == "build":
                args += ["-o", dest or "oci:%s:x" % (tmp_path / "out"), "--report", tmp_path / "report.json"]
            return slim.run(*args, *options, **more)

        def build(self, text, *options, **more):
            result = self.run(text, "--show-clogs", *options, **more)
            assert result.status == 0, result
            return result

        def printed(self, result):
            return [line[4:] for line in result.err.splitlines() if line.startswith("  | ")]

        def job(self, script, more="", rest="", *options, **others):
            """What the service `web` prints that runs a script to its end."""
            text = "services:\n  web:\n    image: SHELL\n    command: [sh, -ec, %s]\n%s\n%s" % (json.dumps(script.replace("$", "$$")), more, rest)
            result = self.run(text, "-o", tmp_path / "trace.json", "--show-clogs", "--continue-after", "exit", *options, verb="record",
                              **others)
            assert result.status == 0, result
            return self.printed(result)
    return Stack()


DB = """
  db:
    image: SHELL
    command: [sh, -c, "echo up > /tmp/up; exec httpd -f -p 5432 -h /www"]
    healthcheck: {test: [CMD, test, -e, /tmp/up], interval: 1s, retries: 20}
"""


def test_a_service_and_its_database(stack, slim):
    """The database is healthy before the service starts, and is reached by its name in every run, the proof's too."""
    result = stack.build("""
services:
  web:
    image: SHELL
    command: [sh, -ec, "wget -q -O /www/from-db http://db:5432/index.html; exec httpd -f -p 80 -h /www"]
    depends_on: {db: {condition: service_healthy}}
""" + DB, "--http-probe-cmd", "/from-db", "--http-probe-cmd", "/index.html", "--keep", "exact")
    with open(stack.directory / "report.json") as f:
        report = json.load(f)
    assert report["verify"]["equal"], report["verify"]
    assert [step["status"] for step in report["runs"][0]["steps"] if step["what"] == "GET /from-db"] == [200]
    files = Image("oci:%s:x" % (stack.directory / "out")).paths()
    assert "www/index.html" in files and "www/unused" not in files, sorted(files)
    assert result.out


def test_a_test_suite_waits_for_what_it_needs(stack):
    """It drives the target, by way of a service that becomes healthy only afterwards."""
    stack.build("""
services:
  web: {image: SHELL}
  front:
    image: SHELL
    command: [sh, -ec, "ping -c 4 127.0.0.1; touch /tmp/up; exec httpd -f -p 90 -h /www"]
    healthcheck: {test: [CMD, test, -e, /tmp/up], interval: 1s, retries: 30}
  tests:
    image: SHELL
    command: [wget, -q, -O, /tmp/page, "http://front:90/index.html"]
    depends_on: {web: {condition: service_started}, front: {condition: service_healthy}}
""", "--container-probe-compose-svc", "tests", "--dep-include-compose-svc", "front")
    with open(stack.directory / "report.json") as f:
        steps = json.load(f)["runs"][0]["steps"]
    assert [step["status"] for step in steps if step["what"] == "service tests"] == [0], steps


def test_names_and_networks(stack):
    """By service, container name and alias, in the networks that both have joined; not across networks."""
    out = stack.job("""
for name in db store base linked; do wget -q -O - http://$name:5432/index.html; done
if wget -q -T 2 -O - http://far:80/; then echo reached; else echo apart; fi
grep -c far /etc/hosts || true""".replace("grep -c far /etc/hosts || true", "cat /etc/hosts /etc/resolv.conf"),
                    "    depends_on: {db: {condition: service_healthy}, far: {condition: service_started}}\n    networks: [front]\n"
                    "    links: [\"db:linked\"]\n    dns_opt: [\"ndots:3\"]", DB + """
    container_name: store
    networks: {front: {aliases: [base]}, back: {}}
  far: {image: SHELL, networks: [back]}
networks: {front: {}, back: {internal: true}}
""")
    assert out.count("hello from this") == 4 and "apart" in out and "reached" not in out, out
    assert "options ndots:3" in out, out
    assert not any("far" in line.split() for line in out), out


def test_environment_and_the_like(stack, tmp_path):
    (tmp_path / "more.env").write_text("FROM_FILE=file\nBOTH=file\n")
    (tmp_path / ".env").write_text("WHO=dotenv\n")
    out = stack.job('echo "$A $FROM_FILE $BOTH $USER_OPTION"; id; cat /proc/self/limits; cat /etc/hostname; echo in $PWD; cat /etc/hosts; '
                    'touch /x 2>/tmp/no || echo read-only; cat /proc/1/status', """
    environment: {A: "${WHO:-none} ${NOBODY:-default}", BOTH: service}
    env_file: more.env
    user: "1000:1000"
    group_add: [extra]
    working_dir: /www
    hostname: here
    extra_hosts: ["other.example:192.0.2.7"]
    ulimits: {nofile: {soft: 99, hard: 100}}
    read_only: true
    tmpfs: [/tmp]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
""", "", "--env", "USER_OPTION=user")
    assert out[0] == "dotenv default file service user", out
    text = "\n".join(out)
    assert re.search(r"uid=1000\(app\) gid=1000\(app\) groups=.*2000\(extra\)", text), text
    assert re.search(r"Max open files +99 +100 ", text), text
    for line in ("here", "in /www", "192.0.2.7\\x09other.example", "read-only", "CapEff:\\x090000000000000000", "NoNewPrivs:\\x091"):
        assert line in out, (line, text)


def test_volumes(stack, tmp_path):
    """A named volume gets the image's content and owner, both services see it, and the image's own stay as they are."""
    (tmp_path / "bound").mkdir()
    (tmp_path / "bound" / "file").write_text("from the host\n")
    out = stack.job("cat /data/seed /data/made /bound/file; stat -c '%u:%g %a' /data; touch /bound/x 2>/dev/null || echo bound read-only", """
    volumes: ["shared:/data", "./bound:/bound:ro"]
    depends_on: {init: {condition: service_completed_successfully}}""", """
  init:
    image: SHELL
    command: [sh, -c, "echo made by init > /data/made"]
    volumes: ["shared:/data"]
volumes: {shared: {}}
""")
    assert out == ["from the image", "made by init", "from the host", "1000:1000 750", "bound read-only"], out


def test_configs_and_secrets(stack, tmp_path):
    (tmp_path / "token.txt").write_text("a secret file\n")
    out = stack.job("cat /run/secrets/token /run/secrets/word /conf /etc/named.conf; stat -c '%a %u' /run/secrets/word", """
    secrets: [token, {source: word, uid: "1000", mode: 0400}]
    configs: [conf, {source: inline, target: /etc/named.conf}]
""", """
secrets: {token: {file: token.txt}, word: {environment: WORD}}
configs: {conf: {content: "of ${WHO:-nobody}"}, inline: {file: token.txt}}
""", env={"WORD": "a word\n"})
    assert out == ["a secret file", "a word", "of nobodya secret file", "400 1000"], out


def test_a_service_that_tests_the_other(stack):
    """It runs once the other is ready, sees its name, and its status counts; also one that stands before the target."""
    text = """
services:
  web: {image: SHELL}
  front:
    image: SHELL
    depends_on: [web]
    command: [sh, -ec, "wget -q -O /www/of-web http://web/index.html; exec httpd -f -p 81 -h /www"]
    healthcheck: {test: [CMD, wget, -q, -O, /dev/null, "http://127.0.0.1:81/"], interval: 1s, retries: 20}
  tests:
    image: SHELL
    depends_on: {front: {condition: service_healthy}}
    command: [sh, -ec, "wget -q -O - http://front:81/of-web; wget -q -O - http://web/index.html; exit STATUS"]
"""
    options = ["--container-probe-compose-svc", "tests", "--http-probe=false"]
    stack.build(text.replace("STATUS", "0"), *options)
    with open(stack.directory / "report.json") as f:
        steps = json.load(f)["runs"][0]["steps"]
    assert [(s["kind"], s["what"], s["status"]) for s in steps] == [("host-exec", "service tests", 0)], steps
    assert "www/index.html" in Image("oci:%s:x" % (stack.directory / "out")).paths()
    result = stack.run(text.replace("STATUS", "5"), *options, "--json")
    assert result.status == 3 and result.error()["code"] == "compose-service-ended", result
    assert "tests" in result.error()["message"] and "5" in result.error()["message"], result


def test_health_check_of_the_file(stack):
    """An engine runs it in the slim container, too: its programs stay, though the image knows nothing of it."""
    text = "services: {web: {image: SHELL, healthcheck: %s}}"
    stack.build(text % "{test: [CMD, wget, -q, -O, /tmp/x, 'http://127.0.0.1/index.html']}", "--keep", "exact")
    assert "bin/wget" in Image("oci:%s:x" % (stack.directory / "out")).paths()
    with open(stack.directory / "report.json") as f:
        kinds = {step["kind"]: step for step in json.load(f)["runs"][0]["steps"]}
    assert kinds["healthcheck"]["status"] == 0, kinds
    stack.build(text % "{disable: true}", "--keep", "exact")
    assert "bin/wget" not in Image("oci:%s:x" % (stack.directory / "out")).paths()


def test_each_run_begins_anew(stack):
    """Else the second run of the original, or that of the result, would find what the first one left."""
    stack.build("""
services:
  web:
    image: SHELL
    command: [sh, -ec, "test ! -e /data/mark; touch /data/mark; exec httpd -f -p 80 -h /www"]
    volumes: ["state:/data"]
    depends_on: [db]
volumes: {state: {}}
""".replace("volumes: {state: {}}", "") + DB + "volumes: {state: {}}\n", "--repeat", "2")


# ---- what goes wrong ----

WEB = """
services:
  web:
    image: SHELL
    depends_on: {db: {condition: %s}}
"""


@pytest.mark.parametrize("condition, db, code, names", [
    ("service_healthy", "command: [sh, -c, 'echo no disk; exit 7']", "compose-service-ended", ["db", "7", "no disk"]),
    ("service_started", "command: [nothing]", "compose-service-failed", ["db"]),
    ("service_completed_successfully", "command: [sh, -c, 'echo gone wrong; exit 2']", "compose-service-ended", ["db", "2", "gone wrong"]),
    ("service_healthy", "healthcheck: {test: [CMD, sh, -c, 'echo sick; exit 1'], interval: 1s, retries: 2}",
     "compose-service-failed", ["db", "times", "status 1", "sick"]),
])
def test_a_dependency_that_fails(stack, slim, condition, db, code, names):
    result = stack.run(WEB % condition + "  db:\n    image: SHELL\n    %s\n" % db, "--json")
    assert result.status in (1, 3) and result.error()["code"] == code, result
    assert all(name in result.error()["message"] for name in names), result
    assert not (stack.directory / "out").exists()


def test_a_dependency_that_ends_meanwhile(stack):
    """The run proves nothing then, although the service itself answered."""
    result = stack.run(WEB % "service_started" + "  db: {image: SHELL, command: [sh, -c, 'nc -l -p 99; echo bye; exit 4']}\n",
                       "--http-probe-cmd", "/", "--exec", "echo | nc db 99; while ping -c 1 -W 1 db; do :; done", "--json")
    assert result.status == 3 and result.error()["code"] == "compose-service-ended", result
    assert "db" in result.error()["message"] and "4" in result.error()["message"], result


@pytest.mark.parametrize("text, service, code, names", [
    ("services: {web: {image: SHELL}}", "wed", "compose-service-unknown", ["wed"]),
    ("services: {web: {image: SHELL, depends_on: [a]}, a: {image: SHELL, depends_on: [web]}}", "web", "compose-circle", ["web"]),
    ("services: {web: {image: SHELL, privileged: true}}", "web", "compose-key-unsupported", ["web", "privileged"]),
])
def test_wrong_projects(stack, text, service, code, names):
    result = stack.run(text, "--json", service=service)
    assert result.status in (1, 2) and result.error()["code"] == code, result
    assert all(name in result.error()["message"] for name in names), result


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_interrupted(stack, slim, number):
    """Nothing is left: neither containers nor namespaces nor volumes."""
    path = stack.write(WEB % "service_healthy" + DB.replace("httpd -f", "httpd -f"))
    process = slim.start("build", "--compose-file", path, "--target-compose-svc", "web", "-o", "oci:%s:x" % (stack.directory / "out"),
                         "--store", slim.store, "--exec", "sleep 1000")
    await_stage(process, "exercise")
    process.send_signal(number)
    end(process)
    if number == signal.SIGKILL:
        wait_for(lambda: not users_of(slim.store), "no process is left")
        # a later command clears what is left, once the last process of the dead one has let go of it
        wait_for(lambda: stack.run("services: {web: {image: SHELL}}").status == 0 and os.listdir(os.path.join(slim.store, "runs")) == [],
                 "a later command clears what is left")
    assert os.listdir(os.path.join(slim.store, "runs")) == []
