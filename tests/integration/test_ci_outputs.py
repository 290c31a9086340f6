"""What a build tells the CI system that runs it: in the files that the system named, in named files, and in the log."""
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
