#!/usr/bin/env python3
"""How long a cold unpack of an image takes, against `umoci unpack` of the same layout.

Both start without a cache of their own and with the layout in the page cache, in turns; what they
wrote goes to disk outside of the measured time."""
import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time


def warm(layout):
    for path in pathlib.Path(layout).rglob("*"):
        if path.is_file():
            with open(path, "rb", buffering=0) as f:
                while f.read(1 << 20):
                    pass


def timed(argv):
    """Seconds on the clock, seconds of CPU (which a busy machine changes less), stdout."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{argv[0]} failed: {done.stderr}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("helper", help="bench-unpack-image of the build")
    p.add_argument("image", help="LAYOUT:TAG")
    p.add_argument("--runs", type=int, default=5)
    p.add_argument("--dir", default="/var/tmp", help="where both unpack to")
    a = p.parse_args()
    warm(a.image.rpartition(":")[0])
    ours, theirs, last = [], [], {}
    # All is removed at the very end: ext4 is slow to hand out inodes that were freed a moment ago.
    with tempfile.TemporaryDirectory(prefix="slim-bench-", dir=a.dir) as tmp:
        for n in range(a.runs):
            wall, cpu, out = timed([a.helper, f"oci:{a.image}", f"{tmp}/store{n}"])
            ours.append((wall, cpu))
            last = json.loads(out)
            os.sync()
            theirs.append(timed(["umoci", "unpack", "--image", a.image, f"{tmp}/bundle{n}"])[:2])
            os.sync()
            print(f"run {n + 1}: slim {ours[-1][0]:.2f} s ({ours[-1][1]:.2f} s of CPU), "
                  f"umoci {theirs[-1][0]:.2f} s ({theirs[-1][1]:.2f} s)", file=sys.stderr)

    def median(values):
        return round(statistics.median(values), 3)

    print(json.dumps({
        "image": os.path.basename(a.image), "runs": a.runs,
        "slim_s": median(o[0] for o in ours), "umoci_s": median(t[0] for t in theirs),
        "ratio": median(o[0] / t[0] for o, t in zip(ours, theirs)),
        "slim_cpu_s": median(o[1] for o in ours), "umoci_cpu_s": median(t[1] for t in theirs),
        "cpu_ratio": median(o[1] / t[1] for o, t in zip(ours, theirs)),
        "peak_rss_mib": round(last["rss_kb"] / 1024, 1), "last": last,
    }))


if __name__ == "__main__":
    main()
