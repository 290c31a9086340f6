#!/usr/bin/python3
"""Which routes of the corpus's services a way to drive them reaches, and what the slim images then can do.

  coverage.py --corpus DIR --layouts DIR [--slim FILE] [--mode MODE]... [--missed] [--no-checks] [NAME...]

Modes: default (slim's own probe), openapi (the description in tests/bench/openapi, nothing else), tests (the checks of the
spec that go over the network, by --host-exec, nothing else), and, only if named, crawl (slim's own probe with
--http-probe-routes=false). Each is one build with --keep exact; the spec's checks of class unseen run on its result in a
private dockerd, unless --no-checks. The routes are those of routes.json. A route is reached if a request that belongs to
it got an answer that is no error, or the status that it always answers with.
Prints markdown: routes reached, "of GET" those that GET asks for. --missed: names the others, and the checks that failed.
Exit status 1 if a build failed. Needs root; for the checks dockerd and skopeo."""
import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
import corpus
import measure

HERE = os.path.dirname(os.path.abspath(__file__))
MODES = ("default", "openapi", "tests", "crawl")


class Route:
    def __init__(self, text, port):
        self.text = text
        address, _, answer = text.partition(" -> ")
        self.method, _, path = address.partition(" ")
        self.answer = int(answer) if answer else None
        self.is_command = not path
        own = re.match(r":(\d+)(?=/)", path)
        self.port = int(own[1]) if own else port
        pattern = re.split(r"(\{[^}]*\})", path[own.end():] if own else path)
        self.pattern = "".join((".*" if p.endswith("...}") else "[^/]+") if p[:1] == "{" else re.escape(p) for p in pattern)

    def owns(self, method, port, path):
        if self.is_command or path is None:
            return self.is_command and path is None and method.upper() == self.method.upper()
        return method == self.method and port == self.port and re.fullmatch(self.pattern, path.partition("?")[0])

    def is_right(self, status):
        return status == self.answer or 0 <= status < 400


def routes_of(name, spec):
    with open(os.path.join(HERE, "routes.json")) as f:
        listed = json.load(f)[name]
    return [Route(text, spec["ports"][0]) for text in listed.get("routes", listed.get("commands"))]


def reached(routes, requests):
    """The routes that a request of (method, port, path, status) reached."""
    found = set()
    for method, port, path, status in requests:
        owner = next((r for r in routes if r.owns(method, port, path)), None)
        if owner and owner.is_right(status):
            found.add(owner)
    return found


def request_of(step):
    """What stands behind the path is for people."""
    method, path = step["what"].split(" ")[:2] if step["kind"] == "http" else (step["what"].split(" ")[-1], None)
    return method, step["port"], path, step["status"]


def description_of(name):
    for ending in (".yaml", ".json"):
        file = os.path.join(HERE, "openapi", name + ending)
        if os.path.exists(file):
            return file
    return None


def options_of(o, mode, name, spec_path, log):
    """None: there is no such way."""
    if mode in ("default", "crawl"):
        return ["--http-probe-routes=false"] if mode == "crawl" else []
    if mode == "openapi":
        file = description_of(name)
        return file and ["--http-probe=false", "--http-probe-apispec-file", file]
    command = ["/usr/bin/python3", os.path.join(HERE, "suite.py"), o.corpus, spec_path, log]
    return ["--http-probe=false", "--host-exec", shlex.join(command)]


def build(o, source, folder, options):
    """The report, or None and what slim said."""
    report = os.path.join(folder, "report.json")
    done = subprocess.run([o.slim, "build", source, "-o", "oci:%s:slim" % os.path.join(folder, "out"), "--keep", "exact",
                           "--store", os.path.join(folder, "store"), "--report", report, "--quiet", *options],
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        return None, done.stderr
    with open(report) as f:
        return json.load(f), done.stderr


class Outcome:
    """Of one mode: failure, or the routes reached and, if checks were made, (passed, all) of the unseen ones, and the
    names of those that failed."""
    failure, reached, unseen, failed = None, frozenset(), None, ()


def try_mode(o, dockerd, mode, folder, image, routes):
    name, spec_path, source = image
    outcome, log = Outcome(), os.path.join(folder, "requests")
    options = options_of(o, mode, name, spec_path, log)
    if options is None:
        return None
    report, said = build(o, source, folder, options)
    if not report:
        outcome.failure = said
        return outcome
    requests = [request_of(s) for s in report["runs"][0]["steps"] if s["kind"] in ("http", "client")]
    if mode == "tests":
        with open(log) as f:
            requests = [json.loads(line) for line in f]
    outcome.reached = reached(routes, requests)
    if dockerd:
        counts, failures = corpus.run_checks(dockerd, os.path.join(o.corpus, "check.py"), spec_path,
                                             os.path.join(folder, "out") + ":slim", os.path.join(folder, "checks.json"))
        outcome.unseen = counts.get("unseen")
        outcome.failed = [f.split(":")[0].split()[-1] for f in failures if f.startswith("unseen ")]
    return outcome


class Table:
    def __init__(self, modes, checks):
        self.modes, self.checks, self.sums = modes, checks, {}
        head = ["service", "routes"] + [c for m in modes for c in (m, "of GET")]
        self.line(head + (["unseen, " + m for m in modes] if checks else []))
        print("|---|" + "---:|" * (len(head) - 1 + len(modes) * checks), flush=True)

    @staticmethod
    def line(cells):
        print("| " + " | ".join(cells) + " |", flush=True)

    def share(self, column, counts, counts_in_sum=True):
        """A cell."""
        sums = self.sums.setdefault(column, [0, 0])
        for i in range(2):
            sums[i] += counts[i] * counts_in_sum
        return "%d/%d" % tuple(counts)

    def row(self, name, routes, outcomes):
        speaks_http = not routes[0].is_command
        cells, gets = [name, str(len(routes))], [r for r in routes if r.method == "GET" and speaks_http]
        for mode in self.modes:
            o = outcomes[mode]
            for kind, of in (("all", routes), ("get", gets)):
                cells.append("-" if o is None else "failed" if o.failure is not None else
                             self.share((mode, kind), (len(o.reached & set(of)), len(of)), speaks_http) if of else "")
        for mode in self.modes if self.checks else ():
            unseen = outcomes[mode].unseen if outcomes[mode] else None
            cells.append(self.share((mode, "unseen"), unseen, speaks_http) if unseen else "-")
        self.line(cells)

    def end(self):
        def both(key):
            got, of = self.sums.get(key, (0, 0))
            return "%d/%d, %.0f %%" % (got, of, 100 * got / of) if of else "-"
        self.line(["all that speak HTTP", ""] + [both((m, k)) for m in self.modes for k in ("all", "get")] +
                  ([both((m, "unseen")) for m in self.modes] if self.checks else []))


def one_service(o, dockerd, work, image, spec):
    """The routes, and {mode: outcome, None where there is no such way}."""
    routes, outcomes = routes_of(image[0], spec), {}
    for mode in o.modes:
        folder = os.path.join(work, "%s-%s" % (image[0], mode))
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        outcomes[mode] = try_mode(o, dockerd, mode, folder, image, routes)
        shutil.rmtree(folder)
    return routes, outcomes


def run(o, work, dockerd):
    table, remarks, failed = Table(o.modes, dockerd is not None), [], False
    for name, spec, spec_path, source in measure.corpus_images(o.corpus, o.layouts, o.names):
        if spec["kind"] != "service":
            continue
        routes, outcomes = one_service(o, dockerd, work, (name, spec_path, source), spec)
        table.row(name, routes, outcomes)
        for mode, outcome in outcomes.items():
            if outcome and outcome.failure is not None:
                failed = True
                remarks.append("%s, %s: %s" % (name, mode, outcome.failure[-2000:]))
            elif outcome and o.missed:
                missed = [r.text for r in routes if r not in outcome.reached]
                remarks += ["%s, %s, %s: %s" % (name, mode, what, ", ".join(names))
                            for what, names in (("missed", missed), ("failed", outcome.failed)) if names]
    table.end()
    print()
    for remark in remarks:
        print("-", remark)
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    measure.add_arguments(parser)
    parser.add_argument("--mode", dest="modes", action="append", choices=MODES, help="may be repeated; default: the first three")
    parser.add_argument("--missed", action="store_true", help="name the routes that were not reached")
    parser.add_argument("--no-checks", action="store_true", help="only the routes")
    o = parser.parse_intermixed_args()
    o.modes, o.corpus = o.modes or list(MODES[:3]), os.path.abspath(o.corpus)
    with measure.work_folder(o) as work:
        if o.no_checks:
            return run(o, work, None)
        dockerd = corpus.Dockerd(os.path.join(work, "dockerd"))
        try:
            dockerd.start()
            return run(o, work, dockerd)
        finally:
            dockerd.stop()


if __name__ == "__main__":
    sys.exit(main())
