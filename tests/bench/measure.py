"""Runs slim and measures it from outside: seconds, and the peak memory of its own processes per stage.

A process counts as slim's own when it executes the same file: the runtime and the container do not.
Linux keeps a process's peak (VmHWM); it is reset at each stage line, so a stage's figure is its own."""
import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time

import probe_file


class Measured:
    def __init__(self, status, seconds, peaks, report, stderr):
        self.status, self.seconds, self.peaks, self.report, self.stderr = status, seconds, peaks, report, stderr

    def peak(self):
        return max(self.peaks.values(), default=0)


def own_processes(top, program):
    """Pids of top and its descendants that execute the program."""
    todo, out = [top], []
    while todo:
        pid = todo.pop()
        try:
            if os.path.samefile("/proc/%d/exe" % pid, program):
                out.append(pid)
            for task in os.listdir("/proc/%d/task" % pid):
                with open("/proc/%d/task/%s/children" % (pid, task)) as f:
                    todo += [int(p) for p in f.read().split()]
        except OSError:
            pass  # it ended meanwhile
    return out


def peak_bytes(pid):
    try:
        with open("/proc/%d/status" % pid) as f:
            for line in f:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def reset_peak(pid):
    try:
        with open("/proc/%d/clear_refs" % pid, "w") as f:
            f.write("5")
    except OSError:
        pass


def slim_build(program, source, dest, store, report, options=()):
    """One build; the report must be a file that may be overwritten."""
    command = [program, "build", source, "-o", dest, "--store", store, "--report", report] + list(options)
    start = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               text=True, errors="replace")
    stage, peaks, lines = ["begin"], {}, []

    def sample():
        total = sum(peak_bytes(pid) for pid in own_processes(process.pid, program))
        peaks[stage[0]] = max(peaks.get(stage[0], 0), total)

    def read_stages():
        for line in process.stderr:
            lines.append(line)
            words = line.split()
            if len(words) == 5 and words[0] == "slim:" and words[2] == "after":
                sample()
                stage[0] = words[1]
                for pid in own_processes(process.pid, program):
                    reset_peak(pid)

    reader = threading.Thread(target=read_stages)
    reader.start()
    while process.poll() is None:
        sample()
        time.sleep(0.02)  # the interval of a measurement; nothing waits for it
    reader.join()
    seconds = time.monotonic() - start
    parsed = None
    if process.returncode == 0:
        with open(report) as f:
            parsed = json.load(f)
    return Measured(process.returncode, seconds, peaks, parsed, "".join(lines))


def corpus_options(spec, probe):
    """What a user would tell slim for an image of the corpus. probe: the options for its spec's probe, which are those of
    probe_file.options, or checker_probe's."""
    options = []
    for name, value in (spec.get("env") or {}).items():
        options += ["--env", "%s=%s" % (name, value)]
    if spec.get("cmd"):
        options += ["--cmd", json.dumps(spec["cmd"])]
    if spec.get("entrypoint"):
        options += ["--entrypoint", json.dumps([spec["entrypoint"]])]
    return options + probe


def checker_probe(spec, spec_path, checker):
    """The steps as the checker makes them."""
    options, steps = [], spec["probe"]
    if any(step["type"] != "run" for step in steps):
        options = ["--http-probe=false", "--host-exec",
                   "/usr/bin/python3 '%s' --probe \"$SLIM_TARGET_HOST\" --spec '%s'" % (checker, spec_path)]
    for step in steps:
        if step["type"] == "run":
            options += ["--run", json.dumps(step.get("cmd", []))]
    return options


def load_checker(corpus):
    """check.py as a module: its Target makes the probe's steps."""
    spec = importlib.util.spec_from_file_location("check", os.path.join(corpus, "check.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def corpus_images(corpus, layouts, names):
    """(name, spec, spec's path, source) of the named images; of all that are built and have a spec."""
    for name in names or sorted(os.listdir(layouts)):
        path = os.path.join(corpus, "specs", name + ".json")
        if not names and not os.path.exists(path):
            continue
        with open(path) as f:
            yield name, json.load(f), path, "oci:%s:fat" % os.path.join(layouts, name)


@contextlib.contextmanager
def work_folder(o):
    """--work, or a temporary folder that is removed in the end."""
    if o.work:
        yield o.work
        return
    with tempfile.TemporaryDirectory(prefix="slim-bench-") as work:
        yield work


def corpus_builds(o, work, purpose):
    """For each image: name, source, slim's options for it, and an empty folder that is removed afterwards."""
    for name, spec, _, source in corpus_images(o.corpus, o.layouts, o.names):
        folder = os.path.join(work, purpose + "-" + name)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        yield name, source, corpus_options(spec, probe_file.options(spec, folder)), folder
        shutil.rmtree(folder)


def image_config(layout, tag):
    """What an image of an OCI layout says of its containers."""
    done = subprocess.run(["skopeo", "inspect", "--config", "oci:%s:%s" % (layout, tag)], check=True,
                          stdout=subprocess.PIPE)
    return json.loads(done.stdout)["config"]


def image_command(layout, tag, arguments=None):
    config = image_config(layout, tag)
    return (config.get("Entrypoint") or []) + (config.get("Cmd") or [] if arguments is None else arguments)


def add_arguments(parser):
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    parser.add_argument("--slim", default=os.path.join(root, "build", "cmd", "slim"))
    parser.add_argument("--corpus", required=True, help="the corpus folder: check.py, specs/, ANCHOR.md")
    parser.add_argument("--layouts", required=True, help="the folder with one OCI layout per image, tag fat")
    parser.add_argument("--work", help="for outputs and unpacked layers (default: a temporary directory)")
    parser.add_argument("names", nargs="*", help="images (default: all of the layouts)")
