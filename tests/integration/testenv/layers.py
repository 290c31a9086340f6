"""Layer tars, written entry by entry, so that a test defines exactly what a layer contains."""
import tarfile

MTIME = 1704067200


class Layer:
    """Collects tar members in order. It checks nothing: hostile names are written as given."""

    def __init__(self):
        self.members = []

    def add(self, name, kind=tarfile.REGTYPE, data=b"", mode=0o644, uid=0, gid=0, mtime=MTIME, link="", xattrs=None,
            device=(0, 0)):
        info = tarfile.TarInfo(name)
        info.type, info.mode, info.uid, info.gid, info.linkname = kind, mode, uid, gid, link
        info.devmajor, info.devminor = device
        info.size = len(data)
        if isinstance(mtime, str):  # "1704067200.123456789"
            info.pax_headers["mtime"] = mtime
            info.mtime = int(mtime.split(".")[0])
        else:
            info.mtime = mtime
        for key, value in (xattrs or {}).items():
            info.pax_headers["SCHILY.xattr." + key] = value.decode("utf-8", "surrogateescape")
        self.members.append((info, data))
        return self

    def dir(self, name, mode=0o755, **more):
        return self.add(name, tarfile.DIRTYPE, mode=mode, **more)

    def file(self, name, data=b"", **more):
        return self.add(name, data=data.encode() if isinstance(data, str) else data, **more)

    def sparse(self, name, size, data=b"", **more):
        """Adds a file of size bytes that begins with data. The rest is a hole, in GNU's pax form."""
        self.file(name, data, **more)
        numbers = (0, len(data)) if data else (size, 0)
        self.members[-1][0].pax_headers.update({"GNU.sparse.size": str(size), "GNU.sparse.numblocks": "1",
                                                "GNU.sparse.map": "%d,%d" % numbers})
        return self

    def program(self, name, path, **more):
        with open(path, "rb") as f:
            return self.file(name, f.read(), **dict({"mode": 0o755}, **more))

    def symlink(self, name, target, **more):
        return self.add(name, tarfile.SYMTYPE, link=target, **dict({"mode": 0o777}, **more))

    def hardlink(self, name, target, **more):
        return self.add(name, tarfile.LNKTYPE, link=target, **more)

    def whiteout(self, name):
        folder, _, base = name.rpartition("/")
        return self.file((folder + "/" if folder else "") + ".wh." + base)

    def opaque(self, directory):
        return self.file(directory + "/.wh..wh..opq")

    def write(self, path):
        import io
        with tarfile.open(path, "w", format=tarfile.PAX_FORMAT, encoding="utf-8", errors="surrogateescape") as tar:
            for info, data in self.members:
                tar.addfile(info, io.BytesIO(data) if data else None)
        return str(path)
