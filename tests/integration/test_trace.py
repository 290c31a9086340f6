"""Stored traces: a build from one equals a direct build, traces unite, and what is wrong with a file is said."""
import filecmp
import json
import os

import oci
import pytest

from testenv.layers import Layer
from testenv.samples import JOB_CONFIG
from testenv.tree import Image, differences

pytestmark = pytest.mark.needs("root", "runc")


@pytest.fixture
def record(slim, tmp_path):
    def run(name, source, *options, **more):
        path = tmp_path / name
        done = slim.run("record", source, "-o", path, "--store", slim.store, *options, **more)
        assert done.status == 0, done
        return str(path)
    return run


@pytest.fixture
def build(slim, tmp_path):
    """(the result, the report) of a build from traces."""
    def run(source, *traces):
        dest = "oci:%s:slim" % (tmp_path / "out")
        report = slim.build(source, dest, *[x for t in traces for x in ("--trace", t)])
        result = Image(dest)
        assert differences(Image(source), result) == []
        return result, report
    return run


def read(path):
    with open(path) as f:
        return json.load(f)


def paths_of(path):
    return {p["path"]: p for p in read(path)["paths"]}


@pytest.mark.parametrize("which", ["service", "job", pytest.param("debian", marks=pytest.mark.needs("mmdebstrap"))])
def test_equals_a_direct_build(slim, record, images, tmp_path, which):
    source = getattr(images, which)()
    trace = record("trace.json", source)
    files = [str(tmp_path / name) for name in ("direct.tar", "stored.tar")]
    direct = slim.build(source, "docker-archive:%s:a:b" % files[0])
    stored = slim.build(source, "docker-archive:%s:a:b" % files[1], "--trace", trace)
    assert filecmp.cmp(*files, shallow=False)
    assert len(direct["runs"]) == 1 and direct["trace"]["files"] == []
    assert stored["runs"] == [] and stored["notes"] == []
    assert stored["trace"]["files"] == [{"path": trace, "paths": stored["trace"]["paths"], "same_image": True}]


def test_what_a_trace_says(record, images, kind):
    trace = record("trace.json", images.service(), "--sensor", kind)
    root = read(trace)
    assert root["schema"] == "slim.trace/v1"
    assert root["images"] == [{"reference": images.service(), "digest": Image(images.service()).descriptor["digest"]}]
    assert root["lost"] == {"unreadable": 0, "overflows": 0} and root["processes"] >= 2
    assert {"port": 8080, "protocol": "tcp"} in root["ports"]
    assert {"path": "/bin/httpd"} in root["programs"] and {"path": "/bin/job"} in root["programs"]
    paths = [p["path"] for p in root["paths"]]
    assert paths == sorted(paths, key=str.encode)
    page = paths_of(trace)["/srv/page.html"]
    assert page["found"] is True and page["program"] == "/bin/httpd"
    assert "open" in page["kinds"] and set(page["witnesses"]) == {kind, "fanotify"}
    assert "exec" in paths_of(trace)["/bin/httpd"]["kinds"]


def test_found_and_not(record, images):
    trace = paths_of(record("trace.json", images.job(), "--", "cat", "/srv/run-a.txt", "/srv/nosuch", "/proc/version"))
    assert trace["/srv/run-a.txt"]["found"] is True
    assert trace["/srv/nosuch"]["found"] is False
    assert trace["/proc/version"]["found"] is None


def test_the_command_is_replaced(record, images, build):
    """The entrypoint stays, as with docker run."""
    result, _ = build(images.job(), record("a.json", images.job(), "--", "cat", "/srv/run-a.txt"))
    assert "srv/run-a.txt" in result.paths() and "srv/default.txt" not in result.paths()


def test_union_of_two(slim, record, images, build, tmp_path):
    a = record("a.json", images.job(), "--cmd", "cat /srv/run-a.txt")
    b = record("b.json", images.job(), "--run", "cat /srv/run-b.txt", "--run", "cat /srv/exec.txt")
    one, _ = build(images.job(), b)
    assert "srv/run-a.txt" not in one.paths()
    both, report = build(images.job(), a, b)
    assert {"srv/run-a.txt", "srv/run-b.txt", "srv/exec.txt"} <= both.paths() and "srv/default.txt" not in both.paths()
    assert [f["path"] for f in report["trace"]["files"]] == [a, b]
    merged = str(tmp_path / "merged.json")
    assert slim.run("trace", "merge", a, b, "-o", merged).status == 0
    again, _ = build(images.job(), merged)
    assert again.descriptor["digest"] == both.descriptor["digest"]
    assert read(merged)["processes"] == read(a)["processes"] + read(b)["processes"]
    other = slim.run("trace", "merge", b, a)  # to standard output
    assert {p["path"] for p in json.loads(other.out)["paths"]} == set(paths_of(merged))


def test_nothing_runs(slim, record, images, tmp_path):
    """Neither a runtime nor a machine of the image's architecture is needed."""
    trace = record("trace.json", images.job())
    foreign = images.layout("foreign-job", images.job_image(arch="s390x"))
    dest = "oci:%s:slim" % (tmp_path / "out")
    report = slim.build(foreign, dest, "--trace", trace, "--platform", "linux/s390x", "--runtime", "nosuchruntime")
    assert "srv/default.txt" in Image(dest).paths()
    assert [f["same_image"] for f in report["trace"]["files"]] == [False]


def test_a_rebuilt_image_is_noted(slim, record, images, tmp_path):
    trace = record("trace.json", images.job())
    rebuilt = images.layout("rebuilt", images.job_image({"Labels": {"version": "2"}}))
    dest = "oci:%s:slim" % (tmp_path / "out")
    report = slim.build(rebuilt, dest, "--trace", trace)
    assert "srv/default.txt" in Image(dest).paths()
    note, = report["notes"]
    for digest in (Image(images.job()).descriptor["digest"], Image(rebuilt).descriptor["digest"]):
        assert digest in note
    assert not report["trace"]["files"][0]["same_image"]


def test_record_summary(slim, images, tmp_path):
    out = str(tmp_path / "t.json")
    shown = slim.run("record", images.service(), "-o", out, "--store", slim.store, "--sensor", "ptrace")
    assert shown.status == 0
    for text in ("found in the image", "8080/tcp", "ptrace", "fanotify", "programs", out):
        assert text in shown.out, (text, shown)
    report = json.loads(slim.run("record", images.service(), "-o", out, "--store", slim.store, "--json").out)
    assert report["result"]["reference"] is None and report["trace"]["found"] > 5
    assert report["trace"]["ports"] == ["8080/tcp"] and len(report["runs"]) == 1


def test_show(slim, record, images):
    trace = record("trace.json", images.service())
    shown = slim.run("trace", "show", trace)
    assert shown.status == 0, shown
    for text in (images.service(), "8080/tcp", "/bin/httpd", "exec", "found in the image"):
        assert text in shown.out, (text, shown)
    assert "/srv/page.html" not in shown.out
    rows = [line.split() for line in slim.run("trace", "show", "--all", trace).out.splitlines()]
    assert [r for r in rows if r[-1:] == ["/srv/page.html"] and r[0] == "yes" and "open" in r[1]]


def test_diff(slim, record, images):
    a = record("a.json", images.job(), "--", "cat", "/srv/run-a.txt")
    b = record("b.json", images.job(), "--", "cat", "/srv/run-b.txt")
    same = slim.run("trace", "diff", a, a)
    assert (same.status, same.out) == (0, "")
    differs = slim.run("trace", "diff", a, b)
    assert (differs.status, differs.out, differs.err) == (1, "- /srv/run-a.txt\n+ /srv/run-b.txt\n", "")


def write(tmp_path, value):
    path = tmp_path / "bad.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return str(path)


ENTRY = {"path": "/a", "kinds": ["open"], "witnesses": ["ptrace"]}


@pytest.mark.parametrize("value,says", [
    ("", ["JSON"]),
    ({"schema": "slim.report/v1"}, ["slim.report/v1"]),
    ({"schema": "slim.trace/v2", "paths": []}, ["v2", "newer"]),
    ({"schema": "slim.trace/v1"}, ["paths"]),
    ({"schema": "slim.trace/v1", "paths": [ENTRY, dict(ENTRY, path="a\x1b")]}, ["paths[1]", "path"]),
    ({"schema": "slim.trace/v1", "paths": [dict(ENTRY, kinds=["\x1b"])]}, ["paths[0]", "kinds"]),
])
def test_bad_files(slim, images, tmp_path, value, says):
    path = write(tmp_path, value)
    for command in (("build", images.job(), "-o", "oci:%s:x" % (tmp_path / "out"), "--store", slim.store, "--trace", path),
                    ("trace", "show", path), ("trace", "merge", path, path), ("trace", "diff", path, path)):
        line = slim.fails(*command, says=[path] + says)
        assert "\x1b" not in line
    assert not (tmp_path / "out").exists()


def test_incomplete_recording_builds_nothing(slim, images, tmp_path):
    path = write(tmp_path, {"schema": "slim.trace/v1", "paths": [ENTRY], "lost": {"unreadable": 0, "overflows": 1}})
    slim.fails("build", images.job(), "-o", "oci:%s:x" % (tmp_path / "out"), "--store", slim.store, "--trace", path,
               says=[path, "lost"])
    assert slim.run("trace", "show", path).status == 0


def test_names_that_are_no_text(slim, record, images, build, tmp_path):
    name = b"odd/\xff\xfe\\x".decode(errors="surrogateescape")
    odd = Layer().dir("odd").file(name, "x").file("odd/caf\u00e9", "x").write(tmp_path / "odd.tar")
    image = oci.Image(images.layers() + [odd], dict(JOB_CONFIG, Cmd=["walk", "/odd"]))
    oci.write_layout(str(tmp_path / "odd"), "image", image)
    source = "oci:%s:image" % (tmp_path / "odd")
    trace = record("trace.json", source)
    named = [p for p in read(trace)["paths"] if p.get("path_hex") == os.fsencode("/" + name).hex()]
    assert len(named) == 1 and named[0]["found"] is True
    assert "/odd/caf\u00e9" in [p.get("path") for p in read(trace)["paths"]]
    assert {name, "odd/caf\u00e9"} <= build(source, trace)[0].paths()
    assert "/odd/\\xff\\xfe\\x\n" in slim.run("trace", "show", "--all", trace).out
    merged = json.loads(slim.run("trace", "merge", trace, trace).out)
    assert merged["paths"] == read(trace)["paths"]


@pytest.mark.parametrize("arguments,says", [
    (["record", "oci:x:y"], ["-o"]),
    (["record", "oci:x:y", "cmd", "-o", "t"], ["cmd"]),
    (["record", "oci:x:y", "-o", "t", "--cmd", "a", "--", "b"], ["--cmd"]),
    (["build", "oci:x:y", "--trace", "t", "--exec", "true"], ["--trace", "--exec"]),
    (["build", "oci:x:y", "--trace", "t", "--env", "A=b"], ["--env"]),
    (["trace", "shwo", "t"], ["show"]),
    (["trace", "diff", "t"], ["diff", "2"]),
    (["trace", "show", "t", "-o", "x"], ["--output"]),
    (["trace", "diff", "a", "b", "--all"], ["--all"]),
])
def test_usage(slim, arguments, says):
    result = slim.run(*arguments)
    assert result.status == 2 and result.out == "", result
    for text in says:
        assert text in result.err, result


def test_a_failed_recording_writes_nothing(slim, images, tmp_path):
    out = tmp_path / "t.json"
    slim.fails("record", images.service(), "-o", out, "--store", slim.store, "--host-exec", "exit 7", says="7")
    assert not out.exists()
    slim.fails("record", images.job(), "-o", tmp_path / "no" / "t.json", "--store", slim.store, says="t.json")
