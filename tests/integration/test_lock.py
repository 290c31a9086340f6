"""The lock file of a build."""
import os

import oci
import pytest

from testenv.layers import Layer
from testenv.samples import JOB_CONFIG

pytestmark = pytest.mark.needs("root", "runc")

STATUS = """Package: libssl3
Status: install ok installed
Architecture: amd64
Version: %s

"""
APP = {"app/main.py": "print(1)\n", "app/templates/a.html": "a\n", "app/run.sh": "true\n"}
COMMAND = ["cat", "/app/main.py", "/app/local.py", "/usr/lib/libssl.so.3"]


@pytest.fixture
def app(images):
    """An image of an application with one package of its base."""
    def make(name, files=APP, version="3.0.11-1", mtime=1704067200, library="1", config=None):
        layer = Layer()
        for path, text in files.items():
            layer.file(path, text, mtime=mtime)
        layer.file("var/lib/dpkg/status", STATUS % version)
        layer.file("var/lib/dpkg/info/libssl3.list", "/.\n/usr\n/usr/lib\n/usr/lib/libssl.so.3\n")
        layer.file("usr/lib/libssl.so.3", library)
        full = dict(JOB_CONFIG, Cmd=COMMAND, **(config or {}))
        return images.layout("lock-" + name, oci.Image(images.layers() + [layer.write(images.path(name + ".lock.tar"))], full))
    return make


@pytest.fixture
def build(slim, tmp_path):
    """A build with the lock file; its report."""
    def run(source, *options):
        return slim.build(source, "oci:%s:slim" % (tmp_path / "out"), "--lock", tmp_path / "slim.lock", "--verify=off",
                          "--run-status", "1", *options, keep="safe")
    return run


def read_lines(path):
    with open(path) as f:
        return f.read().splitlines()


def test_an_unchanged_image_and_one_changed_line(build, app, slim, tmp_path):
    lock = tmp_path / "slim.lock"
    slim.fails("build", app("base"), "--lock", lock, "--check", "--store", slim.store, code="lock-not-found", names=str(lock))
    first = build(app("base"))
    assert first["lock"] == {"file": str(lock), "state": "new", "changes": []}
    lines = read_lines(lock)
    assert lines[0] == "slim.lock/v1" and lines[3:] == sorted(lines[3:])
    assert lines[1:3] == ["size_bytes %d" % first["result"]["size_bytes"],
                          "compressed_bytes %d" % first["result"]["compressed_bytes"]]
    assert [line.split()[2:4] for line in lines if line.startswith("package ")] == [["libssl3", "3.0.11-1"]]
    # the same image, then the same files with other times
    again = build(app("base"), "--check")
    assert again["result"]["digest"] == first["result"]["digest"] and again["lock"]["state"] == "same"
    assert build(app("touched", mtime=1704070000), "--check")["lock"]["changes"] == []
    # one line
    changed = app("line", files={**APP, "app/main.py": "print(2)\n"})
    assert build(changed)["lock"] == {"file": str(lock), "state": "changed", "changes": ["/app/main.py changed"]}
    assert read_lines(lock) == lines
    assert build(changed, "--update-lock")["lock"]["state"] == "updated"
    assert [a for a, b in zip(lines[3:], read_lines(lock)[3:]) if a != b][0].startswith("file /app/main.py ")
    assert len([a for a, b in zip(lines[3:], read_lines(lock)[3:]) if a != b]) == 1


def test_a_check_is_a_gate(build, app, slim, tmp_path):
    build(app("base"))
    os.rename(tmp_path / "out", tmp_path / "first")
    lock = (tmp_path / "slim.lock").read_bytes()
    done = slim.run("build", app("line", files={**APP, "app/main.py": "print(2)\n"}), "--lock", tmp_path / "slim.lock",
                    "--check", "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--verify=off",
                    "--run-status", "1")
    assert done.status == 4 and "/app/main.py changed" in done.err and "FAILED" in done.out
    assert not os.path.exists(tmp_path / "out") and (tmp_path / "slim.lock").read_bytes() == lock
    slim.fails("build", app("base"), "--check", code="option-conflict", status=2)


def test_another_base(build, app, tmp_path):
    build(app("base"))
    files = {"app/main.py": "print(1)\n", **{"app/templates/%d.html" % i: "x\n" for i in range(4)}}
    changed = app("other", files=files, version="3.0.13-1", library="2", config={"User": "7"})
    assert build(changed)["lock"]["changes"] == [
        "libssl3 3.0.11-1 -> 3.0.13-1", "4 files new under /app/templates", "/app/run.sh dropped",
        "/app/templates/a.html dropped", "configuration: User new"]
    # git's conflict is solved by writing it anew
    (tmp_path / "slim.lock").write_text("slim.lock/v1\n<<<<<<< HEAD\n")
    assert build(changed, "--update-lock")["lock"]["state"] == "new"
    assert build(changed, "--check")["lock"]["state"] == "same"
