#!/usr/bin/python3
"""run_bits.py ROOT : every script (a file that begins with "#!") can be executed, and every executable file is a script."""
import os
import sys

# Files of images: the image's layer gives them their modes.
OTHERS = ("tests/images/",)


def files(root):
    """Without those that git does not have: build directories and hidden folders, except for .ci and .github."""
    for folder, folders, names in os.walk(root):
        if folder == root:
            folders[:] = [f for f in folders if not f.startswith("build") and (f[0] != "." or f in (".ci", ".github"))]
        folders[:] = [f for f in folders if f != "__pycache__"]
        for name in names:
            yield os.path.join(folder, name)


def errors(root):
    for path in sorted(files(root)):
        name = os.path.relpath(path, root)
        if name.startswith(OTHERS) or os.path.islink(path) or not os.path.isfile(path):
            continue
        with open(path, "rb") as f:
            script = f.read(2) == b"#!"
        executable = bool(os.stat(path).st_mode & 0o111)
        if script != executable:
            yield "%s: %s" % (name, "is a script and lacks the run bit" if script else "has a run bit and no #! line")


def main(root):
    bad = list(errors(root))
    print("\n".join(bad + ["%d errors" % len(bad)]))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
