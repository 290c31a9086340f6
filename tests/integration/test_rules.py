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


def test_what_a_limit_leaves_out_is_told(slim, configured, tmp_path):
    source, dest = configured("x" * 2100000), "oci:%s:slim" % (tmp_path / "out")
    report = slim.build(source, dest, keep="closure")
    assert "etc/app/conf.d/other.conf" not in Image(dest).paths()
    assert [n["code"] for n in report["notes"]] == ["left-out-by-limit"]
    told = report["notes"][0]["text"]
    assert all(text in told for text in ("configuration", "2.1 MB", "2.0 MB", "/etc/app/used.conf")), told
    option = told[told.index("--include"):].split()[:2]
    report = slim.build(source, dest, *option, keep="closure")
    assert "etc/app/conf.d/other.conf" in Image(dest).paths() and not report["notes"]


@pytest.mark.parametrize("keep", ["exact", "most"])
def test_levels_without_limits_tell_nothing(slim, configured, tmp_path, keep):
    report = slim.build(configured("x" * 2100000), "oci:%s:slim" % (tmp_path / "out"), keep=keep)
    assert not report["notes"]


def test_the_reason_is_the_rule(slim, configured, tmp_path):
    slim.build(configured("other"), "oci:%s:slim" % (tmp_path / "out"), keep="closure")
    why = slim.run("why", os.path.join(slim.directory, "report.json"), "/etc/app/conf.d/other.conf")
    assert why.status == 0 and "configuration" in why.out and "/etc/app/used.conf" in why.out, why
