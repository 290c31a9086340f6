"""Stored traces: a build from one equals a direct build, traces unite, and what is wrong with a file is said."""
import filecmp
import json
import os
import platform

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
    programs = {p["path"]: p for p in root["programs"]}
    assert [(programs[p]["runs"], programs[p]["starts"], programs[p]["parents"]) for p in ("/bin/httpd", "/bin/job")] == \
        [(1, 1, []), (1, 1, [])]
    (abi, calls), = programs["/bin/httpd"]["syscalls"].items()
    assert abi == platform.machine() and {"bind", "listen", "openat"} <= set(calls) and calls == sorted(calls)
    assert not set(calls) & set(root["syscalls_assumed"])
    assert "write" in (root["syscalls_assumed"] if kind == "ptrace" else calls)
    assert set(root["witnesses"]) == {kind, "fanotify"} and root["trace_attempts"] == 0
    assert root["unexplained"] == [] and root["files"]["both"] > 0
    assert "unexplained" not in {d["rule"] for d in root["witness_differences"]}
    paths = [p["path"] for p in root["paths"]]
    assert paths == sorted(paths, key=str.encode)
    page = paths_of(trace)["/srv/page.html"]
    assert page["found"] is True and page["program"] == "/bin/httpd"
    assert "open" in page["kinds"] and set(page["witnesses"]) == {kind, "fanotify"}
    assert "exec" in paths_of(trace)["/bin/httpd"]["kinds"]


def test_equal_runs_give_equal_bytes(slim, record, images, tmp_path):
    command = ["--", "cat", "/srv/run-a.txt"]
    a, b = record("a.json", images.job(), *command), record("b.json", images.job(), *command)
    assert filecmp.cmp(a, b, shallow=False)
    merged = [str(tmp_path / name) for name in ("ab.json", "ba.json")]
    other = record("other.json", images.job(), "--", "cat", "/srv/run-b.txt")
    assert slim.run("trace", "merge", a, other, "-o", merged[0]).status == 0
    assert slim.run("trace", "merge", other, a, "-o", merged[1]).status == 0
    assert filecmp.cmp(*merged, shallow=False)
    thrice = str(tmp_path / "thrice.json")
    assert slim.run("trace", "merge", merged[0], a, other, "-o", thrice).status == 0
    assert filecmp.cmp(merged[0], thrice, shallow=False)


def test_found_and_not(record, images):
    trace = paths_of(record("trace.json", images.job(), "--run-status", "1", "--", "cat", "/srv/run-a.txt", "/srv/nosuch",
                            "/proc/version"))
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
    assert read(merged)["processes"] == max(read(a)["processes"], read(b)["processes"])
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
    assert note["code"] == "trace-of-other-image"
    for digest in (Image(images.job()).descriptor["digest"], Image(rebuilt).descriptor["digest"]):
        assert digest in note["text"]
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
    trace = record("trace.json", images.service(), "--sensor", "ptrace")
    shown = slim.run("trace", "show", trace)
    assert shown.status == 0, shown
    for text in (images.service(), "8080/tcp", "/bin/httpd", "exec", "found in the image"):
        assert text in shown.out, (text, shown)
    assert "/srv/page.html" not in shown.out
    assert "by fanotify alone" in shown.out and "openat" not in shown.out
    detailed = slim.run("trace", "show", "--syscalls", trace).out
    assert " openat" in detailed and " write" in detailed.split("not watched")[1]
    rows = [line.split() for line in slim.run("trace", "show", "--all", trace).out.splitlines()]
    assert [r for r in rows if r[-1:] == ["/srv/page.html"] and r[0] == "yes" and "open" in r[1]]


def test_diff(slim, record, images):
    a = record("a.json", images.job(), "--", "cat", "/srv/run-a.txt")
    b = record("b.json", images.job(), "--", "cat", "/srv/run-b.txt")
    same = slim.run("trace", "diff", a, a)
    assert (same.status, same.out) == (0, "")
    differs = slim.run("trace", "diff", a, b)
    assert (differs.status, differs.out, differs.err) == (1, "- /srv/run-a.txt\n+ /srv/run-b.txt\n", "")


def program(path, runs=1, starts=0, parents=(), **syscalls):
    return {"path": path, "runs": runs, "starts": starts, "parents": list(parents), "syscalls": syscalls}


def test_programs_are_a_tree(slim, tmp_path):
    """Each below the first that started it, circles included."""
    programs = [program("/bin/a", 3, 0, ["/bin/sh", "/bin/a"]), program("/bin/b", 1, 0, ["/bin/a"]),
                program("/bin/sh", 2, 1, ["/bin/b"]), program("/bin/x", 1, 0, ["/bin/y"]),
                program("/bin/y", 1, 0, ["/bin/x"])]
    shown = slim.run("trace", "show", write(tmp_path, {"schema": "slim.trace/v1", "paths": [], "programs": programs}))
    lines = shown.out.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("programs"))
    assert [line[12:] for line in lines[at:at + 5]] == [
        "/bin/sh  2 runs", "  /bin/a  3 runs", "    /bin/b  1 run", "/bin/x  1 run", "  /bin/y  1 run"]


def test_a_long_line_of_programs(slim, tmp_path):
    programs = [program("/bin/%05d" % i, 1, int(i == 0), ["/bin/%05d" % (i - 1)] if i else []) for i in range(60000)]
    shown = slim.run("trace", "show", write(tmp_path, {"schema": "slim.trace/v1", "paths": [], "programs": programs}))
    assert shown.status == 0 and "/bin/59999" in shown.out


def test_diff_of_syscalls(slim, tmp_path):
    def trace(name, **calls):
        value = {"schema": "slim.trace/v1", "paths": [], "programs": [program("/bin/a", **calls)]}
        (tmp_path / name).write_text(json.dumps(value))
        return tmp_path / name
    a, b = trace("a.json", x86_64=["open", "stat", "900"]), trace("b.json", x86_64=["stat", "900"], i386=["open"])
    differs = slim.run("trace", "diff", a, b)
    assert (differs.status, differs.out) == (1, "+ /bin/a: i386 open\n- /bin/a: x86_64 open\n")


def write(tmp_path, value):
    path = tmp_path / "bad.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return str(path)


ENTRY = {"path": "/a", "kinds": ["open"], "witnesses": ["ptrace"]}


@pytest.mark.parametrize("value,code,names", [
    ("", "json-malformed", []),
    ({"schema": "slim.report/v1"}, "trace-schema-unknown", ["slim.report/v1"]),
    ({"schema": "slim.trace/v2", "paths": []}, "trace-version-unsupported", ["v2"]),
    ({"schema": "slim.trace/v1"}, "member-missing", ["paths"]),
    ({"schema": "slim.trace/v1", "paths": [ENTRY, dict(ENTRY, path="a\x1b")]}, "trace-malformed", ["paths[1]", "path"]),
    ({"schema": "slim.trace/v1", "paths": [dict(ENTRY, kinds=["\x1b"])]}, "trace-value-unknown", ["paths[0]", "kinds"]),
])
def test_bad_files(slim, images, tmp_path, value, code, names):
    path = write(tmp_path, value)
    for command in (("build", images.job(), "-o", "oci:%s:x" % (tmp_path / "out"), "--store", slim.store, "--trace", path),
                    ("trace", "show", path), ("trace", "merge", path, path), ("trace", "diff", path, path)):
        line = slim.fails(*command, code=code, names=[path] + names)
        assert "\x1b" not in line
    assert not (tmp_path / "out").exists()


def test_incomplete_recording_builds_nothing(slim, images, tmp_path):
    path = write(tmp_path, {"schema": "slim.trace/v1", "paths": [ENTRY], "lost": {"unreadable": 0, "overflows": 1}})
    slim.fails("build", images.job(), "-o", "oci:%s:x" % (tmp_path / "out"), "--store", slim.store, "--trace", path,
               code="trace-incomplete", names=path)
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


@pytest.mark.parametrize("arguments,code,names", [
    (["record", "oci:x:y"], "output-missing", "-o"),
    (["record", "oci:x:y", "cmd", "-o", "t"], "argument-unexpected", "cmd"),
    (["record", "oci:x:y", "-o", "t", "--cmd", "a", "--", "b"], "option-conflict", "--cmd"),
    (["build", "oci:x:y", "--trace", "t", "--exec", "true"], "option-conflict", ["--trace", "--exec"]),
    (["build", "oci:x:y", "--trace", "t", "--env", "A=b"], "option-conflict", "--env"),
    (["trace", "shwo", "t"], "command-unknown", ["shwo", "show"]),
    (["trace", "diff", "t"], "argument-count-wrong", ["diff", "2"]),
    (["trace", "show", "t", "-o", "x"], "option-not-for-command", "--output"),
    (["trace", "diff", "a", "b", "--all"], "option-not-for-command", "--all"),
    (["trace", "merge", "a", "b", "--syscalls"], "option-not-for-command", "--syscalls"),
])
def test_usage(slim, arguments, code, names):
    slim.fails(*arguments, status=2, code=code, names=names)


def test_a_failed_recording_writes_nothing(slim, images, tmp_path):
    out = tmp_path / "t.json"
    slim.fails("record", images.service(), "-o", out, "--store", slim.store, "--host-exec", "exit 7", status=3,
               code="probe-command-failed", names="exit 7")
    assert not out.exists()
    slim.fails("record", images.job(), "-o", tmp_path / "no" / "t.json", "--store", slim.store,
               code="directory-not-found", names="t.json")
