#!/usr/bin/python3
"""doc_paths.py ROOT : the files and folders that CONTRIBUTING.md, README.md and docs/ name are there.

A name is a word in backticks with a slash and a known ending, or one that begins with a top-level folder. It is looked
for from the root, below lib/, and beside the page. NAME, ROOM and FILE in capitals stand for any."""
import glob
import os
import re
import sys

WORD = re.compile(r"`([\w./*-]+)`")
LINK = re.compile(r"\]\(([\w./-]+)\)")
ENDINGS = (".c", ".h", ".py", ".md", ".rules", ".scd", ".build", ".yaml")
TOPS = ("lib/", "cmd/", "probe/", "tests/", "docs/", "examples/", ".ci/")
FUTURE = re.compile(r"^Rooms to come:.*?\n\n", re.M | re.S)


def names(text):
    """The paths that a page names."""
    text = FUTURE.sub("", text)
    for word in WORD.findall(text):
        if (word.endswith(ENDINGS) and "/" in word) or word.startswith(TOPS):
            yield word
    for word in LINK.findall(text):
        yield word


def missing(root, page):
    """The names of a page that are nowhere."""
    with open(os.path.join(root, page), encoding="utf-8") as f:
        text = f.read()
    for name in sorted(set(names(text))):
        pattern = re.sub(r"\b(NAME|ROOM|FILE)\b", "*", name)
        places = (root, os.path.join(root, "lib"), os.path.join(root, os.path.dirname(page)))
        if not any(glob.glob(os.path.join(place, pattern)) for place in places):
            yield name


def main(root):
    pages = ["README.md", "CONTRIBUTING.md"] + sorted(
        os.path.relpath(p, root) for p in glob.glob(os.path.join(root, "docs", "*.md")))
    bad = ["%s: %s is not there" % (page, name) for page in pages for name in missing(root, page)]
    print("\n".join(bad + ["%d pages, %d errors" % (len(pages), len(bad))]))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
