#!/usr/bin/env python3
"""probe.py SLIM [LAYOUT...] : how long slim waits before it asks a service, and how long its default probe takes.

For each image (a folder with an OCI layout, tag "fat"; by default those of the corpus that serve a port) it prints
  first    milliseconds from the container's first process to the first request (for nginx at most 100)
  probe    milliseconds that the default probe takes
  curl     milliseconds of the same requests, sent one after the other by one curl to the ready container
  more     the difference (at most 1000)
and ends with status 1 if a bound is broken. --runs N takes the best of N (default 3): other work on the machine only
makes it slower."""
import argparse
import json
import os
import subprocess
import sys
import tempfile

FIRST_MS, MORE_MS = 100, 1000
SERVICES = ("nginx", "haproxy", "redis", "memcached", "py-flask", "node-express", "go-static", "java-http", "rust-http")
# One curl, which keeps its connection. What it has to send comes as JSON, its time goes to the other file.
CURL = """
import json, os, subprocess, sys, time
steps, out = json.load(open(sys.argv[1])), sys.argv[2]
command = ["curl", "-sk", "--max-time", "30", "--compressed"]
for i, (method, port, path) in enumerate(steps):
    command += ["--next", "-sk", "--max-time", "30", "--compressed"] if i else []
    command += ["-I"] if method == "HEAD" else ["-X", method]
    command += ["-o", os.devnull, "http://%s:%d%s" % (os.environ["SLIM_TARGET_HOST"], port, path)]
begin = time.monotonic()
subprocess.run(command)
json.dump((time.monotonic() - begin) * 1000, open(out, "w"))
"""


def build(slim, layout, folder, *options):
    """The report's first run."""
    report = os.path.join(folder, "report.json")
    command = [slim, "build", "oci:%s:fat" % layout, "-o", "oci:%s:x" % os.path.join(folder, "out"), "--store",
               os.path.join(folder, "store"), "--report", report, "--quiet", "--allow-failed-run"] + list(options)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if not os.path.exists(report):
        raise SystemExit("%s: %s" % (layout, done.stderr))
    with open(report) as f:
        return json.load(f)["runs"][0]


def request_of(step):
    """Method, port and path. What stands behind the path is for people."""
    method, path = step["what"].split(" ")[:2]
    return method, step["port"], path


def curl_ms(slim, layout, folder, steps):
    names = {name: os.path.join(folder, name) for name in ("curl.py", "requests.json", "took.json")}
    with open(names["curl.py"], "w") as f:
        f.write(CURL)
    with open(names["requests.json"], "w") as f:
        json.dump([request_of(s) for s in steps if s["kind"] == "http"], f)
    build(slim, layout, folder, "--http-probe=false", "--host-exec",
          json.dumps([sys.executable, names["curl.py"], names["requests.json"], names["took.json"]]))
    with open(names["took.json"]) as f:
        return json.load(f)


def measure(slim, layout, folder, runs):
    """(first, probe, curl, number of requests): the best of so many runs."""
    probed = [build(slim, layout, folder) for _ in range(runs)]
    first = min(r["ready_ms"] - r["started_ms"] for r in probed)
    probe = min(r["exercised_ms"] - r["ready_ms"] for r in probed)
    curl = min(curl_ms(slim, layout, folder, probed[0]["steps"]) for _ in range(runs))
    return first, probe, curl, len(probed[0]["steps"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("slim")
    parser.add_argument("layouts", nargs="*")
    parser.add_argument("--corpus", help="folder of layouts, for those without a path")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_intermixed_args()
    layouts = options.layouts or [name for name in SERVICES if os.path.isdir(os.path.join(options.corpus or "", name))]
    broken = 0
    print("%-16s %8s %8s %8s %8s %8s" % ("image", "requests", "first", "probe", "curl", "more"))
    with tempfile.TemporaryDirectory() as folder:
        for name in layouts:
            layout = os.path.join(options.corpus or "", name)
            first, probe, curl, n = measure(os.path.abspath(options.slim), layout, folder, options.runs)
            bad = probe - curl > MORE_MS or (os.path.basename(layout) == "nginx" and first > FIRST_MS)
            broken += bad
            print("%-16s %8d %8d %8d %8d %8d%s" % (os.path.basename(layout), n, first, probe, curl, probe - curl,
                                                   "  too long" if bad else ""), flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
