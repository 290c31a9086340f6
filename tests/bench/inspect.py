#!/usr/bin/python3
"""Holds `slim inspect` against an independent count, and its time against that of other tools.

  inspect.py [--slim FILE] [--rounds N] LAYOUT:TAG...

The count: umoci unpacks each layer alone, and the first layers up to each one; the trees are walked and compared. The time:
`slim inspect` in turn with `skopeo copy` of the image to a directory and `tar tvf` of each layer there, N rounds (3), the
least of each. Prints a markdown table. Exit status 1 if a figure differs. Needs root, umoci and skopeo."""
import argparse
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PLATFORM = {"os": "linux", "architecture": {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]}
CHANGES = ("added", "changed", "removed")


class Layout:
    def __init__(self, reference):
        self.folder, _, self.tag = reference.rpartition(":")
        [entry] = [m for m in self.json("index.json")["manifests"]
                   if m.get("annotations", {}).get("org.opencontainers.image.ref.name") == self.tag]
        self.manifest = self.blob(entry["digest"])
        while "manifests" in self.manifest:
            entry = [m for m in self.manifest["manifests"] if m.get("platform", PLATFORM) == PLATFORM][0]
            self.manifest = self.blob(entry["digest"])
        self.config = self.blob(self.manifest["config"]["digest"])

    def json(self, name):
        with open(os.path.join(self.folder, name)) as f:
            return json.load(f)

    def blob(self, digest):
        return self.json("blobs/sha256/" + digest.split(":")[1])

    def part(self, which, out):
        """Writes a layout of only these layers (a slice) to out; the blobs are links to the layout's own."""
        blobs = os.path.join(out, "blobs", "sha256")
        os.makedirs(blobs)

        def put(value):
            data = json.dumps(value).encode()
            name = hashlib.sha256(data).hexdigest()
            with open(os.path.join(blobs, name), "wb") as f:
                f.write(data)
            return {"digest": "sha256:" + name, "size": len(data)}

        layers = self.manifest["layers"][which]
        for layer in layers:
            name = layer["digest"].split(":")[1]
            os.symlink(os.path.realpath(os.path.join(self.folder, "blobs/sha256", name)), os.path.join(blobs, name))
        ids = self.config["rootfs"]["diff_ids"][which]
        config = {"architecture": self.config["architecture"], "os": self.config["os"], "config": {},
                  "rootfs": {"type": "layers", "diff_ids": ids}, "history": [{"created_by": "layer"} for _ in ids]}
        kind = "application/vnd.oci.image."
        manifest = {"schemaVersion": 2, "config": dict(put(config), mediaType=kind + "config.v1+json"), "layers": [
            {"mediaType": kind + "layer.v1.tar" + ("+gzip" if "gzip" in layer["mediaType"] else ""),
             "digest": layer["digest"], "size": layer["size"]} for layer in layers]}
        entry = dict(put(manifest), mediaType=kind + "manifest.v1+json",
                     annotations={"org.opencontainers.image.ref.name": "part"})
        for name, value in (("index.json", {"schemaVersion": 2, "manifests": [entry]}),
                            ("oci-layout", {"imageLayoutVersion": "1.0.0"})):
            with open(os.path.join(out, name), "w") as f:
                json.dump(value, f)


def tree(root):
    """{path: (kind, bytes, attributes)} of all below root; of a file with several names one has the bytes."""
    found, inodes = {}, set()
    for folder, dirs, files in os.walk(root):
        for name in dirs + files:
            full = os.path.join(folder, name)
            s = os.lstat(full)
            size = s.st_size if stat.S_ISREG(s.st_mode) and s.st_ino not in inodes else 0
            inodes.add(s.st_ino)
            found[os.path.relpath(full, root)] = (stat.S_IFMT(s.st_mode), size, (s.st_mode, s.st_uid, s.st_gid))
    return found


def unpacked(layout, which, work):
    part, bundle = os.path.join(work, "part"), os.path.join(work, "bundle")
    layout.part(which, part)
    subprocess.run(["umoci", "unpack", "--image", part + ":part", bundle], check=True, stdout=subprocess.DEVNULL)
    found = tree(os.path.join(bundle, "rootfs"))
    shutil.rmtree(part)
    shutil.rmtree(bundle)
    return found


def count(layout, work):
    """The figures that slim prints: by layer, and the whole image's."""
    sizes, layers, before = {}, [], {}
    for i in range(len(layout.manifest["layers"])):
        alone, now = unpacked(layout, slice(i, i + 1), work), unpacked(layout, slice(0, i + 1), work)
        sums = {c: [0, 0] for c in CHANGES}
        for path, (kind, size, attributes) in alone.items():
            # umoci makes the directories that the layer does not list: they are the image's own, or not of the layer.
            if kind == stat.S_IFDIR:
                continue
            s = sums["changed" if path in before else "added"]
            s[0] += 1
            s[1] += size
            sizes.setdefault(path, []).append(size)
        for path in before.keys() - now.keys():
            if before[path][0] != stat.S_IFDIR:
                sums["removed"][0] += 1
                sums["removed"][1] += before[path][1]
                sizes[path].append(0)
        layers.append({c: {"paths": n, "bytes": b} for c, (n, b) in sums.items()})
        before = now
    total = sum(map(sum, sizes.values()))
    shown = sum(size for _, size, _ in before.values())
    return {"layers": layers, "layers_bytes": total, "bytes": shown, "wasted_bytes": total - shown,
            "efficiency": sum(map(min, sizes.values())) / total if total else 1}


def differences(shown, counted):
    for i, (a, b) in enumerate(zip(shown["layers"], counted["layers"])):
        for c in CHANGES:
            if a[c] != b[c]:
                yield "layer %d, %s: slim %s, umoci %s" % (i + 1, c, a[c], b[c])
    for key in ("layers_bytes", "bytes", "wasted_bytes"):
        if shown[key] != counted[key]:
            yield "%s: slim %d, umoci %d" % (key, shown[key], counted[key])
    if abs(shown["efficiency"] - counted["efficiency"]) > 1e-6:
        yield "efficiency: slim %f, umoci %f" % (shown["efficiency"], counted["efficiency"])


def seconds(command):
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def by_other_tools(reference, work):
    """Seconds of skopeo copy to a directory, then of tar tvf of every layer."""
    to = os.path.join(work, "dir")
    took = seconds(["skopeo", "copy", "-q", "oci:" + reference, "dir:" + to])
    with open(os.path.join(to, "manifest.json")) as f:
        layers = json.load(f)["layers"]
    for layer in layers:
        took += seconds(["tar", "tvf", os.path.join(to, layer["digest"].split(":")[1])])
    shutil.rmtree(to)
    return took


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slim", default=os.path.join(HERE, "..", "..", "build", "cmd", "slim"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("images", nargs="+", metavar="LAYOUT:TAG")
    o = parser.parse_args()
    failed = False
    print("| image | layers | MB in layers | efficiency | slim inspect s | skopeo and tar s | ratio | equal to umoci |")
    print("|---|---|---|---|---|---|---|---|")
    for reference in o.images:
        with tempfile.TemporaryDirectory(prefix="slim-bench-") as work:
            command = [o.slim, "inspect", "--json", "oci:" + reference]
            shown = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            pairs = [(seconds(command), by_other_tools(reference, work)) for _ in range(o.rounds)]
            mine, theirs = (min(column) for column in zip(*pairs))
            bad = list(differences(shown, count(Layout(reference), work)))
        failed = failed or bool(bad)
        print("| %s | %d | %.1f | %.4f | %.2f | %.2f | %.2f | %s |" % (
            os.path.basename(reference.rpartition(":")[0]), len(shown["layers"]), shown["layers_bytes"] / 1e6,
            shown["efficiency"], mine, theirs, mine / theirs, "no: " + "; ".join(bad) if bad else "yes"), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
