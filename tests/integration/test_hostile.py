"""Layers made to write elsewhere, or to be too much: refused or harmless, and nothing outside is touched."""
import json
import os
import subprocess
import tarfile
import tempfile

import oci
import pytest

from testenv.layers import Layer
from testenv.samples import JOB_CONFIG

pytestmark = pytest.mark.needs("root", "runc")

UP = "../" * 12


@pytest.fixture
def outside(tmp_path):
    """A directory that hostile layers aim at; it must stay as it is."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "canary").write_text("canary")
    before = os.stat(folder / "canary")
    yield str(folder)
    after = os.stat(folder / "canary")
    assert os.listdir(folder) == ["canary"]
    assert (folder / "canary").read_text() == "canary"
    assert (after.st_mode, after.st_uid, after.st_nlink, after.st_mtime_ns) == (
        before.st_mode, before.st_uid, before.st_nlink, before.st_mtime_ns)


def image(images, tmp_path, *layers, compression="gzip"):
    paths = [x.write(tmp_path / ("hostile%d.tar" % i)) if isinstance(x, Layer) else str(x) for i, x in enumerate(layers)]
    layout = tempfile.mkdtemp(dir=tmp_path, prefix="in-")
    oci.write_layout(layout, "image", oci.Image(images.layers()[:1] + paths, JOB_CONFIG, compression))
    return "oci:%s:image" % layout


def refused(slim, images, tmp_path, *layers, code, names=(), **more):
    slim.fails("build", image(images, tmp_path, *layers, **more), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store",
               slim.store, code=code, names=names)
    assert not (tmp_path / "out").exists()
    assert len(os.listdir(slim.store + "/layers")) <= 1  # at most the sound layer below


def test_paths_that_leave_the_root(slim, images, tmp_path, outside):
    for name in (UP + outside[1:] + "/evil", "a/../../evil", "..", "a/" + UP + "evil"):
        refused(slim, images, tmp_path, Layer().dir("a").file(name, "evil"), code="entry-path-unsafe", names="..")


def test_hard_link_to_outside(slim, images, tmp_path, outside):
    target = UP + outside[1:] + "/canary"
    refused(slim, images, tmp_path, Layer().hardlink("stolen", target), code="entry-path-unsafe")
    # Written through the link: mode, owner, content.
    refused(slim, images, tmp_path, Layer().hardlink("stolen", target).file("stolen", "evil", mode=0o777),
            code="entry-path-unsafe")


def harmless(slim, images, tmp_path, *layers):
    """Refused, or unpacked inside the root; the fixture looks at the outside."""
    result = slim.run("build", image(images, tmp_path, *layers), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store",
                      slim.store, "--run", "walk /")
    assert result.status in (0, 1), result
    return result


def test_absolute_paths_stay_inside(slim, images, tmp_path, outside):
    harmless(slim, images, tmp_path, Layer().file(outside + "/evil", "evil"))


def test_absolute_hard_link_stays_inside(slim, images, tmp_path, outside):
    harmless(slim, images, tmp_path, Layer().hardlink("stolen", outside + "/canary"))


@pytest.mark.parametrize("target", ["absolute", "relative"])
def test_write_through_a_symlink(slim, images, tmp_path, outside, target):
    to = outside if target == "absolute" else UP + outside[1:]
    harmless(slim, images, tmp_path, Layer().symlink("door", to).file("door/evil", "evil"))


def test_write_through_a_symlink_of_a_lower_layer(slim, images, tmp_path, outside):
    harmless(slim, images, tmp_path, Layer().symlink("door", outside), Layer().file("door/evil", "evil"))
    harmless(slim, images, tmp_path, Layer().symlink("door", outside + "/canary"), Layer().file("door", "evil", mode=0o777))


def test_file_over_a_symlink_replaces_it(slim, images, tmp_path, outside):
    harmless(slim, images, tmp_path, Layer().symlink("door", outside + "/canary").file("door", "evil", mode=0o777, uid=9))


def test_hard_link_through_a_symlink(slim, images, tmp_path, outside):
    harmless(slim, images, tmp_path, Layer().symlink("door", outside).hardlink("stolen", "door/canary"))


def test_whiteouts_through_a_symlink(slim, images, tmp_path, outside):
    layer = Layer().symlink("door", outside).file("door/.wh.canary").file("door/.wh..wh..opq")
    harmless(slim, images, tmp_path, layer)
    harmless(slim, images, tmp_path, Layer().symlink("door", outside), layer)


def test_whiteout_of_the_parent(slim, images, tmp_path, outside):
    for name in (".wh...", ".wh..", "a/.wh...", ".wh."):
        harmless(slim, images, tmp_path, Layer().dir("a").file(name))


def test_links_of_the_image_are_not_followed_when_packing(slim, images, tmp_path, outside):
    """The output holds the link, never what it names on the host."""
    result = harmless(slim, images, tmp_path, Layer().symlink("peek", outside + "/canary"))
    assert result.status == 0, result
    out = subprocess.run("cat '%s'/blobs/sha256/* | grep -c canary" % (tmp_path / "out"), shell=True,
                         stdout=subprocess.PIPE, text=True)
    assert out.returncode in (0, 1)


def test_names_that_are_too_long(slim, images, tmp_path):
    refused(slim, images, tmp_path, Layer().file("n" * 256, "x"), code="entry-path-too-long")
    refused(slim, images, tmp_path, Layer().file("/".join(["d" * 200] * 25), "x"), code="entry-path-too-long")


def test_xattrs_that_are_too_many(slim, images, tmp_path):
    refused(slim, images, tmp_path, Layer().file("x", "x", xattrs={"user.%04d" % i: b"v" for i in range(5000)}),
            code="xattr-too-large")


def test_bomb(slim, images, tmp_path):
    """512 MiB of zeros in some kB of zstd."""
    size = 512 << 20
    info = tarfile.TarInfo("zeros")
    info.size = size
    bomb = tmp_path / "bomb.tar"
    with open(bomb, "wb") as f:
        f.write(info.tobuf(tarfile.USTAR_FORMAT))
        f.truncate(512 + size + 1024)
    refused(slim, images, tmp_path, bomb, compression="zstd", code="compression-ratio-too-high")
    used = sum(os.lstat(os.path.join(d, f)).st_blocks * 512 for d, _, fs in os.walk(slim.store) for f in fs)
    assert used < 200 << 20


@pytest.mark.parametrize("cut", [1, 100, 700, 1024, 5000])
def test_tar_cut_short(slim, images, tmp_path, cut):
    """Digest and diff ID are right: only the tar itself is broken."""
    layer = Layer().dir("t").file("t/a", "a" * 4000).file("t/b", "b" * 4000)
    path = layer.write(tmp_path / "cut.tar")
    os.truncate(path, cut)
    refused(slim, images, tmp_path, path, code="tar-damaged")


def test_tar_without_end_marker(slim, images, tmp_path):
    """It ends between two entries: complete, and taken by every engine."""
    path = Layer().dir("t").file("t/a", "a" * 512).write(tmp_path / "open.tar")
    os.truncate(path, 3 * 512)
    result = harmless(slim, images, tmp_path, path)
    assert result.status == 0, result


def test_garbage(slim, images, tmp_path):
    path = tmp_path / "garbage.tar"
    path.write_bytes(bytes((i * 7919 + 13) & 0xFF for i in range(20000)))
    refused(slim, images, tmp_path, path, code="tar-damaged")


def test_what_a_terminal_would_not_show(slim, images, tmp_path):
    """A name that reorders the line (right-to-left override), one with a control sequence: raw in no output."""
    name, value = "app/\u202egnp.exe", "\u009b31m\u2066"
    layer = Layer().dir("app").file(name, "x").write(tmp_path / "layer.tar")
    config = dict(JOB_CONFIG, Cmd=["cat", "/" + name], Env=["VALUE=" + value], Labels={value: value})
    oci.write_layout(str(tmp_path / "in"), "image", oci.Image(images.layers()[:1] + [layer], config))
    source, out, trace = "oci:%s:image" % (tmp_path / "in"), "oci:%s:slim" % (tmp_path / "out"), tmp_path / "trace"
    report, store = tmp_path / "report", ["--store", slim.store]
    parsed = []
    for command in (["inspect", source], ["inspect", source, "--json"], ["record", source, "-o", trace] + store,
                    ["trace", "show", "--all", trace], ["trace", "merge", trace],
                    ["build", source, "-o", out, "--keep", "exact", "--report", report, "--json", "--show-clogs"] + store,
                    ["why", report, "/" + name], ["why", report, "/" + name + value], ["diff", source, out, "--all"],
                    ["diff", source, out, "--summary"], ["diff", source, out, "--json"]):
        done = slim.run(*command)
        assert done.status == (1 if value in str(command[-1]) else 0), done
        assert not set(done.out + done.err) & set("\u202e\u009b\u2066"), done
        parsed += [json.loads(done.out)] if "--json" in command else []
    assert parsed[0]["config"]["Env"] == ["VALUE=" + value]
    assert not set(trace.read_text() + report.read_text()) & set("\u202e\u009b\u2066")
    assert "/" + name in [path["path"] for path in json.loads(trace.read_text())["paths"]]
    assert "/" + name in [path["path"] for path in json.loads(report.read_text())["kept"]]
