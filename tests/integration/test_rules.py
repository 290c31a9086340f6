"""Rules decide in a real build, and the report says which. What each rule keeps is its example's to say
(tests/unit/keep/rules/rules_run.c)."""
import os

import oci
import pytest

from testenv.layers import Layer
from testenv.samples import JOB_CONFIG
from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "runc")


@pytest.fixture
def configured(images, tmp_path):
    """A job that reads one file of a directory in /etc."""
    def make(other):
        layer = Layer().program("bin/job", images.programs["job"]).file("etc/app/used.conf", "used")
        layer.dir("etc/app/conf.d").file("etc/app/conf.d/other.conf", other)
        oci.write_layout(str(tmp_path / "in"), "image", oci.Image([layer.write(tmp_path / "layer.tar")],
                                                                  dict(JOB_CONFIG, Cmd=["cat", "/etc/app/used.conf"])))
        return "oci:%s:image" % (tmp_path / "in")
    return make


@pytest.mark.parametrize("keep,stays", [("exact", False), ("closure", True), ("safe", True)])
def test_what_a_rule_keeps(slim, configured, tmp_path, keep, stays):
    dest = "oci:%s:slim" % (tmp_path / "out")
    slim.build(configured("other"), dest, keep=keep)
    assert ("etc/app/conf.d/other.conf" in Image(dest).paths()) == stays


def test_a_limit_is_reported(slim, configured, tmp_path):
    dest = "oci:%s:slim" % (tmp_path / "out")
    report = slim.build(configured("x" * 2100000), dest, keep="closure")
    assert "etc/app/conf.d/other.conf" not in Image(dest).paths()
    assert [n["code"] for n in report["notes"]] == ["rule-over-limit"]
    assert all(text in report["notes"][0]["text"] for text in ("configuration", "2.1 MB", "2 MB"))


def test_the_reason_is_the_rule(slim, configured, tmp_path):
    slim.build(configured("other"), "oci:%s:slim" % (tmp_path / "out"), keep="closure")
    why = slim.run("why", os.path.join(slim.directory, "report.json"), "/etc/app/conf.d/other.conf")
    assert why.status == 0 and "configuration" in why.out and "/etc/app/used.conf" in why.out, why
