"""Packs an upper directory of overlayfs as a layer of an OCI image: tar, gzip, whiteouts, hard links.

Spec: OCI image-spec 1.1, layer.md. A deleted name is a character device 0:0 in the upper directory and .wh.NAME in
the layer; a directory that replaces one has trusted.overlay.opaque=y there and holds .wh..wh..opq here."""
import gzip
import hashlib
import json
import os
import stat
import tarfile

MEDIA_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"


class _Hashed:
    """A file that hashes and counts what is written through it."""

    def __init__(self, f):
        self.f, self.hash, self.size = f, hashlib.sha256(), 0

    def write(self, data):
        self.hash.update(data)
        self.size += len(data)
        return self.f.write(data)

    def flush(self):
        self.f.flush()

    def digest(self):
        return "sha256:" + self.hash.hexdigest()


def _whiteout(tar, path, st):
    info = tarfile.TarInfo(path)
    info.mtime = int(st.st_mtime)
    tar.addfile(info)


def _add(tar, root, path, links):
    """Adds PATH of the upper directory ROOT; links has the first name of each inode. True for a directory."""
    full = os.path.join(root, path)
    st = os.lstat(full)
    if stat.S_ISCHR(st.st_mode) and st.st_rdev == 0:
        _whiteout(tar, os.path.join(os.path.dirname(path), ".wh." + os.path.basename(path)), st)
        return False
    if stat.S_ISSOCK(st.st_mode):
        return False
    info = tarfile.TarInfo(path)
    info.uid, info.gid, info.mtime = st.st_uid, st.st_gid, int(st.st_mtime)
    info.mode = stat.S_IMODE(st.st_mode)
    xattrs = {name: os.getxattr(full, name, follow_symlinks=False)
              for name in os.listxattr(full, follow_symlinks=False)}
    for name, value in sorted(xattrs.items()):
        if not name.startswith(("trusted.", "security.selinux")):
            info.pax_headers["SCHILY.xattr." + name] = value.decode("utf-8", "surrogateescape")
    if stat.S_ISDIR(st.st_mode):
        info.type = tarfile.DIRTYPE
        tar.addfile(info)
        if xattrs.get("trusted.overlay.opaque") == b"y":
            _whiteout(tar, path + "/.wh..wh..opq", st)
        return True
    first = links.setdefault((st.st_dev, st.st_ino), path)
    if stat.S_ISLNK(st.st_mode):
        info.type, info.linkname = tarfile.SYMTYPE, os.readlink(full)
    elif first != path:
        info.type, info.linkname = tarfile.LNKTYPE, first
    elif stat.S_ISREG(st.st_mode):
        info.size = st.st_size
        with open(full, "rb") as f:
            tar.addfile(info, f)
        return False
    elif stat.S_ISFIFO(st.st_mode):
        info.type = tarfile.FIFOTYPE
    else:
        info.type = tarfile.CHRTYPE if stat.S_ISCHR(st.st_mode) else tarfile.BLKTYPE
        info.devmajor, info.devminor = os.major(st.st_rdev), os.minor(st.st_rdev)
    tar.addfile(info)
    return False


def _walk(tar, root, directory, links):
    for name in sorted(os.listdir(os.path.join(root, directory))):
        path = os.path.join(directory, name)
        if _add(tar, root, path, links):
            _walk(tar, root, path, links)


def pack(directory):
    """Packs DIRECTORY/diff as DIRECTORY/layer.tar.gz, unless that is done; returns what describes the layer."""
    described, blob = os.path.join(directory, "layer.json"), os.path.join(directory, "layer.tar.gz")
    if not os.path.exists(described):
        with open(blob, "wb") as f:
            outer = _Hashed(f)
            zipped = gzip.GzipFile(filename="", mode="wb", compresslevel=3, fileobj=outer, mtime=0)
            inner = _Hashed(zipped)
            with tarfile.open(fileobj=inner, mode="w|", format=tarfile.PAX_FORMAT, bufsize=1 << 20,
                              encoding="utf-8", errors="surrogateescape") as tar:
                _walk(tar, os.path.join(directory, "diff"), "", {})
            zipped.close()
        with open(described + ".new", "w") as f:
            json.dump({"mediaType": MEDIA_TYPE, "digest": outer.digest(), "size": outer.size,
                       "diff_id": inner.digest()}, f)
        os.rename(described + ".new", described)
    with open(described) as f:
        return dict(json.load(f), blob=blob)
