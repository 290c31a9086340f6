#!/usr/bin/python3
"""include_rules.py ROOT : the layering of lib/, probe/ and cmd/, read off the #include lines.

A room may include itself, base, and what the table says; cmd may include everything. Also: each file
below 800 lines (look twice at 500), a header has #pragma once, no path of a developer's machine (but of
images, in specs of stacks) and no package mirror's address in any file."""
import os
import re
import sys

# Room: rooms above it that it may include; a room may always include itself and base. A sub-folder is a room of its
# own, and its parent is not allowed by itself. probe and cmd follow below.
MAY_INCLUDE = {
    "base": [],
    "text": [],
    "os": ["text"],
    "formats": ["text", "os"],
    "oci": ["text", "os"],
    "net": ["text", "os"],
    "net/auth": ["text", "os", "net"],
    "layer": ["text", "os", "formats", "oci"],
    "image": ["text", "os", "oci", "layer"],
    "job": [],
    "store": ["text", "os", "oci", "layer", "image", "job"],
    "compose": ["text", "os", "formats", "oci", "compose/read", "compose/shape"],
    "compose/read": ["text", "os", "formats"],
    "compose/shape": ["text", "compose/read"],
    "unpack": ["text", "os", "oci", "layer", "image", "store"],
    "erofs": ["text", "os", "oci", "formats", "layer", "image"],
    # The table of transports is in the core, and a bare name is looked for in the engines.
    "transport": ["text", "os", "oci", "layer", "formats", "transport/containerd", "transport/engine",
                  "transport/registry"],
    "transport/file": ["text", "os", "oci", "layer", "formats", "transport"],
    "transport/containerd": ["text", "os", "oci", "net", "layer", "transport", "transport/file"],
    "transport/engine": ["text", "os", "oci", "net", "layer", "formats", "transport", "transport/file",
                         "transport/containerd", "transport/engine/storage"],
    "transport/engine/storage": ["text", "os", "oci"],
    "transport/registry": ["text", "os", "oci", "net", "net/auth", "transport"],
    "runtime": ["text", "os", "oci"],
    "trace": ["text", "os"],
    "sensor": ["text", "os", "trace"],
    "sensor/ptrace": ["text", "os", "trace", "sensor"],
    "sensor/ebpf": ["text", "os", "trace", "sensor", "sensor/ebpf/bpf"],
    "sensor/ebpf/bpf": [],
    "exercise": ["text", "os", "oci"],
    "evidence": ["text", "os", "formats", "image", "trace"],
    "packages": ["text", "os", "formats", "image"],
    "inspect": ["text", "os", "oci", "layer", "image", "unpack", "packages"],
    "keep": ["text", "os", "formats", "oci", "image", "trace", "evidence", "packages"],
    "keep/data": ["text", "keep"],
    "keep/source": ["text", "os", "formats", "image", "keep", "keep/data"],
    "keep/modules": ["text", "os", "image", "keep", "keep/source"],
    "keep/loader": ["text", "os", "formats", "image", "keep"],
    "keep/rules": ["text", "os", "formats", "image", "keep", "keep/loader"],
    "keep/trees": ["text", "image", "packages", "keep"],
    "keep/closure": ["text", "os", "formats", "image", "packages", "keep", "keep/data", "keep/source", "keep/modules",
                     "keep/loader", "keep/rules", "keep/trees"],
    "keep/application": ["text", "os", "oci", "formats", "image", "packages", "keep"],
    "keep/unproven": ["image", "keep", "keep/closure"],
    "findings": ["text", "os", "formats", "oci", "image", "packages", "inspect", "keep", "keep/application",
                 "findings/rules", "findings/secrets"],
    "findings/rules": [],
    "findings/secrets": ["text", "oci", "findings/rules"],
    "rewrite": ["text", "os", "oci", "layer", "image", "packages", "keep"],
    "run": ["text", "os", "oci", "image", "store", "runtime", "trace", "sensor", "exercise", "run/output",
            "run/bridge"],
    "run/bridge": ["text", "os", "oci", "runtime", "run/output"],
    "run/output": ["text", "os", "exercise"],
    "stack/network": ["text", "os", "runtime", "run/bridge"],
    "target": ["text", "os", "oci", "net", "transport", "runtime", "trace", "sensor", "exercise", "run"],
    "stack": ["text", "os", "oci", "image", "runtime", "trace", "sensor", "exercise", "run", "run/bridge", "run/output",
              "store", "compose", "stack/network"],
    "verify": ["text", "os", "image", "trace", "exercise", "evidence", "keep", "run", "run/output"],
    "publish": ["text", "os", "oci", "layer", "trace", "transport", "rewrite"],
    "dockerfile": ["text", "os", "oci", "layer", "image", "evidence", "packages", "keep", "rewrite"],
    # Data only: it shows what others found.
    "report": ["text", "os", "oci", "image", "store", "trace", "exercise", "packages", "keep", "keep/unproven", "run",
               "verify", "report/step", "report/checks"],
    "report/step": ["text", "exercise"],
    "report/checks": ["text", "report/step"],
    "report/docker_slim": ["text", "oci", "exercise", "run", "verify", "trace", "report", "report/step"],
    "report/diff": ["text", "oci", "image", "packages", "inspect", "report/step"],
    "report/terminal": ["oci", "report", "report/step", "report/checks"],
    "report/inspect": ["text", "oci", "inspect", "findings", "findings/rules", "report/checks"],
    "report/target": ["text", "exercise", "run", "target", "report", "report/step"],
    # What a person looks at: a page, a terminal.
    "view": ["text", "oci", "image", "trace", "evidence", "packages", "inspect", "report"],
    "view/page": ["text", "report", "view"],
    # Pure: limits against figures.
    "ci/gate": ["text", "os", "image", "trace", "keep", "packages", "exercise", "run", "verify", "report", "report/step",
                "report/checks"],
    "ci/dive": ["text", "os", "formats", "inspect", "report/checks"],
    "ci/inspect": ["findings", "findings/rules", "report/checks", "ci/output"],
    # Data in, bytes out: what a CI system reads.
    "ci/output": ["text", "oci", "exercise", "run", "verify", "report", "report/step", "report/checks"],
    "ci/lock": ["text", "os", "layer", "image", "packages", "keep", "report/checks"],
    "pipeline": ["text", "os", "oci", "layer", "image", "store", "unpack", "erofs", "transport", "runtime", "trace", "sensor",
                 "exercise", "evidence", "packages", "inspect", "keep", "keep/closure", "keep/application",
                 "keep/trees", "keep/unproven", "rewrite", "run", "run/output", "verify", "publish", "report",
                 "report/step", "report/checks"],
    "pipeline/stack": ["oci", "run", "run/bridge", "compose", "stack", "pipeline"],
    "pipeline/slim": ["text", "os", "oci", "layer", "image", "store", "erofs", "transport", "keep", "packages", "rewrite",
                      "verify", "publish", "report", "pipeline"],
    "pipeline/build": ["text", "os", "oci", "layer", "image", "store", "unpack", "transport", "runtime", "trace",
                       "sensor", "exercise", "evidence", "packages", "keep", "keep/closure", "keep/application",
                       "keep/trees", "keep/unproven", "rewrite", "run", "run/output", "verify", "publish",
                       "dockerfile", "report", "report/step", "report/checks", "ci/gate", "ci/lock", "ci/drift",
                       "pipeline", "pipeline/slim"],
    "ci/drift": ["text", "image", "trace", "evidence", "report/checks", "ci/lock"],
    # A host command goes back to the host's mounts.
    "probe": ["text", "os", "oci", "net", "exercise", "runtime", "probe/script", "probe/specs", "probe/openapi",
              "probe/routes"],
    "probe/script": ["text", "os", "formats", "oci", "net"],
    "probe/links": ["text"],
    "probe/contact": ["os", "net", "exercise"],
    "probe/routes": ["os", "formats"],
    "probe/crawl": ["net", "exercise", "probe/links", "probe/routes"],
    "probe/http": ["text", "os", "oci", "net", "exercise", "probe", "probe/script", "probe/links", "probe/contact",
                   "probe/crawl", "probe/routes", "probe/wire", "probe/client"],
    "probe/file": ["text", "os", "formats", "probe/script"],
    "probe/wire": ["text", "os", "oci", "exercise", "probe", "probe/script"],
    "probe/client": ["text", "os", "oci", "exercise", "probe", "probe/wire"],
    "probe/specs": ["text", "os", "oci", "net", "exercise", "probe/script"],
    "probe/openapi": ["text", "os", "oci", "probe/script", "probe/openapi/schema"],
    "probe/openapi/schema": ["text", "os", "formats"],
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
        return "/".join(parts[1:-1])
    return "/".join(parts[:-1]) if parts[0] == "probe" else None


def include_errors(path, text):
    module = module_of(path)
    if module is None:
        return
    if module not in MAY_INCLUDE:
        yield "folder %s is not in the table of tests/lint/include_rules.py" % module
        return
    allowed = [module, "base"] + MAY_INCLUDE[module]
    for name in INCLUDE.findall(text):
        folder = os.path.dirname(name) or module
        if folder not in allowed:
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
    if path.startswith("tests/stacks/") and path.endswith(".yaml"):
        return  # paths of images
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
