#!/usr/bin/python3
"""How long `slim build` takes, with its proof, beside what the same container needs without slim.

  build.py --corpus DIR --layouts DIR [--slim FILE] [--before FILE] [--rounds N] [--only PART] [--work DIR] [NAME...]

Three parts. In place: the images are in a dockerd of their own, and each round makes a slim image of each one in that
dockerd, in turn: by slim, by mint (slim-toolkit) if it is in PATH, and by an earlier slim (--before). "Runc alone" is the
start of the same container, the requests that slim sent, and the stop, by runc. The excess is slim's time over twice
that; it may be 0.35 s and 8 ms for each MB of result. "Docker load" is that of the same result, alone, by a client of
Docker: what the engine itself needs to take an image, which is a part of the excess. Warm: a layout whose layers are in
the store (nginx: at most 0.40 s in all). Cold: a layout with an empty store, in turn with bench-unpack-image: at most 1.1
times that, twice runc alone, and the same excess. All figures are medians of N rounds (3). Peak memory is that of slim's
own processes, from one more build. With --before the digests of both results must be equal. Exit status 1 if a limit is
exceeded or a digest differs.
Needs root, dockerd, docker, skopeo and runc."""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "integration")]
import measure
import runc_alone
from testenv.engines import Dockerd

NAMES = ["nginx", "py-flask", "node-express", "java-http", "go-static", "seed-node"]
FIXED_SECONDS, SECONDS_PER_MB, UNPACK_TIMES = 0.35, 0.008, 1.1
WARM_MOST = {"nginx": 0.40}
MINTS = ["mint", "slim-toolkit"]  # names of the same program


def timed(command, environment=None):
    """(seconds, standard output) of a command that must succeed."""
    begin = time.monotonic()
    done = subprocess.run(command, env=dict(os.environ, **(environment or {})), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
    seconds = time.monotonic() - begin
    if done.returncode != 0:
        sys.exit("%s: status %d\n%s%s" % (" ".join(command), done.returncode, done.stdout[-2000:], done.stderr[-2000:]))
    return seconds, done.stdout


def requests_of(report):
    """The requests of the first run, as a probe file: the same paths on the same ports in the same order."""
    requests = []
    for step in report["runs"][0]["steps"]:
        method, path = (step["what"].split(" ") + [""])[:2]  # "GET / if changed": without what it was last time
        if step["kind"] == "http" and path.startswith("/"):
            requests.append({"method": method, "path": path, "port": step["port"]})
    if not requests:
        sys.exit("%s: slim sent no HTTP requests" % report["source"]["reference"])
    return {"schema": "slim.probe/v1", "requests": requests}


class Image:
    """One image: its seconds by the program, and what else was measured."""

    def __init__(self, o, work, name, spec, layout):
        self.o, self.name, self.spec, self.layout = o, name, spec, layout
        self.folder = os.path.join(work, name)
        self.seconds, self.peaks, self.digests, self.report = {}, {}, {}, None
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)

    def add(self, what, seconds):
        self.seconds.setdefault(what, []).append(seconds)

    def median(self, what):
        return statistics.median(self.seconds[what]) if self.seconds.get(what) else None

    def build(self, program, source, out, store, what, environment=None):
        report = "%s/%s.json" % (self.folder, what)
        command = [program, "build", source, "-o", out, "--store", store, "--report", report, "--quiet"]
        self.add(what, timed(command + measure.corpus_options(self.spec, []), environment)[0])
        with open(report) as f:
            return json.load(f)

    def mb(self):
        return self.report["result"]["size_bytes"] / 1e6

    def limit(self):
        return FIXED_SECONDS + SECONDS_PER_MB * self.mb()

    def alone(self):
        return self.median("alone")

    # ---- in place, in dockerd ----

    def remove_results(self, dockerd):
        """So that each build has to bring its result into Docker: before one that is measured, but not in its time."""
        tags = dockerd.docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "bench-" + self.name).split()
        tags = [tag for tag in tags if not tag.endswith(":latest")]
        if tags:
            dockerd.docker("rmi", "-f", *tags)

    def in_place(self, program, dockerd, what):
        self.remove_results(dockerd)
        report = self.build(program, "docker-daemon:bench-" + self.name, "docker-daemon:bench-%s:%s" % (self.name, what),
                            self.folder + "/in-place-" + what, what, {"DOCKER_HOST": "unix://" + dockerd.socket})
        if report["source"]["in_place_layers"] != report["source"]["layers"]:
            sys.exit("%s: the layers were not used in place" % self.name)
        self.digests[what] = report["destinations"][0]["digest"]
        return report

    def load_alone(self, dockerd):
        """The time in which Docker itself takes slim's last result, which it must not have."""
        name, archive = "bench-%s:slim" % self.name, self.folder + "/result.tar"
        if not os.path.exists(archive):
            dockerd.docker("save", "-o", archive, name)
        self.remove_results(dockerd)
        self.add("load", timed(["docker", "load", "-q", "-i", archive], {"DOCKER_HOST": "unix://" + dockerd.socket})[0])

    def mint(self, program, dockerd):
        """As people call it: with the default probe, and the sensor's port reached directly."""
        self.remove_results(dockerd)
        command = ["nsenter", "-t", str(dockerd.inner), "-n", program, "--report", "off", "slim", "--target",
                   "bench-" + self.name, "--tag", "bench-%s:mint" % self.name, "--http-probe", "--sensor-ipc-mode", "direct",
                   "--continue-after", "probe"]
        for key, value in (self.spec.get("env") or {}).items():
            command += ["--env", "%s=%s" % (key, value)]
        if self.spec.get("cmd"):
            command += ["--cmd", json.dumps(self.spec["cmd"])]
        self.add("mint", timed(command, {"DOCKER_HOST": "unix://" + dockerd.socket})[0])

    def drive(self, pid):
        timed([self.o.slim, "probe", "pid:%d" % pid, "--probe-file", self.folder + "/probe.json", "--quiet"])

    def run_alone(self, dockerd):
        inspect = json.loads(dockerd.docker("image", "inspect", "bench-" + self.name))[0]
        for parts in runc_alone.measure(self.folder + "/alone", inspect, self.spec.get("env") or {}, self.spec.get("cmd"),
                                        self.spec["ports"][0], self.drive, 1):
            self.add("alone", sum(parts))

    def peak(self, program, dockerd, what):
        os.environ["DOCKER_HOST"] = "unix://" + dockerd.socket
        m = measure.slim_build(program, "docker-daemon:bench-" + self.name, "oci:%s/peak:slim" % self.folder,
                               self.folder + "/in-place-" + what, self.folder + "/peak.json", measure.corpus_options(self.spec, []))
        del os.environ["DOCKER_HOST"]
        self.peaks[what] = m.peak()

    def part_in_place(self, dockerd, programs):
        dockerd.take("oci:%s:fat" % self.layout, "bench-" + self.name)
        for what, program in programs.items():  # not measured: from here on all is warm
            if what != "mint":
                self.report = self.in_place(program, dockerd, what)
                self.seconds.clear()
        with open(self.folder + "/probe.json", "w") as f:
            json.dump(requests_of(self.report), f)
        self.run_alone(dockerd)
        self.in_place(programs["slim"], dockerd, "slim")
        self.load_alone(dockerd)
        self.seconds.clear()
        for i in range(self.o.rounds):
            for what, program in sorted(programs.items(), reverse=i % 2 == 1):
                if what == "mint":
                    self.mint(program, dockerd)
                else:
                    self.in_place(program, dockerd, what)
            self.run_alone(dockerd)
            self.load_alone(dockerd)
        for what, program in programs.items():
            if what != "mint":
                self.peak(program, dockerd, what)
        dockerd.remove_all()

    # ---- from a layout ----

    def from_layout(self, program, store, what):
        source, out = "oci:%s:fat" % self.layout, "oci:%s/out-%s:slim" % (self.folder, what)
        return self.build(program, source, out, store, what)

    def part_warm(self, programs):
        stores = {what: "%s/warm-%s" % (self.folder, what) for what in programs if what != "mint"}
        for what, store in stores.items():
            self.report = self.from_layout(programs[what], store, "warm " + what)
        for what in stores:
            self.seconds.pop("warm " + what)
        for i in range(self.o.rounds):
            for what in sorted(stores, reverse=i % 2 == 1):
                self.from_layout(programs[what], stores[what], "warm " + what)

    def part_cold(self, programs):
        for i in range(self.o.rounds):
            for what in sorted((p for p in programs if p != "mint"), reverse=i % 2 == 1):
                store = "%s/cold-%s%d" % (self.folder, what, i)
                self.from_layout(programs[what], store, "cold " + what)
            self.add("unpack", timed([self.o.unpack, "oci:%s:fat" % self.layout, "%s/unpack%d" % (self.folder, i)])[0])
            os.sync()


def seconds_text(value):
    return "-" if value is None else "%.2f" % value


def ratio_text(a, b):
    return "%.2f" % (a / b) if a and b else "-"


def table(header):
    print("\n| " + " | ".join(header) + " |\n|" + "---|" * len(header), flush=True)


def row(cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def show_in_place(image, problems):
    slim, alone, before = image.median("slim"), image.alone(), image.median("before")
    excess = slim - 2 * alone
    same = "-" if "before" not in image.digests else "yes" if len(set(image.digests.values())) == 1 else "NO"
    mb = lambda what: "%.0f" % (image.peaks[what] / 1e6) if what in image.peaks else "-"
    row([image.name, "%.1f" % image.mb(), seconds_text(slim), seconds_text(before), ratio_text(slim, before),
         seconds_text(image.median("mint")), ratio_text(slim, image.median("mint")), seconds_text(alone), seconds_text(excess),
         seconds_text(image.median("load")), seconds_text(image.limit()), mb("slim"), mb("before"), same])
    if excess > image.limit():
        problems.append("%s in place: %.2f s over twice runc alone, the limit is %.2f s" % (image.name, excess, image.limit()))
    if same == "NO":
        problems.append("%s: the digests differ: %s" % (image.name, image.digests))


def show_layout(image, problems):
    warm, cold, unpack, alone = image.median("warm slim"), image.median("cold slim"), image.median("unpack"), image.alone()
    most = WARM_MOST.get(image.name)
    cold_most = UNPACK_TIMES * unpack + 2 * alone + image.limit() if unpack and alone else None
    row([image.name, seconds_text(warm), seconds_text(image.median("warm before")), seconds_text(most), seconds_text(cold),
         seconds_text(image.median("cold before")), seconds_text(unpack), seconds_text(cold_most)])
    if warm and most and warm > most:
        problems.append("%s from a layout, layers in the store: %.2f s, the limit is %.2f s" % (image.name, warm, most))
    if cold and cold_most and cold > cold_most:
        problems.append("%s from a layout, cold: %.2f s, the limit is %.2f s" % (image.name, cold, cold_most))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    measure.add_arguments(parser)
    parser.add_argument("--before", help="an earlier slim, to compare with")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["in-place", "layout"], help="leave out the other part (without in-place there is "
                        "no time of runc alone, and so no limit for cold)")
    parser.add_argument("--unpack", help="bench-unpack-image (default: beside --slim's build)")
    o = parser.parse_args()
    o.slim = os.path.abspath(o.slim)
    o.unpack = o.unpack or os.path.join(os.path.dirname(o.slim), "..", "tests", "bench", "bench-unpack-image")
    o.names = o.names or NAMES
    return o


def main():
    o = arguments()
    programs = {"slim": o.slim, "before": o.before and os.path.abspath(o.before),
                "mint": next(filter(None, map(shutil.which, MINTS)), None)}
    programs = {what: program for what, program in programs.items() if program}
    problems = []
    runc_alone.own_mounts()
    print("load before: %.1f %.1f %.1f; %d rounds" % (os.getloadavg() + (o.rounds,)))
    with measure.work_folder(o) as work:
        images = [Image(o, work, name, spec, os.path.join(o.layouts, name))
                  for name, spec, _, _ in measure.corpus_images(o.corpus, o.layouts, o.names)]
        if o.only != "layout":
            table(["image, in place", "result MB", "slim s", "before s", "ratio", "mint s", "slim / mint", "runc alone s",
                   "excess s", "docker load s", "limit s", "peak MB", "before MB", "same digest"])
            dockerd = Dockerd(work + "/dockerd")
            try:
                dockerd.start()
                for image in images:
                    image.part_in_place(dockerd, programs)
                    show_in_place(image, problems)
            finally:
                dockerd.stop()
        if o.only != "in-place":
            table(["image, from a layout", "warm s", "before s", "limit s", "cold s", "before s", "unpack s", "limit s"])
            for image in images:
                image.part_warm(programs)
                image.part_cold(programs)
                show_layout(image, problems)
    print("\nload after: %.1f %.1f %.1f" % os.getloadavg())
    for p in problems:
        print("-", p)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
