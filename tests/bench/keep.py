#!/usr/bin/python3
"""What deciding costs: for each image its entries, the seconds of recording it, and for each keep level the
seconds of the stage "keep" (least of --rounds), the files and the megabytes kept.

  keep.py --corpus DIR --layouts DIR [--rounds N] [NAME...]

Each image is recorded once with its spec's probe, then built from that trace. Exit status 1 when a stage
"keep" took longer than the run or than 2 s."""
import argparse
import os
import subprocess
import sys

import measure

LEVELS = ["exact", "closure", "safe", "most"]
MOST_SECONDS = 2.0


def entries(store):
    """Files and directories in the unpacked layers of one image."""
    return sum(len(folders) + len(names) for layer in os.scandir(os.path.join(store, "layers"))
               for _, folders, names in os.walk(os.path.join(layer.path, "fs")))


def record(o, source, folder, options):
    trace = os.path.join(folder, "trace.json")
    subprocess.run([o.slim, "record", source, "-o", trace, "--store", os.path.join(folder, "store")] + options,
                   check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return trace


def decide(o, source, folder, trace, level):
    """The least seconds of the stage, and the report."""
    best = None
    for _ in range(o.rounds):
        m = measure.slim_build(o.slim, source, "oci:%s/out:slim" % folder, os.path.join(folder, "store"),
                               os.path.join(folder, "report.json"),
                               ["--trace", trace, "--keep", level, "--compression", "none"])
        if m.status != 0:
            raise SystemExit(m.stderr)
        seconds = m.report["timing_ms"]["keep"] / 1e3
        best = seconds if best is None else min(best, seconds)
    return best, m.report["result"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    measure.add_arguments(parser)
    parser.add_argument("--rounds", type=int, default=3)
    o = parser.parse_args()
    bad = False
    columns = ["image", "entries", "run s"] + ["%s %s" % (l, c) for l in LEVELS for c in ("s", "files", "MB")]
    print("| " + " | ".join(columns) + " |\n|" + "---|" * len(columns), flush=True)
    with measure.work_folder(o) as work:
        for name, source, options, folder in measure.corpus_builds(o, work, "keep"):
            first = measure.slim_build(o.slim, source, "oci:%s/out:slim" % folder, folder + "/store",
                                       folder + "/report.json", options + ["--compression", "none"])
            run = first.report["timing_ms"]["record"] / 1e3
            trace, row = record(o, source, folder, options), []
            for level in LEVELS:
                seconds, result = decide(o, source, folder, trace, level)
                bad = bad or seconds > min(run, MOST_SECONDS)
                row += ["%.3f" % seconds, str(result["files"]), "%.1f" % (result["size_bytes"] / 1e6)]
            print("| " + " | ".join([name, str(entries(folder + "/store")), "%.3f" % run] + row) + " |", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
