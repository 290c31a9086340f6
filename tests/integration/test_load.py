"""Very many entries and processes, at sizes that take seconds. tests/bench/load.py measures the full sizes."""
import glob
import json
import os
import resource
import subprocess

import pytest

import oci
from testenv import tree
from testenv.layers import Layer

pytestmark = pytest.mark.needs("root")
EXT4_NAMES = 65000  # of one inode


def image(images, name, layer, *command):
    """oci:DIR:image of one uncompressed layer, with the job as its command."""
    def make():
        tar = layer.dir("bin").program("bin/job", images.programs["job"]).write(images.path(name + ".tar"))
        config = {"Entrypoint": ["/bin/job"], "Cmd": [str(c) for c in command]}
        oci.write_layout(images.path(name), "image", oci.Image([tar], config, compression="none"))
        return "oci:%s:image" % images.path(name)
    return images.once(name, make)


def names_of_one_file(count):
    layer = Layer().dir("data").file("data/00000", "one file\n")
    for i in range(1, count):
        layer.hardlink("data/%05d" % i, "data/00000")
    return layer


def check_names(source, dest, count):
    """All names of the result are of the one file."""
    original, result = tree.Image(source), tree.Image(dest)
    assert result.nodes["data/00000"] == original.nodes["data/00000"]
    assert result.groups["data/00000"] == original.groups["data/00000"] and len(result.groups["data/00000"]) == count


def image_layer(images, name, layer):
    return images.once("layer-" + name, lambda: layer.write(images.path(name + ".tar")))


def test_more_names_than_an_inode_can_have(slim, images, tmp_path):
    """The store has a second inode, the result one file with all names."""
    count = EXT4_NAMES + 500
    source = image(images, "names", names_of_one_file(count), "cat", "/data/%05d" % (count - 1))
    dest = "oci:%s:slim" % (tmp_path / "out")
    slim.build(source, dest, "--include", "/data/**", "--compression", "none", "--verify", "off")
    check_names(source, dest, count)
    inodes = {e.inode() for data in glob.glob(slim.store + "/layers/*/fs/data") for e in os.scandir(data)}
    assert len(inodes) == (2 if os.pathconf(slim.store, "PC_LINK_MAX") == EXT4_NAMES else 1)


def test_names_beyond_the_limit_of_a_file_of_a_lower_layer(slim, images, tmp_path):
    count = EXT4_NAMES + 10
    lower = image_layer(images, "lower", Layer().dir("data").file("data/00000", "one file\n"))
    upper = Layer().dir("bin").program("bin/job", images.programs["job"])
    for i in range(1, count):
        upper.hardlink("data/%05d" % i, "data/00000")
    def make():
        config = {"Entrypoint": ["/bin/job"], "Cmd": ["cat", "/data/%05d" % (count - 1)]}
        layers = [lower, image_layer(images, "upper", upper)]
        oci.write_layout(images.path("two"), "image", oci.Image(layers, config, compression="none"))
        return "oci:%s:image" % images.path("two")
    source, dest = images.once("two", make), "oci:%s:slim" % (tmp_path / "out")
    slim.build(source, dest, "--include", "/data/*", "--compression", "none", "--verify", "off")
    check_names(source, dest, count)


def deep_tree(depth):
    layer = Layer()
    for i in range(depth):
        layer.dir("d" + "/d" * i)
    return layer.file("d" + "/d" * (depth - 1) + "/f", "deep\n")


def test_deep_tree(slim, images, kind, tmp_path):
    """More directories in each other than files may be open."""
    source = image(images, "deep", deep_tree(2000), "read", "/d")
    dest = "oci:%s:slim" % (tmp_path / "out")
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    try:
        report = slim.build(source, dest, "--sensor", kind,
                            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (1024, min(limit, 1024))))
    finally:
        subprocess.run(["rm", "-rf", slim.store], check=True)  # too deep for Python, which removes the folder
    assert report["verify"]["equal"]
    assert tree.differences(tree.Image(source), tree.Image(dest)) == []


@pytest.mark.parametrize("command", ["crowd", "forks"])
def test_many_processes(slim, images, kind, command, tmp_path):
    """All are followed, at the same time or one after the other, and each that opened a file ended well."""
    count = 3000
    source = image(images, "processes", Layer(), command)
    dest = "oci:%s:slim" % (tmp_path / "out")
    report = slim.build(source, dest, "--sensor", kind, "--cmd", json.dumps([command, str(count)]))
    assert [r["status"] for r in report["runs"]] == [0]
    assert report["trace"]["processes"] == count + 1
    assert report["verify"]["equal"]


def peak(slim, *args):
    """Bytes, of the largest process."""
    process = subprocess.Popen([slim.program] + list(args), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, env=slim.environment())
    with process.stderr:
        errors = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, errors
    return used.ru_maxrss * 1024


def files_in_one_directory(count):
    layer = Layer().dir("data")
    for i in range(count):
        layer.file("data/%07d" % i)
    return layer


def test_memory_of_an_entry(slim, images, tmp_path):
    """That of each stage grows by few bytes with each file. As jansson's values, the path of a report or trace takes 1000
    to 2000."""
    few, many, most = 1000, 21000, {"record": 600, "build": 600, "report": 1000, "show": 500}
    peaks = {}
    for count in few, many:
        source = image(images, "files-%d" % count, files_in_one_directory(count), "read", "/data")
        trace, out = str(tmp_path / ("trace-%d" % count)), "oci:%s:slim" % (tmp_path / ("out-%d" % count))
        build = ["build", source, "-o", out, "--trace", trace, "--keep", "exact", "--compression", "none", "--store", slim.store]
        peaks[count] = {"record": peak(slim, "record", source, "-o", trace, "--sensor", "ptrace", "--store", slim.store),
                        "build": peak(slim, *build),
                        "report": peak(slim, *build, "--report", str(tmp_path / "report.json")),
                        "show": peak(slim, "trace", "show", "--all", trace)}
    grown = {step: (peaks[many][step] - peaks[few][step]) / (many - few) for step in most}
    assert all(grown[step] < most[step] for step in most), grown
