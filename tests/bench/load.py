#!/usr/bin/python3
"""What slim takes for images with very many entries and runs with very many processes, at N/2 and at N.

  load.py [--work DIR] [--steps STEP,...] [CASE=N...]

Cases: files (in one directory), empty (files, 1000 to a directory), links (names of one file), deep (directories in each
other), trees (10 directories to each of N/10 directories at a depth of 10), crowd (processes at once), forks (one after
the other). For crowd and forks, --sensors says who records.

A line for each step: wall and CPU seconds and the peak memory of the largest process, of slim and all that it starts; at N
the ratios to N/2, and the bytes of memory that an entry more took. Linear is a ratio of 2. Needs root, runc and a C
compiler."""
import argparse
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
IMAGES = os.path.join(ROOT, "tests", "images")
sys.path.insert(0, IMAGES)
import oci

MTIME = 1704067200
DEFAULTS = {"files": 300000, "empty": 1000000, "links": 200000, "deep": 2000, "trees": 100000, "crowd": 20000,
            "forks": 26000}
PROCESSES = ("crowd", "forks")


class LayerTar:
    """A layer, written as it comes."""

    def __init__(self, path):
        self.tar = tarfile.open(path, "w", format=tarfile.GNU_FORMAT)

    def add(self, name, kind=tarfile.REGTYPE, data=b"", mode=0o644, link=""):
        info = tarfile.TarInfo(name)
        info.type, info.mode, info.mtime, info.size, info.linkname = kind, mode, MTIME, len(data), link
        self.tar.addfile(info, io.BytesIO(data) if data else None)
        self.tar.members.clear()  # tarfile keeps them all

    def dir(self, name):
        self.add(name, tarfile.DIRTYPE, mode=0o755)


def entries(layer, case, n):
    if case == "files":
        for i in range(n):
            layer.add("data/%07d" % i)
    elif case == "empty":
        for i in range(n):
            if i % 1000 == 0:
                layer.dir("data/%04d" % (i // 1000))
            layer.add("data/%04d/%03d" % (i // 1000, i % 1000))
    elif case == "links":
        layer.add("data/0000000", data=b"one file\n")
        for i in range(1, n):
            layer.add("data/%07d" % i, tarfile.LNKTYPE, link="data/0000000")
    elif case == "deep":
        for i in range(n):
            layer.dir("data" + "/d" * (i + 1))
        layer.add("data" + "/d" * n + "/f", data=b"deep\n")
    elif case == "trees":
        top = "data" + "/d" * 10
        for i in range(n // 10):
            layer.dir("%s/%06d" % (top, i))
            for j in range(10):
                layer.dir("%s/%06d/%d" % (top, i, j))


def make_image(work, job, case, n):
    """oci:DIR:fat; made once for a case and size."""
    layout = os.path.join(work, "%s-%d" % (case, n))
    if os.path.exists(os.path.join(layout, "index.json")):
        return "oci:%s:fat" % layout
    shutil.rmtree(layout, ignore_errors=True)
    tar = layout + ".tar"
    layer = LayerTar(tar)
    layer.dir("bin")
    with open(job, "rb") as f:
        layer.add("bin/job", data=f.read(), mode=0o755)
    layer.dir("data")
    entries(layer, case, n)
    layer.tar.close()
    command = [case, str(n)] if case in PROCESSES else ["read", "/data"]
    oci.write_layout(layout, "fat", oci.Image([tar], {"Entrypoint": ["/bin/job"], "Cmd": command}, compression="gzip"))
    os.remove(tar)
    return "oci:%s:fat" % layout


class Figures:
    def __init__(self, wall, cpu, peak, status, output):
        self.wall, self.cpu, self.peak, self.status, self.output = wall, cpu, peak, status, output


def measured(peak, command, log):
    """The peak is that of the largest process, see tests/images/peak.c."""
    start = time.monotonic()
    with open(log, "wb") as out:
        process = subprocess.Popen([peak, log + ".peak"] + command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    with open(log, errors="replace") as f:
        last = f.read().strip().splitlines()[-1:]
    with open(log + ".peak") as f:
        bytes_at_most = int(f.read())
    return Figures(time.monotonic() - start, used.ru_utime + used.ru_stime, bytes_at_most, process.returncode,
                   last[0] if last else "")


def steps(o, case, source, folder):
    """(name, command) in the order in which they build on each other."""
    out, store = lambda name: "oci:%s/%s:slim" % (folder, name), ["--store", os.path.join(folder, "store")]
    build = [o.slim, "build", source, "--compression", "none"]  # libdeflate would be measured else
    trace, report = os.path.join(folder, "trace.json"), os.path.join(folder, "report.json")
    if case in PROCESSES:
        return [("build " + sensor, build + ["-o", out(sensor), "--sensor", sensor] + store)
                for sensor in o.sensors.split(",")]
    small = ["--cmd", "id", "--keep"]
    some = ["--keep", "exact"]
    return [("inspect", [o.slim, "inspect", source]),
            ("record", [o.slim, "record", source, "-o", trace] + store),
            ("record ptrace", [o.slim, "record", source, "-o", trace + "2", "--sensor", "ptrace"] + store),
            ("build stored", build + ["-o", out("stored"), "--trace", trace] + store),
            ("build", build + ["-o", out("all"), "--report", report] + some + store),
            ("build most", build + ["-o", out("most")] + small + ["most"] + store),
            ("build include", build + ["-o", out("inc")] + small + ["exact", "--include", "/data/**"] + store),
            ("build small", build + ["-o", out("small")] + small + ["exact"] + store),
            ("diff", [o.slim, "diff", source, out("small")]),
            ("diff all", [o.slim, "diff", "--all", source, out("small")]),
            ("why", [o.slim, "why", report, "/bin/job", "/data"]),
            ("trace show", [o.slim, "trace", "show", trace]),
            ("cache verify", [o.slim, "cache", "verify"] + store)]


def run_case(o, job, case, n):
    source = make_image(o.work, job, case, n)
    folder = os.path.join(o.work, "run-" + case)
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)
    try:
        for name, command in steps(o, case, source, folder):
            if not o.steps or name in o.steps.split(","):
                yield name, measured(o.peak, command, os.path.join(o.work, "log"))
    finally:
        subprocess.run(["rm", "-rf", folder], check=True)


def show(case, n, name, now, before):
    line = "%-6s %8d  %-14s %7.2f s %7.2f s cpu %7.1f MB" % (case, n, name, now.wall, now.cpu, now.peak / 1e6)
    if before:
        line += "   x%.2f wall x%.2f cpu %6.0f B/entry" % (now.wall / before.wall, now.cpu / max(before.cpu, 0.001),
                                                         (now.peak - before.peak) / (n - n // 2))
    print(line + ("" if now.status == 0 else "   status %d: %s" % (now.status, now.output)), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slim", default=os.path.join(ROOT, "build", "cmd", "slim"))
    parser.add_argument("--work", help="for images (which stay) and results (default: a temporary directory)")
    parser.add_argument("--steps", default="", help="only these, as they are named in the output")
    parser.add_argument("--sensors", default="ptrace,ebpf")
    parser.add_argument("--once", action="store_true", help="only at N")
    parser.add_argument("sizes", nargs="*", metavar="CASE=N")
    o = parser.parse_args()
    sizes = dict(s.split("=") for s in o.sizes) or DEFAULTS
    temporary = None if o.work else tempfile.TemporaryDirectory(prefix="slim-load-")
    o.work = o.work or temporary.name
    os.makedirs(o.work, exist_ok=True)
    job, o.peak = os.path.join(o.work, "job"), os.path.join(o.work, "peak")
    for program in job, o.peak:
        source = os.path.join(IMAGES, os.path.basename(program) + ".c")
        subprocess.run(["cc", "-O2", "-static", "-D_GNU_SOURCE", "-o", program, source], check=True)
    for case, n in sizes.items():
        n, before = int(n), {}
        for size in [n] if o.once else [n // 2, n]:
            for name, figures in run_case(o, job, case, size):
                show(case, size, name, figures, before.get(name))
                before[name] = figures
    if temporary:
        temporary.cleanup()


if __name__ == "__main__":
    main()
