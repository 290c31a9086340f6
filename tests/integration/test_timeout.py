"""--timeout: the limit for a whole command. When it is over, the stage is named, what ran is gone and what was asked for
is written."""
import json
import xml.etree.ElementTree as xml

import pytest

from testenv.residue import Residue
from testenv.tree import Image, differences

pytestmark = pytest.mark.needs("root", "runc")

ENDLESS = ("--http-probe=false", "--host-exec", "sleep 1000", "--timeout", "3")


@pytest.fixture
def late(slim, images, tmp_path):
    """slim with a limit that is over while the service is driven; the result."""
    def run(verb, *args, status=1, **more):
        residue = Residue(slim)
        result = slim.run(verb, *args, *ENDLESS, "--store", slim.store, **more)
        assert result.status == status, result
        assert residue.left() == []
        return result
    return run


def build(late, images, tmp_path, *options, **more):
    files = "--report", tmp_path / "report.json", "--junit", tmp_path / "junit.xml"
    result = late("build", images.service(), "-o", "oci:%s:slim" % (tmp_path / "out"), *files, *options, **more)
    return result, json.loads((tmp_path / "report.json").read_text()), xml.parse(tmp_path / "junit.xml").getroot()


def test_build(late, images, tmp_path):
    result, report, junit = build(late, images, tmp_path, "--json")
    assert not (tmp_path / "out").exists()
    for error in report["error"], json.loads(result.out)["error"]:
        assert (error["code"], error["class"]) == ("command-timeout", "timeout"), error
        assert "the stage record was running" in error["message"] and "--timeout" in error["message"], error
    assert list(report["timing_ms"])[-2] == "record" and report["destinations"] == [], report
    assert int(junit.get("errors")) == 1, xml.tostring(junit)


def test_build_that_falls_back(late, images, tmp_path):
    result, report, _ = build(late, images, tmp_path, "--on-fail", "keep-original", status=0)
    assert report["error"]["code"] == "command-timeout" and report["gates"]["published"] == "original", report["error"]
    assert "THE ORIGINAL IMAGE WAS PUBLISHED" in result.err and "the stage record was running" in result.err, result
    assert differences(Image(images.service()), Image("oci:%s:slim" % (tmp_path / "out"))) == []


def test_record(late, images, tmp_path):
    report = tmp_path / "report.json"
    result = late("record", images.service(), "-o", tmp_path / "trace.json", "--report", report, "--json")
    assert result.error()["code"] == json.loads(report.read_text())["error"]["code"] == "command-timeout", result
    assert not (tmp_path / "trace.json").exists()


def test_verify(late, images):
    assert late("verify", images.service(), images.service(), "--json").error()["code"] == "command-timeout"


def test_batch(late, slim, images, tmp_path):
    """The limit is for all of them: the second has no time to start, the first says where it was."""
    file = tmp_path / "slim.yaml"
    file.write_text("schema: slim.build/v1\njobs: 1\ndefaults: {output: 'oci:%s:${SLIM_IMAGE}'}\nimages:\n"
                    "  - {name: a, image: '%s', timeout: 1000}\n  - {name: b, image: '%s'}\n"
                    % (tmp_path / "out", images.service(), images.service()))
    result = late("build", "--file", file, "--json")
    first, second = json.loads(result.out)["reports"]
    assert first["error"]["code"] == "command-timeout" and "the stage record" in first["error"]["message"], first
    assert second["state"] == "not started" and "0 of 2 images are done" in result.err, result
    assert not (tmp_path / "out").exists()


def test_a_limit_that_is_kept(slim, images, tmp_path):
    assert slim.build(images.job(), "oci:%s:slim" % (tmp_path / "out"), "--timeout", "600")["verify"]["equal"] is True
