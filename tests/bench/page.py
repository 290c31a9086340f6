#!/usr/bin/python3
"""The page of --html in Chromium: its size, the milliseconds until it is there, and those of each keystroke of its search.

  page.py [--slim PROGRAM] [--files N] [IMAGE...]

Measures the page of a made image with N files (default: 100000), of slim inspect for each IMAGE, and of slim build if
--build is given. Needs root, npm, node and chromium, as tests/integration/test_page.py does."""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, "tests", "integration"), os.path.join(ROOT, "tests", "images")]
import oci  # noqa: E402
from testenv import npm  # noqa: E402
from testenv.layers import Layer  # noqa: E402

QUERIES = ["node_modules", "/usr/lib", "e", "index.js", "nothing like this"]


def run(*command):
    done = subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit("%s\n%s" % (" ".join(map(str, command)), done.stderr))
    return done.stdout


def made_image(folder, n):
    """An image of n files, 40 in each directory, in trees as package managers make them."""
    program = os.path.join(folder, "job")
    run("cc", "-O2", "-static", "-D_GNU_SOURCE", "-o", program, os.path.join(ROOT, "tests", "images", "job.c"))
    layer = Layer().dir("bin").program("bin/job", program)
    for i in range(n - 1):
        package, part = divmod(i, 40)
        layer.file("usr/lib/node_modules/package-%d/lib/part-%d/module%d.js" % (package // 8, package % 8, part),
                   "x" * (i * 7919 % 4000))
    config = {"Entrypoint": ["/bin/job"], "Cmd": ["read", "/usr/lib/node_modules/package-7"], "Env": ["PATH=/bin"]}
    oci.write_layout(os.path.join(folder, "layout"), "made", oci.Image([layer.write(os.path.join(folder, "made.tar"))], config, "none"))
    return "oci:%s:made" % os.path.join(folder, "layout")


def measure(what, page, folder):
    times = json.loads(run("node", os.path.join(folder, "browser", "time.mjs"), page, *QUERIES))
    print("| %s | %.2f MB | %.0f ms (%.0f to %.0f) | %.1f ms (at most %.1f) | %d |"
          % (what, os.path.getsize(page) / 1e6, statistics.median(times["opened"]), min(times["opened"]), max(times["opened"]),
             statistics.median(times["keys"]), max(times["keys"]), times["rectangles"]), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slim", default=os.path.join(ROOT, "build", "cmd", "slim"))
    parser.add_argument("--files", type=int, default=100000)
    parser.add_argument("--build", action="store_true", help="also build each IMAGE, without options")
    parser.add_argument("images", nargs="*", metavar="IMAGE")
    o = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        npm.install("browser", os.path.join(folder, "browser"))
        page, store = os.path.join(folder, "page.html"), ["--store", os.path.join(folder, "store")]
        build = ["-o", "oci:%s:slim" % os.path.join(folder, "out"), "--html", page]
        print("| page | size | opens in | a keystroke takes | rectangles |\n|---|---|---|---|---|", flush=True)
        run(o.slim, "build", made_image(folder, o.files), *build, *store)
        measure("build, %d files made for it" % o.files, page, folder)
        for image in o.images:
            run(o.slim, "inspect", image, "--html", page)
            measure("inspect " + image, page, folder)
            if o.build:
                run(o.slim, "build", image, *build, *store)
                measure("build " + image, page, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
