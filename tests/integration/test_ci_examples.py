"""examples/ci, run as the systems run them (testenv/pipeline.py). What nothing runs is listed in examples/ci/README.md."""
import os
import shutil
import subprocess

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
    return pipeline.Workspace(tmp_path / "ci", slim.program, app, env)


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


def test_github(space, plain_registry, tmp_path):
    pipeline.github(space, CI + "/github.yml", {
        "vars.SLIM_IMAGE": pipeline.SLIM_IMAGE, "vars.REGISTRY": plain_registry.host + "/github", "github.sha": "abc",
        "github.actor": "ann", "secrets.GITHUB_TOKEN": "x"})
    in_registry(plain_registry, "github/app:abc", tmp_path)
    assert {"app", "trace-1", "trace-2", "slim-report"} == set(space.artifacts) and space.untried == []


def test_gitlab(space, plain_registry, tmp_path):
    pipeline.gitlab(space, CI + "/gitlab.yml", {
        "CI_REGISTRY": plain_registry.host, "CI_REGISTRY_IMAGE": plain_registry.host + "/gitlab", "CI_REGISTRY_USER": "ann",
        "CI_REGISTRY_PASSWORD": "x", "CI_COMMIT_SHORT_SHA": "abc", "SLIM_IMAGE": pipeline.SLIM_IMAGE})
    in_registry(plain_registry, "gitlab/app:abc-slim", tmp_path)
    assert "slim-report.json" in space.artifacts


def test_azure(space, dockerd):
    pipeline.azure(space, CI + "/azure.yml", {"Build.BuildId": "7", "slimImage": pipeline.SLIM_IMAGE})
    in_engine(dockerd, "app:7-slim")
    assert "slim-report.json" in space.artifacts


def test_jenkins(space, dockerd):
    pipeline.jenkins(space, CI + "/Jenkinsfile", {"IMAGE": "app:8"})
    in_engine(dockerd, "app:8-slim")
    assert "slim-report.json" in space.artifacts


@pytest.fixture
def pushed(space, plain_registry):
    def push(name):
        image = "%s/%s" % (plain_registry.host, name)
        space.script("docker build -q -t %s . && docker push %s" % (image, image), space.new())
        return image
    return push


def test_tekton(space, pushed, plain_registry, tmp_path):
    image = pushed("tekton/app:1")
    results = pipeline.tekton(space, CI + "/tekton.yaml", {
        "params.image": image, "params.result": image + "-slim", "params.test": "./test.sh",
        "params.slim-image": pipeline.SLIM_IMAGE})
    in_registry(plain_registry, "tekton/app:1-slim", tmp_path)
    assert results == {"digest": plain_registry.digest("tekton/app:1-slim")}


def test_kubernetes(space, pushed, plain_registry):
    image = pushed("kubernetes/app:1")
    pipeline.kubernetes(space, CI + "/kubernetes-job.yaml", {"IMAGE": image, "RESULT": image + "-slim",
                                                             "STORE": os.path.join(space.directory, "store")})
    assert plain_registry.digest("kubernetes/app:1-slim")


def test_makefile(space, dockerd):
    where = space.new()
    shutil.copy(CI + "/Makefile", where)
    space.script("make slim", where)
    in_engine(dockerd, "app:dev-slim")
    assert os.path.getsize(where + "/slim-report.json")


def test_hook(space, dockerd):
    where = space.new()
    git = "git -c user.name=t -c user.email=t@example.com -c init.defaultBranch=main "
    space.script("%s init -q . && git add -A && %s commit -qm one" % (git, git), where)
    shutil.copy(CI + "/pre-push", where + "/.git/hooks/pre-push")
    other = space.new(checkout=False)
    space.script("git init -q --bare %s && git push -q %s HEAD:refs/heads/main" % (other, other), where)
    in_engine(dockerd, "app:pre-push-slim")
    dockerd.docker("rmi", "app:pre-push-slim")
    # nothing of the image changes: nothing is built
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
