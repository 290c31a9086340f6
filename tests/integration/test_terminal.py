"""slim build on a terminal (a pseudo-terminal): the bar of the whole build, the width of each line, and the summary."""
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading

import pytest

from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "runc")

CLEAR = "\r\x1b[K"
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
PERCENT = re.compile(r"(?:\[[#-]{24}\] )?( {0,2}\d{1,3}) %  ")


class Terminal:
    """A pseudo-terminal, and all that was written to it."""

    def __init__(self, columns):
        self.main, self.other = pty.openpty()
        self.path, self.data = os.ttyname(self.other), b""
        self.resize(columns)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def resize(self, columns):
        fcntl.ioctl(self.main, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def read(self):
        try:
            while True:
                data = os.read(self.main, 65536)
                if not data:
                    return
                self.data += data
        except OSError:
            pass  # the last writer has closed it

    def end(self):
        os.close(self.other)
        self.reader.join()
        os.close(self.main)
        return self.data.decode().replace("\r\n", "\n")


def run(slim, terminal, *args, env=None):
    """The status, and what the terminal got."""
    process = slim.start(*args, stdout=terminal.other, stderr=terminal.other, env=dict({"TERM": "xterm"}, **(env or {})))
    status = process.wait(120)
    return status, terminal.end()


def build(slim, terminal, source, tmp_path, *options, **more):
    status, text = run(slim, terminal, "build", source, "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--keep",
                       "exact", *options, **more)
    assert status == 0, text
    return text


def frames(text):
    """The lines of progress: each is cleared by the next."""
    return text.split(CLEAR)[1:-1]


def check_bar(text):
    parts = []
    for frame in frames(text):
        match = PERCENT.match(ESCAPES.sub("", frame))
        assert match, frame
        parts.append(int(match.group(1)))
        assert frame.count("\n") == 0
    assert parts == sorted(parts) and parts[-1] == 100, parts
    return parts


def test_one_bar_for_the_whole_build(slim, images, tmp_path):
    text = build(slim, Terminal(100), images.service(), tmp_path)
    parts = check_bar(text)
    shown = [ESCAPES.sub("", frame) for frame in frames(text)]
    words = ["Fetching and unpacking the image", "Exercising the container", "Choosing the files to keep", "Packing the slim image",
             "Verifying: exercising the container", "Checking the result", "Publishing the result"]
    places = [next(i for i, frame in enumerate(shown) if word in frame) for word in words]
    assert places == sorted(places)
    assert len(set(parts)) > 6
    assert all(len(frame) < 100 for frame in shown)
    assert "slim: unpack" not in text  # the lines of a log


@pytest.mark.parametrize("columns", [132, 59, 30, 7])
def test_no_line_is_wider_than_the_terminal(slim, images, tmp_path, columns):
    text = build(slim, Terminal(columns), images.service(), tmp_path)
    if columns > 12:
        check_bar(text)
    assert all(len(ESCAPES.sub("", frame)) < columns for frame in frames(text))
    summary = ESCAPES.sub("", text.split(CLEAR)[-1])
    if columns >= 42:
        assert all(len(line) <= columns for line in summary.splitlines()), summary


def test_the_window_becomes_narrower(slim, images, tmp_path):
    """In the middle of the recording: what is drawn later has the new width."""
    terminal = Terminal(120)
    text = build(slim, terminal, images.service(), tmp_path, "--host-exec", "stty -F %s cols 40" % terminal.path)
    check_bar(text)
    shown = [ESCAPES.sub("", frame) for frame in frames(text)]
    kept = next(i for i, frame in enumerate(shown) if "Choosing the files" in frame)
    assert all(len(frame) < 40 for frame in shown[kept:]) and any(len(frame) >= 40 for frame in shown[:kept])


def words_in_order(text, words):
    shown = [ESCAPES.sub("", frame) for frame in frames(text)]
    at = 0
    for word in words:
        at = next((i for i in range(at, len(shown)) if word in shown[i]), None)
        assert at is not None, (word, shown)


def test_one_bar_for_other_verbs(slim, images, tmp_path):
    image, out = images.service(), "oci:%s:slim" % (tmp_path / "out")
    status, text = run(slim, Terminal(100), "record", image, "--store", slim.store, "-o", tmp_path / "trace.json")
    assert status == 0, text
    check_bar(text)
    words_in_order(text, ["Fetching and unpacking the image", "Exercising the container", "Stopping the container"])
    build(slim, Terminal(100), image, tmp_path)
    status, text = run(slim, Terminal(100), "verify", image, out, "--store", slim.store)
    assert status == 0, text
    check_bar(text)
    words_in_order(text, ["Fetching and unpacking the image", "Exercising the container", "Verifying: ",
                          "Verifying: exercising the container"])


def test_one_bar_for_two_images(slim, images, tmp_path):
    other = "oci:%s:slim" % (tmp_path / "out")
    assert slim.run("build", images.service(), "-o", other, "--store", slim.store, "--keep", "exact").status == 0
    for args in (["diff", images.service(), other], ["inspect", images.service()]):
        status, text = run(slim, Terminal(100), *args)
        assert status == 0, text
        shown = [ESCAPES.sub("", frame) for frame in text.split(CLEAR) if "Reading the layers" in frame]
        parts, totals = zip(*(re.search(r"(\d+) %.*: [\d.]+ of ([\d.]+) MB", frame).groups() for frame in shown))
        assert list(map(int, parts)) == sorted(map(int, parts)) and len(set(totals)) == 1, shown


@pytest.mark.needs("dockerd")
def test_a_push_into_an_engine_tells_its_bytes(slim, images, dockerd):
    status, text = run(slim, Terminal(100), "build", images.service(), "-o", "docker-daemon:terminal:1", "--store", slim.store, "--keep",
                       "exact", env={"DOCKER_HOST": "unix://" + dockerd.socket})
    assert status == 0, text
    check_bar(text)
    shown = [ESCAPES.sub("", frame) for frame in frames(text)]
    assert re.search(r"Publishing the result: (\d+\.\d) of \1 MB", shown[-1]), shown[-1]


def test_a_push_tells_its_bytes(slim, images, tmp_path, plain_registry):
    reference = plain_registry.reference("terminal/push:1")
    status, text = run(slim, Terminal(100), "build", images.service(), "-o", reference, "--store", slim.store, "--keep", "exact",
                       "--verify=off",  # else the layer is there before the result is published
                       env=plain_registry.environment(TERM="xterm"))
    assert status == 0, text
    check_bar(text)
    shown = [ESCAPES.sub("", frame) for frame in frames(text)]
    assert re.search(r"Publishing the result: (\d+\.\d) of \1 MB", shown[-1]), shown[-1]
    assert "docker run --rm localhost" in text and "push it" not in text


def test_the_summary(slim, images, tmp_path):
    report, page = tmp_path / "report.json", tmp_path / "page.html"
    text = build(slim, Terminal(400), images.service(), tmp_path, "--report", report, "--html", page)
    summary = text.split(CLEAR)[-1]
    assert re.search(r"^unpacked .* -> +\x1b\[1m[0-9.]+ [kM]B\x1b\[0m +\x1b\[32m-[0-9.]+ %\x1b\[0m$", summary, re.M), summary
    plain = ESCAPES.sub("", summary).splitlines()
    out = "oci:%s:slim" % (tmp_path / "out")
    assert plain[-4:] == ["next        load it   skopeo copy %s docker-daemon:NAME:TAG" % out,
                          "            push it   skopeo copy %s docker://REGISTRY/NAME:TAG" % out,
                          "            why       slim why %s PATH" % report,
                          "            page      %s" % page]
    assert Image(out).nodes
    command = next(line for line in plain if "slim why" in line).split()
    told = slim.run(*command[command.index("slim") + 1:-1], "/bin/httpd")
    assert told.status == 0 and "/bin/httpd is kept" in told.out, told


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_without_colours(slim, images, tmp_path, env):
    text = build(slim, Terminal(100), images.service(), tmp_path, env=env)
    assert not ESCAPES.search(text)
    if "NO_COLOR" in env:
        check_bar(text)
        assert "\nnext        " in text
    else:
        assert "\x1b" not in text and "slim: unpack " in text and "\nnext " not in text


def test_elsewhere_nothing_changes(slim, images, tmp_path):
    done = slim.run("build", images.service(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--keep", "exact")
    assert done.status == 0 and "\x1b" not in done.out + done.err, done
    assert "\nnext " not in done.out and done.err.startswith("slim: unpack   after ")


def test_a_failure_leaves_no_bar(slim, images, tmp_path):
    terminal = Terminal(100)
    status, text = run(slim, terminal, "build", images.service(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store,
                       "--host-exec", "false")
    assert status == 3, text
    shown = [ESCAPES.sub("", frame) for frame in frames(text)]
    assert not any("100 %" in frame for frame in shown)
    assert "next " not in ESCAPES.sub("", text)
