#!/usr/bin/python3
"""packaging.py ROOT SLIM : the packages agree with meson.build: SLIM prints its version, CHANGELOG.md names it, and the Debian
control file, the RPM spec and .ci/packages list the libraries that the build needs."""
import os
import re
import subprocess
import sys

# Beside the packages of .ci/packages, group build: part of build-essential, or of another package of the list.
IMPLIED = {"gcc", "libc6-dev", "ninja-build", "python3"}
DEBIAN_ONLY = {"debhelper-compat", "python3"}
MESON_ONLY = {"threads", "cmocka"}


def read(root, *path):
    with open(os.path.join(root, *path), encoding="utf-8") as f:
        return f.read()


def group(root, name):
    lines = re.findall(r"^%s: (.*)$" % name, read(root, ".ci/packages"), re.M)
    return {package for line in lines for package in line.split()}


def build_depends(root):
    field = re.search(r"^Build-Depends:((?:\n .*)+)", read(root, "packaging/debian/control"), re.M).group(1)
    return {re.match(r"[a-z0-9.+-]+", entry.strip()).group() for entry in field.split(",") if entry.strip()}


def dependencies(root):
    """{name: least version} of meson's dependency()."""
    out = {}
    for path in ("meson.build", "lib/sensor/ebpf/meson.build"):
        for name, rest in re.findall(r"dependency\('([^']+)'([^\n]*)", read(root, path)):
            least = re.search(r"version: '>=([^']+)'", rest)
            out[name] = least.group(1) if least else ""
    return {name: least for name, least in out.items() if name not in MESON_ONLY}


def requirements(root):
    found = re.findall(r"^BuildRequires: +pkgconfig\((.+)\)(?: >= (\S+))?$", read(root, "packaging/slim.spec"), re.M)
    return dict(found)


def difference(what, left, right):
    if left != right:
        yield "%s: %s" % (what, sorted(set(left) ^ set(right)))


def errors(root, slim):
    version = subprocess.run([os.path.join(root, "packaging/version")], stdout=subprocess.PIPE, text=True).stdout.strip()
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        yield "packaging/version prints '%s'" % version
    printed = subprocess.run([slim, "--version"], stdout=subprocess.PIPE, text=True).stdout.strip()
    yield from difference("slim --version", {printed}, {"slim " + version})
    if not re.search(r"\b%s\b" % re.escape(version), read(root, "CHANGELOG.md")):
        yield "CHANGELOG.md does not name version %s" % version
    yield from difference("Build-Depends of packaging/debian/control and group build of .ci/packages",
                          build_depends(root) - DEBIAN_ONLY, group(root, "build") - IMPLIED)
    yield from difference("BuildRequires of packaging/slim.spec and dependencies of meson.build",
                          set(requirements(root).items()), set(dependencies(root).items()))


def main(root, slim):
    bad = list(errors(root, slim))
    print("\n".join(bad + ["%d errors" % len(bad)]))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
