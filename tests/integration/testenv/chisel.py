"""Chisel's manifest, written and read with Python and zstd alone. The rules are those of chisel's documentation, and of its own
check of a manifest."""
import json
import os
import subprocess

PATH = "var/lib/chisel/manifest.wall"


def compact(entry):
    """As Go writes JSON."""
    text = json.dumps(entry, separators=(",", ":"), ensure_ascii=False)
    for c in "<>&\u2028\u2029":
        text = text.replace(c, "\\u%04x" % ord(c))
    return text


def pack(entries):
    """A manifest of these entries, in bytes."""
    lines = sorted(compact(e).encode() for e in entries)
    header = compact({"jsonwall": "1.0", "schema": "1.0", "count": len(lines) + 1}).encode()
    return subprocess.run(["zstd", "-qc"], input=b"\n".join([header] + lines) + b"\n", stdout=subprocess.PIPE, check=True).stdout


def entries(packages, paths):
    """packages: names. paths: {path: an entry without kind and path}, with its slices."""
    out = [{"kind": "package", "name": p, "version": "1:2-3", "sha256": "0" * 64, "arch": "amd64"} for p in packages]
    out += [{"kind": "slice", "name": s} for s in {s for e in paths.values() for s in e["slices"]}]
    for path, entry in paths.items():
        out.append(dict({"kind": "path", "path": path}, **entry))
        out += [{"kind": "content", "slice": s, "path": path} for s in entry["slices"]]
    return out


class Manifest:
    """Reads and checks."""

    def __init__(self, data):
        text = subprocess.run(["zstd", "-qdc"], input=data, stdout=subprocess.PIPE, check=True).stdout
        lines = text.split(b"\n")
        assert lines.pop() == b""
        header = json.loads(lines[0])
        assert header == {"jsonwall": "1.0", "schema": "1.0", "count": len(lines)}, header
        assert lines[0].startswith(b'{"jsonwall":')
        assert lines[1:] == sorted(set(lines[1:]))
        entries = [json.loads(line) for line in lines[1:]]
        assert [compact(e).encode() for e in entries] == lines[1:]
        kinds = {kind: [e for e in entries if e["kind"] == kind] for kind in ("package", "slice", "path", "content")}
        assert sum(map(len, kinds.values())) == len(entries)
        self.packages = {e["name"]: e for e in kinds["package"]}
        self.slices = {e["name"] for e in kinds["slice"]}
        self.paths = {e["path"]: e for e in kinds["path"]}
        self.contents = {(e["slice"], e["path"]) for e in kinds["content"]}
        self.check()

    def check(self):
        assert {s.split("_")[0] for s in self.slices} == set(self.packages)
        assert {s for s, _ in self.contents} == self.slices
        assert self.contents == {(s, path) for path, e in self.paths.items() for s in e["slices"]}
        groups = {}
        for path, e in self.paths.items():
            assert e["slices"] == sorted(e["slices"]) and e["slices"], e
            if "inode" in e:
                groups.setdefault(e["inode"], []).append(path)
        assert sorted(groups) == list(range(1, len(groups) + 1))
        assert all(len(paths) > 1 for paths in groups.values()), groups


def place(nodes, path):
    """Where a path leads in the tree of a tree.Image, without following its last component."""
    at, names = "", [n for n in path.split("/") if n]
    for i, name in enumerate(names):
        at = os.path.normpath(os.path.join(at, name)).lstrip("/")
        for _ in range(40):
            if i == len(names) - 1 or at not in nodes or nodes[at].kind != "symlink":
                break
            at = os.path.normpath(os.path.join(os.path.dirname(at), nodes[at].link)).lstrip("/")
    return at


def leads_to_directory(nodes, path):
    """A directory, or a symlink to one."""
    at = place(nodes, path)
    while at in nodes and nodes[at].kind == "symlink":
        at = place(nodes, os.path.normpath(os.path.join("/" + os.path.dirname(at), nodes[at].link)))
    return at in nodes and nodes[at].kind == "dir"
