"""Command lines of docker-slim as public scripts, pipelines and articles have them, with other names: each runs as it is,
from a real dockerd to it, and the result is looked at. What slim refuses says what to do instead."""
import json
import os
import re
import subprocess

import oci
import pytest

from testenv.engines import call
from testenv.layers import Layer

pytestmark = pytest.mark.needs("root", "runc", "dockerd", "docker", "skopeo", "pasta")
NIGHTLY = pytest.mark.nightly  # it waits for long
FOLDERS = """app app/.next srv srv/templates srv/static srv/api srv/v1 bin usr usr/share usr/share/nginx
usr/share/nginx/html usr/local usr/local/bin usr/local/lib usr/bin usr/lib usr/lib/python3.9 usr/lib/python3.9/site-packages
usr/lib/python3.9/site-packages/tool opt opt/spack opt/spack/bin etc etc/ssl etc/spack opt/setup opt/tool code lib lib/arch var
var/run tmp"""
TEXTS = """srv/blog srv/about srv/templates/base srv/static/style.css srv/api/health srv/docs srv/info srv/health
srv/v1/things app/main app/.next/build.json usr/share/nginx/html/other.html opt/spack/spec.yaml etc/spack/config.yaml
etc/ssl/cert.pem opt/setup/setup.cfg code/code.py usr/lib/python3.9/site-packages/tool/rules.txt lib/arch/libnss_files.so
usr/local/lib/extra usr/bin/extra etc/group var/run/extra"""
OPENAPI = {"openapi": "3.0.0", "info": {"title": "t", "version": "1"},
           "paths": {"/v1/things": {"get": {"responses": {"200": {"description": "all"}}}}}}
CONFIGS = {"web": {"Entrypoint": ["/entrypoint.sh"], "Cmd": ["/bin/httpd", "8000"], "ExposedPorts": {"8000/tcp": {}}},
           "hidden": {"Cmd": ["/bin/httpd", "80"]},
           "published": {"Cmd": ["/bin/httpd", "18473"], "ExposedPorts": {"18473/tcp": {}}},
           "linter": {"Cmd": ["tool"]},
           "shell": {"Cmd": ["/bin/bash"]}}


def layer(images):
    """A service, a shell and tools, and files for each option that keeps some."""
    made = Layer()
    for folder in FOLDERS.split():
        made.dir(folder)
    for name in TEXTS.split():
        made.file(name, name + "\n")
    made.file("srv/index.html", '<a href="/blog">blog</a>')
    made.file("srv/v1/openapi.json", json.dumps(OPENAPI)).file("etc/passwd", "root:x:0:0::/:/bin/sh\n")
    made.program("bin/httpd", images.programs["httpd"]).program("bin/busybox", images.busybox())
    for name in ("sh", "ls", "cat", "grep", "vi"):
        made.symlink("bin/" + name, "busybox")
    scripts = {"bin/bash": 'exec sh "$@"', "usr/local/bin/curl": "echo", "usr/local/bin/vim": 'exec vi "$@"',
               "usr/local/bin/python": "echo", "entrypoint.sh": 'set -e\nexec "$@"', "script.sh": "cat /opt/spack/spec.yaml",
               "usr/local/bin/tool": '! grep -r bad "${1:-.}"'}  # a linter
    for name, text in scripts.items():
        made.file(name, "#!/bin/sh\n%s\n" % text, mode=0o755)
    return made.symlink("opt/tool/tool", "/usr/local/bin/tool")


class Uses:
    """Images in dockerd, and the programs' names in PATH."""

    def __init__(self, dockerd, images, program, folder):
        self.dockerd, self.folder = dockerd, folder
        layers = [layer(images).write(str(folder / "layer.tar"))]
        for name, config in CONFIGS.items():
            self.take(name, oci.Image(layers, dict(config, Env=["PATH=/usr/local/bin:/bin"], WorkingDir="/code"), compression="none"))
        (folder / "bin").mkdir()
        for name in ("slim", "docker-slim", "mint"):
            os.symlink(program, folder / "bin" / name)
        self.env = dict(os.environ, PATH="%s:%s" % (folder / "bin", os.environ["PATH"]), DOCKER_HOST="unix://" + dockerd.socket,
                        XDG_CACHE_HOME=str(folder / "cache"), LC_ALL="C.UTF-8")

    def take(self, name, image):
        oci.write_layout(str(self.folder / name), "image", image)
        call("skopeo", "copy", "-q", "--dest-daemon-host", "unix://" + self.dockerd.socket, "oci:%s:image" % (self.folder / name),
             "docker-daemon:project/%s:latest" % name)

    def take_nginx(self, images):
        """It speaks HTTP/2 without TLS."""
        conf = "daemon off; error_log stderr; events {} http { access_log off; server { listen 8000 http2; location / { return 200; } } }"
        top = Layer().dir("etc").dir("etc/nginx").file("etc/nginx/nginx.conf", conf).write(str(self.folder / "nginx.tar"))
        config = {"Cmd": ["/usr/sbin/nginx"], "ExposedPorts": {"8000/tcp": {}}}
        self.take("nginx", oci.Image([images.root("quickstart-nginx", "nginx-light"), top], config, compression="none"))

    def shell(self, line, cwd):
        return subprocess.run(["sh", "-c", line], cwd=cwd, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, errors="surrogateescape", timeout=180)

    def paths(self, name):
        """Of the files of an image."""
        container = self.dockerd.docker("create", name, "x").strip()
        try:
            tar = subprocess.run(["docker", "-H", "unix://" + self.dockerd.socket, "export", container], stdout=subprocess.PIPE, check=True)
            listed = subprocess.run(["tar", "-t"], input=tar.stdout, stdout=subprocess.PIPE, check=True).stdout.decode()
        finally:
            self.dockerd.docker("rm", container)
        return {path.rstrip("/") for path in listed.splitlines()}

    def names(self):
        return set(self.dockerd.docker("images", "--format", "{{.Repository}}:{{.Tag}}").split())


@pytest.fixture(scope="module")
def uses(dockerd_session, images, program, tmp_path_factory):
    yield Uses(dockerd_session, images, program, tmp_path_factory.mktemp("uses"))
    dockerd_session.docker("image", "prune", "-f")  # the steps of builds that failed
    dockerd_session.remove_all()


@pytest.fixture
def cwd(tmp_path):
    """With the files that the lines name."""
    (tmp_path / "ctx").mkdir()
    (tmp_path / "ctx" / "job.txt").write_text("good\n")
    (tmp_path / "probe.json").write_text(json.dumps({"commands": [
        {"method": "POST", "resource": "/v1/things", "headers": ["Content-Type: application/json"], "body": '{}'},
        {"resource": "/health"}]}))
    (tmp_path / "inc.txt").write_text("/opt/setup\n/usr/local/bin/vim\n")
    (tmp_path / "script.sh").write_text("cat /opt/spack/spec.yaml\nls /opt/spack\n")
    (tmp_path / "test.sh").write_text("exit 0\n")
    return tmp_path


# name: the image, the line (IMG stands for it), the result's names, paths that it keeps, requests of the report
USES = {
    "a static site": ("web", "docker-slim build --include-path /usr/share/nginx/ --target IMG --tag IMG.slim:v1",
                      ["IMG.slim:v1"], ["usr/share/nginx/html/other.html"], NIGHTLY),
    "a linter": ("linter", "docker-slim build --tag T:slim --http-probe=false --exec 'tool . || continue' --mount \"$PWD/ctx:/work\" "
                 "--workdir /work --preserve-path /usr/lib/python3.9/site-packages/tool IMG",
                 ["T:slim"], ["bin/grep", "usr/lib/python3.9/site-packages/tool/rules.txt"]),
    "an entrypoint script": ("web", "docker-slim build --include-shell IMG", ["IMG.slim:latest"], ["bin/sh"]),
    "two pages": ("hidden", "docker-slim build --expose 80 --http-probe-cmd /blog --http-probe-cmd /about --include-path /srv/templates "
                  "--include-path /srv/static IMG", ["IMG.slim:latest"], ["srv/templates/base", "srv/static/style.css"]),
    "no probe": ("linter", "docker-slim build --http-probe-off IMG", ["IMG.slim:latest"], ["bin/grep"], NIGHTLY),
    "the action": ("web", "slim b --target IMG --continue-after 1", ["IMG.slim:latest"], [], NIGHTLY),
    "a variable": ("linter", "export DSLIM_HTTP_PROBE=false; docker-slim build IMG --tag T:slim", ["T:slim"], ["bin/grep"]),
    "a health check": ("web", "docker-slim build --target IMG --http-probe-cmd /api/health --continue-after 30", ["IMG.slim:latest"], [], NIGHTLY),
    "an architecture": ("web", "slim build --target IMG --tag T:amd64-slim --expose 8000 --http-probe-cmd GET:/docs --include-path /app",
                        ["T:amd64-slim"], ["app/main"], NIGHTLY),
    "scientific software": ("shell", "slim build --target IMG --mount $PWD/ctx:/work --http-probe=false --show-clogs --include-path /opt/spack "
                            "--include-path /etc/spack --entrypoint /bin/bash --exec-file ./script.sh",
                            ["IMG.slim:latest"], ["opt/spack/bin", "etc/spack/config.yaml", "bin/cat"]),
    "a sensor's mode": ("web", "mint slim --target IMG --tag T:slim --sensor-ipc-mode proxy --continue-after=10 --show-clogs --http-probe=false",
                        ["T:slim"], ["bin/httpd"], NIGHTLY),
    "a working directory": ("web", "mint slim --include-workdir --http-probe-fail-on-status-5xx --http-probe-off --http-probe-cmd http:get:/health IMG",
                            ["IMG.slim:latest"], ["code/code.py"]),
    "tools for debugging": ("web", "slim build --target IMG --expose 6749 --http-probe=false --continue-after=30 --include-path /opt/setup "
                            "--include-exe python --include-exe curl --include-exe vim IMG",
                            ["IMG.slim:latest"], ["usr/local/bin/vim", "usr/local/bin/curl", "opt/setup/setup.cfg"], NIGHTLY),
    "its own tag": ("mine", "slim build --http-probe=true --target IMG --tag IMG --continue-after=2 --include-path-file inc.txt",
                    ["IMG:latest"], ["opt/setup/setup.cfg", "usr/local/bin/vim"]),
    "published ports": ("published", "docker-slim build --include-shell --include-path /etc --include-path /usr/local/lib --publish-exposed-ports=true "
                        "--http-probe=true --tag=T:1 IMG", ["T:1"], ["etc/spack/config.yaml", "usr/local/lib/extra"]),
    "a protocol": ("nginx", "docker-slim build --http-probe-cmd=http2.insecure:GET:/info --http-probe=false IMG", ["IMG.slim:latest"], [], NIGHTLY),
    "posted bodies": ("web", "docker-slim build --preserve-path=/usr/bin --preserve-path=/usr/include --http-probe-cmd-file probe.json IMG",
                      ["IMG.slim:latest"], ["usr/bin/extra"]),
    "patterns": ("web", "docker-slim build --target IMG --http-probe --tag T:1 --include-path=/var/run --include-path=/etc/passwd "
                 "--include-path='/lib/*/libnss*' --include-path=/usr/share/nginx", ["T:1"], ["etc/passwd", "var/run/extra", "lib/arch/libnss_files.so", "usr/share/nginx/html/other.html"], NIGHTLY),
    "a script": ("shell", "docker-slim build --http-probe=false --continue-after=exec --include-shell --include-bin=/bin/bash "
                 "--include-bin=/opt/tool/tool --include-path=/script.sh --exec-file=script.sh --target=IMG",
                 ["IMG.slim:latest"], ["bin/bash", "opt/tool/tool", "script.sh", "opt/spack/spec.yaml"]),
    "a version": ("web", "slim --crt-api-version 1.44 build --target IMG --tag T:slim --http-probe --sensor-ipc-mode proxy "
                  "--preserve-path /usr/share/nginx/html", ["T:slim"], ["usr/share/nginx/html/other.html"], NIGHTLY),
    "a report": ("web", "docker-slim --report build.json build --target IMG --tag T:slim --copy-meta-artifacts . --http-probe=false --continue-after=1",
                 ["T:slim"], []),
    "an address": ("web", "slim build --target IMG --tag T:slim --http-probe=true --http-probe-cmd=http://localhost:8000/health/ --continue-after=60",
                   ["T:slim"], [], NIGHTLY),
    "an address, sooner": ("web", "slim build --target IMG --tag T:slim --http-probe=true --http-probe-cmd=http://localhost:8000/health/ --continue-after=1",
                           ["T:slim"], []),
    "a method and a path": ("web", "docker-slim build --tag front:slim --http-probe=true --http-probe-cmd \"GET /\" --include-path /app/.next "
                            "--include-path /etc/group --continue-after=probe IMG", ["front:slim"], ["app/.next/build.json", "etc/group"]),
    "an API description": ("published", "mint slim --target IMG --network host --http-probe-apispec /v1/openapi.json --http-probe",
                           ["IMG.slim:latest"], []),
}


def parameters():
    for name, (image, line, results, kept, *marks) in USES.items():
        yield pytest.param(image, line, results, kept, id=name.replace(" ", "-"), marks=marks)


@pytest.mark.parametrize("image,line,results,kept", parameters())
def test_a_line_runs_as_it_is(uses, images, cwd, image, line, results, kept):
    name = "project/" + image
    if image == "mine":
        uses.dockerd.docker("tag", "project/web", name)
    if image == "nginx":
        uses.take_nginx(images)
    before = uses.names()
    done = uses.shell(re.sub(r"\bT:", "t:", line.replace("IMG", name)), cwd)
    assert done.returncode == 0, done.stderr
    made = {r.replace("IMG", name).replace("T:", "t:") for r in results}
    assert uses.names() == before | made
    with open(cwd / ("build.json" if "build.json" in line else "slim.report.json")) as f:
        report = json.load(f)
    assert report["state"] == "done" and report["target_reference"] == name and report["minified_image"] in made
    assert report["minified_image_size"] < report["original_image_size"]
    first = sorted(made)[0]
    missing = set(kept) - uses.paths(first)
    uses.dockerd.docker("rmi", *made)
    assert not missing, missing


def test_look_first(uses, cwd):
    done = uses.shell("docker-slim profile project/linter", cwd)
    assert done.returncode == 0, done
    with open(cwd / "slim.report.json") as f:
        report = json.load(f)
    assert report["type"] == "profile" and report["state"] == "done" and report["minified_image"] == ""
    before = uses.names()
    done = uses.shell("slim build --trace slim.trace.json project/linter", cwd)
    assert done.returncode == 0 and uses.names() == before | {"project/linter.slim:latest"}, done
    uses.dockerd.docker("rmi", "project/linter.slim:latest")


def test_xray(uses, cwd):
    done = uses.shell("docker-slim --report xray.json xray --target project/web --pull", cwd)
    assert done.returncode == 0 and "/entrypoint.sh" in done.stdout and "8000/tcp" in done.stdout, done
    with open(cwd / "xray.json") as f:
        report = json.load(f)
    assert report["type"] == "xray" and report["state"] == "done" and report["target_reference"] == "project/web"
    assert report["source_image"]["exposed_ports"] == ["8000/tcp"] and report["source_image"]["size"] > 1e6
    assert report["source_image"]["container_entry"]["exe_path"] == "/entrypoint.sh" and len(report["image_layers"]) == 1


DOCKERFILE = "docker-slim --in-container build . --dockerfile Dockerfile --tag r/i --http-probe-off --exec 'sh test.sh' --include-path /etc/ssl/"


@pytest.mark.parametrize("options,left", [("", []), (" --tag-fat r/fat --cbo-build-arg WHAT=fat", ["r/fat:latest"]),
                                          pytest.param(" --tag-fat r/fat --delete-generated-fat-image", [], marks=NIGHTLY)])
def test_a_dockerfile(uses, cwd, options, left):
    (cwd / "Dockerfile").write_text('FROM project/linter\nARG WHAT=\nLABEL what=$WHAT\nCOPY test.sh /code/\nENTRYPOINT []\nCMD ["/bin/cat", "/app/main"]\n')
    before = uses.names()
    done = uses.shell(DOCKERFILE + options, cwd)
    assert done.returncode == 0, done.stderr
    made = uses.names() - before
    paths = uses.paths("r/i")
    labels = uses.dockerd.config("r/i").get("Labels")
    uses.dockerd.docker("rmi", *made)
    assert made == {"r/i:latest", *left} and {"etc/ssl/cert.pem", "code/test.sh", "app/main"} <= paths
    assert labels == {"what": "fat" if "WHAT" in options else ""}


def test_a_dockerfile_that_fails(uses, cwd):
    (cwd / "Dockerfile").write_text("FROM project/linter\nCOPY nothing /\n")
    before = uses.names()
    done = uses.shell("docker-slim build --dockerfile Dockerfile .", cwd)
    assert done.returncode == 1 and "build of ./Dockerfile failed" in done.stderr and "nothing" in done.stderr, done
    assert uses.names() == before


PROJECT = """
services:
  database: {image: project/web}
  web: {image: project/web, depends_on: [database]}
  test: {image: project/web, entrypoint: [sh, -c], command: [grep database /etc/hosts], depends_on: [database]}
"""
PROJECTS = {
    "the workflow file": ("export DSLIM_PULL=true DSLIM_COMPOSE_FILE=docker-compose.yml DSLIM_TARGET_COMPOSE_SVC=web DSLIM_CONTINUE_AFTER=probe; "
                          "slim b --target project/web", "project/web.slim:latest"),
    "tests as a service": ("docker-slim build --compose-file docker-compose.yml --container-probe-compose-svc test --target-compose-svc database --tag w:d",
                           "w:d"),
}


@pytest.mark.parametrize("line,made", PROJECTS.values(), ids=[name.replace(" ", "-") for name in PROJECTS])
def test_a_compose_file(uses, cwd, line, made):
    (cwd / "docker-compose.yml").write_text(PROJECT)
    before = uses.names()
    done = uses.shell(line, cwd)
    assert done.returncode == 0 and uses.names() == before | {made}, done
    paths = uses.paths(made)
    uses.dockerd.docker("rmi", made)
    assert {"bin/httpd", "srv/blog"} <= paths and len(paths) < len(uses.paths("project/web"))


REFUSED = {  # what the line must say to do instead
    "one service of a project": ("mint build --target IMG --tag T:s --http-probe --http-probe-cmd GET:/ --http-probe-cmd-file probe.json "
                                 "--publish-port 18080:8000 --network app_default --env A=b --mount \"$PWD/ctx:/data\" --cmd \"/bin/httpd 8000\" "
                                 "--new-cmd \"gunicorn app\" --image-overrides cmd --show-clogs --show-blogs --copy-meta-artifacts ./art",
                                 ["app_default", "host"]),
    "a database beside it": ("mint slim --target IMG --tag a:1 --tag b:2 --workdir /code --expose 8000 --env D=db --cmd \"/bin/httpd 8000\" "
                             "--publish-port 8000:8000 --label org.opencontainers.image.description=\"x y\" --network proj_dbnet --include-workdir "
                             "--http-probe-cmd \"crawl:/v1/list?limit=5\" --http-probe-cmd crawl:/ --http-probe", ["proj_dbnet", "host"]),
    "a workload": ("docker-slim build --target-kube-workload deployment/x --target IMG", ["--target-kube-workload", "the workload's image"]),
}


@pytest.mark.parametrize("line,says", REFUSED.values(), ids=[name.replace(" ", "-") for name in REFUSED])
def test_what_is_refused(uses, cwd, line, says):
    before = uses.names()
    done = uses.shell(line.replace("IMG", "project/web"), cwd)
    assert done.returncode == 2 and uses.names() == before, done
    last = [line for line in done.stderr.splitlines() if line.startswith("slim: ")][-1]
    assert not [word for word in says if word not in last], last
