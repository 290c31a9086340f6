"""slim explore on a terminal (tmux): its screens, keys, marks and the policy file, colours, sizes, and every way it ends."""
import json
import os
import re
import select
import shlex
import signal

import oci
import pytest

from testenv.layers import Layer
from testenv.samples import JOB_CONFIG
from testenv.tmux import Terminal
from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "tmux")

STATUS = "Package: base\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n\n"
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7])[;m]")


def explore(slim, *arguments, before="", after="", **more):
    """A terminal in which slim explore runs; its status is that of the script."""
    words = " ".join(shlex.quote(str(word)) for word in (slim.program, "explore", *arguments))
    return Terminal(slim.directory, "%s%s; status=$?; %s exit $status" % (before, words, after),
                    environment=slim.environment(), cwd=slim.directory, **more)


@pytest.fixture(scope="module")
def application(images, tmp_path_factory):
    """A job that reads one file of an application with several."""
    d = tmp_path_factory.mktemp("application")
    base = Layer().program("bin/job", images.programs["job"]).file("etc/conf", "a" * 1000).file("etc/gone", "x")
    base.file("usr/share/big", "b" * 50000).dir("app").file("var/lib/dpkg/status", STATUS)
    base.file("var/lib/dpkg/info/base.list", "/etc\n/etc/conf\n/usr/share/big\n")
    app = Layer().file("app/used", "used").file("app/lazy", "lazy").file("app/other", "other").file("etc/conf", "b" * 3000)
    app.whiteout("etc/gone").file("app/\u4e2d\u6587", "wide").file("app/a\x1b[31mred\nline", "hostile").file("app/w*ld", "wild")
    layers = [base.write(d / "base.tar"), app.write(d / "app.tar")]
    config = dict(JOB_CONFIG, Cmd=["cat", "/app/used"])
    oci.write_layout(str(d / "in"), "image", oci.Image(layers, config))
    return "oci:%s:image" % (d / "in")


@pytest.mark.needs("runc")
def test_marks_of_a_report_change_the_next_build(slim, application, tmp_path):
    slim.build(application, "oci:%s:first" % (tmp_path / "out"), keep="safe")
    with explore(slim, "report.json") as t:
        rows = t.wait("report.json", "usr/", "var/", "q quit")
        assert rows[3].startswith(">") and "before" in rows[2] and " -> " in rows[0]
        t.press("v")
        t.wait("only removed", "usr/", without=["bin/"])
        t.press("v", "v")
        t.wait("bin/", without=["without removed", "only removed"])
        t.press("/").type("big").press("Enter", "n")
        t.wait("/usr/share/big", "removed", "of the package base")
        t.press("y")
        t.wait("/usr/share/big is dropped", "no run used it")
        t.press("q", "i", "Escape")  # back; marked to include
        t.wait("marks: +1 -0", "+  R")
        t.press("/").type("lazy").press("Enter", "n", "e", "Escape")
        t.wait("marks: +1 -1", "/app")
        t.press("/").type("w*ld").press("Enter", "n", "e", "Escape")
        t.wait("marks: +1 -2")
        t.press("w")
        t.wait("Policy file: slim-policy.json")
        t.press("Enter")
        t.wait("Wrote slim-policy.json: 1 to include, 2 to exclude.")
        t.press("q")
        assert t.status() == 0
    policy = tmp_path / "slim-policy.json"
    assert json.loads(policy.read_text()) == {"schema": "slim.policy/v1", "include": ["/usr/share/big"],
                                              "exclude": ["/app/lazy", "/app/w?ld"]}
    slim.check_schemas(["--report", str(tmp_path / "report.json")], "", None)
    slim.build(application, "oci:%s:second" % (tmp_path / "out"), "--policy", policy, keep="safe")
    first, second = (Image("oci:%s:%s" % (tmp_path / "out", tag)).paths() for tag in ("first", "second"))
    assert second - first == {"usr", "usr/share", "usr/share/big"} - first
    assert first - second == {"app/lazy", "app/w*ld"}


@pytest.mark.needs("runc")
def test_the_sums_of_a_report_count_each_file_once(slim, images, tmp_path):
    layer = Layer().program("bin/job", images.programs["job"]).file("srv/used", "u" * 3000).hardlink("srv/a", "srv/used")
    layer.file("gone/a", "g" * 5000).hardlink("gone/b", "gone/a").hardlink("gone/c", "gone/a")
    config = dict(JOB_CONFIG, Cmd=["cat", "/srv/used"])
    oci.write_layout(str(tmp_path / "in"), "image", oci.Image([layer.write(tmp_path / "layer.tar")], config))
    report = slim.build("oci:%s:image" % (tmp_path / "in"), "oci:%s:slim" % (tmp_path / "out"))
    links = {e["path"]: e["link"] for e in report["kept"] + report["dropped"] if "link" in e}
    assert links == {"/srv/a": "/srv/used", "/gone/b": "/gone/a", "/gone/c": "/gone/a"}
    kept, dropped = (sum(e.get("size", 0) for e in report[key] if "link" not in e) for key in ("kept", "dropped"))
    assert kept + dropped == report["source"]["size_bytes"] and dropped == 5000
    with explore(slim, "report.json") as t:
        t.wait("gone/", "q quit")
        t.press("/").type("gone").press("Enter", "Enter")
        rows = t.wait("/gone ", "a", "q quit")
        assert [row.split("[")[0].split()[-4:] for row in rows[3:6]] == [["5.0", "kB", "0", "B"]] + [["0", "B", "0", "B"]] * 2, rows
        t.press("j", "y")
        t.wait("/gone/b is dropped")
        t.press("q", "q")
        assert t.status() == 0


def human(n):
    """As slim prints a size; "-" for none."""
    return "%d B" % n if 0 < n < 1000 else "%.1f kB" % (n / 1000) if n else "-"


def size(row, at):
    """A size in the row of a layer, the first after the layer's number is 0."""
    words = re.findall(r"[\d.]+ k?B|-(?= )", row)
    return words[at]


@pytest.mark.needs("runc")
def test_the_layers_of_a_report(slim, application, tmp_path):
    report = slim.build(application, "oci:%s:slim" % (tmp_path / "out"))
    assert [layer["created_by"] for layer in report["layers"]] == ["COPY layer 0 /", "COPY layer 1 /"]
    report["layers"][1]["created_by"] = "COPY \x1b[31mapp /app"
    (tmp_path / "report.json").write_text(json.dumps(report))
    with explore(slim, "report.json") as t:
        t.wait("app/", "Tab layers  v removed")
        t.press("Tab")
        rows = t.wait("Layers", "kept", "removed", "hidden", "in all", "all layers: the files of the original image")
        assert "COPY \\x1b[31mapp /app" in rows[5]
        for row, layer in zip(rows[4:6], report["layers"]):
            removed, hidden = layer["shown_bytes"] - layer["kept_bytes"], layer["bytes"] - layer["shown_bytes"]
            assert [size(row, i) for i in range(4)] == [human(n) for n in (layer["kept_bytes"], removed, hidden, layer["bytes"])]
        assert size(rows[4], 2) == "1.0 kB"  # etc/conf, which the second layer replaces, and etc/gone
        t.press("G", "Enter")
        rows = t.wait("layer 2 only", "app/", "etc/", without=["usr/", "bin/"])
        shown = report["layers"][1]["shown_bytes"]
        assert "[" in rows[3] and rows[3].split("[")[0].split()[-4:] == ["3.0", "kB", "0", "B"], rows[3]  # etc, with conf
        assert sum(e.get("size", 0) for e in report["kept"] + report["dropped"] if e.get("layer") == 2) == shown
        t.press("/").type("used").press("Enter", "n")
        t.wait("/app/used", "file, 4 bytes, of layer 2", "a run used it")
        t.press("Escape", "v")
        t.wait("only removed", without=["] used"])
        t.press("v", "v", "Tab", "k", "Enter")
        t.wait("layer 1 only")
        t.press("Escape")
        t.wait("/", without=["layer 1 only"])
        t.press("q")
        assert t.status() == 0


@pytest.mark.needs("runc")
def test_a_slim_image_has_its_reasons(slim, application, tmp_path):
    slim.build(application, "oci:%s:slim" % (tmp_path / "out"))
    with explore(slim, "oci:%s:slim" % (tmp_path / "out")) as t:
        t.wait("app/", "q quit")
        t.press("/").type("used").press("Enter", "n", "Enter")
        t.wait("layer 1 adds it: file, 4 bytes", "/app/used is kept", "a run used it")
        t.press("q", "q")
        assert t.status() == 0


def test_an_existing_policy_file_is_replaced_only_if_the_user_agrees(slim, application, tmp_path):
    policy = tmp_path / "mine"
    policy.write_text("mine")
    with explore(slim, application) as t:
        t.wait("app/")
        t.press("i", "w")
        t.wait("Policy file:")
        t.press("C-u").type("mine").press("Enter")
        t.wait("Replace the file (y or n)? mine")
        t.press("n")
        t.wait("q quit")
        assert policy.read_text() == "mine"
        t.press("q")
        t.wait("Marks are not written. Quit (y or n)?")
        t.press("n", "w")
        t.wait("Policy file: mine")
        t.press("Enter", "y")
        t.wait("Wrote mine: 1 to include, 0 to exclude.")
        assert json.loads(policy.read_text())["include"]
        t.press("w", "C-u").type("/nonexistent/file").press("Enter")
        t.wait("Not written: ", "/nonexistent")
        t.press("w", "C-u").type("/dev/stdout").press("Enter")
        t.wait("Not written: ", "/dev/stdout is not a file")
        t.press("q")
        assert t.status() == 0


@pytest.mark.parametrize("term", ["vt100", "screen", "xterm-256color"])
def test_an_image_and_its_layers(slim, application, term):
    with explore(slim, application, term=term) as t:
        t.wait("app/", "etc/", "usr/")
        t.press("Tab")
        rows = t.wait("all layers", "  1", "  2", "Tab back")
        assert re.search(r"^ +2 +[\d.]+ k?B +\d+ B +3\.0 kB +1 B ", rows[5]), rows[5]
        t.press("G", "Enter")
        t.wait("layer 2 only", "before")
        t.press("/").type("conf").press("Enter", "n")
        t.wait("C    1.0 kB    3.0 kB", "/etc/conf")
        t.press("y")
        t.wait("layer 1 adds it: file, 1000 bytes", "layer 2 changes it: file, 3000 bytes", "1000 bytes in lower layers")
        t.press("q", "Escape")
        t.wait("gone", "R       1 B       0 B")
        t.press("Escape")
        t.wait("/etc", without=["layer 2 only", "gone"])
        t.press("?")
        t.wait("Signs behind a name", "i e u")
        t.press("q", "Left", "q")
        assert t.status() == 0


def test_hostile_and_wide_names(slim, application):
    with explore(slim, application) as t:
        t.wait("app/")
        t.press("/").type("red").press("Enter", "n")
        rows = t.wait("/app/a\\x1b[31mred\\x0aline")
        assert len(rows) == 24 and not re.search(r"\x1b\[31mred", t.codes())
        t.press("Escape", "/").type("\u4e2d").press("Enter", "n")
        t.wait("/app/\u4e2d\u6587", "\"\u4e2d\"")
        t.resize(40, 10)
        t.wait("? help  q quit")
        t.press("q")
        assert t.status() == 0


@pytest.mark.parametrize("term,variables,coloured", [("xterm-256color", "", True), ("xterm-256color", "NO_COLOR=1 ", False),
                                                     ("vt100", "", False)])
def test_colour_is_not_needed(slim, application, term, variables, coloured):
    with explore(slim, application, before="exec 2>&1; export %s; " % (variables or "X=x"), term=term) as t:
        t.wait("app/")
        t.press("i")
        t.wait("marks: +1 -0", "\n + ", "\n>  ")
        assert bool(COLOUR.search(t.codes())) == coloured, t.codes()
        assert "\x1b[7m" in t.codes()  # the row that keys act on
        t.press("q", "y")
        assert t.status() == 0


def test_another_size(slim, application):
    with explore(slim, application) as t:
        assert len(t.wait("q quit", "directory, 1 file")) == 24
        t.resize(40, 10)
        rows = t.wait("? help  q quit", without=["Tab layers"])
        assert len(rows) == 10 and max(map(len, rows)) <= 40
        t.resize(20, 5)
        t.wait("Needs 30 x 6")
        t.press("j")
        t.resize(120, 40)
        rows = t.wait("Tab layers", "w write")
        assert len(rows) == 40 and rows[4].startswith(">") and rows[-1].startswith("? help")
        t.press("q")
        assert t.status() == 0


@pytest.mark.parametrize("end", ["C-c", signal.SIGTERM, signal.SIGHUP])
def test_a_signal_restores_the_terminal(slim, application, end):
    """The lines of before are there again, and what the user types is shown."""
    with explore(slim, application, before="trap : INT; echo before; ", after="read line; echo \"read $line\"; stty -a;") as t:
        t.wait("app/", without=["before"])
        if end == "C-c":
            t.press(end)
        else:
            os.kill(t.child(), end)
        t.wait("before", "slim: ", without=["app/"])
        assert t.format("alternate_on") == "0" and t.format("cursor_flag") == "1"
        t.type("visible").press("Enter")
        t.wait("read visible", " icanon", " echo ", without=["-icanon", "-echo "])
        assert t.status() == 1


def test_suspend_and_continue(slim, application):
    with Terminal(slim.directory, "PS1='ready$ ' bash --norc --noprofile -i", environment=slim.environment(), cwd=slim.directory) as t:
        t.wait("ready$")
        t.type("%s explore %s" % (slim.program, application)).press("Enter")
        t.wait("app/", "q quit", without=["ready$"])
        t.press("C-z")
        t.wait("Stopped", without=["app/"])
        t.type("stty -a; fg").press("Enter")
        t.wait("app/", "q quit", without=["Stopped"])
        t.press("j", "q")
        t.wait(" icanon", " echo ", "Stopped", without=["app/"])
        t.press("C-d")
        assert t.status() == 0


def test_a_terminal_that_goes_away(slim, application):
    """slim ends. The fixture looks for what it left."""
    t = explore(slim, application)
    with t:
        t.wait("app/")
        pid = t.child()
        fd = os.pidfd_open(pid)
    assert select.select([fd], [], [], 60)[0]
    os.close(fd)


def test_without_a_terminal(slim, application):
    slim.fails("explore", application, code="terminal-missing", status=2, names="standard input")
    assert "standard input" in slim.run("explore", application).err


@pytest.mark.parametrize("term,word", [("dumb", '"dumb"'), ("no-such-type", '"no-such-type"'), ("''", '""')])
def test_a_terminal_that_cannot_place_its_cursor(slim, application, term, word):
    with explore(slim, "--json", application, before="export TERM=%s; " % term, columns=200) as t:
        t.wait("terminal-unsupported", word)
        assert t.status() == 2


def test_a_report_with_odd_layers(slim, tmp_path):
    """They neither end slim nor hide the paths."""
    report = json.loads(of_paths("/file", "/other"))
    report["kept"][0]["layer"], report["kept"][1]["layer"] = 99, -1
    report["layers"] = [3, {"created_by": ["x"], "bytes": -1, "kept_bytes": 5}, {"created_by": "c" * 5000, "bytes": 2 ** 62}]
    (tmp_path / "report.json").write_text(json.dumps(report))
    with explore(slim, "report.json") as t:
        t.wait("file", "other", "Tab layers")
        t.press("Tab")
        t.wait("  1         -", "  2       5 B", "  3         -", "- 4611686018427.4 MB 4611686018427.4 MB  ccc")
        t.press("G", "Enter")
        t.wait("layer 3 only", without=["file", "other"])
        t.press("Escape", "q")
        assert t.status() == 0
    (tmp_path / "report.json").write_text(json.dumps(dict(report, layers=[{}] * 600)))
    with explore(slim, "report.json") as t:
        t.wait("file", "q quit", without=["Tab layers"])
        t.press("Tab")
        t.wait("The report lists no layers")
        t.press("q")
        assert t.status() == 0


def of_paths(*paths):
    return json.dumps({"schema": "slim.report/v1", "kept": [{"path": path, "reason": "used"} for path in paths], "dropped": []})


def test_a_report_with_odd_paths(slim, tmp_path):
    """None of them ends slim or hides the others."""
    odd = ("", "relative", "//", "/a//b", "/../x", "/a/./b", "/a/", "/file", "/file/below", "/" + "b" * 4000, "/" + "/".join("c" * 1000))
    (tmp_path / "report.json").write_text(of_paths("/", *odd))
    with explore(slim, "report.json") as t:
        t.wait("file/", "q quit")
        t.press("/").type("below").press("Enter", "n", "y")
        t.wait("/file/below is kept")
        t.press("q", "G", "g", "h", "Escape", "i", "q", "y")
        assert t.status() == 0


@pytest.mark.parametrize("text,code", [("{", "json-malformed"), ("{}", "report-without-reasons"),
                                       (of_paths("/a" * 50000), "paths-too-deep"),
                                       (of_paths(*("/%d" % i + "/a" * 8000 for i in range(20))), "paths-too-deep")],
                         ids=["malformed", "without-reasons", "a-long-path", "deep-paths"])
def test_a_file_that_is_not_a_report(slim, tmp_path, text, code):
    (tmp_path / "report.json").write_text(text)
    with explore(slim, "--json", "report.json", columns=200) as t:
        t.wait('"%s"' % code, "slim: ")
        assert t.status() == 1


def test_an_image_with_deep_paths(slim, tmp_path):
    """A few kilobytes of layer, which would be gigabytes of directories."""
    layer = Layer()
    for i in range(200):
        layer.file("%d/%sx" % (i, "a/" * 2000))
    oci.write_layout(str(tmp_path / "in"), "deep", oci.Image([layer.write(tmp_path / "deep.tar")], JOB_CONFIG))
    with explore(slim, "--json", "oci:in:deep", columns=200) as t:
        t.wait('"paths-too-deep"', "oci:in:deep")
        assert t.status() == 1


def test_wrong_arguments(slim, application):
    slim.fails("explore", "oci:", code="reference-malformed", status=2, names="there is no file oci:")
    slim.fails("explore", "unknown://x", code="reference-scheme-unknown", status=2, names="unknown://x")
    slim.fails("explore", application, "--platform", "a/b/c/d", code="platform-malformed", status=2)
    with explore(slim, "--json", "oci:/nonexistent:image", columns=200) as t:
        t.wait("/nonexistent", '"code"')
        assert t.status() == 1
