#!/usr/bin/python3
"""What slim records of the images of the corpus, against what strace sees in the same containers under the same probes.

  recall.py --corpus DIR --layouts DIR [--rounds N] [NAME...]

A markdown table: the paths of the image that strace shows as found, how many of them are in slim's trace, how many more
are there, and how many times slower slim's recorder and strace make the start (of a service to the first answer, of a
command to its end), by the medians. Exit status 1 when one is missing or an event was lost. Needs root, runc, strace,
skopeo, umoci."""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import measure
from sensor import HERE, Bench, own_network

sys.path[:0] = [os.path.join(HERE, "..", "integration"), os.path.join(HERE, "..", "images")]
from testenv import oracle
from testenv.sensor import Recording

CALLS = "%file,%process,fchdir,unshare,connect,bind,fanotify_mark,inotify_add_watch,name_to_handle_at"
WITNESS = ["strace", "-f", "-y", "-s", "8192", "--decode-pids=pidns", "--seccomp-bpf", "-e", "trace=" + CALLS, "-o"]
COLUMNS = ["image", "found by strace", "in the trace", "recall", "more in the trace", "start", "under slim", "under strace",
           "events lost"]


class Image:
    def __init__(self, bench, checker, name, spec, layout):
        self.bench, self.checker, self.name, self.spec = bench, checker, name, spec
        self.config = measure.image_config(layout, "fat")
        steps = [s for s in spec["probe"] if s["type"] == "run"]
        service = spec["kind"] == "service"
        self.runs = [measure.image_command(layout, "fat", s.get("cmd", [])) for s in steps]
        self.service = measure.image_command(layout, "fat", spec.get("cmd")) if service else None
        self.root = os.path.join(bench.work, name)
        self.unpack("oci:%s:fat" % layout)
        self.tree = oracle.Tree(os.path.join(self.root, "bundle", "rootfs"))

    def unpack(self, source):
        """With skopeo and umoci, which takes no index of platforms."""
        one = os.path.join(self.root, "layout") + ":one"
        os.mkdir(self.root)
        for command in (["skopeo", "copy", "-q", source, "oci:" + one],
                        ["umoci", "unpack", "--image", one, os.path.join(self.root, "bundle")]):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def probe(self):
        target = self.checker.Target(self.spec, "127.0.0.1")
        for step in self.spec["probe"]:
            if step["type"] != "run":
                getattr(target, "do_" + step["type"])(step)

    def is_ready(self):
        ready = self.spec["ready"]
        try:
            getattr(self.checker.Target(self.spec, "127.0.0.1"), "do_" + ready["type"])(ready)
        except self.checker.Fail:
            return False
        return True

    def seconds(self, way, after=lambda: None):
        """Of all that the spec runs. after: each of it."""
        total = 0
        if self.service:
            total += self.bench.start_service(way, self.name, self.service, self.is_ready, self.probe)
            after()
        for command in self.runs:
            total += self.bench.command(way, ["time", *command], self.name)
            after()
        return total

    def straced(self):
        """What strace saw in all runs."""
        found, named, cwd = set(), set(), os.fsencode(self.config.get("WorkingDir") or "/")

        def read():
            with open(self.bench.log, errors="surrogateescape") as f:
                said = oracle.Strace(f.read(), self.tree, "", "/bench-inside", cwd)
            found.update(said.found)
            named.update(said.named)
        self.seconds("witness", read)
        return found, named

    def recorded(self, o, spec_path):
        out = os.path.join(self.bench.work, "trace.json")
        options = measure.corpus_options(
            self.spec, measure.checker_probe(self.spec, spec_path, os.path.join(o.corpus, "check.py")))
        done = subprocess.run([o.slim, "record", "oci:%s:fat" % os.path.join(o.layouts, self.name), "-o", out, "--store",
                               os.path.join(self.bench.work, "store"), "--json", *options], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise SystemExit("%s: %s" % (self.name, done.stderr))
        with open(out) as f:
            return oracle.traced(Recording("", json.loads(done.stdout), json.load(f)), self.tree)


def one_image(o, bench, checker, name, spec, spec_path):
    """A row, and what is missing."""
    image = Image(bench, checker, name, spec, os.path.join(o.layouts, name))
    try:
        times = {way: [] for way in ("untraced", "ptrace", "strace")}
        for _ in range(o.rounds):
            for way in times:
                times[way].append(image.seconds(way))
        found, named = image.straced()
        got = image.recorded(o, spec_path)
    finally:
        shutil.rmtree(image.root)
    median = {way: statistics.median(t) for way, t in times.items()}
    row = [name, len(found), len(found & got), "%.3f" % (len(found & got) / len(found)), len(got - named),
           "%.3f s" % median["untraced"], "%.2f" % (median["ptrace"] / median["untraced"]),
           "%.2f" % (median["strace"] / median["untraced"]), bench.lost["ptrace"]]
    bench.lost.clear()
    return [str(cell) for cell in row], sorted(found - got)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    measure.add_arguments(parser)
    parser.add_argument("--rounds", type=int, default=3)
    o = parser.parse_args()
    own_network()
    work, bad, missing = o.work or tempfile.mkdtemp(prefix="slim-bench-"), False, []
    try:
        bench = Bench(os.path.dirname(os.path.dirname(os.path.abspath(o.slim))), o.corpus, o.layouts, work)
        bench.ways["witness"] = ("none", WITNESS + [bench.log])
        checker = measure.load_checker(o.corpus)
        print("| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS), flush=True)
        for name, spec, spec_path, _ in measure.corpus_images(o.corpus, o.layouts, o.names):
            row, missed = one_image(o, bench, checker, name, spec, spec_path)
            print("| " + " | ".join(row) + " |", flush=True)
            missing += ["%s: %s" % (name, os.fsdecode(path)) for path in missed]
            bad = bad or bool(missed) or row[-1] != "0"
    finally:
        if not o.work:
            shutil.rmtree(work)
    print("\nmissing: %s" % (len(missing) or "nothing"))
    for line in missing:
        print("-", line)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
