#!/usr/bin/python3
"""What a recording costs: the same containers untraced, under each recorder, and under strace, in turns.

  sensor.py --corpus DIR --layouts DIR [--rounds N] [--only NAME...] [--work DIR]

A markdown table: seconds (nginx: requests per second) untraced, then how many times slower each way is, by the medians
and, in brackets, by the best of each; then how many times strace's cost is that of ptrace. Times are taken inside the
container, from the start of its program: what the runtime needs before it counts for nobody. Exit status 1 when a
recorder lost events, never for a time. Needs root, runc, skopeo, strace, wrk, and the images py-flask, node-express, java-http
and nginx of the corpus."""
import argparse
import collections
import ctypes
import http.client
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import measure

HERE = os.path.dirname(os.path.abspath(__file__))
CLONE_NEWNET = 0x40000000
SERVICES = ["py-flask", "node-express", "java-http"]
FORKS = "i=0; while [ $i -lt 2000 ]; do /bin/true; i=$((i+1)); done"
# What bench-inside does, in the image py-flask.
COMMANDS = {
    "storm": ["storm", "1"],
    "storm, 4 threads": ["storm", "4"],
    "find /": ["time", "find", "/", "-xdev", "-size", "+0"],
    "2000 forks": ["time", "/bin/sh", "-c", FORKS],
}
WRK_SECONDS = 3
START_SECONDS = 60


class Bench:
    def __init__(self, build, corpus, layouts, work):
        self.helper, self.inside = (os.path.join(build, "tests", "bench", "bench-" + n) for n in ("run-container", "inside"))
        self.corpus, self.layouts, self.work = corpus, layouts, work
        self.log = os.path.join(work, "strace.log")
        strace = ["strace", "-f", "--seccomp-bpf", "-e", "trace=%file", "-o", self.log]
        self.ways = {"untraced": ("none", []), "ptrace": ("ptrace", []), "ebpf": ("ebpf", []), "strace": ("none", strace)}
        self.lost = collections.Counter()
        if not self.works("ebpf"):
            del self.ways["ebpf"]

    def works(self, way):
        with self.start(way, "py-flask", ["time", "/bin/true"]) as process:
            process.communicate()
        return process.returncode == 0

    def start(self, way, image, command, add=()):
        sensor, wrap = self.ways[way]
        argv = [self.helper, sensor, "oci:%s:fat" % os.path.join(self.layouts, image), os.path.join(self.work, "store")]
        argv += [word for file in (self.inside, *add) for word in ("--add", file)]
        argv += [word for part in wrap for word in ("--wrap", part)]
        return subprocess.Popen(argv + ["--", "/bench-inside", *command], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True, errors="replace")

    def end(self, way, process):
        """What it printed."""
        out, err = process.communicate(timeout=120)
        last = err.strip().splitlines()[-1:]
        said = json.loads(last[0]) if last and last[0].startswith("{") else None
        if said is None:
            raise SystemExit("%s: %s" % (way, err))
        self.lost[way] += said.get("lost", 0)
        return out

    def command(self, way, command, image="py-flask"):
        """Seconds that it took."""
        return number("seconds", self.end(way, self.start(way, image, command)))

    def start_service(self, way, image, command, is_ready, then=lambda: None, add=()):
        """Seconds from the start of its program until it was ready. then: before it is ended."""
        process = self.start(way, image, ["from", *command], add)
        try:
            wait_until(is_ready, process)
            now = time.monotonic()
            then()
        finally:
            process.send_signal(signal.SIGTERM)
        return now - number("from", self.end(way, process))

    def service(self, way, name):
        with open(os.path.join(self.corpus, "specs", name + ".json")) as f:
            spec = json.load(f)
        return self.start_service(way, name, measure.image_command(os.path.join(self.layouts, name), "fat"),
                                  lambda: answers(spec["ports"][0], spec["ready"]["path"]))

    def nginx(self, way):
        """Requests per second."""
        printed = []

        def load():
            done = subprocess.run(["wrk", "-c16", "-t2", "-d%ds" % WRK_SECONDS, "http://127.0.0.1/style.css"], check=True,
                                  stdout=subprocess.PIPE, text=True)
            printed.append(done.stdout)
        self.start_service(way, "nginx", ["nginx", "-c", "/nginx.conf", "-g", "daemon off;"],
                           lambda: answers(80, "/style.css"), load, [os.path.join(HERE, "nginx.conf")])
        return number("Requests/sec:", printed[0])

    def measurements(self):
        """(name, function of the way, whether more is better)"""
        for name in SERVICES:
            yield name + " start", lambda way, name=name: self.service(way, name), False
        yield "nginx", self.nginx, True
        for name, command in COMMANDS.items():
            yield name, lambda way, command=command: self.command(way, command), False


def number(name, text):
    found = re.search(r"^%s +([\d.]+)" % re.escape(name), text, re.M)
    if not found:
        raise SystemExit("no %s in: %s" % (name, text))
    return float(found.group(1))


def answers(port, path):
    """With 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_until(is_ready, process):
    end = time.monotonic() + START_SECONDS
    while not is_ready():
        if time.monotonic() > end or process.poll() is not None:
            raise SystemExit("the service does not answer: %s" % (process.stderr.read() if process.poll() is not None else ""))
        time.sleep(0.002)  # the grain of the measurement


def slower(base, values, more_is_better, pick):
    a, b = pick(base), pick(values)
    return a / b if more_is_better else b / a


def row(name, results, more_is_better):
    best = max if more_is_better else min
    untraced, cells = results["untraced"], [name]
    cells.append(("%.0f/s" if more_is_better else "%.3f s") % statistics.median(untraced))
    for way in results:
        if way != "untraced":
            cells.append("%.2f (%.2f)" % tuple(slower(untraced, results[way], more_is_better, pick)
                                               for pick in (statistics.median, best)))
    cells.append("%.2f (%.2f)" % tuple(slower(results["ptrace"], results["strace"], more_is_better, pick)
                                       for pick in (statistics.median, best)))
    return cells


def own_network():
    """Ports of ours alone."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) < 0:
        raise SystemExit("unshare: " + os.strerror(ctypes.get_errno()))
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(os.path.dirname(os.path.dirname(HERE)), "build"))
    parser.add_argument("--corpus", required=True, help="the corpus folder: specs/")
    parser.add_argument("--layouts", required=True, help="the folder with one OCI layout per image, tag fat")
    parser.add_argument("--work", help="for unpacked layers and strace's log (default: a temporary directory)")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", nargs="*", help="the measurements whose name begins so")
    o = parser.parse_args()
    own_network()
    work = o.work or tempfile.mkdtemp(prefix="slim-bench-")
    try:
        bench = Bench(o.build, o.corpus, o.layouts, work)
        header = ["", *bench.ways, "strace / ptrace"]
        print("| " + " | ".join(header) + " |\n|" + "---|" * len(header), flush=True)
        for name, measurement, more_is_better in bench.measurements():
            if o.only and not name.startswith(tuple(o.only)):
                continue
            results = {way: [] for way in bench.ways}
            for _ in range(o.rounds):
                for way in bench.ways:
                    results[way].append(measurement(way))
            print("| " + " | ".join(row(name, results, more_is_better)) + " |", flush=True)
        print("\nevents lost: " + ", ".join("%s %d" % (way, bench.lost[way]) for way in bench.ways if way not in
                                            ("untraced", "strace")))
    finally:
        if not o.work:
            shutil.rmtree(work)
    return 1 if sum(bench.lost.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
