"""A recording that lost an event is none: it fails and says so."""
import os
import subprocess

import pytest

from conftest import IMAGES
from testenv import machine, sensor

pytestmark = pytest.mark.needs("root", "runc")


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    return sensor.Corpus(tmp_path_factory.mktemp("lost"))


@pytest.fixture
def lose(slim, tmp_path):
    """lose(what): the options of slim.run."""
    library = str(tmp_path / "lose.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-D_GNU_SOURCE", "-o", library, os.path.join(IMAGES, "lose.c")], check=True)
    sanitizer = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
    return lambda what: {"LD_PRELOAD": library, "LOSE": what, "ASAN_OPTIONS": sanitizer}


def build(slim, corpus, tmp_path, env):
    line = slim.fails("build", corpus.reference("moved"), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store,
                      "--runtime", "runc", "--sensor", "ptrace", env=env, code="recording-incomplete")
    assert not (tmp_path / "out").exists()
    return line


def test_unreadable_memory(slim, corpus, lose, tmp_path):
    line = build(slim, corpus, tmp_path, lose("memory"))
    assert "could not be read 0 times" not in line and "events were lost 0 times" in line


@pytest.mark.alone
def test_overflow(slim, corpus, lose, tmp_path):
    with machine.ShortQueue():
        line = build(slim, corpus, tmp_path, lose("queue"))
    assert "could not be read 0 times" in line and "events were lost 0 times" not in line


@pytest.mark.alone
def test_nothing_lost(slim, corpus, lose, tmp_path):
    """What the tests above take away is what fails there; and the machine's limit is none for slim."""
    with machine.ShortQueue():
        done = slim.run("build", corpus.reference("moved"), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store,
                        "--runtime", "runc", "--sensor", "ptrace", env=lose("nothing"))
    assert done.status == 0, done
