"""Several runs of one image, with requests in another order and more at once: what any of them uses stays, and what only some
used is named."""
import filecmp

import pytest

from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "runc")

# Which of the two files is read depends on which is asked for first.
TURNS = ["--http-probe-cmd", "/turn/page.html", "--http-probe-cmd", "/turn/sub/deep.txt"]


def test_what_only_some_runs_use_is_kept_and_named(slim, images, tmp_path):
    once = slim.build(images.service(), "oci:%s:slim" % (tmp_path / "once"), "--verify=off", *TURNS)
    assert once["stability"] is None and "/srv/sub/deep.txt" not in Image("oci:%s:slim" % (tmp_path / "once")).paths()
    path = tmp_path / "report.json"
    dest = "oci:%s:slim" % (tmp_path / "out")
    report = slim.build(images.service(), dest, "--repeat", "2", "--report", path, *TURNS)
    assert {"srv/page.html", "srv/sub/deep.txt"} <= {p.lstrip("/") for p in Image(dest).paths()}
    stable = report["stability"]
    assert stable["in_some"] == [{"path": "/srv/page.html", "runs": [1]}, {"path": "/srv/sub/deep.txt", "runs": [2]}]
    assert (stable["runs"], stable["files_in_some"]) == (2, 2) and stable["files"] == stable["files_in_all"] + 2
    assert [(r["repeat"], [s["what"] for s in r["steps"] if s["kind"] == "http"]) for r in report["runs"]] == [
        (1, ["GET /turn/page.html", "GET /turn/sub/deep.txt"]), (2, ["GET /turn/sub/deep.txt", "GET /turn/page.html"])]
    assert report["verify"]["equal"] and report["verify"]["equal_runs"] == 1
    told = slim.run("why", path, "/srv/sub/deep.txt")
    assert told.status == 0 and "  seen in 1 of 2 runs: 2\n" in told.out, told
    needed = slim.run("why", path, "--request", "/turn/sub/deep.txt")
    assert needed.status == 0 and "/srv/sub/deep.txt" in needed.out, needed


def test_recording_several_runs(slim, images, tmp_path):
    result = slim.run("record", images.service(), "-o", tmp_path / "trace", "--store", slim.store, "--repeat", "2", *TURNS)
    assert result.status == 0, result
    assert "2 of them (" in result.out and "/srv/sub/deep.txt, in run 2\n" in result.out, result
    trace = (tmp_path / "trace").read_text()
    assert '"/srv/page.html"' in trace and '"/srv/sub/deep.txt"' in trace


def test_two_such_builds_are_byte_equal(slim, images, tmp_path):
    first, second = str(tmp_path / "1"), str(tmp_path / "2")
    for path in (first, second):
        slim.build(images.service(), "oci-archive:%s:a" % path, "--repeat", "3", "--verify=off")
    assert filecmp.cmp(first, second, shallow=False)


def test_an_order_that_is_wrong_is_a_note(slim, images, tmp_path):
    """The last request is as expected only behind the one before, which no rule tells."""
    probe = tmp_path / "probe.yaml"
    probe.write_text("schema: slim.probe/v1\nrequests: [/, {get: /ready, expect: 503}, {get: /ready, expect: 200}]\n")
    report = slim.build(images.service(), "oci:%s:slim" % (tmp_path / "out"), "--repeat", "2", "--probe-file", probe,
                        "--cmd", "8080 busy=1")
    notes = [n["text"] for n in report["notes"] if n["code"] == "variant-unexpected"]
    assert len(notes) == 1 and "run 2 of --repeat" in notes[0], report["notes"]


def test_nothing_is_repeated_without_a_run(slim, images, tmp_path):
    slim.fails("build", images.service(), "--trace", "x", "--repeat", "2", status=2, code="option-conflict",
               names="--repeat")
