#!/usr/bin/python3
"""Slims the images of the corpus and runs their checks on the results: a markdown table, beside the anchor's.

  corpus.py --corpus DIR --layouts DIR [--work DIR] [--keep LEVEL] [NAME...]

Each image is built with an empty store and its spec's probe as a probe file; its checks run in a private dockerd, in network
namespaces of its own. Exit status 1 when a build failed, a check of class "seen" failed, or an image took
more than 5 s beyond the start of its service. Needs root, dockerd, skopeo."""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
sys.dont_write_bytecode = True
import measure
import probe_file
from testenv.engines import Dockerd

MOST_SECONDS = 5.0
COLUMNS = ["image", "MB before", "MB after", "anchor MB", "compressed before", "after", "files before", "after",
           "seconds", "of it unpack", "of it start", "peak MB", "seen", "anchor", "unseen", "anchor"]


def anchor_rows(path):
    """{image: {column: text}} of the first table of ANCHOR.md."""
    rows, header = {}, None
    with open(path) as f:
        for line in f:
            cells = [c.strip() for c in line.strip().strip("|").split("|")]
            if not line.startswith("|"):
                if rows:
                    break
            elif header is None:
                header = cells
            elif not cells[0].startswith("-"):
                rows[cells[0]] = dict(zip(header, cells))
    return rows


def run_checks(dockerd, checker, spec_path, layout, out):
    """{class: (passed, all)}, the failures, and what check.py printed."""
    command = ["nsenter", "-t", str(dockerd.inner), "-n", "/usr/bin/python3", checker, "--spec", spec_path, "--oci",
               layout, "--json", out]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=dict(os.environ, DOCKER_HOST="unix://" + dockerd.socket))
    if not os.path.exists(out):
        return {}, ["check.py: " + done.stdout.strip()]
    with open(out) as f:
        checks = json.load(f)["checks"]
    counts = {}
    for c in checks:
        passed, total = counts.get(c["class"], (0, 0))
        counts[c["class"]] = (passed + c["pass"], total + 1)
    return counts, ["%s %s: %s" % (c["class"], c["id"], c["reason"]) for c in checks if not c["pass"]]


def ready_seconds(report):
    """How long the services took to listen, here and again to be verified; a job has none."""
    runs = 1 + report["verify"]["rounds"] + report["verify"]["repeats"]
    return runs * sum(r["ready_ms"] for r in report["runs"]) / 1000.0


def fraction(counts, name):
    passed, total = counts.get(name, (0, 0))
    return "%d/%d" % (passed, total)


def one_image(o, dockerd, work, name, spec, spec_path, source, anchor):
    """A row, and what is wrong."""
    checker = os.path.join(o.corpus, "check.py")
    folder = os.path.join(work, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    layout = os.path.join(folder, "out")
    options = measure.corpus_options(spec, probe_file.options(spec, folder)) + (["--keep", o.keep] if o.keep else [])
    m = measure.slim_build(o.slim, source, "oci:%s:slim" % layout, os.path.join(folder, "store"),
                           os.path.join(folder, "report.json"), options)
    if m.status != 0:
        return [name] + ["-"] * (len(COLUMNS) - 1), ["build failed: " + m.stderr[-2000:]]
    counts, failures = run_checks(dockerd, checker, spec_path, layout + ":slim", os.path.join(folder, "checks.json"))
    wrong = list(failures)
    before, after, start = m.report["source"], m.report["result"], ready_seconds(m.report)
    if m.seconds - start > MOST_SECONDS:
        wrong.append("took %.1f s beyond its start" % (m.seconds - start))
    mb = lambda n: "%.1f" % (n / 1e6)
    seconds = lambda s: "%.1f" % s
    row = [name, mb(before["size_bytes"]), mb(after["size_bytes"]), anchor.get("mint MB", ""),
           mb(before["compressed_bytes"]), mb(after["compressed_bytes"]), str(before["files"]), str(after["files"]),
           seconds(m.seconds), seconds(m.report["timing_ms"]["unpack"] / 1e3), seconds(start), mb(m.peak()),
           fraction(counts, "seen"), anchor.get("seen", ""), fraction(counts, "unseen"), anchor.get("unseen", "")]
    return row, wrong


def is_fatal(message):
    return not message.startswith("unseen ")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    measure.add_arguments(parser)
    parser.add_argument("--unseen", action="store_true", help="name the failed checks of class unseen too")
    parser.add_argument("--keep", help="slim's keep level (default: its own)")
    o = parser.parse_args()
    work = o.work or tempfile.mkdtemp(prefix="slim-bench-")
    anchor = anchor_rows(os.path.join(o.corpus, "ANCHOR.md"))
    dockerd, problems, bad = Dockerd(os.path.join(work, "dockerd")), [], False
    print("| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS), flush=True)
    try:
        dockerd.start()
        for name, spec, spec_path, source in measure.corpus_images(o.corpus, o.layouts, o.names):
            row, wrong = one_image(o, dockerd, work, name, spec, spec_path, source, anchor.get(name, {}))
            print("| " + " | ".join(row) + " |", flush=True)
            problems += ["%s: %s" % (name, w) for w in wrong if o.unseen or is_fatal(w)]
            bad = bad or any(is_fatal(w) for w in wrong)
    finally:
        dockerd.stop()
        if not o.work:
            shutil.rmtree(work)
    print()
    for p in problems:
        print("-", p)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
