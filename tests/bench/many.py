#!/usr/bin/python3
"""Many small files: the microseconds that each stage of slim build takes per file.

  many.py [--slim PROGRAM]... [--rounds N] [--work FOLDER] [SHAPE...]

A SHAPE is FILES/DIRECTORIES. The default is 50000/2500, 200000/10000 and 300000/1. The image of a shape has so many small
Python files, which import each other, in so many directories below its application. It is built from an empty trace with
--include, so that every file stays and nothing runs. Of --rounds builds the least of each stage counts; the first one
unpacks. Several programs are measured in turn. The last column compares keep and pack per file with those of the first
shape: 1.0 is linear."""
import argparse
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, "tests", "integration"), os.path.join(ROOT, "tests", "images")]
import measure  # noqa: E402
import oci  # noqa: E402
from testenv.layers import Layer  # noqa: E402

STAGES = ["unpack", "keep", "pack", "publish"]
SHAPES = ["50000/2500", "200000/10000", "300000/1"]
SOURCE = '''"""Module %(n)d of a made application."""
import os
import json as codec
from . import module%(next)d
from app.package%(other)d import module%(far)d as far

LIMIT = %(n)d
NAMES = ("name-%(n)d", 'settings.local.value%(n)d', "/srv/data/%(n)d.txt")


class Part%(n)d:
    """Holds one value."""

    def __init__(self, value=LIMIT):
        self.value = value

    def path(self, root="/var/lib/app"):
        # a comment, which no reader follows
        return os.path.join(root, NAMES[0], codec.dumps({"value": self.value}))


def make(count):
    return [Part%(n)d(i) for i in range(count) if i %% %(step)d]
'''


def made_image(folder, files, directories):
    """An image whose application has so many files in so many directories."""
    layer, each = Layer().dir("app"), -(-files // directories)
    for i in range(files):
        package = i // each
        last = min(files, (package + 1) * each) - 1
        text = SOURCE % {"n": i, "next": i + 1 if i < last else package * each, "other": (package * 7 + 3) % directories,
                         "far": (i * 31 + 7) % files, "step": i % 9 + 2}
        layer.file("app/package%d/module%d.py" % (package, i), text)
    config = {"Entrypoint": ["/app/run"], "WorkingDir": "/app"}
    layout = os.path.join(folder, "layout-%d-%d" % (files, directories))
    tar = layer.write(layout + ".tar")
    oci.write_layout(layout, "made", oci.Image([tar], config))
    os.unlink(tar)
    return "oci:%s:made" % layout


def build(program, source, trace, folder, store):
    """Microseconds by stage of one build, and the files of its result."""
    out, report = os.path.join(folder, "out"), os.path.join(folder, "report.json")
    command = [program, "build", source, "--trace", trace, "-o", "oci:%s:slim" % out, "--store", store, "--report", report,
               "--include", "/app/**"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit("%s\n%s" % (" ".join(command), done.stderr))
    with open(report) as f:
        told = json.load(f)
    subprocess.run(["rm", "-rf", out], check=True)
    return {s: told["timing_ms"].get(s, 0) * 1e3 for s in STAGES}, told["result"]["files"], told["result"]["digest"]


def measure_shape(o, folder, shape, first):
    """A row for each program. first: by program, keep and pack per file of the first shape."""
    files, directories = (int(n) for n in shape.split("/"))
    source, trace = made_image(folder, files, directories), os.path.join(folder, "trace.json")
    with open(trace, "w") as f:
        json.dump({"schema": "slim.trace/v1", "paths": [], "processes": 0}, f)
    best, digests = {}, set()
    for _ in range(o.rounds):
        for number, program in enumerate(o.slim):
            store = os.path.join(folder, "store-%d" % number)
            took, kept, digest = build(program, source, trace, folder, store)
            if kept != files:
                sys.exit("%d of %d files were kept" % (kept, files))
            digests.add(digest)
            unpack = best.get(program, took)["unpack"]
            best[program] = {s: min(took[s], best.get(program, took)[s]) for s in STAGES}
            best[program]["unpack"] = unpack
    for number, program in enumerate(o.slim):
        each = {s: best[program][s] / files for s in STAGES}
        both = each["keep"] + each["pack"]
        row = ["%.1f" % each[s] for s in STAGES] + ["%.2f" % (both / first.setdefault(program, both))]
        print("| %s | %s | %s |" % (shape, os.path.basename(program), " | ".join(row)), flush=True)
        subprocess.run(["rm", "-rf", os.path.join(folder, "store-%d" % number)], check=True)
    subprocess.run(["rm", "-rf", source.split(":")[1]], check=True)
    return len(digests) == 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slim", action="append", help="default: that of the build folder")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", help="for images and stores (default: a temporary folder)")
    parser.add_argument("shapes", nargs="*", metavar="SHAPE")
    o = parser.parse_args()
    o.slim = o.slim or [os.path.join(ROOT, "build", "cmd", "slim")]
    first, equal = {}, True
    print("load %.1f %.1f %.1f" % os.getloadavg())
    print("| files/directories | program | %s | keep and pack to the first |" % " | ".join(s + " us" for s in STAGES))
    print("|---" * (len(STAGES) + 3) + "|", flush=True)
    with measure.work_folder(o) as folder:
        for shape in o.shapes or SHAPES:
            equal = measure_shape(o, folder, shape, first) and equal
    print("load %.1f %.1f %.1f" % os.getloadavg())
    if not equal:
        print("the programs' results differ")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
