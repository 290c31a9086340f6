"""action.yml: its steps, run as a runner runs those of a composite action, on images of a real dockerd."""
import json
import os
import re
import shutil
import subprocess

import pytest
import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
pytestmark = pytest.mark.needs("root", "runc", "dockerd", "docker", "skopeo")
NAME_VALUE = re.compile(r"^([\w-]+)=(.*)\n|^([\w-]+)<<(.*)\n((?:.*\n)*?)\4\n", re.M)


class Failed(Exception):
    pass


class Runner:
    """One job: the files and variables of GitHub's runner."""

    def __init__(self, folder, slim, docker):
        self.folder = folder
        (folder / "bin").mkdir()
        os.symlink(slim.program, folder / "bin" / "slim")
        for name in ("temp", "workspace", "files"):
            (folder / name).mkdir()
        self.env = slim.environment({
            "PATH": "%s:%s" % (folder / "bin", os.environ["PATH"]), "DOCKER_HOST": "unix://" + docker.socket, "CI": "true",
            "GITHUB_ACTIONS": "true", "GITHUB_ACTION_PATH": ROOT, "GITHUB_WORKSPACE": str(folder / "workspace"),
            "RUNNER_TEMP": str(folder / "temp")})

    @staticmethod
    def expand(text, inputs, steps):
        def value(match):
            path = match.group(1).split(".")
            if path[0] == "inputs":
                return inputs[path[1]]
            assert path[0] == "steps" and path[2] == "outputs", match.group()
            return steps.get(path[1], {}).get(path[3], "")
        return re.sub(r"\$\{\{\s*([\w.-]+)\s*\}\}", value, text)

    def step(self, step, inputs, steps, env, seconds=120):
        assert set(step) <= {"name", "id", "shell", "env", "run"} and step["shell"] == "bash"
        assert "${{" not in step["run"], "an input in a script's text is code"
        files = {name: str(self.folder / "files" / name) for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_ENV", "GITHUB_STEP_SUMMARY")}
        for path in files.values():
            open(path, "w").close()
        script = self.folder / "temp" / "step.sh"
        script.write_text(step["run"])
        own = {name: self.expand(text, inputs, steps) for name, text in step.get("env", {}).items()}
        done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)], cwd=self.env["GITHUB_WORKSPACE"],
                              env=dict(self.env, **files, **env, **own), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=seconds)
        with open(files["GITHUB_PATH"]) as f:  # of the steps that follow
            self.env["PATH"] = os.pathsep.join([*f.read().split("\n")[:-1][::-1], self.env["PATH"]])
        with open(files["GITHUB_OUTPUT"]) as f:
            outputs = {m[1] or m[3]: m[2] if m[1] else m[5][:-1] for m in NAME_VALUE.finditer(f.read())}
        return done, outputs

    def run(self, env=None, seconds=120, **given):
        """The action's outputs; Failed with what its step printed."""
        with open(os.path.join(self.env["GITHUB_ACTION_PATH"], "action.yml")) as f:
            action = yaml.safe_load(f)
        assert action["runs"]["using"] == "composite" and set(given) <= set(action["inputs"])
        inputs = {name: given.get(name, spec.get("default", "")) for name, spec in action["inputs"].items()}
        assert all(isinstance(value, str) for value in inputs.values()), inputs
        steps, failed = {}, None
        for step in action["runs"]["steps"]:
            done, outputs = self.step(step, inputs, steps, env or {}, seconds)
            steps[step.get("id")] = outputs
            if done.returncode:
                failed = done.stdout
                break
        out = {name: self.expand(spec["value"], inputs, steps) for name, spec in action["outputs"].items()}
        if failed is not None:
            raise Failed(failed, out)
        return out


@pytest.fixture
def runner(slim, tmp_path, dockerd):
    return Runner(tmp_path, slim, dockerd)


@pytest.fixture
def target(images, dockerd):
    dockerd.take(images.job(), "project/app")
    return "project/app:latest"


def names(dockerd):
    return set(dockerd.docker("images", "--format", "{{.Repository}}:{{.Tag}}").split())


def identity(dockerd, name):
    return dockerd.docker("image", "inspect", "-f", "{{.Id}}", name).strip()


OFF = {"DSLIM_HTTP_PROBE": "false"}


def test_the_contract_of_the_common_action():
    with open(os.path.join(ROOT, "action.yml")) as f:
        action = yaml.safe_load(f)
    assert {"target", "tag", "overwrite", "version"} <= set(action["inputs"]) and "report" in action["outputs"]
    assert action["inputs"]["target"]["required"] is True and action["inputs"]["tag"]["default"] == "slim"


def test_a_tag_beside_the_target(runner, dockerd, target):
    before = identity(dockerd, target)
    out = runner.run(OFF, target=target, version="1.40.11")
    report = json.loads(out["report"])
    assert report["state"] == "done" and report["target_reference"] == target and report["minified_by"] > 1
    assert report["minified_image"] == "project/app.slim:latest"
    assert out["image"] == "project/app:slim"
    assert names(dockerd) == {target, "project/app:slim"} and identity(dockerd, target) == before
    assert dockerd.job("project/app:slim") == "default\n"
    assert not os.listdir(runner.env["GITHUB_WORKSPACE"])


def test_overwrite(runner, dockerd, target):
    before = identity(dockerd, target)
    markdown = runner.folder / "comment.md"
    out = runner.run(OFF, target=target, overwrite="true", options="--continue-after=exit\n--include=/srv/unused.txt\n",
                     gates="--max-size=100MB\n--require-verify\n", markdown=str(markdown))
    assert out["digest"].startswith("sha256:") and int(out["size"]) > 0 and float(out["reduction"]) >= 0, out
    assert "| max-size |" in markdown.read_text() and "**failed**" not in markdown.read_text()
    assert out["image"] == target and names(dockerd) == {target} and identity(dockerd, target) != before
    assert dockerd.job(target) == "default\n"
    assert before not in dockerd.docker("images", "-aq", "--no-trunc").split()
    assert "nobody asks" in dockerd.job(target, "cat", "/srv/unused.txt")


def test_a_failure_tags_nothing(runner, dockerd, target):
    with pytest.raises(Failed) as failure:
        runner.run(dict(OFF, DSLIM_RC_CMD="cat /none"), target=target, overwrite="true")
    report = json.loads(failure.value.args[1]["report"])
    assert report["state"] == "error" and report["error"] and report["minified_image"] == ""
    assert names(dockerd) == {target}


def test_a_gate_tags_nothing(runner, dockerd, target):
    markdown = runner.folder / "comment.md"
    with pytest.raises(Failed, match="--max-size") as failure:
        runner.run(OFF, target=target, overwrite="true", gates="--max-size=1B\n", markdown=str(markdown))
    assert json.loads(failure.value.args[1]["report"])["state"] == "error" and "**failed**" in markdown.read_text()
    assert names(dockerd) == {target}


def test_what_compose_says(runner, dockerd, target):
    """The workflow file that hundreds have."""
    with open(os.path.join(runner.env["GITHUB_WORKSPACE"], "docker-compose.yml"), "w") as f:
        f.write("services: {web: {image: \"project/app:latest\", command: [cat, /srv/host.txt]}}\n")
    out = runner.run(dict(OFF, DSLIM_PULL="true", DSLIM_COMPOSE_FILE="docker-compose.yml", DSLIM_TARGET_COMPOSE_SVC="web",
                          DSLIM_CONTINUE_AFTER="exit"), target=target)
    assert json.loads(out["report"])["state"] == "done" and names(dockerd) == {target, "project/app:slim"}
    assert dockerd.job("project/app:slim", "cat", "/srv/host.txt") == "host\n"


def test_inputs_are_no_code(runner, dockerd, target):
    with pytest.raises(Failed):
        runner.run(OFF, target="$(touch stolen)`touch stolen`\"; touch stolen; \"")
    runner.run(OFF, target=target, tag="v1", options="--label=$(touch stolen)")
    assert not os.listdir(runner.env["GITHUB_WORKSPACE"]) and "project/app:v1" in names(dockerd)


@pytest.mark.nightly
def test_slim_is_built_from_the_actions_sources(runner, dockerd, target, tmp_path):
    """No slim in PATH: the first step builds it, and the others find it by GITHUB_PATH."""
    sources = tmp_path / "sources"
    sources.mkdir()
    subprocess.run("git ls-files -z | tar --null -T - -c | tar -xC %s" % sources, shell=True, cwd=ROOT, check=True)
    os.unlink(tmp_path / "bin/slim")
    assert shutil.which("slim", path=runner.env["PATH"]) is None
    runner.env["GITHUB_ACTION_PATH"] = str(sources)
    out = runner.run(OFF, seconds=3000, target=target)
    assert out["image"] == "project/app:slim" and dockerd.job("project/app:slim") == "default\n"
    built = tmp_path / "temp/slim-build/cmd"
    assert runner.env["PATH"].split(os.pathsep)[0] == str(built) and os.access(built / "slim", os.X_OK)
    assert not (sources / "build").exists()
