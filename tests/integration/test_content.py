"""What is kept is kept as it was: every kind of entry, every attribute, links as links."""
import os
import struct
import subprocess
import tarfile

import oci
import pytest

from testenv.layers import Layer
from testenv.samples import JOB_CONFIG
from testenv.tree import Image, differences

pytestmark = pytest.mark.needs("root", "runc")

CAPABILITY = struct.pack("<IIIII", 0x02000001, 1 << 10, 0, 0, 0)  # cap_net_bind_service=ep, version 2
NOT_UTF8 = b"kinds/\xff\xfe-name".decode("utf-8", "surrogateescape")
LONG = "kinds/" + "/".join(["directory-with-a-long-name-%02d" % i + "x" * 60 for i in range(8)])


def kinds_layer():
    layer = Layer().dir("kinds", mode=0o751, uid=7, gid=8, mtime="1600000000.000000001")
    layer.file("kinds/plain", "plain\n", mode=0o640, uid=1234, gid=5678, mtime="1600000000.987654321")
    layer.file("kinds/empty").file("kinds/old", "1901", mtime="-1.5").file("kinds/large-ids", uid=3000000, gid=4000000000)
    layer.file("kinds/setuid", "s", mode=0o4755).file("kinds/setgid", "s", mode=0o2755)
    layer.dir("kinds/sticky", mode=0o1777).dir("kinds/empty-dir", mode=0o700, uid=33)
    layer.file("kinds/capable", "c", mode=0o755, xattrs={"security.capability": CAPABILITY})
    layer.file("kinds/attributes", "x", xattrs={"user.one": b"1", "user.binary": b"\0\xff\n=", "trusted.t": b"t",
                                               "com.example.x": b"x"})
    layer.symlink("kinds/absolute", "/kinds/plain").symlink("kinds/relative", "../kinds/absolute", uid=5)
    layer.symlink("kinds/dangling", "nowhere").symlink("kinds/loop", "loop")
    layer.hardlink("kinds/linked", "kinds/plain").hardlink("kinds/zlinked", "kinds/plain")
    layer.add("kinds/char", tarfile.CHRTYPE, mode=0o666, device=(1, 3))
    layer.add("kinds/block", tarfile.BLKTYPE, mode=0o660, device=(7, 300))
    layer.add("kinds/fifo", tarfile.FIFOTYPE, mode=0o620)
    layer.file(NOT_UTF8, "not utf-8")
    layer.file("kinds/line\nbreak \"quote\" \x1b[31m", "odd")
    parts = LONG.split("/")
    for i in range(2, len(parts) + 1):
        layer.dir("/".join(parts[:i]))
    layer.file(LONG + "/" + "f" * 255, "deep", mtime="1600000000.5")
    return layer


def gnu_tar_layer(directory, archive):
    """A layer as GNU tar writes it, with ACLs and a sparse file."""
    os.makedirs(directory + "/gnu")
    with open(directory + "/gnu/sparse", "wb") as f:
        f.write(b"head")
        f.seek(5 << 20)
        f.write(b"tail")
    with open(directory + "/gnu/acl", "w") as f:
        f.write("acl")
    subprocess.run(["setfacl", "-m", "u:54321:r,g:54322:rw", directory + "/gnu/acl"], check=True)
    subprocess.run(["setfacl", "-d", "-m", "u:54321:rwx", directory + "/gnu"], check=True)
    subprocess.run(["tar", "--format=posix", "--sparse", "--acls", "--xattrs", "--numeric-owner", "-C", directory,
                    "-cf", archive, "gnu"], check=True)
    return archive


def build(slim, images, tmp_path, layers, *options, config=None, **image_options):
    paths = [x.write(tmp_path / ("layer%d.tar" % i)) if isinstance(x, Layer) else x for i, x in enumerate(layers)]
    image = oci.Image(images.layers()[:1] + paths, dict(JOB_CONFIG, **(config or {})), **image_options)
    oci.write_layout(str(tmp_path / "in"), "image", image)
    source, dest = "oci:%s:image" % (tmp_path / "in"), "oci:%s:slim" % (tmp_path / "out")
    slim.build(source, dest, *options)
    original, result = Image(source), Image(dest)
    assert differences(original, result) == []
    return original, result


def below(image, folder):
    return {p for p in image.paths() if p == folder or p.startswith(folder + "/")}


def test_every_kind_of_entry(slim, images, tmp_path):
    original, result = build(slim, images, tmp_path, [kinds_layer()], "--run", "walk /kinds")
    assert below(result, "kinds") == below(original, "kinds")
    assert result.group("kinds/plain") == {"kinds/plain", "kinds/linked", "kinds/zlinked"}


@pytest.mark.needs("setfacl")
def test_acls_and_sparse_files_of_gnu_tar(slim, images, tmp_path):
    tar = gnu_tar_layer(str(tmp_path / "tree"), str(tmp_path / "gnu.tar"))
    original, result = build(slim, images, tmp_path, [tar], "--run", "walk /gnu")
    assert below(result, "gnu") == below(original, "gnu")
    assert dict(result.nodes["gnu/acl"].xattrs)["system.posix_acl_access"]


def test_symlinks_on_the_way_are_kept(slim, images, tmp_path):
    layer = Layer().dir("real").dir("real/deep").file("real/deep/file", "found\n").file("real/deep/other", "no\n")
    layer.symlink("one", "/two").symlink("two", "real").symlink("real/short", "deep/../deep/file")
    original, result = build(slim, images, tmp_path, [layer], "--run", "cat /one/short")
    assert {"one", "two", "real", "real/short", "real/deep", "real/deep/file"} <= result.paths()
    assert "real/deep/other" not in result.paths()


def test_later_layers_win(slim, images, tmp_path):
    lower = Layer().dir("m").dir("m/replaced").file("m/replaced/lost", "x").file("m/file", "lower").dir("m/opaque")
    lower.file("m/opaque/hidden", "x").file("m/removed", "x").file("m/linked", "link me").dir("m/kept")
    lower.file("m/kept/below", "still here").dir("m/back")
    upper = Layer().file("m/replaced", "now a file").file("m/file", "upper", mode=0o600).dir("m/opaque", mode=0o711)
    upper.opaque("m/opaque").file("m/opaque/new", "n").whiteout("m/removed").hardlink("m/hard", "m/linked")
    upper.dir("m/kept", mode=0o700).whiteout("m/back")
    top = Layer().dir("m/back", mode=0o750).file("m/back/again", "a").file("m/removed", "returned")
    original, result = build(slim, images, tmp_path, [lower, upper, top], "--run", "walk /m")
    assert below(result, "m") == below(original, "m")
    assert {"m/removed", "m/back/again", "m/opaque/new", "m/kept/below"} <= result.paths()
    assert not {"m/replaced/lost", "m/opaque/hidden"} & result.paths()
    assert result.group("m/hard") == {"m/hard", "m/linked"}


def test_whiteout_and_entry_of_one_layer(slim, images, tmp_path):
    """A whiteout removes what lies below its layer, wherever in the layer it stands."""
    lower = Layer().dir("w").dir("w/d").file("w/d/old", "old")
    upper = Layer().dir("w").dir("w/d").file("w/d/new", "new").opaque("w/d")
    original, result = build(slim, images, tmp_path, [lower, upper], "--run", "walk /w")
    assert below(result, "w") == {"w", "w/d", "w/d/new"}


def test_nothing_the_run_wrote_gets_in(slim, images, tmp_path):
    original, result = build(slim, images, tmp_path, [], "--run", "write /tmp/made left", "--run",
                             "write /srv/default.txt changed", "--run", "cat /srv/default.txt")
    assert "tmp" in result.paths() and "tmp/made" not in result.paths()
    assert result.nodes["tmp"].mode == 0o1777
    assert result.nodes["srv/default.txt"].size == len("default\n")


def test_volumes_are_whole(slim, images, tmp_path):
    original, result = build(slim, images, tmp_path, [], "--run", "id", config={"Volumes": {"/data": {}}})
    assert below(result, "data") == below(original, "data")


def test_never_larger_than_the_input(slim, images, tmp_path):
    original, result = build(slim, images, tmp_path, [kinds_layer()], "--run", "walk /", compression="zstd")
    assert sum(result.compressed) <= sum(original.compressed)


def test_never_larger_than_an_input_that_is_compressed_hard(slim, images, tmp_path, monkeypatch):
    """The default level would make what stays larger than all of the source."""
    monkeypatch.setitem(oci.COMPRESSORS, "zstd", ["zstd", "-qc", "-19"])
    text = "".join("%d squared is %d\n" % (n, n * n) for n in range(60000))
    original, result = build(slim, images, tmp_path, [Layer().file("text", text).file("gone", "x")], "--run", "cat /text",
                             compression="zstd")
    assert "text" in result.paths()
    assert sum(result.compressed) <= sum(original.compressed)
