#!/usr/bin/python3
"""How long slim takes from SIGTERM to its end in each stage of a build, and what it leaves: a line for each stage.

  stop_stages.py [--slim PROGRAM] [--work DIR] [--rounds N] [--within SECONDS] [--seed N] [--stage STAGE]...
                 [--beside IMAGE]... IMAGE [OPTION...]

The signal comes at a random moment within --within seconds after the stage began, as a CI system cancels a job. A round
that ended before that is not counted. Each round of unpack has an empty store. OPTIONs go to slim build. With --beside it is a
batch (slim build --file) of all these images at once, and the stage is that of the first image that begins it. Beside the time
stands how much of it slim and the children that it waited for had the CPU: on a busy machine the rest is waiting. Exit
status 1 if anything was left, or one took 2 seconds. Needs root and what the build needs."""
import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "integration"))
from testenv.residue import Residue

STAGES = ["unpack", "start", "exercise", "stop", "keep", "pack", "verify", "check", "publish"]
TOO_LONG = 2  # seconds


class Place:
    """What Residue looks into."""

    def __init__(self, folder, name):
        self.store, self.tmp = os.path.join(folder, name), os.path.join(folder, "tmp")
        os.makedirs(self.tmp, exist_ok=True)


def cpu_seconds(pid):
    """Of the process and the children that it has waited for."""
    with open("/proc/%d/stat" % pid) as f:
        ticks = f.read().rsplit(")", 1)[1].split()[11:15]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def words(o, folder, out):
    """What is built, and where the result goes."""
    if not o.beside:
        return [o.image, "-o", "oci:%s:slim" % out]
    file = os.path.join(folder, "slim.yaml")
    with open(file, "w") as f:
        f.write("schema: slim.build/v1\ndefaults: {output: 'oci:%s:${SLIM_IMAGE}'}\nimages:\n" % out)
        f.writelines("  - {name: i%d, image: '%s'}\n" % pair for pair in enumerate([o.image, *o.beside]))
    return ["--file", file, "--jobs", str(1 + len(o.beside))]


def stop_once(o, folder, place, stage, wait):
    """((seconds, CPU seconds) from the signal to the end or None if the build was faster, what is left)"""
    out = os.path.join(folder, "out")
    residue = Residue(place)
    process = subprocess.Popen([o.slim, "build", *words(o, folder, out), "--store", place.store, "--ci", "none", *o.options],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                               errors="replace", env=dict(os.environ, TMPDIR=place.tmp))
    line = ""
    for line in process.stderr:
        if re.match(r"slim: (i[0-9]+: )?%-8s after " % stage, line):
            break
    else:
        sys.exit("the build ended before the stage %s: %s" % (stage, line.strip()))
    time.sleep(wait)
    began, cpu = time.monotonic(), cpu_seconds(process.pid)
    os.kill(process.pid, signal.SIGTERM)  # not waited for yet: the number is its own
    said = process.stderr.read()
    used, process.returncode = os.wait4(process.pid, 0)[2], 0
    took = time.monotonic() - began, max(0, used.ru_utime + used.ru_stime - cpu)
    left = residue.left(patience=0)
    stopped = "stopped on request" in said
    if stopped and not o.beside and os.path.exists(out):  # one image of a batch may have been published before
        left.append("file " + out)
    shutil.rmtree(out, ignore_errors=True)
    return took if stopped else None, left


def measure(o, folder, stage):
    """(times, what was left)"""
    lot, times, left = random.Random(o.seed), [], []
    for i in range(o.rounds):
        place = Place(folder, "store-%d" % i if stage == "unpack" else "store")
        took, more = stop_once(o, folder, place, stage, lot.uniform(0, o.within))
        times += [took] if took is not None else []
        left += more
        if stage == "unpack":
            shutil.rmtree(place.store)
    return sorted(times), left


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--slim", default=os.path.join(ROOT, "build", "cmd", "slim"))
    p.add_argument("--work")
    p.add_argument("--rounds", type=int, default=10)
    p.add_argument("--within", type=float, default=0.2)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--stage", action="append", choices=STAGES, help="only these")
    p.add_argument("--beside", action="append", default=[], metavar="IMAGE")
    p.add_argument("image")
    p.add_argument("options", nargs=argparse.REMAINDER)
    o = p.parse_args()
    folder = tempfile.mkdtemp(dir=o.work, prefix="slim-stop-")
    bad = False
    try:
        for stage in o.stage or STAGES:
            times, left = measure(o, folder, stage)
            bad |= bool(left) or (bool(times) and times[-1][0] >= TOO_LONG)
            print("%-8s %2d of %d stopped%s, %s" % (stage, len(times), o.rounds, times and
                  ", median %.3f s, most %.3f s (CPU %.3f s)" % (times[len(times) // 2][0], *times[-1]) or "",
                  "left: %s" % ", ".join(left) if left else "clean"), flush=True)
    finally:
        shutil.rmtree(folder)
    return 1 if bad else 0


sys.exit(main())
