"""Each command in a code block of README.md, CONTRIBUTING.md and docs/ runs as it is written, the commands of a page in their
order and in one folder. Those of slim run for every landing, the others at night. EXCEPTIONS lists what does not run, and why;
the fixture "reader" replaces names of the pages, such as registry.example.com."""
import glob
import os
import re
import shutil
import subprocess

import pytest
import yaml

from conftest import ROOT
from testenv.doc_commands import commands, program

# Pages whose commands another test runs.
ELSEWHERE = {
    "docs/how-slim-decides.md": "test_pages.py",
    "docs/tutorial.md": "test_pages.py",
}
# Begin of a command: why it does not run here.
EXCEPTIONS = {
    "slim why report.json /path/of/the/file": "names a path that the reader puts in",
    "slim verify app:1 app.slim:1 -- ARGUMENTS": "names arguments that the reader puts in",
    "./tests/run.sh ": "runs this test; 'tests/run.sh -k' runs at night",
    "tests/run.sh ": "the same",
    ".ci/run": "runs this test",
    ".ci/nightly": "runs this test",
    "apt-get install ./build/deb/": "changes this machine; test_packages.py installs the package in a root of its own",
    "cd /usr/bin && chmod u-s newuidmap": "changes this machine; packaging/Dockerfile runs it, and test_own_image.py that",
    "tests/bench/coverage.py": "needs the images of the corpus, which the repository does not have",
    "tests/stacks/stacks.py try NAME...": "takes hours for all names; .ci/run tries four, .ci/nightly all",
    "for mib in": "builds slim seven times",
    "for set in": "takes hours: 41 stacks with each program of the loop before",
    "SLIM=$PWD/build/cmd/slim SLIM_TEST_TABLE=": "rewrites the page; tests/run.sh runs the test without the table",
}
# Commands that run although they begin like an exception.
RUN = re.compile(r"tests/run\.sh -k \w+")
PAGES = ["README.md", "CONTRIBUTING.md"] + sorted(os.path.relpath(p, ROOT) for p in glob.glob(ROOT + "/docs/**/*.md", recursive=True))


def exception(command):
    if RUN.match(command):
        return None
    return next((why for begin, why in EXCEPTIONS.items() if (command + " ").startswith(begin)), None)


def of_page(page):
    with open(os.path.join(ROOT, page), encoding="utf-8") as f:
        return [] if page in ELSEWHERE else list(commands(f.read()))


def is_slims(command):
    return command.split()[0] == "slim"


def pages(which):
    """Pages that have a command to run for which which() holds."""
    return [p for p in PAGES if any(which(c) and not exception(c) for _, c in of_page(p))]


class Folder:
    """Where commands of pages run. here: [(text of a page, what stands for it)]."""

    def __init__(self, path, environment, here=()):
        self.path, self.environment, self.here = str(path), environment, here

    def run(self, page, line, command, timeout=300):
        for text, real in self.here:
            command = command.replace(text, real)
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=self.path, env=self.environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout)
        assert done.returncode == 0, "%s:%d: %s\nstatus %d\n%s" % (page, line, command, done.returncode, done.stdout[-8000:])


def make_images(folder, images, registry, docker):
    """What the pages call app and nginx, in Docker, in a registry, and in the layout images/."""
    service = images.service()
    docker.take(images.of_form("docker-archive-old", "docker", "none"), "app:1")
    for name in ("app", "nginx"):
        subprocess.run(["skopeo", "copy", "-q", service, "oci:%s/images:%s" % (folder, name)], check=True)
    for name in ("app:1", "nginx:latest"):
        registry.push(service, name)


@pytest.fixture
def reader(slim, images, plain_registry, dockerd, tmp_path):
    """The folder of one who has installed slim."""
    folder, programs = tmp_path / "reader", tmp_path / "bin"
    folder.mkdir()
    programs.mkdir()
    os.symlink(slim.program, programs / "slim")
    make_images(folder, images, plain_registry, dockerd)
    for name in ("test.sh", "my-tests"):
        (folder / name).write_text('#!/bin/sh\nexec curl -sSf "http://$SLIM_TARGET_HOST:${SLIM_TARGET_PORTS%% *}/host.txt"\n')
        (folder / name).chmod(0o755)
    env = slim.environment(plain_registry.environment(DOCKER_HOST="unix://" + dockerd.socket,
                                                      PATH="%s:%s" % (programs, os.environ["PATH"])))
    return Folder(folder, env, [("registry.example.com", plain_registry.host), ("HOST/", plain_registry.host + "/"),
                                ("/usr/bin/perl", "/srv/unused.txt")])


@pytest.mark.needs("root", "runc", "dockerd", "docker", "docker-registry", "skopeo", "curl")
@pytest.mark.parametrize("page", pages(is_slims))
def test_of_slim(page, reader):
    for line, command in of_page(page):
        if is_slims(command) and not exception(command):
            reader.run(page, line, command)


@pytest.mark.nightly
@pytest.mark.needs("root", "runc", "git", "ninja", "mmdebstrap", "dpkg-buildpackage", "lintian")
@pytest.mark.parametrize("page", pages(lambda command: not is_slims(command)))
def test_of_others(page, tmp_path):
    """In a copy of the tracked files, for whose packages nothing is missing. DESTDIR: nothing is installed here."""
    copy = tmp_path / "slim"
    copy.mkdir()
    subprocess.run("git ls-files -z | tar --null -T - -c | tar -xC %s" % copy, shell=True, cwd=ROOT, check=True)
    env = {name: value for name, value in os.environ.items() if name not in ("SLIM", "SLIM_BUILD", "SLIM_NIGHTLY")}
    env.update(DESTDIR=str(tmp_path / "installed"), DEB_BUILD_OPTIONS="nocheck")
    folder = Folder(copy, env)
    for line, command in of_page(page):
        if not is_slims(command) and not exception(command):
            folder.run(page, line, command, timeout=3600)
    shutil.rmtree(copy)


@pytest.mark.parametrize("page", PAGES)
def test_programs_are_there(page):
    """Also those of the exceptions: each is a file that can be executed, and tells how it is called."""
    for line, command in of_page(page):
        name = program(command)
        if name and not name.startswith("build"):
            path = os.path.join(ROOT, name)
            assert os.access(path, os.X_OK) and os.path.isfile(path), "%s:%d: cannot execute %s" % (page, line, name)
            if name.endswith(".py"):
                subprocess.run([path, "--help"], check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def test_exceptions_are_used():
    given = [c for page in PAGES for _, c in of_page(page)]
    unused = [begin for begin in EXCEPTIONS if not any((c + " ").startswith(begin) for c in given)]
    assert unused == []


@pytest.mark.parametrize("path", glob.glob(ROOT + "/.github/workflows/*.yml"))
def test_workflows(path):
    """No system of GitHub runs here: the files are parsed, and what their steps run is there."""
    with open(path) as f:
        jobs = yaml.safe_load(f)["jobs"]
    lines = [line for job in jobs.values() for step in job["steps"] for line in step.get("run", "").splitlines()]
    ours = [line for line in lines if program(line)]
    assert ours and all(os.access(os.path.join(ROOT, program(line)), os.X_OK) for line in ours)
    assert all(job["container"] in ("debian:12",) or job["container"]["image"] == "debian:12" for job in jobs.values())
