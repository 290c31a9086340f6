#!/usr/bin/python3
"""include_rules.py ROOT : the layering of lib/, probe/ and cmd/, read off the #include lines.

A folder may include itself, base, and what the table says; cmd may include everything. Also: each file
below 800 lines (look twice at 500), a header has #pragma once, no path of a developer's machine and no
package mirror's address in any file."""
import os
import re
import sys

# Folder: folders (or single headers) that it may include. base is always allowed.
MAY_INCLUDE = {
    "base": [],
    "os": ["text"],
    "formats": [],
    "text": [],
    "oci": [],
    "net": ["text"],
    "trace": [],
    "layer": ["oci", "formats"],
    "runtime": ["oci", "os", "text"],
    "transport": ["text", "oci", "net", "layer", "formats"],
    "rootfs": ["oci", "layer", "image", "unpack", "os", "transport/transport.h"],
    "image": ["oci", "layer", "rootfs"],
    "evidence": ["trace", "rootfs", "image"],
    "unpack": ["oci", "layer", "image", "rootfs"],
    "sensor": ["trace", "os"],
    "packages": ["rootfs", "image"],
    "keep": ["oci", "trace", "rootfs", "packages", "image", "evidence", "text"],
    "rewrite": ["oci", "layer", "rootfs", "packages", "keep", "image"],
    "run": ["oci", "trace", "rootfs", "runtime", "sensor", "exercise/exercise.h", "run/command_output.h", "run/seccomp.h", "run/signals.h"],
    "verify": [],
    "report": ["oci", "trace", "rootfs", "packages", "keep", "exercise/exercise.h", "run/result.h", "verify/verdict.h", "image", "os"],
    "pipeline": ["oci", "net", "trace", "layer", "runtime", "transport", "rootfs", "sensor", "packages", "keep", "rewrite", "report", "run", "verify", "image", "unpack", "evidence", "os"],
    "probe": ["text", "net", "oci", "exercise/exercise.h", "runtime/mounts.h"],
}
MAX_LINES = 800
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
# Spelt so that this file does not match itself.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|home/\w+|root/\.\w+|var/tmp/\w+)(?:/[\w.-]+)+")
MIRROR = re.compile(r"https?://(?:deb|ftp|archive|security|snapshot|registry|mirrors?|packages)[.][\w.]+")
SKIPPED = {".git", "build", "__pycache__", ".pytest_cache"}


def files(root):
    for folder, folders, names in os.walk(root):
        folders[:] = [d for d in folders if d not in SKIPPED and not d.startswith("build-")]
        for name in sorted(set(names) - SKIPPED):
            path = os.path.join(folder, name)
            if not os.path.islink(path):
                yield os.path.relpath(path, root)


def module_of(path):
    parts = path.split("/")
    if parts[0] == "lib" and len(parts) > 2:
        return parts[1]
    return "probe" if parts[0] == "probe" else None


def include_errors(path, text):
    module = module_of(path)
    if module is None:
        return
    if module not in MAY_INCLUDE:
        yield "folder %s is not in the table of tests/lint/include_rules.py" % module
        return
    allowed = [module, "base"] + MAY_INCLUDE[module]
    for name in INCLUDE.findall(text):
        folder = name.split("/")[0] if "/" in name else module
        if folder not in allowed and name not in allowed:
            yield '%s may not include "%s"' % (module, name)


def errors(root, path):
    with open(os.path.join(root, path), "rb") as f:
        data = f.read()
    if b"\0" in data[:8192]:
        return
    text = data.decode("utf-8", "replace")
    if path.endswith((".c", ".h")):
        yield from include_errors(path, text)
        lines = text.count("\n")
        if lines >= MAX_LINES:
            yield "%d lines, at most %d" % (lines, MAX_LINES - 1)
        if path.endswith(".h") and "#pragma once" not in text:
            yield "no #pragma once"
    for what, pattern in (("a machine's path", MACHINE_PATH), ("a package mirror", MIRROR)):
        for match in pattern.finditer(text):
            yield "%s: %s" % (what, match.group())


def main(root):
    checked, bad = 0, 0
    for path in sorted(files(root)):
        checked += 1
        for message in errors(root, path):
            bad += 1
            print("%s: %s" % (path, message))
    print("%d files, %d errors" % (checked, bad))
    return 1 if bad or checked == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
