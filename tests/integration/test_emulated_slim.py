"""slim of another machine, emulated: SLIM_EMULATED is the command. .ci/run builds it."""
import json
import os
import subprocess

import pytest

from test_platforms import make_trace, raw
from testenv import platforms
from testenv.platforms import FOREIGN

pytestmark = pytest.mark.needs("root", "runc", "clang", "ld.lld", "skopeo")
TIMEOUT = 300


def emulated(*words):
    command = [*os.environ["SLIM_EMULATED"].split(), *(str(w) for w in words)]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=TIMEOUT)


def test_pack_and_why(slim, tmp_path):
    """It makes the same image of a stored trace as slim does here, and gives the same reasons."""
    index = platforms.Index(tmp_path)
    words = ["build", index.reference, "--platform", "linux/" + FOREIGN, "--trace", make_trace(slim, index, tmp_path), "--keep",
             "exact"]
    report = tmp_path / "report.json"
    made = emulated(*words, "-o", "oci:%s:there" % (tmp_path / "out"), "--store", tmp_path / "there", "--report", report)
    assert made.returncode == 0, made
    here = slim.run(*words, "-o", "oci:%s:here" % (tmp_path / "out"), "--store", slim.store)
    assert here.status == 0, here
    assert raw("oci:%s:there" % (tmp_path / "out")) == raw("oci:%s:here" % (tmp_path / "out"))
    assert json.loads(report.read_text())["result"]["files"] == 2
    for path in ("/etc/used", "/etc/unused"):
        why = emulated("why", report, path)
        assert (why.returncode, why.stdout) == (0, slim.run("why", report, path).out)
