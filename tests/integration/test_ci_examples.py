"""Runs examples/ci as the systems do (testenv/pipeline.py), once so that all gates pass, and once so that some fail.
examples/ci/README.md lists the parts that no test runs."""
import json
import os
import shutil
import subprocess
import xml.etree.ElementTree as xml

import pytest

from conftest import ROOT
from testenv import pipeline
from testenv.engines import call

pytestmark = pytest.mark.needs("root", "runc", "dockerd", "docker", "skopeo", "git", "curl")
CI = os.path.join(ROOT, "examples/ci")
DOCKERFILE = """FROM scratch
COPY root /
ENV PATH=/bin
EXPOSE 8080
ENTRYPOINT ["/bin/httpd"]
"""
PACKAGE = """Package: fonts
Status: install ok installed
Version: 1-1
Architecture: all
Maintainer: nobody <nobody@example.com>
Description: a large file
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory, programs):
    """A project: a Dockerfile, its context and test.sh."""
    path = tmp_path_factory.mktemp("app") / "app"
    for name in ("bin", "srv/sub", "etc"):
        os.makedirs(path / "root" / name)
    shutil.copy(programs["httpd"], path / "root/bin/httpd")
    shutil.copy(programs["job"], path / "root/bin/unused")
    for name in ("index.html", "page.html", "pixel.txt", "sub/deep.txt", "nobody-asks.txt"):
        (path / "root/srv" / name).write_text(name + "\n")
    for name in ("usr/share/fonts", "var/lib/dpkg/info"):  # what the image is made smaller by: a package that nothing uses
        os.makedirs(path / "root" / name)
    (path / "root/usr/share/fonts/large").write_bytes(os.urandom(4 << 20))
    (path / "root/var/lib/dpkg/status").write_text(PACKAGE)
    (path / "root/var/lib/dpkg/info/fonts.list").write_text("/.\n/usr\n/usr/share\n/usr/share/fonts\n/usr/share/fonts/large\n")
    (path / "Dockerfile").write_text(DOCKERFILE)
    shutil.copy(os.path.join(CI, "test.sh"), path)
    return path


@pytest.fixture(scope="module")
def dockerd(dockerd_session):
    """One for all of them: what the first has built, the others take from the cache."""
    yield dockerd_session
    dockerd_session.remove_all()


@pytest.fixture
def space(slim, app, dockerd, plain_registry, tmp_path):
    env = plain_registry.environment(TMPDIR=slim.tmp, XDG_CACHE_HOME=os.path.join(slim.directory, "cache"),
                                     DOCKER_HOST="unix://" + dockerd.socket)
    space = pipeline.Workspace(tmp_path / "ci", slim.program, app, env)
    if not os.path.exists(app / "slim.lock"):  # what the project's people did once
        where = space.new()
        shutil.copy(CI + "/Makefile", where)
        space.script("make lock", where)
        shutil.copy(where + "/slim.lock", app)
    return space


@pytest.fixture
def a_shell(space, tmp_path):
    """Makes the project one whose server is called as a shell is: a gate fails, and the lock file is not met."""
    def change():
        app = str(tmp_path / "other")
        shutil.copytree(space.app, app)
        os.rename(app + "/root/bin/httpd", app + "/root/bin/sh")
        with open(app + "/Dockerfile", "w") as f:
            f.write(DOCKERFILE.replace("/bin/httpd", "/bin/sh"))
        space.app = app
    return change


def judged(report, gates=("max-size", "min-reduction", "must-drop", "check")):
    """All gates were looked at, and the lock file (--check) is one of them."""
    found = json.loads(report)["gates"]
    assert {g["name"] for g in found["list"]} == set(gates) and found["passed"] is True


def refused(run, tests=None):
    """The step fails as a gate does. tests: gives the JUnit file, which names those that failed."""
    with pytest.raises(pipeline.Failed) as failure:
        run()
    assert failure.value.status == 4 and "--must-drop shell" in failure.value.output, failure.value
    if tests:
        cases = list(xml.fromstring(tests()).iter("testcase"))
        failed = {c.get("name").split()[0] for c in cases if c.find("failure") is not None}
        assert failed == {"docker-daemon:app", "--must-drop", "--check"} or {"--must-drop", "--check"} < failed
        assert {"--max-size", "--min-reduction"} <= {c.get("name").split()[0] for c in cases} - failed


def in_engine(dockerd, name):
    """The result holds what the tests asked for, and no more of the site."""
    container = dockerd.docker("create", name).strip()
    names = subprocess.run(["sh", "-c", "docker -H unix://%s export %s | tar -t" % (dockerd.socket, container)],
                           stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    dockerd.docker("rm", container)
    is_slim(names)


def is_slim(names):
    assert {"srv/index.html", "srv/page.html", "srv/pixel.txt", "srv/sub/deep.txt", "bin/httpd"} <= set(names)


def in_registry(registry, name, tmp_path):
    call("skopeo", "copy", "-q", "--src-tls-verify=false", registry.reference(name), "dir:%s" % (tmp_path / "result"))
    layers = [p for p in (tmp_path / "result").iterdir() if p.name not in ("manifest.json", "version")]
    is_slim([n for p in layers for n in subprocess.run(["tar", "-tf", p], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                                       text=True).stdout.split()])


def test_github(space, a_shell, plain_registry, tmp_path):
    def run():
        pipeline.github(space, CI + "/github.yml", {
            "vars.SLIM_IMAGE": pipeline.SLIM_IMAGE, "vars.REGISTRY": plain_registry.host + "/github", "github.sha": "abc",
            "github.actor": "ann", "secrets.GITHUB_TOKEN": "x"})
    run()
    in_registry(plain_registry, "github/app:abc", tmp_path)
    assert {"app", "trace-1", "trace-2", "slim-report", "code scanning"} == set(space.artifacts) and space.untried == []
    judged(space.file("slim-report.json"))
    before = plain_registry.digest("github/app:abc")
    a_shell()
    refused(run)
    assert "gate-must-drop" in space.file("slim.sarif").decode() and plain_registry.digest("github/app:abc") == before


def test_gitlab(space, a_shell, plain_registry, tmp_path):
    def run(commit):
        pipeline.gitlab(space, CI + "/gitlab.yml", {
            "CI_REGISTRY": plain_registry.host, "CI_REGISTRY_IMAGE": plain_registry.host + "/gitlab", "CI_REGISTRY_USER": "ann",
            "CI_REGISTRY_PASSWORD": "x", "CI_COMMIT_SHORT_SHA": commit, "SLIM_IMAGE": pipeline.SLIM_IMAGE,
            "GITLAB_CI": "true"})
    run("abc")
    in_registry(plain_registry, "gitlab/app:abc-slim", tmp_path)
    judged(space.file("slim/report.json"))
    assert "SLIM_DIGEST=%s\n" % plain_registry.digest("gitlab/app:abc-slim") in space.file("slim/slim.env").decode()
    assert b"slim_passed 1\n" in space.file("slim/metrics.txt")
    a_shell()
    refused(lambda: run("def"), lambda: space.file("slim/junit.xml"))
    assert "gate-must-drop" in {f["check_name"] for f in json.loads(space.file("slim/gl-code-quality-report.json"))}


def test_azure(space, a_shell, dockerd):
    def run(build):
        pipeline.azure(space, CI + "/azure.yml", {"Build.BuildId": build, "slimImage": pipeline.SLIM_IMAGE})
    run("7")
    in_engine(dockerd, "app:7-slim")
    judged(space.file("slim/report.json"))
    assert space.log.startswith("sha256:") and space.file("slim/slim.sarif")
    a_shell()
    refused(lambda: run("8"), lambda: space.file("slim/junit.xml"))


def test_jenkins(space, a_shell, dockerd):
    pipeline.jenkins(space, CI + "/Jenkinsfile", {"IMAGE": "app:8"})
    in_engine(dockerd, "app:8-slim")
    judged(space.file("slim/report.json"))
    a_shell()
    refused(lambda: pipeline.jenkins(space, CI + "/Jenkinsfile", {"IMAGE": "app:9"}), lambda: space.file("slim/junit.xml"))


@pytest.fixture
def pushed(space, plain_registry):
    def push(name):
        image = "%s/%s" % (plain_registry.host, name)
        space.script("docker build -q -t %s . && docker push %s" % (image, image), space.new())
        return image
    return push


def test_tekton(space, a_shell, pushed, plain_registry, tmp_path):
    def run(name, **more):
        image = pushed(name)
        return pipeline.tekton(space, CI + "/tekton.yaml", {
            "params.image": image, "params.result": image + "-slim", "params.test": "./test.sh", "params.max-size": "60MB",
            "params.slim-image": pipeline.SLIM_IMAGE, **more})
    results = run("tekton/app:1")
    in_registry(plain_registry, "tekton/app:1-slim", tmp_path)
    assert results == {"IMAGE_DIGEST": plain_registry.digest("tekton/app:1-slim"), "STATUS": "passed",
                       "IMAGE_URL": plain_registry.host + "/tekton/app:1-slim"}
    judged(space.file("slim-report.json"))
    a_shell()
    refused(lambda: run("tekton/app:2"), lambda: space.file("junit.xml"))


def test_kubernetes(space, a_shell, pushed, plain_registry):
    def run(name):
        image = pushed(name)
        return pipeline.kubernetes(space, CI + "/kubernetes-job.yaml", {
            "IMAGE": image, "RESULT": image + "-slim", "STORE": os.path.join(space.directory, "store")})
    log = run("kubernetes/app:1")
    assert plain_registry.digest("kubernetes/app:1-slim")
    assert all("--" + name in log for name in ("max-size 60MB", "min-reduction 50%", "must-drop shell")), log
    a_shell()
    refused(lambda: run("kubernetes/app:2"))


def test_makefile(space, a_shell, dockerd):
    where = space.new()
    shutil.copy(CI + "/Makefile", where)
    space.script("make slim", where)
    in_engine(dockerd, "app:dev-slim")
    with open(where + "/slim-report.json") as f:
        judged(f.read())
    a_shell()
    where = space.new()
    shutil.copy(CI + "/Makefile", where)
    with pytest.raises(pipeline.Failed, match="--must-drop shell"):
        space.script("make slim", where)
    with open(where + "/junit.xml") as f:
        assert 'name="--check"' in f.read()


def test_stage(space, a_shell, dockerd):
    """slim-stage.sh with gates; test_quickstart.py runs it without."""
    def run(tag):
        where = space.new()
        try:
            return where, space.script("docker build -q -t app:%s . && exec %s/slim-stage.sh docker-daemon:app:%s oci:slim ./test.sh "
                                       "--max-size=60MB --must-drop=shell --lock=slim.lock --check" % (tag, CI, tag), where)
        finally:
            space.keep("stage", where, ["slim-report.json", "junit.xml"])
    where, _ = run("stage")
    judged(space.file("slim-report.json"), ("max-size", "must-drop", "check"))
    assert os.path.exists(where + "/slim/index.json")
    a_shell()
    with pytest.raises(pipeline.Failed) as failure:
        run("stage-2")
    assert failure.value.status == 4 and b'name="--must-drop shell"' in space.file("junit.xml")


def test_hook(space, dockerd):
    where = space.new()
    git = "git -c user.name=t -c user.email=t@example.com -c init.defaultBranch=main "
    space.script("%s init -q . && git add -A && %s commit -qm one" % (git, git), where)
    shutil.copy(CI + "/pre-push", where + "/.git/hooks/pre-push")
    other = space.new(checkout=False)
    space.script("git init -q --bare %s && git push -q %s HEAD:refs/heads/main" % (other, other), where)
    in_engine(dockerd, "app:pre-push-slim")
    dockerd.docker("rmi", "app:pre-push-slim")
    # no file of the image changes: the hook builds nothing
    space.script("echo x >notes && git add -A && %s commit -qm two && git push -q %s HEAD:refs/heads/main" % (git, other), where)
    assert "app:pre-push-slim" not in dockerd.docker("images", "--format", "{{.Repository}}:{{.Tag}}")
    # a failing test stops the push
    space.script("echo 'exit 1' >test.sh && git add -A && %s commit -qm three && ! git push -q %s HEAD:refs/heads/main"
                 % (git, other), where)
    assert call("git", "-C", other, "log", "--format=%s", "-1", "main").strip() == "two"


def test_every_example_is_run():
    text = open(__file__).read()
    for name in os.listdir(CI):
        if name not in ("README.md", "test.sh", "slim-stage.sh"):  # run by the others; the last by test_quickstart.py
            assert '"/%s"' % name in text, name
