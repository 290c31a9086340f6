"""Outputs for CI systems of builds, verifications, recordings and batches: in files that the system or an option named, and in
the log."""
import json
import os
import re
import xml.etree.ElementTree as xml

import pytest

pytestmark = pytest.mark.needs("root", "runc")

# As an image may print it, to do something in the pipeline.
COMMAND = "::set-env name=PATH::/tmp ##vso[task.setvariable variable=PATH]/tmp"


@pytest.fixture
def build(slim, images, tmp_path):
    command = ["build", images.job(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--keep", "exact"]
    return lambda *options, **more: slim.run(*command, *options, **more)


@pytest.fixture
def github(tmp_path):
    """The environment of a step, in which another has written before."""
    summary, output = tmp_path / "summary", tmp_path / "output"
    summary.write_text("# Tests\nall passed")
    output.touch()
    return {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(output)}


def outputs(env):
    with open(env["GITHUB_OUTPUT"]) as f:
        found = re.findall(r"^(\w+)<<(\w+)\n(.*)\n\2$", f.read(), re.M)
    return {name: value for name, _, value in found}


def test_a_build(build, github, tmp_path):
    junit, sarif = tmp_path / "junit.xml", tmp_path / "slim.sarif"
    done = build("--junit", junit, "--sarif", sarif, env=github)
    assert done.status == 0, done
    with open(tmp_path / "out" / "index.json") as f:
        digest = json.load(f)["manifests"][0]["digest"]
    figures = outputs(github)
    assert figures["digest"] == digest and figures["status"] == "passed" and float(figures["reduction"]) > 0
    assert figures["image"] == "oci:%s:slim" % (tmp_path / "out")
    with open(github["GITHUB_STEP_SUMMARY"]) as f:
        summary = f.read()
    assert summary.startswith("# Tests\nall passed\n<!-- slim-report:") and "| unpacked |" in summary
    suites = xml.parse(junit).getroot()
    assert suites.get("failures") == "0" and int(suites.get("tests")) >= 3
    assert json.loads(sarif.read_text())["runs"][0]["invocations"][0]["executionSuccessful"]
    # A line for each stage, with its time, and nothing that only a terminal understands.
    assert all(re.match(r"slim: [a-z]+ +after \d+\.\d s$", line) for line in done.err.splitlines()), done
    assert not re.search(r"[\r\x1b]", done.err + done.out)


def test_a_failure_is_told_and_the_image_commands_nothing(build, github, tmp_path):
    done = build("--cmd", json.dumps(["fail", COMMAND]), "--ci-dir", tmp_path, env=github)
    assert done.status == 3, done
    assert outputs(github)["status"] == "not-proven" and outputs(github)["digest"] == ""
    with open(github["GITHUB_STEP_SUMMARY"]) as f:
        assert ": not proven, nothing was published" in f.read()
    assert int(xml.parse(tmp_path / "junit.xml").getroot().get("failures")) > 0
    log = (done.out + done.err).splitlines()
    assert [line for line in log if line.lstrip().startswith("::")] == \
        [line for line in log if re.match(r"::(error|warning|notice) title=slim%3A [a-z-]+::", line)] != []
    assert any("set-env" in line for line in log) and not any("##vso[" in line for line in log), done
    azure = build("--cmd", json.dumps(["fail", COMMAND]), env={"TF_BUILD": "True", "AGENT_TEMPDIRECTORY": str(tmp_path)})
    commands = [line for line in (azure.out + azure.err).splitlines() if re.search(r"##(vso)?\[", line)]
    assert all(re.match(r"##vso\[task\.(logissue|setvariable variable=[a-z_]+;isOutput=true|uploadsummary)", line)
               for line in commands), azure
    assert "##vso[task.uploadsummary]%s/slim-summary.md" % tmp_path in commands
    assert (tmp_path / "slim-summary.md").exists()


def test_a_file_that_cannot_be_written_is_told_before_the_run(slim, build, github, tmp_path):
    missing = tmp_path / "missing" / "file"
    for options, env, name in ((["--junit", missing], {}, "--junit"), ([], dict(github, GITHUB_OUTPUT=str(missing)), "GITHUB_OUTPUT")):
        done = build("--json", *options, env=env)
        assert done.status == 1 and done.error()["code"] == "directory-not-found" and name in done.error()["message"], done
        assert "unpack" not in done.err and not (tmp_path / "out").exists()
    assert build("--junit", "-", "--json").status == 2


def test_an_early_failure_is_told(slim, github, tmp_path):
    done = slim.run("build", "oci:%s" % (tmp_path / "none"), "--store", slim.store, "--markdown", tmp_path / "page.md", env=github)
    assert done.status == 1 and outputs(github)["status"] == "failed", done
    assert "the build failed" in (tmp_path / "page.md").read_text()
    assert "::error title=slim%3A " in done.out


def test_a_recording_and_a_verification(slim, images, build, github, tmp_path):
    """A recording has no result: of its figures only the status and the original's size are told."""
    trace, junit, page = tmp_path / "trace.json", tmp_path / "junit.xml", tmp_path / "page.md"
    done = slim.run("record", images.job(), "-o", trace, "--store", slim.store, "--junit", junit, "--markdown", page, env=github)
    assert done.status == 0 and outputs(github).keys() == {"status", "original_size"}, done
    assert outputs(github)["status"] == "passed" and " was recorded" in page.read_text()
    assert {s.get("name") for s in xml.parse(junit).iter("testsuite")} == {"slim.record", "slim.runs"}

    open(github["GITHUB_OUTPUT"], "w").close()
    assert build().status == 0
    command = ["verify", images.job(), "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--junit", junit,
               "--markdown", page]
    done = slim.run(*command, env=github)
    figures = outputs(github)
    assert done.status == 0 and figures["status"] == "passed" and float(figures["reduction"]) > 0, done
    assert figures["digest"].startswith("sha256:") and "pinned" not in figures
    assert " behave the same" in page.read_text() and "| unpacked |" in page.read_text()
    assert {s.get("name") for s in xml.parse(junit).iter("testsuite")} == {"slim.verification", "slim.runs", "slim.verify"}
    with open(github["GITHUB_STEP_SUMMARY"]) as f:
        assert " was recorded" in (summary := f.read()) and " behave the same" in summary

    other = tmp_path / "other"
    assert slim.run("build", images.job(), "-o", "oci:%s:slim" % other, "--store", slim.store, "--keep", "exact", "--cmd",
                    '["cat", "/srv/run-a.txt"]').status == 0
    done = slim.run(*command[:2], "oci:%s:slim" % other, *command[3:], env=github)
    assert done.status == 3 and outputs(github)["status"] == "not-proven" and "::error title=slim%3A " in done.out, done
    assert int(xml.parse(junit).getroot().get("failures")) >= 2 and ": not proven\n" in page.read_text()


def test_standard_output_takes_one(slim, images, tmp_path):
    for command in (["record", images.job(), "-o", "-"], ["verify", images.job(), images.job(), "--json"]):
        done = slim.run(*command, "--junit", "-", "--store", slim.store)
        assert done.status == 2 and "more than one output" in done.err, done
    done = slim.run("record", images.job(), "-o", tmp_path / "trace.json", "--markdown", "-", "--store", slim.store)
    assert done.status == 0 and done.out.startswith("<!-- slim-report:") and "traced" not in done.out, done


@pytest.fixture
def batch(slim, images, tmp_path):
    """Two images that are built, one whose gate fails, one that does not exist."""
    (tmp_path / "slim.yaml").write_text("""
schema: slim.build/v1
defaults: {store: %s, keep: exact, output: "oci:%s:${SLIM_IMAGE}"}
images:
  - {name: web-1, image: %s, junit: %s}
  - {name: job.b, image: %s}
  - {name: large, image: %s, max-size: 1B}
  - {name: gone, image: "oci:/none"}
""" % (slim.store, tmp_path / "out", images.job(), tmp_path / "own.xml", images.job(), images.job()))
    return lambda *options, **more: slim.run("build", "--file", tmp_path / "slim.yaml", *options, **more)


def published(tmp_path):
    with open(tmp_path / "out" / "index.json") as f:
        return {m["annotations"]["org.opencontainers.image.ref.name"]: m["digest"] for m in json.load(f)["manifests"]}


def test_a_batch_on_github(batch, github, tmp_path):
    """One table, and outputs of each image: no image replaces those of another."""
    junit = tmp_path / "all.xml"
    done = batch("--junit", junit, env=github)
    assert done.status == 1, done
    figures, digests = outputs(github), published(tmp_path)
    assert figures["web_1_digest"] == digests["web-1"] and figures["job_b_digest"] == digests["job.b"]
    assert figures["large_status"] == "gate-failed" and figures["gone_status"] == "failed" == figures["status"]
    assert "digest" not in figures and figures["gone_digest"] == ""
    images = json.loads(figures["images"])  # what fromJSON reads
    assert [i["name"] for i in images] == ["web-1", "job.b", "large", "gone"]
    assert images[1]["digest"] == digests["job.b"] and images[1]["reduction"] > 0 and images[3]["digest"] is None
    with open(github["GITHUB_STEP_SUMMARY"]) as f:
        summary = f.read()
    assert summary.count("<!-- slim-report:") == 1 and "2 of 4 images passed" in summary
    assert [line.split(" | ")[:2] for line in summary.splitlines() if line.startswith("| ")][1:] == \
        [["| web-1", "passed"], ["| job.b", "passed"], ["| large", "**gate-failed**"], ["| gone", "**failed**"]]
    cases = {c.get("name"): [e.tag for e in c] for c in xml.parse(junit).iter("testcase")}
    assert cases == {"web-1": [], "job.b": [], "large": ["failure"], "gone": ["error"]}
    assert "slim.runs" in (tmp_path / "own.xml").read_text()  # the image's own file
    # the annotations are those of the images
    assert "::error title=slim%3A gate-max-size::" in done.err + done.out


def test_a_batch_elsewhere(batch, tmp_path):
    done = batch("web-1", "job.b", "--dotenv", tmp_path / "slim.env", "--markdown", tmp_path / "slim.md", env={"GITLAB_CI": "true"})
    digests = published(tmp_path)
    assert done.status == 0 and (tmp_path / "slim.env").read_text().splitlines() == [
        "SLIM_STATUS=passed",
        "SLIM_WEB_1_IMAGE=oci:%s:web-1" % (tmp_path / "out"), "SLIM_WEB_1_DIGEST=" + digests["web-1"], "SLIM_WEB_1_STATUS=passed",
        "SLIM_JOB_B_IMAGE=oci:%s:job.b" % (tmp_path / "out"), "SLIM_JOB_B_DIGEST=" + digests["job.b"], "SLIM_JOB_B_STATUS=passed"]
    assert "2 of 2 images passed" in (tmp_path / "slim.md").read_text()

    (tmp_path / "results").mkdir()
    done = batch("web-1", "job.b", "--ci", "tekton", "--ci-dir", tmp_path / "results")
    results = {p.name: p.read_text() for p in (tmp_path / "results").iterdir()}
    assert done.status == 0 and results["IMAGES"].splitlines() == ["oci:%s:%s@%s" % (tmp_path / "out", n, digests[n])
                                                                   for n in ("web-1", "job.b")], done
    assert results["job_b_IMAGE_DIGEST"] == digests["job.b"] and results["STATUS"] == "passed" and len(results) == 8

    done = batch("web-1", "large", env={"TF_BUILD": "True", "AGENT_TEMPDIRECTORY": str(tmp_path)})
    variables = dict(re.findall(r"^##vso\[task\.setvariable variable=(\w+);isOutput=true\](.*)$", done.out + done.err, re.M))
    assert done.status == 4 and variables["web_1_digest"] == digests["web-1"] and "digest" not in variables, done
    assert [i["status"] for i in json.loads(variables["images"])] == ["passed", "gate-failed"]
    assert "1 of 2 images passed" in (tmp_path / "slim-summary.md").read_text()
    assert "##vso[task.logissue type=error;code=gate-max-size]" in done.out + done.err


def test_a_batch_that_cannot_tell(slim, images, batch, tmp_path):
    done = batch("--sarif", tmp_path / "x.sarif")
    assert done.status == 2 and "--sarif would be the same for 4 images" in done.err, done
    done = batch("web-1", "job.b", "--junit", tmp_path / "none" / "junit.xml")
    assert done.status == 1 and "--junit" in done.err and not (tmp_path / "out").exists(), done
    path = tmp_path / "same.yaml"
    path.write_text("schema: slim.build/v1\nimages: [{name: a.b, image: x}, {name: A_b, image: y}]\n")
    done = slim.run("build", "--file", path, "--ci", "github")
    assert done.status == 2 and "A_b" in done.err and "another name" in done.err, done
