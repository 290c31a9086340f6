"""The README's first command, with packages and build that are there already."""
import os
import subprocess

import pytest

from testenv.tree import Image, differences

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


@pytest.mark.needs("root", "runc", "mmdebstrap", "ninja")
def test_quickstart(slim, cache, tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    kept = os.path.join(cache, "quickstart-nginx.tar")
    if os.path.exists(kept):
        os.symlink(kept, work / "nginx.tar")
    build = os.path.dirname(os.path.dirname(slim.program))
    done = subprocess.run([os.path.join(ROOT, "examples/quickstart/run.sh")], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, env=dict(os.environ, WORK=str(work), SLIM_BUILD=build))
    assert done.returncode == 0, done.stdout
    if not os.path.exists(kept):
        os.rename(work / "nginx.tar", kept)
    original, result = Image("oci:%s/images:nginx" % work), Image("oci:%s/slim:nginx" % work)
    # all as it was, but for the package database, which names what remains
    assert [d for d in differences(original, result) if "'var/lib/dpkg/" not in d] == []
    assert {"var/www/html/about.html", "usr/sbin/nginx"} <= result.paths()


@pytest.mark.needs("root", "runc", "mmdebstrap", "ebpf")
def test_both_recorders_keep_the_same(slim, images, tmp_path):
    built = []
    for kind in ("ptrace", "ebpf"):
        dest = "oci:%s:slim" % (tmp_path / kind)
        report = slim.build(images.nginx(), dest, "--sensor", kind)
        assert [set(r["witnesses"]) for r in report["runs"]][0] == {kind, "fanotify"}
        built.append((Image(dest).paths(), report["result"]["digest"]))
    assert built[0] == built[1]


@pytest.mark.needs("root", "runc")
def test_ci_stage(slim, images, tmp_path):
    """examples/ci: a saved image in, a loadable one out; the tests decide."""
    source = images.of_form("docker-archive-old", "docker", "none")
    stage = os.path.join(ROOT, "examples/ci/slim-stage.sh")
    env = slim.environment({"SLIM": slim.program, "REPORT": str(tmp_path / "report.json"),
                            "JUNIT": str(tmp_path / "junit.xml")})
    client = 'curl -sSf "http://$SLIM_TARGET_HOST:$SLIM_TARGET_PORTS/host.txt"'
    subprocess.run([stage, source, "docker-archive:%s" % (tmp_path / "out.tar"), client], check=True, env=env)
    assert "srv/host.txt" in Image("docker-archive:%s" % (tmp_path / "out.tar")).paths()
    assert os.path.getsize(tmp_path / "report.json") and os.path.getsize(tmp_path / "junit.xml")
    assert subprocess.run([stage, source, "docker-archive:%s" % (tmp_path / "no.tar"), "false"], env=env).returncode == 3
    assert not os.path.exists(tmp_path / "no.tar")
