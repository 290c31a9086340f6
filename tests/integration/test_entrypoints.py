"""Programs that people put before their own: they change the user, reap processes, or supervise several services. Each is the
first process of a container that is recorded, and of the result."""
import os

import pytest

import oci
from conftest import require
from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "runc", "mmdebstrap")

PACKAGES = ["sudo", "gosu", "tini", "dumb-init", "s6", "execline", "supervisor", "runit", "python3"]
SERVE = "exec python3 -m http.server -d /srv/www %d"
FILES = {
    "srv/www/index.html": "hello\n",
    "srv/www/never": "asked for by nobody\n" * 100,
    # as s6-overlay has it: /init is a script for execlineb, which becomes the supervisor of a scanned directory
    "init": "#!/usr/bin/execlineb -P\nforeground { mkdir -p /run/service }\nforeground { cp -a /srv/s6/. /run/service }\n"
            "emptyenv -p\ns6-svscan /run/service\n",
    "srv/s6/web/run": "#!/usr/bin/execlineb -P\ns6-setuidgid www-data\npython3 -m http.server -d /srv/www 8000\n",
    "srv/runit/web/run": "#!/bin/sh\nexec chpst -u www-data python3 -m http.server -d /srv/www 8000\n",
    "srv/supervisord.conf": "[supervisord]\nnodaemon=true\nuser=root\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile=/run/s.pid\n"
                            "[program:web]\ncommand=python3 -m http.server -d /srv/www 8000\nuser=www-data\n"
                            "[program:other]\ncommand=python3 -m http.server -d /srv/www 8001\n",
    "srv/serve": "#!/bin/sh\n" + SERVE % 8000 + "\n",
    "srv/ask": "#!/bin/sh\nexec sudo -u www-data -E /srv/serve\n",
}
ENTRYPOINTS = {
    "sudo": ["sudo", "-u", "www-data", "-E", "/srv/serve"],
    "sudo-of-a-user": ["gosu", "nobody", "/srv/ask"],
    "gosu": ["gosu", "www-data", "/srv/serve"],
    "tini": ["tini", "-g", "--", "/srv/serve"],
    "dumb-init": ["dumb-init", "--", "/srv/serve"],
    "s6": ["/init"],
    "supervisord": ["supervisord", "-c", "/srv/supervisord.conf"],
    "runit": ["runsvdir", "-P", "/srv/runit"],
}

# Every night with both sensors, at a landing with one of them.
KINDS = ("ptrace", "ebpf")
CASES = [(name, kind) for i, name in enumerate(ENTRYPOINTS) for kind in (KINDS if os.environ.get("SLIM_NIGHTLY") else KINDS[i % 2:][:1])]


@pytest.fixture(scope="module")
def root(images):
    """The tar of the packages, and that of the files."""
    files = dict(FILES, **{"etc/sudoers.d/service": "nobody ALL=(www-data) NOPASSWD:SETENV: ALL\n"})
    images.of_packages("entrypoints", PACKAGES, files, {})
    return [images.root("debian-entrypoints", *PACKAGES), images.path("entrypoints-top.tar")]


@pytest.mark.parametrize("name, kind", CASES)
def test_before_the_service(slim, images, root, tmp_path, name, kind):
    if kind == "ebpf":
        require("ebpf")
    config = {"Entrypoint": ENTRYPOINTS[name], "Env": ["PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], "WorkingDir": "/",
              "ExposedPorts": {"8000/tcp": {}}}
    image = images.layout("entrypoint-" + name, oci.Image(root, config, compression="none"))
    report = slim.build(image, "oci:%s:slim" % (tmp_path / "out"), "--sensor", kind, "--http-probe-cmd", "/index.html",
                        "--http-probe-crawl=false")
    assert report["verify"]["equal"], report["verify"]
    answers = {step["status"] for step in report["runs"][0]["steps"] if step["what"] == "GET /index.html"}
    assert answers == {200}, report["runs"]
    paths = Image("oci:%s:slim" % (tmp_path / "out")).paths()
    assert "srv/www/index.html" in paths and "srv/www/never" not in paths
