#!/usr/bin/python3
"""How long slim takes from SIGTERM to its end while it packs one huge file: a line for each compression.

  stop.py [--work DIR] [--slim PROGRAM] [--rounds N] [--within SECONDS] [--busy N] [--megabytes N] [--seed N] [COMPRESSION...]

The signal comes at a random moment within --within seconds after packing began. --busy starts N processes that do nothing
but take CPU time. Needs root, runc and a C compiler."""
import argparse
import os
import random
import shutil
import signal
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


def make_image(folder, megabytes):
    """A job, and a file of text that shrinks slowly."""
    job, tar = os.path.join(folder, "job"), os.path.join(folder, "layer.tar")
    subprocess.run(["cc", "-D_GNU_SOURCE", "-static", "-O1", "-o", job, os.path.join(IMAGES, "job.c")], check=True)
    with open(os.path.join(folder, "text"), "wb") as f:
        for i in range(megabytes):
            f.write(os.urandom(1 << 19).hex().encode())
    with tarfile.open(tar, "w") as t:
        t.add(job, "bin/job")
        t.add(f.name, "text")
    oci.write_layout(os.path.join(folder, "in"), "image",
                     oci.Image([tar], {"Entrypoint": ["/bin/job"], "Cmd": ["id"]}, "none"))


def stop_once(o, folder, compression, wait):
    """Seconds from the signal to the end; None if the build was faster."""
    out = os.path.join(folder, "out")
    process = subprocess.Popen(
        [o.slim, "build", "oci:%s/in:image" % folder, "-o", "oci:%s:slim" % out, "--store", os.path.join(folder, "store"),
         "--include", "/text", "--verify=off", "--compression", compression],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if line.startswith("slim: pack "):
            break
    time.sleep(wait)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    said = process.stderr.read()
    process.wait()
    took = time.monotonic() - began
    shutil.rmtree(out, ignore_errors=True)
    return took if "stopped on request" in said else None


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--slim", default=os.path.join(ROOT, "build", "cmd", "slim"))
    p.add_argument("--work")
    p.add_argument("--rounds", type=int, default=20)
    p.add_argument("--within", type=float, default=8)
    p.add_argument("--busy", type=int, default=0)
    p.add_argument("--megabytes", type=int, default=128)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("compression", nargs="*", default=["none", "gzip:6", "gzip:12", "zstd:3", "zstd:19"])
    o = p.parse_args()
    folder = tempfile.mkdtemp(dir=o.work, prefix="slim-stop-")
    busy = []
    try:
        make_image(folder, o.megabytes)
        busy += [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(o.busy)]
        for compression in o.compression:
            lot = random.Random(o.seed)
            took = [stop_once(o, folder, compression, lot.uniform(0, o.within)) for _ in range(o.rounds)]
            took = sorted(t for t in took if t is not None)
            print("%-8s %d busy: %d stopped%s" % (compression, o.busy, len(took), took and
                  ", median %.2f s, most %.2f s" % (took[len(took) // 2], took[-1]) or ""), flush=True)
    finally:
        for b in busy:
            b.kill()
            b.wait()
        shutil.rmtree(folder)


main()
