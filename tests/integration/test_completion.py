"""What real shells complete, with the files that meson install puts into their places."""
import json
import os
import subprocess

import pytest

from testenv import shells
from testenv.engines import PodmanService

pytestmark = pytest.mark.needs("bash", "zsh", "fish", "meson")
FILES = {"bash": "bash-completion/completions/slim", "zsh": "zsh/site-functions/_slim",
         "fish": "fish/vendor_completions.d/slim.fish"}
OPEN = {"bash": shells.bash, "zsh": shells.zsh, "fish": shells.Fish}
TRANSPORTS = ["containerd:", "containers-storage:", "dir:", "docker-archive:", "docker-daemon:", "docker://", "oci-archive:",
              "oci:", "rootfs:"]
NO_ENGINE = {"DOCKER_HOST": "unix:///nowhere/docker.sock", "CONTAINER_HOST": "unix:///nowhere/podman.sock"}


@pytest.fixture(scope="module")
def installed(program, tmp_path_factory):
    """The directory share of an installation."""
    destination = str(tmp_path_factory.mktemp("destination"))
    build = os.path.dirname(os.path.dirname(program))
    subprocess.run(["meson", "install", "--no-rebuild", "--quiet", "-C", build, "--destdir", destination], check=True,
                   stdout=subprocess.DEVNULL)
    return destination + "/usr/local/share"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A working directory with files, and a layout with two tags."""
    folder = tmp_path_factory.mktemp("folder")
    (folder / "layout").mkdir()
    entry = lambda tag: {"mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 2, "digest": "sha256:" + "0" * 64,
                         "annotations": {"org.opencontainers.image.ref.name": tag}}
    (folder / "layout/index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry("v1"), entry("v2")]}))
    for name in ("report.json", "my file.json", "image.tar"):
        (folder / name).write_text("")
    return str(folder)


@pytest.fixture(scope="module", params=["bash", "zsh", "fish"])
def shell(request, installed, program, folder, tmp_path_factory):
    programs = tmp_path_factory.mktemp("bin")
    (programs / "slim").symlink_to(program)
    environment = dict(os.environ, **NO_ENGINE, TERM="xterm", HOME=str(programs), LC_ALL="C.UTF-8",
                       PATH="%s:%s" % (programs, os.environ["PATH"]))
    s = OPEN[request.param](os.path.join(installed, FILES[request.param]), environment, folder)
    yield s
    s.close()


@pytest.mark.parametrize("line,candidates", [
    ("slim b", ["build"]),
    ("slim ", ["build", "cache", "completion", "diff", "explore", "help", "init", "inspect", "probe", "record", "trace", "verify",
               "version", "why"]),
    ("slim help ca", ["cache"]),
    ("slim completion ", ["bash", "fish", "zsh"]),
    ("slim build --form", ["--format"]),
    ("slim build --cap", ["--cap-add", "--cap-drop"]),
    ("slim build --format ", ["docker", "oci"]),
    ("slim build --format=", ["--format=docker", "--format=oci"]),
    ("slim build --format=d", ["--format=docker"]),
    ("slim build x --tls-verify=", ["--tls-verify=false", "--tls-verify=true"]),
    ("slim build --keep ", ["closure", "exact", "most", "safe"]),
    ("slim build ", TRANSPORTS),
    ("slim build oc", ["oci-archive:", "oci:"]),
    ("slim build oci:", ["oci:layout:"]),
    ("slim build oci:layout:", ["oci:layout:v1", "oci:layout:v2"]),
    ("slim build --push -o oci:layout:v", ["oci:layout:v1", "oci:layout:v2"]),
    ("slim build oci-archive:", ["oci-archive:image.tar", "oci-archive:layout/", "oci-archive:my file.json",
                                    "oci-archive:report.json"]),
    ("slim build --report re", ["report.json"]),
    ("slim build --report=re", ["--report=report.json"]),
    ("slim build --report my", ["my file.json"]),
    ("slim build --store ", ["layout"]),
    ("slim cache ", ["ls", "prune", "verify"]),
    ("slim trace show r", ["report.json"]),
    ("slim explore r", ["report.json", "rootfs:"]),
    ("slim why r", ["report.json", "rootfs:"]),
])
def test_candidates(shell, line, candidates):
    # some shells put a slash behind a directory
    assert sorted(word.removesuffix("/") for word in shell.candidates(line)) == \
        sorted(word.removesuffix("/") for word in candidates)


@pytest.mark.parametrize("name", sorted(FILES))
def test_slim_prints_the_installed_script(slim, installed, name):
    with open(os.path.join(installed, FILES[name])) as f:
        assert slim.run("completion", name).out == f.read()


def test_other_shell(slim):
    slim.fails("completion", "tcsh", status=2, code="argument-unknown", names="tcsh")
    slim.fails("completion", status=2, code="argument-missing", names="bash|zsh|fish")


def complete(slim, *words, env):
    result = slim.run("__complete", input="".join(word + "\0" for word in words), env=dict(NO_ENGINE, **env))
    assert result.status == 0, result
    return result.out.splitlines()


@pytest.mark.needs("root")
def test_images_of_docker(slim, images, dockerd):
    dockerd.take(images.job(), "complete/job")
    env = {"DOCKER_HOST": "unix://" + dockerd.socket}
    assert complete(slim, "build", "comp", env=env) == ["complete/job:latest"]
    assert complete(slim, "build", "docker-daemon:comp", env=env) == ["docker-daemon:complete/job:latest"]
    assert complete(slim, "build", "containers-storage:", env=env) == []
    assert complete(slim, "build", "-o", "complete/job:l", env=env) == ["complete/job:latest"]


@pytest.mark.needs("root", "podman", "skopeo")
def test_images_of_podman(slim, images, tmp_path):
    """A name without what podman adds to it, unless that is typed."""
    server = PodmanService(tmp_path / "podman")
    try:
        server.start()
        server.take(images.job(), "complete-job")
        env = {"CONTAINER_HOST": "unix://" + server.socket}
        assert complete(slim, "build", "comp", env=env) == ["complete-job:latest"]
        assert complete(slim, "build", "localhost/c", env=env) == ["localhost/complete-job:latest"]
        assert complete(slim, "build", "containers-storage:c", env=env) == ["containers-storage:complete-job:latest"]
    finally:
        server.stop()


@pytest.mark.needs("unshare")
def test_no_scdoc_is_an_error(tmp_path):
    """Unless the pages are left out."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    hide = "mount --bind /dev/null $(readlink -f $(command -v scdoc)) && exec meson setup %s %s" % (tmp_path / "build", root)
    out = subprocess.run(["unshare", "--mount", "--propagation", "private", "sh", "-c", hide], text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert out.returncode != 0 and "-Dman=disabled" in out.stdout, out.stdout
