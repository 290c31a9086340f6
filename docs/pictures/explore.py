#!/usr/bin/python3
"""explore.py oci:DIR:TAG [SLIM] > docs/pictures/explore.txt : pictures of slim explore, from a real build of that image. In the checkout,
as root; SLIM: the program (default: build/cmd/slim). explore.txt was made with the image of examples/quickstart:
    docs/pictures/explore.py oci:build/quickstart/images:nginx"""
import os
import shlex
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "integration"))
sys.dont_write_bytecode = True

from testenv.tmux import Terminal


def frame(title, rows):
    print("\n%s\n\n+%s+" % (title, "-" * 80))
    for row in rows:
        print("|%-80s|" % row)
    print("+%s+" % ("-" * 80))


def of_report(slim, report):
    """The screens of a report. report: a name in the working directory."""
    with Terminal(os.getcwd(), shlex.join([slim, "explore", report]), cwd=os.getcwd()) as t:
        t.wait("usr/", "q quit")
        t.press("Enter", "Enter")
        frame("The tree of a report: the sizes before and after. /usr/lib", t.wait("x86_64", "q quit"))
        t.press("/").type("libz").press("Enter", "n")
        frame("A filter: only names with \"libz\", and what is below them", t.wait("names with", "libz.so", "q quit"))
        t.press("y")
        frame("Why a path is there", t.wait("is kept", "q back"))
        t.press("q", "Escape", "i", "h", "j", "e")
        frame("Marks, which w writes as a policy file", t.wait("marks: +1 -1", "q quit"))
        t.press("Tab")
        frame("The layers of a report: what the build kept and removed of each", t.wait("all layers", "Tab back"))
        t.press("q", "y")
        assert t.status() == 0


def of_image(slim, image):
    with Terminal(os.getcwd(), shlex.join([slim, "explore", image]), cwd=os.getcwd()) as t:
        t.wait("usr/", "q quit")
        t.press("Tab", "G")
        frame("The layers of an image", t.wait("all layers", "Tab back"))
        t.press("Enter")
        frame("The changes of one layer", t.wait("only", "q quit"))
        t.press("q")
        assert t.status() == 0


def main(image, slim=os.path.join(ROOT, "build", "cmd", "slim")):
    slim, start = os.path.abspath(slim), os.getcwd()
    folder, tag = image.removeprefix("oci:").rsplit(":", 1)
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        os.symlink(os.path.join(start, folder), "images")
        subprocess.run([slim, "build", "oci:images:" + tag, "-o", "oci:slim:image", "--store", "store", "--report", "report.json"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        print("slim explore at a terminal of 80 x 24 characters. docs/pictures/explore.py makes this file.")
        of_report(slim, "report.json")
        of_image(slim, "oci:images:" + tag)
        os.chdir(start)


if __name__ == "__main__":
    main(*sys.argv[1:])
