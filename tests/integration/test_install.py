"""What is missing is listed before it is installed, and --no-install installs nothing: with a dpkg-query and an apt-get of the
test's own."""
import os
import subprocess

import pytest

from conftest import ROOT

SCRIPTS = {".ci/install": ["build", "run"], "tests/run.sh": [], "examples/quickstart/run.sh": []}


@pytest.fixture
def machine(tmp_path):
    """A machine on which only gcc is installed. apt-get writes its arguments to the file apt."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, text in (("dpkg-query", 'for last; do :; done; [ "$last" != gcc ] || echo "install ok installed"'),
                       ("apt-get", 'echo "$@" >>"%s/apt"' % tmp_path)):
        (tools / name).write_text("#!/bin/sh\n%s\n" % text)
        (tools / name).chmod(0o755)

    def call(script, *args):
        env = dict(os.environ, PATH="%s:%s" % (tools, os.environ["PATH"]))
        done = subprocess.run([os.path.join(ROOT, script), *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, env=env)
        return done.returncode, done.stdout.splitlines()
    call.apt = tmp_path / "apt"
    return call


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_install(machine, script):
    status, lines = machine(script, "--no-install", *SCRIPTS[script])
    assert status == 1 and not machine.apt.exists()
    assert "  meson" in lines and "  gcc" not in lines
    assert "--no-install" in lines[-2] and lines[-1].startswith("  apt-get install ") and " meson " in lines[-1]


@pytest.mark.needs("root")
def test_the_list_comes_first(machine):
    status, lines = machine(".ci/install", "build", "run")
    assert status == 0, lines
    assert lines[0].endswith("packages are missing:") and "  runc" in lines and lines[-1] == "installing them with apt-get"
    assert [line.split()[-1] for line in machine.apt.read_text().splitlines()][0] == "update"
    assert " meson " in machine.apt.read_text().splitlines()[1]


def test_unknown_group(machine):
    assert machine(".ci/install", "no-such-group")[0] == 2


def test_nothing_is_missing(machine):
    assert machine(".ci/install", "--no-install") == (0, [])
