"""Machines that lack what slim needs or would like to have. .ci/nightly environment runs other tests in such surroundings."""
import os
import subprocess

import pytest

from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "runc")


@pytest.fixture(scope="module")
def without(tmp_path_factory):
    """The words before a program that lacks these system calls."""
    program = str(tmp_path_factory.mktemp("without") / "without")
    source = os.path.join(os.path.dirname(__file__), "..", "images", "without.c")
    subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-o", program, source], check=True)
    return lambda *calls: [program, *calls, "--"]


def test_no_process_vm_readv(slim, images, without, tmp_path):
    """The tracer reads the paths in another way: the same result."""
    reports = [slim.build(images.service(), "oci:%s:%d" % (tmp_path / "out", i), "--sensor", "ptrace", prefix=prefix)
               for i, prefix in enumerate([[], without("process_vm_readv")])]
    assert reports[0]["result"]["digest"] == reports[1]["result"]["digest"]
    assert reports[1]["verify"]["equal"] is True


@pytest.mark.parametrize("sensor", ["ptrace", "auto"])
def test_no_openat2(slim, images, without, tmp_path, sensor):
    """Paths are walked by hand: the same result."""
    reports = []
    for i, prefix in enumerate([[], without("openat2")]):
        slim.store = str(tmp_path / ("store%d" % i))
        reports.append(slim.build(images.service(), "oci:%s:%d" % (tmp_path / "out", i), "--sensor", sensor, keep="safe",
                                  prefix=prefix))
    assert reports[0]["result"]["digest"] == reports[1]["result"]["digest"]
    assert reports[1]["verify"]["equal"] is True


def test_a_home_that_is_read_only(slim, images, tmp_path):
    """Only the store would be there: it is named, and --store helps."""
    home = tmp_path / "home"
    home.mkdir()
    alone = ["unshare", "--mount", "sh", "-ec", 'mount -t tmpfs -o ro slim-home "$HOME"; exec "$@"', "sh"]
    env = {"HOME": str(home), "XDG_CACHE_HOME": ""}
    words = images.job(), "-o", "oci:%s:slim" % (tmp_path / "out")
    slim.fails("build", *words, code="directory-create", names=str(home), prefix=alone, env=env)
    done = slim.run("build", *words, "--store", slim.store, prefix=alone, env=env)
    assert done.status == 0 and Image("oci:%s:slim" % (tmp_path / "out")), done
