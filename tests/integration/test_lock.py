"""The lock file of a build, and what a stored trace of yesterday's image says of today's."""
import os

import oci
import pytest

from testenv.layers import Layer
from testenv.samples import JOB_CONFIG
from testenv.tree import Image

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
    def make(name, files=APP, version="3.0.11-1", mtime=1704067200, library="1", config=None, **more):
        layer = Layer()
        for path, text in files.items():
            layer.file(path, text, mtime=mtime, **more)
        layer.file("var/lib/dpkg/status", STATUS % version)
        layer.file("var/lib/dpkg/info/libssl3.list", "/.\n/usr\n/usr/lib\n/usr/lib/libssl.so.3\n")
        layer.file("usr/lib/libssl.so.3", library)
        full = dict(JOB_CONFIG, Cmd=COMMAND, **(config or {}))
        return images.layout("lock-" + name, oci.Image(images.layers() + [layer.write(images.path(name + ".lock.tar"))], full))
    return make


@pytest.fixture
def trace(slim, app, tmp_path):
    """A recording of the image as it is at first."""
    path = tmp_path / "trace.json"
    done = slim.run("record", app("base"), "-o", path, "--store", slim.store, "--run-status", "1")
    assert done.status == 0, done
    return path


@pytest.fixture
def build(slim, trace, tmp_path):
    """A build with the lock file; its report. runs: else it is from the recording."""
    def run(source, *options, runs=False):
        how = ("--verify=off", "--run-status", "1") if runs else ("--trace", trace)
        return slim.build(source, "oci:%s:slim" % (tmp_path / "out"), "--lock", tmp_path / "slim.lock", *how, *options, keep="safe")
    return run


def read_lines(path):
    with open(path) as f:
        return f.read().splitlines()


def test_an_unchanged_image_and_one_changed_line(build, app, slim, tmp_path):
    lock = tmp_path / "slim.lock"
    slim.fails("build", app("base"), "--lock", lock, "--check", "--store", slim.store, code="lock-not-found", names=str(lock))
    first = build(app("base"), runs=True)
    assert first["lock"] == {"file": str(lock), "state": "new", "changes": []}
    lines = read_lines(lock)
    assert lines[0] == "slim.lock/v1" and lines[3:] == sorted(lines[3:])
    assert lines[1:3] == ["size_bytes %d" % first["result"]["size_bytes"],
                          "compressed_bytes %d" % first["result"]["compressed_bytes"]]
    assert [line.split()[2:4] for line in lines if line.startswith("package ")] == [["libssl3", "3.0.11-1"]]
    # the same image, then the same files with other times
    again = build(app("base"), "--check", runs=True)
    assert again["result"]["digest"] == first["result"]["digest"] and again["lock"]["state"] == "same"
    assert build(app("touched", mtime=1704070000), "--check")["lock"]["changes"] == []
    # one line
    changed = app("line", files={**APP, "app/main.py": "print(2)\n"})
    assert build(changed)["lock"] == {"file": str(lock), "state": "changed", "changes": ["/app/main.py changed"]}
    assert read_lines(lock) == lines
    assert build(changed, "--update-lock")["lock"]["state"] == "updated"
    assert [a for a, b in zip(lines[3:], read_lines(lock)[3:]) if a != b][0].startswith("file /app/main.py ")
    assert len([a for a, b in zip(lines[3:], read_lines(lock)[3:]) if a != b]) == 1
    capable = app("capable", files={"app/main.py": "print(2)\n"}, xattrs={"security.capability": b"\1\0\0\2" + b"\0\4\0\0" * 4})
    assert build(capable)["lock"]["changes"][0] == "/app/main.py changed"


def test_a_check_is_a_gate(build, app, slim, trace, tmp_path):
    build(app("base"))
    os.rename(tmp_path / "out", tmp_path / "first")
    lock = (tmp_path / "slim.lock").read_bytes()
    done = slim.run("build", app("line", files={**APP, "app/main.py": "print(2)\n"}), "--lock", tmp_path / "slim.lock",
                    "--check", "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--trace", trace)
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


def test_a_trace_of_yesterdays_image(slim, app, trace, tmp_path):
    dest = "oci:%s:slim" % (tmp_path / "out")
    same = slim.build(app("base"), dest, "--trace", trace, "--trace-max-drift", "0")
    assert same["trace"]["drift"]["changed"] == 0 and same["trace"]["drift"]["paths"] == 4
    today = app("today", files={**APP, "app/main.py": "print(2)\n", "app/local.py": "x\n"}, library="2")
    report = slim.build(today, dest, "--trace", trace, "--trace-max-drift", "99%")
    drift = report["trace"]["drift"]
    assert drift["changes"] == ["/app/local.py new", "/app/main.py changed", "/usr/lib/libssl.so.3 changed"]
    assert drift["changed"] == 3 and "app/local.py" in Image(dest).paths()
    done = slim.run("build", today, "-o", dest, "--store", slim.store, "--trace", trace, "--trace-max-drift", "2")
    assert done.status == 4 and "3 of %d paths" % drift["paths"] in done.err
    slim.fails("build", today, "--trace-max-drift", "2", code="option-conflict", status=2)
