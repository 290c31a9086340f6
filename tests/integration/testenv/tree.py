"""Reads an image back with Python's tarfile alone: config, layers, and the tree that they make.
The oracle for what slim writes; shares no code with it."""
import decimal
import gzip
import hashlib
import io
import json
import os
import struct
import subprocess
import tarfile
from collections import namedtuple

# Everything that a kept entry must have in common with the original's. group: the sorted names of one hard
# linked file (only its own name when it has one).
Node = namedtuple("Node", "kind mode uid gid mtime size sha256 link xattrs device")


class Image:
    """reference: oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:NAME]. arch: of an index."""

    def __init__(self, reference, arch="amd64"):
        scheme, _, rest = reference.partition(":")
        location, _, self.tag = rest.partition(":")
        self.archive = tarfile.open(location) if scheme.endswith("archive") else None
        self.location = location
        self.manifest = None
        if scheme == "docker-archive":
            entries = json.loads(self.read("manifest.json"))
            assert len(entries) == 1
            self.names = entries[0]["RepoTags"]
            self.config_bytes = self.read(entries[0]["Config"])
            blobs = [self.read(name) for name in entries[0]["Layers"]]
        else:
            self.find_manifest(arch)
            self.config_bytes = self.blob(self.manifest["config"])
            blobs = [self.blob(d) for d in self.manifest["layers"]]
        self.config = json.loads(self.config_bytes)
        self.compressed = [len(b) for b in blobs]
        self.tars = [inflate(b) for b in blobs]
        if self.archive:
            self.archive.close()
        self.check_diff_ids()
        self.nodes, self.groups = merge(self.tars)

    def read(self, name):
        if self.archive:
            member = self.archive.getmember(name)
            if member.issym():
                member = self.archive.getmember(os.path.normpath(os.path.join(os.path.dirname(name), member.linkname)))
            return self.archive.extractfile(member).read()
        with open(os.path.join(self.location, name), "rb") as f:
            return f.read()

    def blob(self, descriptor):
        data = self.read("blobs/sha256/" + descriptor["digest"].split(":")[1])
        assert "sha256:" + hashlib.sha256(data).hexdigest() == descriptor["digest"]
        assert len(data) == descriptor["size"]
        return data

    def find_manifest(self, arch):
        entries = json.loads(self.read("index.json"))["manifests"]
        if self.tag:
            key = "org.opencontainers.image.ref.name"
            entries = [e for e in entries if e.get("annotations", {}).get(key) == self.tag]
        assert len(entries) == 1, entries
        self.descriptor = entries[0]
        document = json.loads(self.blob(entries[0]))
        while "manifests" in document:
            entry = [e for e in document["manifests"] if e.get("platform", {}).get("architecture", arch) == arch][0]
            document = json.loads(self.blob(entry))
        self.manifest = document

    def check_diff_ids(self):
        assert self.config["rootfs"]["diff_ids"] == ["sha256:" + hashlib.sha256(t).hexdigest() for t in self.tars]
        history = self.config.get("history")
        if history is not None:
            assert len([h for h in history if not h.get("empty_layer")]) == len(self.tars)

    def paths(self):
        return set(self.nodes)

    def group(self, path):
        return self.groups.get(path, frozenset([path]))


def inflate(data):
    if data[:2] == b"\x1f\x8b":
        return gzip.decompress(data)
    if data[:4] == b"\x28\xb5\x2f\xfd":
        return subprocess.run(["zstd", "-qdc"], input=data, stdout=subprocess.PIPE, check=True).stdout
    return data


def merge(tars):
    """The tree as the layers make it, and the hard link groups: {path: frozenset(paths)}."""
    nodes, inode, serial = {}, {}, 0
    for data in tars:
        seen, opaque, gone = {}, [], []
        with tarfile.open(fileobj=io.BytesIO(data), encoding="utf-8", errors="surrogateescape") as tar:
            for member in tar:
                name = os.path.normpath(member.name).lstrip("/")
                name = "" if name == "." else name
                folder, base = os.path.split(name)
                if base == ".wh..wh..opq":
                    opaque.append(folder)
                elif base.startswith(".wh."):
                    gone.append(os.path.join(folder, base[4:]))
                elif member.islnk():
                    seen[name] = os.path.normpath(member.linkname).lstrip("/")
                else:
                    seen[name] = node(tar, member)
        for folder in opaque:
            for path in [p for p in nodes if p.startswith(folder + "/")]:
                del nodes[path]
        for name in gone:
            for path in [p for p in nodes if p == name or p.startswith(name + "/")]:
                del nodes[path]
        for name, what in seen.items():
            if isinstance(what, str):
                nodes[name], inode[name] = nodes[what], inode[what]
                continue
            if name in nodes and (nodes[name].kind == "dir") != (what.kind == "dir"):
                for path in [p for p in nodes if p.startswith(name + "/")]:
                    del nodes[path]
            serial += 1
            nodes[name], inode[name] = what, serial
    groups = {}
    for path in nodes:
        groups.setdefault(inode[path], []).append(path)
    sets = {i: frozenset(paths) for i, paths in groups.items()}
    return nodes, {path: sets[inode[path]] for path in nodes}


KINDS = {tarfile.REGTYPE: "file", tarfile.AREGTYPE: "file", tarfile.GNUTYPE_SPARSE: "file", tarfile.DIRTYPE: "dir",
         tarfile.SYMTYPE: "symlink", tarfile.CHRTYPE: "char", tarfile.BLKTYPE: "block", tarfile.FIFOTYPE: "fifo",
         tarfile.CONTTYPE: "file"}


def node(tar, member):
    kind = KINDS[member.type]
    digest = hashlib.sha256(tar.extractfile(member).read()).hexdigest() if kind == "file" else None
    device = (member.devmajor, member.devminor) if kind in ("char", "block") else None
    mode = 0o777 if kind == "symlink" else member.mode & 0o7777  # a symlink has none
    return Node(kind, mode, member.uid, member.gid, mtime(member), member.size if kind == "file" else 0, digest,
                member.linkname if kind == "symlink" else None, xattrs(member), device)


def mtime(member):
    """Nanoseconds. tarfile returns a float, which does not have enough digits."""
    text = member.pax_headers.get("mtime")
    if text is None:
        return int(member.mtime) * 10**9
    return int(decimal.Decimal(text).scaleb(9).to_integral_value(decimal.ROUND_FLOOR))


def xattrs(member):
    out = {}
    for key, value in member.pax_headers.items():
        raw = value.encode("utf-8", "surrogateescape")
        if key.startswith("SCHILY.xattr."):
            out[key[len("SCHILY.xattr."):]] = raw
        elif key == "SCHILY.acl.access":
            if len(acl(value)) > 4 + 3 * 8:  # more than user, group and other, which are the mode
                out["system.posix_acl_access"] = acl(value)
        elif key == "SCHILY.acl.default":
            out["system.posix_acl_default"] = acl(value)
    return tuple(sorted(out.items()))


def acl(text):
    """The kernel's form of "user::rw-,user:1000:r--,group::r--,mask::r--,other::r--"."""
    tags = {("user", False): 1, ("user", True): 2, ("group", False): 4, ("group", True): 8, ("mask", False): 16,
            ("other", False): 32}
    entries = []
    for line in text.replace("\n", ",").split(","):
        if not line.strip():
            continue
        fields = [x.strip() for x in line.split(":")]
        tag, who, permissions = fields[0], fields[1], fields[2]
        who = fields[3] if len(fields) > 3 else who
        bits = sum(b for c, b in (("r", 4), ("w", 2), ("x", 1)) if c in permissions)
        entries.append((tags[tag, bool(who)], bits, int(who) if who else 0xFFFFFFFF))
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *e) for e in sorted(entries))


def differences(original, slim):
    """What is wrong with the slim image's entries, as sentences."""
    out = []
    for path, have in sorted(slim.nodes.items()):
        want = original.nodes.get(path)
        if want is None:
            if path != "":
                out.append("%r is not in the original" % path)
            continue
        for field, a, b in zip(Node._fields, want, have):
            if a != b:
                out.append("%r: %s is %r, was %r" % (path, field, b, a))
        if have.kind != "dir":
            linked = original.group(path) & slim.paths()
            if slim.group(path) != linked:
                out.append("%r is linked with %r, was %r" % (path, sorted(slim.group(path)), sorted(linked)))
    return out
