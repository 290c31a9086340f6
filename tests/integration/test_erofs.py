"""The result is tried on the packed layer itself, which EROFS shows: what it shows equals what the layer's tar says, and
where it cannot be mounted the layer is unpacked."""
import os
import pickle
import random
import stat
import subprocess
import sys

import pytest
from test_content import LONG, kinds_layer

from testenv.layers import Layer
from testenv.tree import Image, Node, merge

pytestmark = pytest.mark.needs("root", "runc", "erofs")

MOUNTED, UNPACKED = "mounted by EROFS", "unpacks the packed layer: "
STAND_IN = "trusted.slim.xattr."


@pytest.fixture
def mounted(program, tmp_path):
    """Calls a function in a process that sees the tar, mounted, and returns what it returned."""
    def call(layer, function):
        tar, place = layer.write(tmp_path / "layer.tar"), tmp_path / "mounted"
        place.mkdir()
        mount = os.path.join(os.path.dirname(program), "../tests/erofs/mount-tar")
        run = subprocess.run([mount, tar, str(place), sys.executable, __file__, function.__name__, str(place)],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                             env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)))
        assert run.returncode == 0, run.stderr
        assert not os.listdir(place)
        return tar, pickle.loads(run.stdout)
    return call


def kind_of(mode):
    return {stat.S_IFREG: "file", stat.S_IFDIR: "dir", stat.S_IFLNK: "symlink", stat.S_IFCHR: "char", stat.S_IFBLK: "block",
            stat.S_IFIFO: "fifo"}[stat.S_IFMT(mode)]


def look(path):
    """The entry as testenv.tree describes one, its inode, and the number of its names."""
    import hashlib
    s = os.lstat(path)
    kind = kind_of(s.st_mode)
    digest = None
    if kind == "file":
        with open(path, "rb") as f:
            digest = hashlib.sha256(f.read()).hexdigest()
    xattrs = {x: os.getxattr(path, x, follow_symlinks=False) for x in os.listxattr(path, follow_symlinks=False)}
    return Node(kind, stat.S_IMODE(s.st_mode), s.st_uid, s.st_gid, s.st_mtime_ns, s.st_size if kind == "file" else 0, digest,
                os.readlink(path) if kind == "symlink" else None,
                tuple(sorted((x[len(STAND_IN):] if x.startswith(STAND_IN) else x, v) for x, v in xattrs.items())),
                (os.major(s.st_rdev), os.minor(s.st_rdev)) if kind in ("char", "block") else None), s.st_ino, s.st_nlink


def all_of_it(place):
    """Two ways lead to an entry: the list of its directory, and its name."""
    found = {"": look(place)}
    for folder, folders, files in os.walk(place):
        for name in folders + files:
            path = os.path.join(folder, name)
            found[os.path.relpath(path, place)] = look(path)
    return found


def pieces(place):
    """Contents in the order in which programs read them: mapped, and from any offset."""
    import mmap
    out = {}
    for name in sorted(os.listdir(place)):
        path = os.path.join(place, name)
        size = os.path.getsize(path)
        if not size:
            continue
        with open(path, "rb") as f, mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ) as m:
            offsets = random.Random(name).sample(range(size), min(size, 50))
            out[name] = [(at, os.pread(f.fileno(), 700, at), m[at:at + 700]) for at in offsets]
    return out


def only_names(place):
    names = os.listdir(place + "/many")
    missing = [n for n in names if not os.path.exists(place + "/many/" + n)]
    return sorted(names), missing, os.path.exists(place + "/many/none")


def nasty_layer():
    layer = kinds_layer().dir("", mode=0o711, uid=9, gid=10, mtime="1600000000.25")
    layer.dir("sizes", mtime="-86400.75")
    for size in (0, 1, 511, 512, 513, 4095, 4096, 4097, 1 << 20, (1 << 20) + 1):
        layer.file("sizes/%d" % size, random.Random(size).randbytes(size), mtime="%d.%09d" % (size, size))
    layer.file("largest-ids", uid=4294967294, gid=4294967294).file("far", mtime=1 << 40).file("past", mtime="-5000000000.5")
    layer.dir("with-xattrs", xattrs={"user.long": b"x" * 30000, "trusted.t": b"", "security.other": b"\0\1"})
    layer.symlink("link-with-xattr", "kinds", xattrs={"trusted.on-link": b"yes", "user.refused": b"no"})
    for n in (1, 200, 440, 448, 449, 511, 512, 513, 4095):
        layer.symlink("link-%d" % n, "t" * n)
    layer.dir("names")
    for name in ("!", "-", "...", ".a", "A", "a", "a b", "a\nb", "e\u0301", "n" * 255, "m" * 254):
        layer.file("names/" + name, name)
    layer.file("implied/by/a/path", "x")
    return layer


def test_everything_is_as_in_the_tar(mounted):
    tar, found = mounted(nasty_layer(), all_of_it)
    with open(tar, "rb") as f:
        nodes, groups = merge([f.read()])
    for folder in ("implied", "implied/by", "implied/by/a"):
        nodes[folder] = Node("dir", 0o755, 0, 0, 0, 0, None, None, (), None)
    assert LONG + "/" + "f" * 255 in nodes
    assert found.keys() == nodes.keys()
    for path, (node, inode, links) in found.items():
        assert node == nodes[path], path
        if node.kind != "dir":
            group = groups[path]
            assert links == len(group) and {found[p][1] for p in group} == {inode}, path


def test_contents_read_anywhere(mounted):
    layer = Layer()
    want = {str(n): random.Random(n).randbytes(n) for n in (1, 513, 5000, 70000, 1 << 20)}
    for name, data in want.items():
        layer.file(name, data)
    for name, parts in mounted(layer, pieces)[1].items():
        for at, read, mapped in parts:
            assert read == mapped == want[name][at:at + 700]


def test_a_hundred_thousand_files_in_a_directory(mounted):
    layer, want = Layer().dir("many"), []
    for n in range(100000):
        want.append("%x-%s" % (n * 2654435761 % (1 << 32), "n" * (n % 40)))
        layer.file("many/" + want[-1])
    names, missing, none = mounted(layer, only_names)[1]
    assert names == sorted(want) and missing == [] and not none


def build(slim, source, tmp_path, *options, prefix=()):
    """Builds with the debug log. Returns the result, and the log's lines on how it was tried."""
    report = str(tmp_path / "report.json")
    dest = "oci:%s:slim" % (tmp_path / "out")
    r = slim.run("build", "-v", source, "-o", dest, "--store", slim.store, "--report", report, "--keep", "exact",
                 *options, prefix=prefix)
    assert r.status == 0, r
    return Image(dest), [line for line in r.err.splitlines() if MOUNTED in line or UNPACKED in line]


@pytest.fixture
def source(images):
    return images.service()


def test_the_packed_layer_is_tried(slim, source, tmp_path):
    result, tried = build(slim, source, tmp_path)
    assert len(tried) == 1 and MOUNTED in tried[0]
    with open("/proc/self/mountinfo") as f:
        assert " erofs " not in f.read()


def test_each_round_tries_its_own_layer(slim, source, tmp_path):
    """A trace of the service that nobody asked anything lacks what the requests need."""
    trace = tmp_path / "blind.json"
    assert slim.run("record", source, "-o", trace, "--store", slim.store, "--http-probe=false").status == 0
    result, tried = build(slim, source, tmp_path, "--trace", trace, "--verify=on")
    assert len(tried) > 1 and all(MOUNTED in line for line in tried)
    assert "srv/index.html" in result.paths()


def test_files_are_on_the_device_of_their_directories(slim, images, tmp_path):
    """As in every engine's containers; programs that stay on one file system look at it."""
    result, tried = build(slim, images.job(), tmp_path, "--run", "device / /srv /srv/default.txt /bin/job")
    assert len(tried) == 1 and MOUNTED in tried[0]


@pytest.mark.parametrize("sensor", ["ebpf", "ptrace"])
def test_what_reads_with_o_direct_is_unpacked(slim, images, tmp_path, sensor):
    """EROFS does not open files so."""
    result, tried = build(slim, images.job(), tmp_path, "--run", "direct /srv/default.txt", "--sensor", sensor)
    assert len(tried) == 1 and UNPACKED in tried[0]


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_unpacked_where_it_cannot_be_mounted(slim, source, tmp_path, compression):
    """A file in memory cannot be the source of a mount; the result is the same."""
    first, tried = build(slim, source, tmp_path, "--compression", compression)
    assert MOUNTED in tried[0]
    os.makedirs(slim.store, exist_ok=True)
    in_memory = ["unshare", "--mount", "sh", "-ec", 'mount -t tmpfs -o mode=0700 none "$0"; exec "$@"', slim.store]
    second, tried = build(slim, source, tmp_path, "--compression", compression, prefix=in_memory)
    assert len(tried) == 1 and UNPACKED in tried[0]
    assert first.descriptor == second.descriptor


if __name__ == "__main__":
    pickle.dump({"all_of_it": all_of_it, "pieces": pieces, "only_names": only_names}[sys.argv[1]](sys.argv[2]),
                sys.stdout.buffer)
