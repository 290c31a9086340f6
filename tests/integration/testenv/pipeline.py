"""Runs the steps of examples/ci as their systems would: a fresh workspace for each job, what they hand over, their variables.
Stands in for the systems' own steps (checkout, artifacts, matrix), and lists steps that it cannot run in untried. If a script
fails, it runs the steps that run in any case, and raises Failed."""
import contextlib
import os
import re
import shutil
import subprocess

import yaml

SLIM_IMAGE = "slim-image:test"
# Replaces what the machine of a test lacks: a registry that its docker reaches, slim's image, sudo.
DOCKER = """#!/bin/sh
set -eu
case $1 in
    login) cat >/dev/null; exit 0 ;;
    push) exec skopeo copy -q --dest-tls-verify=false --src-daemon-host "$DOCKER_HOST" "docker-daemon:$2" "docker://$2" ;;
    run) for word; do
            shift
            [ "$word" != "%s" ] || exec slim "$@"
        done ;;
esac
exec "%s" "$@"
"""


class Failed(Exception):
    """A script ended with status; output: what it printed."""

    def __init__(self, text, status, output):
        super().__init__("%s\nended with status %d\n%s" % (text, status, output))
        self.status, self.output = status, output


class Job:
    """The failure of a job's first step that failed, until the steps that run in any case are done."""

    def __init__(self):
        self.failure = None

    @contextlib.contextmanager
    def step(self):
        try:
            yield
        except Failed as failure:
            self.failure = self.failure or failure

    def end(self):
        if self.failure:
            raise self.failure


class Workspace:
    """app: the project's files. path: PATH with slim, and docker as DOCKER has it."""

    def __init__(self, directory, program, app, environment):
        self.directory, self.app, self.count = str(directory), str(app), 0
        self.artifacts, self.untried = {}, []
        tools = os.path.join(self.directory, "tools")
        os.makedirs(tools)
        os.symlink(program, os.path.join(tools, "slim"))
        for name, text in (("docker", DOCKER % (SLIM_IMAGE, shutil.which("docker"))), ("sudo", '#!/bin/sh\nexec "$@"\n')):
            with open(os.path.join(tools, name), "w") as f:
                f.write(text)
            os.chmod(f.name, 0o755)
        self.environment = dict(environment, PATH=tools + os.pathsep + environment["PATH"], DOCKER_BUILDKIT="0")

    def new(self, checkout=True):
        self.count += 1
        path = os.path.join(self.directory, "job-%d" % self.count)
        if checkout:
            shutil.copytree(self.app, path)
        else:
            os.mkdir(path)
        return path

    def script(self, text, where, more=None, shell=("sh", "-e")):
        done = subprocess.run([*shell, "-c", text], cwd=where, env=dict(self.environment, **(more or {})), text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
        if done.returncode:
            raise Failed(text, done.returncode, done.stdout)
        return done.stdout

    def keep(self, name, where, paths):
        """Of a directory all files below it."""
        found = []
        for path in paths:
            full = os.path.join(where, path)
            found += [os.path.relpath(os.path.join(at, file), where) for at, _, files in os.walk(full) for file in files] \
                if os.path.isdir(full) else [path]
        self.artifacts[name] = [(p, open(os.path.join(where, p), "rb").read()) for p in found]

    def file(self, path):
        """The bytes of a file that a job left."""
        return next(data for files in self.artifacts.values() for name, data in files if name == path)

    def bring(self, where, name=None):
        for key, files in self.artifacts.items():
            for path, data in files if name in (None, key) else ():
                with open(os.path.join(where, path), "wb") as f:
                    f.write(data)


def read(path):
    with open(path) as f:
        return yaml.safe_load(f)


def fill(text, pattern, values):
    """Replaces each match of the pattern by its value. A name without a value is a mistake in the example."""
    return re.sub(pattern, lambda m: values[m.group(1)], text)


def github(space, path, values):
    """values: of expressions, as "vars.REGISTRY"."""
    document = read(path)
    jobs = document["jobs"]
    assert document[True] and all(j["runs-on"] for j in jobs.values())  # YAML 1.1 reads "on" as true
    assert all(n in jobs for j in jobs.values() for n in [j.get("needs", [])] if isinstance(n, str))
    done = []
    while len(done) < len(jobs):
        name = next(n for n in jobs if n not in done and jobs[n].get("needs") in (None, *done))
        (axis, points), = jobs[name].get("strategy", {}).get("matrix", {"none": [0]}).items()
        for point in points:
            github_job(space, jobs[name], dict(values, **{"matrix." + axis: str(point)}))
        done.append(name)


def github_job(space, job, values):
    def expand(value):
        if isinstance(value, dict):
            return {k: expand(v) for k, v in value.items()}
        return fill(value, r"\$\{\{ (\S+) \}\}", values) if isinstance(value, str) else value
    where, run = space.new(checkout=False), Job()
    for step in job["steps"]:
        action, options = step.get("uses", "").partition("@")[0], expand(step.get("with", {}))
        assert step.get("if") in (None, "always()")
        if run.failure and not step.get("if"):
            continue
        if "run" in step:
            with run.step():
                space.script(expand(step["run"]), where, {**expand(job.get("env", {})), **expand(step.get("env", {}))},
                             shell=("bash", "-eo", "pipefail"))
        elif action == "actions/checkout":
            shutil.copytree(space.app, where, dirs_exist_ok=True)
        elif action == "actions/upload-artifact":
            space.keep(options["name"], where, [options["path"]])
        elif action == "actions/download-artifact":
            assert "name" in options or options["merge-multiple"]
            space.bring(where, options.get("name"))
        elif action == "github/codeql-action/upload-sarif":
            space.keep("code scanning", where, [options["sarif_file"]])
        else:
            space.untried.append(step["uses"])
    run.end()


def gitlab(space, path, values):
    document = read(path)
    jobs = {n: j for n, j in document.items() if n not in ("variables", "stages", "default")}
    assert {j["stage"] for j in jobs.values()} == set(document["stages"])
    def expand(text):
        return re.sub(r"\$(\w+)", lambda m: variables.get(m.group(1), m.group(0)), text)
    variables = dict(values)
    for name, value in document.get("variables", {}).items():
        variables[name] = expand(value)
    for stage in document["stages"]:
        for job in (j for j in jobs.values() if j["stage"] == stage):
            count = job.get("parallel", 1)
            for index in range(count):
                where, run, artifacts = space.new(), Job(), job.get("artifacts", {})
                more = dict(variables, CI_NODE_INDEX=str(index + 1), CI_NODE_TOTAL=str(count))
                with run.step():
                    space.script("\n".join(job["script"]), where, more)
                if not run.failure or artifacts.get("when") == "always":
                    for name in artifacts.get("paths", []) + list(artifacts.get("reports", {}).values()):
                        space.keep(name, where, [name])
                run.end()


def azure(space, path, values):
    document = read(path)
    values = dict(values)
    for name, value in document["variables"].items():
        values[name] = fill(value, r"\$\(([\w.]+)\)", values)
    where, run = space.new(), Job()
    for step in document["steps"]:
        if run.failure and step.get("condition") != "succeededOrFailed()":
            continue
        if "bash" in step:
            with run.step():
                log = space.script(fill(step["bash"], r"\$\(([A-Za-z][\w.]*)\)", values), where, shell=("bash", "-e"))
                for name, value in re.findall(r"^##vso\[task\.setvariable variable=(\w+);isOutput=true\](.*)$", log, re.M):
                    values["%s.%s" % (step.get("name"), name)] = value
                space.log = log
        elif "publish" in step:
            space.keep(step["publish"], where, [step["publish"]])
        elif step.get("task") == "PublishTestResults@2":
            space.keep("test results", where, [step["inputs"]["testResultsFiles"]])
        else:
            assert step == {"checkout": "self"}
    run.end()


def jenkins(space, path, values):
    with open(path) as f:
        text = f.read()
    assert text.count("{") == text.count("}") and text.count("'''") % 2 == 0
    where, run = space.new(), Job()
    for script in re.findall(r"sh '''(.*?)'''", text, re.S):
        with run.step():
            if not run.failure:
                space.script(script, where, values, shell=("sh", "-xe"))
    for name in re.findall(r"(?:archiveArtifacts artifacts|junit testResults): '([^']+)'", text):
        space.keep(name, where, [name[:-3] if name.endswith("/**") else name])
    run.end()


def tekton(space, path, values):
    """values: of "params.image" and the like. The step's results, by name."""
    task = read(path)
    assert (task["apiVersion"], task["kind"]) == ("tekton.dev/v1", "Task")
    spec, where, run = task["spec"], space.new(), Job()
    volumes = {v["name"] for v in spec["volumes"]}
    values = dict(values, **{"workspaces.source.path": where})
    results = os.path.join(space.directory, "results-%d" % space.count)
    os.mkdir(results)
    for step in spec["steps"]:
        assert all(m["name"] in volumes for m in step["volumeMounts"]) and step["securityContext"]["privileged"]
        expand = lambda text: fill(text, r"\$\(((?:params|workspaces)\.[\w.-]+)\)", values)
        more = {e["name"]: expand(e["value"]) for e in step["env"]}
        script = os.path.join(where, "script")
        with open(script, "w") as f:
            f.write(expand(step["script"]))
        os.chmod(script, 0o755)
        more["STORE"] = os.path.join(space.directory, "store")  # the volume
        assert more["RESULTS"] == "/tekton/results"
        more["RESULTS"] = results
        with run.step():
            space.script("./script", where, more)
    space.keep("workspace", where, [name for name in ("junit.xml", "slim-report.json") if os.path.exists(os.path.join(where, name))])
    run.end()
    return {r["name"]: open(os.path.join(results, r["name"])).read() for r in spec["results"]}


def kubernetes(space, path, values):
    job = read(path)
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "Job")
    pod = job["spec"]["template"]["spec"]
    assert pod["restartPolicy"] in ("Never", "OnFailure")
    (container,), volumes = pod["containers"], {v["name"] for v in pod["volumes"]}
    assert all(m["name"] in volumes for m in container["volumeMounts"]) and container["securityContext"]["privileged"]
    more = {e["name"]: values.get(e["name"], e["value"]) for e in container["env"]}
    script, = container["args"]
    return space.script(script, space.new(checkout=False), more, shell=container["command"][:1] + ["-eu"])
