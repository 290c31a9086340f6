"""slim build --timings: each step with its parts, on standard error and in the report."""
import json
import re

import pytest

pytestmark = pytest.mark.needs("root", "runc")

STAGES = ["fetch", "unpack", "record", "keep", "pack", "verify", "check", "publish"]
LINE = re.compile(r"^ +(\d+\.\d{3}) +(\d+\.\d{3})  ( *)([^:;\n]+)", re.M)


def dest(tmp_path):
    return "oci:%s:slim" % (tmp_path / "out")


def build(slim, images, tmp_path, *options):
    shown = slim.run("build", images.service(), "-o", dest(tmp_path), "--store", slim.store, "--report",
                     tmp_path / "report.json", *options)
    assert shown.status == 0, shown
    with open(tmp_path / "report.json") as f:
        return shown, json.load(f)


def parts(steps, whole):
    """The names of the parts of each step of that name."""
    numbers = [i for i, s in enumerate(steps) if s["name"] == whole]
    return [[s["name"] for s in steps if s["part_of"] == n] for n in numbers]


def test_report(slim, images, tmp_path):
    _, report = build(slim, images, tmp_path, "--timings")
    steps = report["timings"]
    assert [s["name"] for s in steps if s["part_of"] is None and s["name"] in STAGES] == STAGES
    for step in steps:
        assert step["begin_ms"] <= report["timing_ms"]["total"] + 1000, step
        if step["part_of"] is not None:
            whole = steps[step["part_of"]]
            assert whole["begin_ms"] <= step["begin_ms"], (whole, step)
            assert step["begin_ms"] + step["ms"] <= whole["begin_ms"] + whole["ms"] + 2, (whole, step)
    for stage in STAGES:
        [step] = [s for s in steps if s["name"] == stage]
        assert abs(step["ms"] - report["timing_ms"][stage]) <= 2
    [runs] = parts(steps, "record")
    [run] = parts(steps, runs[0])
    order = [run.index(name) for name in ("wait for the recorder", "start", "until it is ready", "exercise", "stop",
                                          "remove the container")]
    assert order == sorted(order), run
    [ahead] = [s for s in steps if s["name"] == "load the recorder"]  # once, while the image is fetched
    assert ahead["part_of"] is None
    assert parts(steps, "verify")[0][0] == "round 1"
    assert any(name.startswith("container ") for name in parts(steps, "round 1")[0])
    assert "publish to " + dest(tmp_path) in parts(steps, "publish")[0]


@pytest.mark.parametrize("option", ["--timings", "--verbose"])
def test_lines(slim, images, tmp_path, option):
    shown, report = build(slim, images, tmp_path, option)
    rows = LINE.findall(shown.err)
    assert [name for _, _, _, name in rows if name in STAGES] == STAGES, shown.err
    assert len(rows) == len(report["timings"])
    for (begin, took, indent, name), step in zip(rows, report["timings"]):
        assert step["name"].startswith(name)
        assert abs(float(begin) * 1000 - step["begin_ms"]) <= 2 and (len(indent) > 0) == (step["part_of"] is not None)
    assert "start: waits for the runtime" in shown.err
    assert "took" not in shown.out


def test_nobody_asks(slim, images, tmp_path):
    shown, report = build(slim, images, tmp_path)
    assert "timings" not in report and not LINE.search(shown.err)


def test_a_failed_build_tells_how_far_it_came(slim, images, tmp_path):
    shown = slim.run("build", images.service(), "-o", dest(tmp_path), "--store", slim.store, "--timings", "--entrypoint",
                     "/no/such/program")
    assert shown.status != 0
    names = [name for _, _, _, name in LINE.findall(shown.err)]
    assert [name for name in names if name in STAGES] == ["fetch", "unpack", "record"], shown


def test_json(slim, images, tmp_path):
    """The report is on standard output, the list on standard error."""
    shown = slim.run("build", images.job(), "-o", dest(tmp_path), "--store", slim.store, "--timings", "--json")
    assert shown.status == 0, shown
    assert [s["name"] for s in json.loads(shown.out)["timings"] if s["name"] in STAGES] == STAGES
    assert "record" in [name for _, _, _, name in LINE.findall(shown.err)]
