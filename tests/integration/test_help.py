"""Help at a terminal, and in a pipe."""
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios

import pytest

BOLD = re.compile(r"\x1b\[1m(.*?)\x1b\[0m")


def at_terminal(program, *arguments, columns, **variables):
    """What the program prints to a terminal of that width."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = subprocess.Popen([program, *arguments], stdin=its, stdout=its, stderr=its,
                               env=dict(environment, TERM="xterm", **variables))
    os.close(its)
    text = b""
    try:
        while part := os.read(ours, 65536):
            text += part
    except OSError:
        pass  # the program ended
    os.close(ours)
    assert process.wait() == 0
    return text.decode().replace("\r\n", "\n")


def widest(text):
    """Of the lines but those of examples, which can be copied."""
    return max(len(line) for line in BOLD.sub(r"\1", text).split("\nExamples:")[0].split("\n"))


@pytest.mark.parametrize("columns,most", [(40, 60), (80, 80), (92, 92), (200, 100)])
def test_width_of_the_terminal(program, columns, most):
    text = at_terminal(program, "build", "--help=all", columns=columns)
    assert most - 12 <= widest(text) <= most


def test_bold(program):
    text = at_terminal(program, "cache", "--help", columns=80)
    assert {"Usage:", "Options:", "    --json", "Examples:"} <= set(BOLD.findall(text))
    plain = at_terminal(program, "cache", "--help", columns=80, NO_COLOR="1")
    assert "\x1b" not in plain and plain == BOLD.sub(r"\1", text)


def test_pipe(slim):
    result = slim.run("build", "--help=all", env={"COLUMNS": "200", "TERM": "xterm"})
    assert result.status == 0 and "\x1b" not in result.out and 70 <= widest(result.out) <= 80


def options(text):
    return set(re.findall(r"^  (?:-\w, |    )--([\w-]+)", text, re.M))


def test_common_options_and_all(slim):
    few, all_of_them = slim.run("build", "--help").out, slim.run("build", "--help=all").out
    assert {"output", "keep", "exec", "http-probe-cmd"} <= options(few) < options(all_of_them)
    assert len(options(few)) <= 30 and len(options(all_of_them)) > 120
    assert "slim build --help=all shows all" in few


def test_ways_to_ask(slim):
    page = slim.run("record", "--help").out
    assert "Usage: slim record" in page
    for arguments in (["record", "-h"], ["help", "record"], ["record", "image", "--help"], ["help", "record", "--help"]):
        assert slim.run(*arguments).out == page, arguments
    assert slim.run("help", "--all", "record").out == slim.run("record", "--help=all").out
    assert slim.run("help").out == slim.run("--help").out
    slim.fails("help", "recrod", status=2, code="verb-unknown", names="record")
    slim.fails("record", "--help=most", status=2, code="option-value-invalid", names=["all", "most"])
