"""slim build --all: all services of a compose file, which are tried together, and the override file that names the results."""
import json
import os
import shutil
import subprocess

import pytest
import yaml

from test_stacks import DB, shell  # noqa: F401
from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "runc", "nsenter")

WEB = """
services:
  web:
    image: SHELL
    command: [sh, -ec, "wget -q -O /www/from-db http://db:5432/%s; exec httpd -f -p 80 -h /www"]
    depends_on: {db: {condition: service_healthy}}
""" + DB.replace('CMD, test, -e, /tmp/up', "CMD, wget, -q, -O, /tmp/answer, 'http://127.0.0.1:5432/index.html'")


@pytest.fixture
def project(slim, shell, tmp_path):  # noqa: F811
    class Project:
        directory, image = tmp_path, shell

        def write(self, text):
            (tmp_path / "compose.yaml").write_text(text.replace("SHELL", shell))

        def build(self, *options, apart=True, **more):
            places = ["-o", "oci:%s:${SLIM_IMAGE}" % (tmp_path / "out")] if apart else []
            return slim.run("build", "--compose-file", tmp_path / "compose.yaml", "--store", slim.store, *places, *options, **more)

        def files(self, service):
            return Image("oci:%s:%s" % (tmp_path / "out", service)).paths()

        def override(self, name="compose.slim.yaml"):
            return yaml.safe_load((tmp_path / name).read_text())
    return Project()


def test_a_project(project, slim):
    """Both services, the needed one first; the file names them, and works as an override file."""
    project.write(WEB % "index.html")
    result = project.build("--all", "--keep", "exact", "--http-probe-cmd", "/index.html", "--json")
    assert result.status == 0, result
    reports = json.loads(result.out)
    assert [one["name"] for one in reports["reports"]] == ["db", "web"]
    assert all(one["report"]["verify"]["equal"] for one in reports["reports"])
    path = project.directory / "compose.slim.yaml"
    assert reports["stack"] == {"file": str(path), "verified": [{"service": "web", "status": 0, "error": None}]}
    out = "oci:%s:" % (project.directory / "out")
    assert project.override() == {"services": {"db": {"image": out + "db"}, "web": {"image": out + "web"}}}
    assert "-f compose.yaml -f compose.slim.yaml up" in path.read_text()
    for service in ("db", "web"):
        assert "www/index.html" in project.files(service) and "www/unused" not in project.files(service)
    assert not [name for name in os.listdir(slim.tmp) if name.startswith("slim-stack-")]
    again = slim.run("verify", project.image, out + "web", "--compose-file", project.directory / "compose.yaml", "--compose-file", path,
                     "--target-compose-svc", "web", "--store", slim.store)
    assert again.status == 0, again


def test_services_of_one_image(project, slim):
    """It is built once, from what both do, and both are compared."""
    layout = project.directory / "layout"
    shutil.copytree(project.image.split(":")[1], layout)
    project.write("""
services:
  web: {image: "oci:LAYOUT:image", depends_on: [worker]}
  worker: {image: "oci:LAYOUT:image", command: [sh, -ec, "cat /www/unused; exec httpd -f -p 80 -h /www"]}
""".replace("LAYOUT", str(layout)))
    result = project.build("--all", "--keep", "exact", "--http-probe-cmd", "/index.html", "--json", apart=False)
    assert result.status == 0, result
    reports = json.loads(result.out)
    assert [one["name"] for one in reports["reports"]] == ["worker"]
    assert [(one["service"], one["status"]) for one in reports["stack"]["verified"]] == [("web", 0)]
    images = {name: one["image"] for name, one in project.override()["services"].items()}
    assert images.keys() == {"web", "worker"} and images["web"] == images["worker"] != "oci:%s:image" % layout
    files = Image(images["web"]).paths()
    assert "www/index.html" in files and "www/unused" in files and "bin/wget" not in files, sorted(files)
    assert not [name for name in os.listdir(slim.tmp) if name.startswith("slim-stack-")]


def test_a_service_that_cannot_be_recorded(project):
    """Nothing is built of an image whose other service fails."""
    project.write("services:\n  a: {image: SHELL}\n  b: {image: SHELL, command: [sh, -c, 'exit 7']}\n")
    result = project.build("--all", "--json", apart=False)
    assert result.status == 3 and result.error()["code"] == "compose-service-unrecorded", result
    assert "service b" in result.error()["message"], result
    assert not (project.directory / "compose.slim.yaml").exists()


def test_they_do_not_work_together(project):
    """The database alone never answers what the other service asks for: its image lacks the file."""
    project.write(WEB % "unused")
    result = project.build("--all", "--keep", "exact", "--http-probe-cmd", "/index.html", "--json")
    assert result.status == 3, result
    reports = json.loads(result.out)
    assert reports["status"] == 3 and [one["status"] for one in reports["reports"]] == [0, 0]
    assert reports["stack"]["file"] is None
    assert [(one["service"], one["status"]) for one in reports["stack"]["verified"]] == [("web", 3)]
    assert "service web" in result.error_lines()[-1] and "compose.slim.yaml is not written" in result.error_lines()[-1]
    assert not (project.directory / "compose.slim.yaml").exists()


def test_one_that_fails(project):
    """The others are built, but nothing is tried together."""
    project.write("services:\n  good: {image: SHELL}\n  bad: {image: SHELLno}\n")
    result = project.build("--all", "--json")
    assert result.status == 1, result
    assert [one["status"] for one in json.loads(result.out)["reports"]] == [0, 1]
    assert not (project.directory / "compose.slim.yaml").exists()


def test_which_services(project):
    """Those of active profiles, but neither the test suite nor those that do not run; the file is where the user wants it."""
    project.write("""
services:
  web: {image: SHELL, expose: [80]}
  later: {image: SHELL, profiles: [more]}
  gone: {image: none}
  suite: {image: SHELL, command: [wget, -q, -O, /tmp/x, "http://web/index.html"], depends_on: [web]}
""")
    result = project.build("--all", "--container-probe-compose-svc", "suite", "--dep-exclude-compose-svc", "gone", "--compose-out",
                           project.directory / "slim.yaml", "--verify", "off", "--json")
    assert result.status == 0, result
    assert list(project.override("slim.yaml")["services"]) == ["web"]
    assert json.loads(result.out)["stack"] == {"file": str(project.directory / "slim.yaml")}


def test_one_service_and_its_file(project):
    project.write("services:\n  web: {image: SHELL}\n  db: {image: none}\n")
    result = project.build("--target-compose-svc", "web", "--compose-out", project.directory / "one.yaml")
    assert result.status == 0, result
    out = "oci:%s:${SLIM_IMAGE}" % (project.directory / "out")
    assert project.override("one.yaml") == {"services": {"web": {"image": out.replace("$", "$$")}}}


@pytest.mark.parametrize("options, code, names", [
    (["--all", "--verify", "off"], "compose-image-shared", ["a", "b", "${SLIM_IMAGE}"]),
    (["--all", "-t", "same"], "option-conflict", ["--tag", "${SLIM_IMAGE}"]),
    (["--all", "--target-compose-svc", "a"], "option-conflict", ["--target-compose-svc"]),
    (["--all", "--trace", "x"], "option-conflict", ["--trace"]),
    (["--all", "--env", "A=secret"], "option-conflict", ["--env", "compose file"]),
    (["--all", "--creds", "a:b"], "option-conflict", ["--creds", "docker login"]),
    (["--all", "image"], "option-conflict", ["--all"]),
    (["--all", "--platform", "all"], "option-conflict", ["--platform"]),
    (["--compose-out", "x"], "option-needs-partner", ["--all"]),
    (["--all", "--dep-exclude-compose-svc", "a", "--dep-exclude-compose-svc", "b"], "compose-service-missing", ["--compose-profile"]),
])
def test_wrong_options(project, options, code, names):
    project.write("services:\n  a: {image: SHELL}\n  b: {image: SHELL}\n")
    result = project.build("--json", *options, apart=False)
    assert result.status == 2 and result.error()["code"] == code, result
    assert all(name in result.error()["message"] for name in names), result
    assert "secret" not in result.err
    assert [path.name for path in project.directory.glob("*.yaml")] == ["compose.yaml"]


@pytest.mark.needs("dockerd", "docker", "skopeo", "docker-compose")
def test_docker_compose_starts_it(slim, shell, dockerd, tmp_path):  # noqa: F811
    """From images of Docker, with the usual names, by their IDs."""
    for name in ("shop-web", "shop-db"):
        dockerd.take(shell, name)
    env = {"DOCKER_HOST": "unix://" + dockerd.socket}
    files = [str(tmp_path / name) for name in ("compose.yaml", "compose.slim.yaml")]
    text = (WEB % "index.html").replace("SHELL", "shop-web", 1).replace("SHELL", "shop-db")
    (tmp_path / "compose.yaml").write_text("version: '3.8'\n" + text)
    result = slim.run("build", "--all", "--compose-file", files[0], "--keep", "exact", "--http-probe-cmd", "/index.html", "--store", slim.store, env=env)
    assert result.status == 0, result
    with open(files[1]) as f:
        services = yaml.safe_load(f)["services"]
    ids = {name: dockerd.docker("image", "inspect", "-f", "{{.Id}}", "shop-%s.slim:latest" % name).strip() for name in ("web", "db")}
    assert services == {name: {"image": ids[name], "pull_policy": "never"} for name in ids}

    again = slim.run("verify", "shop-web", "shop-web.slim", "--compose-file", files[0], "--compose-file", files[1], "--target-compose-svc", "web",
                     "--store", slim.store, env=env)
    assert again.status == 0, again

    def compose(*command):
        done = subprocess.run(["docker-compose", "-p", "shop", "-f", files[0], "-f", files[1], *command], env=dict(os.environ, **env),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert done.returncode == 0, done.stdout
        return done.stdout
    compose("up", "-d")
    try:
        container = compose("ps", "-q", "web").strip()
        assert dockerd.docker("inspect", "-f", "{{.Image}}", container).strip() == ids["web"]
        address = dockerd.docker("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", container).strip()
        assert dockerd.http(address, 80, "/from-db") == (200, "hello from this\n")
    finally:
        compose("down")
