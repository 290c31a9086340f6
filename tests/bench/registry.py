#!/usr/bin/env python3
"""What a registry costs, side by side with the tools that people use for the same, in turns on one machine:

pull   slim reads an image from docker-registry and unpacks it, against `skopeo copy` to an OCI layout and `umoci unpack`
       of that layout; each into a fresh directory
push   slim writes an image of an OCI layout to a registry that is empty, against `skopeo copy`

The registry is on loopback and this script's own. What was written goes to disk outside of the measured time; the layout
is in the page cache. Prints JSON: medians and bests of seconds, the ratios (theirs / slim's: above 1 slim is faster),
the peak of slim's memory."""
import argparse
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "integration"))
from testenv.registry import Registry  # noqa: E402


class Timed:
    """seconds on the clock; cpu: of the program and what it started, which a busy machine changes less."""

    def __init__(self, argv, **more):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
        self.seconds, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            sys.exit("%s failed: %s" % (argv[0], done.stderr))
        self.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.out = done.stdout
        os.sync()


class Side:
    def __init__(self):
        self.seconds, self.cpu = [], []

    def add(self, *timed):
        self.seconds.append(sum(t.seconds for t in timed))
        self.cpu.append(sum(t.cpu for t in timed))

    def table(self):
        return {"median_s": round(statistics.median(self.seconds), 3), "best_s": round(min(self.seconds), 3),
                "median_cpu_s": round(statistics.median(self.cpu), 3)}


def ratios(theirs, slim):
    return {"of_medians": round(statistics.median(theirs.seconds) / statistics.median(slim.seconds), 2),
            "of_bests": round(min(theirs.seconds) / min(slim.seconds), 2),
            "median_of_rounds": round(statistics.median(t / s for t, s in zip(theirs.seconds, slim.seconds)), 2)}


def result(slim, theirs, peaks, **parts):
    out = {"slim": dict(slim.table(), peak_mib=round(max(peaks) / 1024, 1)), "theirs": theirs.table(),
           "ratio": ratios(theirs, slim)}
    out.update({name: part.table() for name, part in parts.items()})
    return out


def measure_pull(a, work):
    slim, theirs, skopeo, umoci, peaks = Side(), Side(), Side(), Side(), []
    registry = Registry(work / "registry").start()
    try:
        registry.skopeo("copy", "-q", *registry.options("dest-"), "oci:" + a.image, registry.reference("bench/image:1"))
        environment = registry.environment()

        def ours(n):
            timed = Timed([a.helpers / "bench-unpack-image", registry.reference("bench/image:1"), work / ("store%d" % n)],
                          env=environment)
            slim.add(timed)
            peaks.append(json.loads(timed.out)["rss_kb"])

        def the_others(n):
            layout = work / ("layout%d" % n)
            copied = Timed(["skopeo", "copy", "-q", *registry.options("src-"), registry.reference("bench/image:1"),
                            "oci:%s:1" % layout], env=environment)
            unpacked = Timed(["umoci", "unpack", "--image", "%s:1" % layout, work / ("bundle%d" % n)], env=environment)
            skopeo.add(copied)
            umoci.add(unpacked)
            theirs.add(copied, unpacked)

        # All is removed at the very end: ext4 is slow to hand out inodes that were freed a moment ago.
        for n in range(a.rounds):
            for side in (ours, the_others) if n % 2 == 0 else (the_others, ours):
                side(n)
            print("pull %d: slim %.2f s, skopeo %.2f s + umoci %.2f s" % (n + 1, slim.seconds[-1], skopeo.seconds[-1],
                                                                          umoci.seconds[-1]), file=sys.stderr)
    finally:
        registry.stop()
    return result(slim, theirs, peaks, skopeo=skopeo, umoci=umoci)


def measure_push(a, work):
    slim, theirs, peaks, digests = Side(), Side(), [], set()

    def into_empty(n, make):
        registry = Registry(work / ("registry%d" % n)).start()
        try:
            timed = Timed(make(registry), env=registry.environment(), cwd=work)
            manifest = json.loads(registry.raw("bench/image:1"))
            digests.add(json.dumps([d["digest"] for d in manifest["layers"] + [manifest["config"]]]))
            return timed
        finally:
            registry.stop()

    def ours(n):
        timed = into_empty(2 * n, lambda registry: [a.helpers / "bench-copy-image", "oci:" + a.image,
                                                    registry.reference("bench/image:1")])
        slim.add(timed)
        peaks.append(json.loads(timed.out)["rss_kb"])

    def skopeo(n):
        theirs.add(into_empty(2 * n + 1, lambda registry: ["skopeo", "copy", "-q", *registry.options("dest-"),
                                                           "oci:" + a.image, registry.reference("bench/image:1")]))

    for n in range(a.rounds):
        for side in (ours, skopeo) if n % 2 == 0 else (skopeo, ours):
            side(n)
        print("push %d: slim %.2f s, skopeo %.2f s" % (n + 1, slim.seconds[-1], theirs.seconds[-1]), file=sys.stderr)
    if len(digests) != 1:
        sys.exit("the two did not write the same blobs")
    return result(slim, theirs, peaks)


def image_size(image):
    layout, _, tag = image.rpartition(":")
    shown = subprocess.run(["skopeo", "inspect", "--raw", "oci:" + image], check=True, stdout=subprocess.PIPE).stdout
    manifest = json.loads(shown)
    for path in pathlib.Path(layout).rglob("*"):
        if path.is_file():
            with open(path, "rb", buffering=0) as f:
                while f.read(1 << 20):
                    pass
    return sum(layer["size"] for layer in manifest.get("layers", [])), len(manifest.get("layers", []))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("image", help="LAYOUT:TAG, of one platform")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--only", choices=("pull", "push"))
    p.add_argument("--dir", default="/var/tmp", help="where all is written to")
    p.add_argument("--helpers", type=pathlib.Path, default=ROOT / "build" / "tests" / "bench",
                   help="where bench-unpack-image and bench-copy-image are")
    a = p.parse_args()
    layout, _, tag = a.image.rpartition(":")
    a.image = "%s:%s" % (os.path.abspath(layout), tag)
    a.helpers = a.helpers.resolve()
    size, layers = image_size(a.image)
    out = {"image": os.path.basename(a.image), "layers": layers, "compressed_mib": round(size / (1 << 20), 1),
           "rounds": a.rounds}
    for name, measure in (("pull", measure_pull), ("push", measure_push)):
        if a.only not in (None, name):
            continue
        work = pathlib.Path(tempfile.mkdtemp(prefix="slim-bench-", dir=a.dir))
        try:
            out[name] = measure(a, work)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    print(json.dumps(out))


if __name__ == "__main__":
    main()
