#!/usr/bin/python3
"""How long slim build takes for an image in containerd beside the same image in dockerd's overlay2, both in place. The two are
built in turn, in one run; the ratio is that of the medians. Needs root, dockerd, containerd, ctr and skopeo.

  in_place.py [--slim PROGRAM] [--rounds N] REFERENCE...     (for example oci:DIR:TAG)"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "integration"), os.path.join(HERE, "..", "images")]
from testenv.containerd import Containerd
from testenv.engines import Dockerd


def build(slim, source, environment, folder):
    """Seconds of a build that must succeed, use all layers in place, and pass its proof."""
    begin = time.monotonic()
    done = subprocess.run([slim, "build", source, "-o", "oci:%s/out:slim" % folder, "--store", folder + "/store"],
                          env=dict(os.environ, **environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    seconds = time.monotonic() - begin
    if done.returncode != 0 or "0 B written to the store" not in done.stdout:
        sys.exit("%s: status %d\n%s%s" % (source, done.returncode, done.stdout, done.stderr))
    return seconds


def compare(slim, reference, dockerd, containerd, folder, rounds):
    dockerd.take(reference, "image")
    containerd.take(reference, "image")
    ways = {"dockerd": ("docker-daemon:image", {"DOCKER_HOST": "unix://" + dockerd.socket}),
            "containerd": ("containerd:image", {"CONTAINERD_ADDRESS": containerd.socket})}
    seconds = {way: [] for way in ways}
    for i in range(rounds):
        for way in sorted(ways, reverse=i % 2 == 1):
            seconds[way].append(build(slim, *ways[way], folder))
    medians = {way: statistics.median(seconds[way]) for way in ways}
    print("%s: dockerd %.2f s (%s), containerd %.2f s (%s), ratio %.2f" % (
        reference, medians["dockerd"], " ".join("%.2f" % s for s in seconds["dockerd"]), medians["containerd"],
        " ".join("%.2f" % s for s in seconds["containerd"]), medians["containerd"] / medians["dockerd"]), flush=True)
    dockerd.remove_all()
    containerd.remove_all()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slim", default=os.path.join(HERE, "..", "..", "build", "cmd", "slim"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("references", nargs="+")
    o = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="slim-bench-") as folder:
        dockerd, containerd = Dockerd(folder + "/dockerd"), Containerd(folder + "/containerd")
        try:
            dockerd.start()
            containerd.start()
            for reference in o.references:
                compare(os.path.abspath(o.slim), reference, dockerd, containerd, folder, o.rounds)
        finally:
            containerd.stop()
            dockerd.stop()


if __name__ == "__main__":
    sys.exit(main())
