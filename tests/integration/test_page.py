"""The page of --html, in Chromium: everything on it is used by mouse and keyboard, in light and dark, and axe-core looks
for what a screen reader, a keyboard or a weak eye would miss. A hostile image must not get a word in."""
import base64
import gzip
import json
import os
import re
import subprocess

import oci
import pytest
from testenv import npm
from testenv.layers import Layer
from testenv.samples import JOB_CONFIG

pytestmark = pytest.mark.needs("root", "runc", "npm", "node", "chromium")

EVIL = "<img src=x onerror=alert(1)>"
CLOSING = "</script><script>alert(1)</script>"
CONFIG = {"Entrypoint": ["/bin/httpd"], "Cmd": ["8080"], "Env": ["PATH=/bin", "EVIL=" + CLOSING], "ExposedPorts": {"8080/tcp": {}},
          "Labels": {"__proto__": CLOSING, EVIL: EVIL}}
# A name in the image: what the page shows of it.
NAMES = {
    EVIL: EVIL,
    "closing" + CLOSING: "closing" + CLOSING,
    "line\u2028end": "line\\u2028end",
    "turned\u202egnp": "turned\\u202egnp",
    "new\nline": "new\\u000aline",
    "bad\udcff": "bad\\xff",
    "back\\slash": "back\\slash",
    "__proto__": "__proto__",
    "constructor": "constructor",
    "&amp;\"'": "&amp;\"'",
    "%b%n%%": "%b%n%%",
    "\u00e9\U0001f600": "\u00e9\U0001f600",
}
FAULTS = """<!DOCTYPE html><html lang="en" data-ready="yes"><title>t</title><main><h1>t</h1><input>
<p style="color: #999; background: #fff">grey</p></main><script>fetch("/etc/hostname"); missing();</script></html>"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Visits a page, with queries of its search; returns what was seen in each colour scheme."""
    folder = tmp_path_factory.mktemp("browser")
    npm.install("browser", folder)

    def visit(page, *queries):
        done = subprocess.run(["node", str(folder / "visit.mjs"), str(page)] + list(queries), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=600)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
    return visit


@pytest.fixture
def image(images, programs, tmp_path):
    layer = Layer().dir("srv").dir("srv/m").program("bin/job", programs["job"])
    for name in NAMES:
        layer.file("srv/m/" + name, "x" * 1000, mode=0o644)
    layer.file("srv/used" + EVIL, "used").file("srv/unused.txt", "replaced")
    paths = images.layers() + [layer.write(str(tmp_path / "evil.tar"))]
    steps = ["COPY layer %d /" % i for i in range(len(paths) - 1)] + ["RUN " + CLOSING]
    oci.write_layout(str(tmp_path / "layout"), "image", oci.Image(paths, CONFIG, steps=steps))
    return "oci:%s:image" % (tmp_path / "layout")


@pytest.fixture
def build(slim, image, tmp_path):
    def run(*options, status=0, page=tmp_path / "page.html"):
        result = slim.run("build", image, "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--keep", "exact",
                          "--exec", json.dumps(["/bin/job", "cat", "/srv/used" + EVIL]), "--html", page, *options)
        assert result.status == status, result
        return result
    return run


def sound(visits, sections):
    """Nothing is wrong with the page, and it has these sections."""
    for seen in visits:
        assert not seen["wrong"], seen["wrong"]
        assert {"color-contrast", "label", "button-name", "region", "document-title"} <= set(seen["passed"])
        assert seen["sections"] == sections
        assert seen["elements"] == ["script#data", "script"]
        assert seen["printed"] == 0 and seen["width"] <= 360


def facts_of(page):
    data = page.read_text().partition('octet-stream">\n')[2].partition("</script>")[0]
    return json.loads(gzip.decompress(base64.b64decode(data)))["facts"]


def changed(page, **facts):
    """Puts members into the facts of a page."""
    begin, start, rest = page.read_text().partition('octet-stream">\n')
    data, end, rest = rest.partition("</script>")
    value = json.loads(gzip.decompress(base64.b64decode(data)))
    value["facts"].update(facts)
    packed = base64.b64encode(gzip.compress(json.dumps(value).encode())).decode()
    page.write_text(begin + start + packed + "\n" + end + rest)


def test_faults_are_found(browser, tmp_path):
    (tmp_path / "faults.html").write_text(FAULTS)
    wrong = "\n".join(browser(tmp_path / "faults.html", "--judge")[0]["wrong"])
    for fault in ("exception: missing is not defined", "request: file:///etc/hostname", ": color-contrast: ", ": label: "):
        assert fault in wrong, wrong


def test_hostile_image(build, browser, tmp_path):
    build()
    raw = (tmp_path / "page.html").read_bytes()
    assert b"onerror" not in raw and b"alert(1)" not in raw and raw.count(b"<script") == 2
    raw.decode("ascii")
    visits = browser(tmp_path / "page.html", "/srv/m/", "/bin/httpd", "used<img", "not in the image")
    sound(visits, ["Files", "Why is it there, or gone?", "Layers and waste", "Exercise", "Verification", "Gates, findings and risk",
                   "Start-up timeline"])
    for seen in visits:
        folder, program, used, none = seen["asked"]
        assert {"/srv/m/" + shown for shown in NAMES.values()} <= set(folder["found"])
        assert program["found"] == ["/bin/httpd"] and program["focus"] == "answer-title"
        assert program["answer"].startswith("/bin/httpd is kepta run used it: exec")
        assert used["found"] == ["/srv/used" + EVIL]
        assert "is kepta run used it: open" in used["answer"] and "First needed by" in used["answer"]
        assert none["answer"] is None and none["status"] == "No path of the image has this."
        steps = [row[1] for row in seen["tables"]["The run, step by step"]]
        assert any("/bin/job" in step and "/srv/used" + EVIL in step for step in steps), steps
        assert len(seen["places"]) == 2 and seen["places"][1] == "/"
        assert seen["rectangles"] > 3 and seen["pressed"] > 10
        assert {"bin/", "srv/"} <= set(seen["listing"])
        layers = seen["tables"]["Layers, the lowest first"]
        assert layers[-1][1] == "RUN " + CLOSING and not layers[-1][4].startswith("0 B")
        assert layers[0][3] != "0 B"  # the last layer replaces two of its files
        order = [row[1] for row in seen["tables"]["Files in the order of their first use"]]
        assert order.index("/bin/httpd") < order.index("/srv/used" + EVIL)


def test_two_images(slim, images, browser, tmp_path):
    """slim verify and slim diff."""
    original, other = images.service(), tmp_path / "other"
    built = slim.run("build", original, "-o", "oci:%s:slim" % other, "--store", slim.store, "--keep", "exact")
    assert built.status == 0, built
    result = slim.run("verify", original, "oci:%s:slim" % other, "--store", slim.store, "--html",
                      tmp_path / "verify.html")
    assert result.status == 0, result
    seen = browser(tmp_path / "verify.html", "/bin/httpd", "unused")
    sound(seen, ["Files", "Why is it there, or gone?", "Layers and waste", "Exercise", "Verification", "Start-up timeline"])
    for s in seen:
        kept, removed = (asked["answer"] for asked in s["asked"])
        assert "Verified: " in s["summary"]
        assert re.match("/bin/httpd is kepta run of the original used it: [a-z, ]*exec[a-z, ]*; the build kept it: a run used it", kept), kept
        assert " was removedno run of the original used itThe comparison saw no run of the slim image look for it." in removed, removed

    result = slim.run("diff", original, "oci:%s:slim" % other, "--html", tmp_path / "diff.html")
    assert result.status == 0, result
    seen = browser(tmp_path / "diff.html", "/bin/httpd", "unused")
    sound(seen, ["Files", "Find a path", "Layers"])
    for s in seen:
        kept, removed = s["asked"]
        assert kept["answer"].startswith("/bin/httpd is kept") and " was removed" in removed["answer"]
    assert slim.run("diff", original, original, "--html", "-").out.startswith("<!DOCTYPE html>")
    assert slim.run("diff", original, original, "--html", "-", "--json").status == 2


def test_why_verify_fails(slim, browser, images, tmp_path):
    """An image that lacks a file which the original's run used, and that has one more; it knows nothing of its build."""
    base = Layer().program("bin/job", images.programs["job"])
    full = Layer().file("srv/needed" + EVIL, "needed").file("srv/idle", "idle")
    references = []
    for name, layer in ("full", full), ("less", Layer().file("srv/more", "more")):
        paths = [each.write(tmp_path / ("%s-%d.tar" % (name, i))) for i, each in enumerate([base, layer])]
        oci.write_layout(tmp_path / name, "image", oci.Image(paths, dict(JOB_CONFIG, Cmd=["cat", "/srv/needed" + EVIL])))
        references.append("oci:%s:image" % (tmp_path / name))
    result = slim.run("verify", *references, "--store", slim.store, "--html", tmp_path / "page.html")
    assert result.status == 3, result
    for s in browser(tmp_path / "page.html", "needed", "idle", "srv/more", "/bin/job"):
        assert not s["wrong"] and "Not equal: " in s["summary"]
        needed, idle, more, job = (asked["answer"] for asked in s["asked"])
        assert " was removeda run of the original used it: open" in needed
        assert "The slim image looked for it and did not find it: /bin/job" in needed
        assert " was removedno run of the original used itThe comparison saw no run of the slim image look for it." in idle
        assert "/srv/more was addedthe original does not have it" in more
        assert re.match("/bin/job is kepta run of the original used it: [a-z, ]*exec", job) and "the build kept it" not in job


def test_layers_of_two_images(slim, browser, tmp_path):
    """Which layer, Dockerfile line and package brought each difference, without secrets."""
    token = "glpat-" + "Zx9Qw7Er5Ty3Ui1Op2As"
    status = "Package: tool\nStatus: install ok installed\nArchitecture: all\nVersion: %s\n\n"
    base = Layer().file("etc/conf", "c" * 100).file("var/lib/dpkg/info/tool.list", "/usr\n/usr/bin/tool\n").write(tmp_path / "base.tar")
    references = []
    for name, size in ("first", 1000), ("second", 9000):
        tool = Layer().file("usr/bin/tool", "t" * size).file("var/lib/dpkg/status", status % size).write(tmp_path / (name + "-tool.tar"))
        app = Layer().file("app/" + name, "a" * 5000).file("app/both", name).write(tmp_path / (name + "-app.tar"))
        steps = ["ADD base.tar /", "RUN /bin/sh -c fetch --token %s %s # buildkit" % (token, EVIL), "COPY %s /app" % CLOSING]
        oci.write_layout(tmp_path / name, "image", oci.Image([base, tool, app], CONFIG, steps=steps))
        references.append("oci:%s:image" % (tmp_path / name))
    result = slim.run("diff", *references, "--html", tmp_path / "diff.html")
    assert result.status == 0 and result.out.count("second image") == 0, result
    facts = facts_of(tmp_path / "diff.html")
    assert token not in json.dumps(facts) and "paths" not in facts and token not in result.out
    seen = browser(tmp_path / "diff.html", "/usr/bin/tool")
    sound(seen, ["Files", "Find a path", "Layers", "Packages"])
    for s in seen:
        assert s["tables"]["Packages with differences, most bytes first"] == [["tool", "", "", "9.0 kB, 1 file"]]
        assert s["tables"]["Layers that brought the differences, most bytes first"] == [
            ["second image, 2", "RUN fetch --token *** " + EVIL, "", "", "9.1 kB, 2 files", "tool 9.0 kB, no package 76 B"],
            ["second image, 3", "COPY " + CLOSING + " /app", "", "5.0 kB, 1 file", "6 B, 1 file", ""],
            ["first image, 3", "COPY " + CLOSING + " /app", "5.0 kB, 1 file", "", "", ""]]
        assert "At the bottom 1 layer is the same in both images." in s["body"]


def test_one_image(slim, image, browser, tmp_path):
    result = slim.run("inspect", image, "--html", tmp_path / "page.html", "--lowest-efficiency", "1")
    assert result.status == 4, result
    raw = (tmp_path / "page.html").read_bytes()
    assert b"onerror" not in raw and b"alert(1)" not in raw
    seen = browser(tmp_path / "page.html", "/srv/m/", "httpd")
    sound(seen, ["Files", "Find a path", "Layers and waste", "Findings and gates"])
    for s in seen:
        assert {"/srv/m/" + shown for shown in NAMES.values()} <= set(s["asked"][0]["found"])
        assert s["asked"][1]["answer"].startswith("/bin/httpd is in the image")
        assert s["tables"]["Layers, the lowest first"][-1][1] == "RUN " + CLOSING
        assert s["tables"]["Gates"][0][3] == "failed"
    finding = {"id": "key", "kind": "danger", "severity": "high", "title": EVIL, "path": "/bin/httpd", "bytes": 5, "layer": 1,
               "command": "RUN x", "advice": "Delete it."}
    changed(tmp_path / "page.html", findings=[finding], verdict={"minimal": False, "dangers": 1, "fat_bytes": 5}, base={"name": EVIL})
    for s in browser(tmp_path / "page.html", "httpd"):
        assert not s["wrong"]
        assert s["tables"]["Findings"] == [[EVIL, "high", "/bin/httpd", "5 B", "1", "RUN x", "Delete it."]]
        assert "1 danger, 5 B that could go" in s["summary"] and EVIL in s["summary"]
    assert slim.run("inspect", image, "--html", "-").out.startswith("<!DOCTYPE html>")
    for other in ("--quick", "--json"):
        assert slim.run("inspect", image, "--html", "-", other).status == 2


def test_refused_results_have_a_page(build, browser, tmp_path):
    build("--max-size", "1K", status=4)
    failed = browser(tmp_path / "page.html", "httpd")
    for seen in failed:
        assert not seen["wrong"]
        assert seen["tables"]["Gates"][0][0] == "max-size" and seen["tables"]["Gates"][0][3] == "failed"
        assert "0 of 1 gate passed" in seen["summary"]
    build("--exclude", "/srv/used*", status=3)
    different = browser(tmp_path / "page.html", "/srv/used")
    for seen in different:
        assert not seen["wrong"] and "Not equal: " in seen["summary"] and not (tmp_path / "out").exists()
        assert "the user excluded it" in seen["asked"][0]["answer"]
        assert seen["tables"]["Differences"]
    build("--exec", json.dumps(["/bin/job", "fail", EVIL]), status=3)  # nothing was decided, so there are no files
    assert browser(tmp_path / "page.html", "--judge") == [{"wrong": []}]


def test_it_is_written_whole_or_not_at_all(slim, images, tmp_path):
    page = tmp_path / "page.html"
    page.write_text("old")
    slim.fails("build", "oci:%s:none" % tmp_path, "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--html", page,
               code="directory-not-image")
    assert page.read_text() == "old"
    slim.fails("build", images.job(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--html", tmp_path / "no" / "page.html",
               code="directory-not-found", names="--html")
    for other in (["--json"], ["--report", "-"], ["--junit", "-"], ["-o", "oci-archive:-"]):
        result = slim.run("build", images.job(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--html", "-", *other)
        assert result.status == 2 and not result.out.startswith("<"), result


def test_paths_that_would_fill_all_memory(slim, tmp_path):
    """A few kilobytes of layer, which would be gigabytes of directories."""
    layer = Layer()
    for i in range(200):
        layer.file("%d/%sx" % (i, "a/" * 2000))
    oci.write_layout(str(tmp_path / "in"), "deep", oci.Image([layer.write(tmp_path / "deep.tar")], CONFIG))
    image, page = "oci:%s:deep" % (tmp_path / "in"), tmp_path / "page.html"
    for verb, what in (["inspect", image], "--html: "), (["diff", image, image], "--html: the first image: "):
        result = slim.run(*verb, "--html", page)
        assert result.status == 1 and what in result.err and not page.exists(), result


def test_standard_output(slim, images, tmp_path):
    result = slim.run("build", images.job(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--html", "-")
    assert result.status == 0 and result.out.startswith("<!DOCTYPE html>") and result.out.endswith("</html>\n"), result


def test_batch(slim, images, tmp_path):
    image = {"name": "a", "image": images.job(), "output": ["oci:%s:slim" % (tmp_path / "out")], "html": str(tmp_path / "a.html")}
    (tmp_path / "slim.yaml").write_text(json.dumps({"schema": "slim.build/v1", "images": [image]}))
    slim.fails("build", "--file", tmp_path / "slim.yaml", "--html", tmp_path / "all.html", code="option-conflict", names="html: FILE",
               status=2)
    result = slim.run("build", "--file", tmp_path / "slim.yaml", "--store", slim.store)
    assert result.status == 0, result
    assert (tmp_path / "a.html").read_text().startswith("<!DOCTYPE html>") and not os.path.exists(tmp_path / "all.html")
