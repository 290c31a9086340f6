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
    source = image(images, "processes", Layer().file("unused", "x" * 20000), command)
    dest = "oci:%s:slim" % (tmp_path / "out")
    report = slim.build(source, dest, "--sensor", kind, "--cmd", json.dumps([command, str(count)]))
    assert [r["status"] for r in report["runs"]] == [0]
    assert report["trace"]["processes"] == count + 1
    assert report["verify"]["equal"]


def peak(slim, images, *args):
    """Bytes, of the largest process."""
    out = images.path("peak")
    done = subprocess.run([images.programs["peak"], out, slim.program] + list(args), stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=slim.environment())
    assert done.returncode == 0, done.stderr
    with open(out) as f:
        return int(f.read())


def files_in_one_directory(count):
    layer = Layer().dir("data")
    for i in range(count):
        layer.file("data/%07d" % i)
    return layer


def check_growth(peaks, few, many):
    """Of each step, by its name: peaks[count][step]. 300 bytes an entry is what docs/limits.md says."""
    grown = {step: (peaks[many][step] - peaks[few][step]) / (many - few) for step in peaks[few]}
    assert all(most < 300 for most in grown.values()), (grown, peaks)


def test_memory_of_a_recorded_entry(slim, images, tmp_path):
    few, many, peaks = 1000, 31000, {}
    for count in few, many:
        source = image(images, "files-%d" % count, files_in_one_directory(count), "read", "/data")
        record = "record", source, "-o", str(tmp_path / "trace"), "--sensor", "ptrace", "--store", slim.store
        peaks[count] = {"record": peak(slim, images, *record)}
    check_growth(peaks, few, many)


def trace_of(count, path):
    """As if the command had been recorded."""
    entry = '{"path": "%s", "kinds": ["%s", "follow"], "found": true, "program": "/bin/job", "witnesses": ["ptrace"]}'
    with open(path, "w") as f:
        f.write('{"schema": "slim.trace/v1", "witnesses": ["ptrace"], "paths": [\n' + entry % ("/bin/job", "exec"))
        for i in range(count):
            f.write(",\n" + entry % ("/data/%07d" % i, "open"))
        f.write("\n]}\n")


def test_memory_of_a_kept_entry(slim, images, tmp_path):
    """As jansson's values, the path of a report or trace takes 1000 to 2000, the text of a report 250. With fewer entries
    the annotation's compressor would still grow."""
    few, many, peaks = 50000, 100000, {}
    trace, report = str(tmp_path / "trace"), str(tmp_path / "report.json")
    for count in few, many:
        source = image(images, "files-%d" % count, files_in_one_directory(count), "read", "/data")
        trace_of(count, trace)
        build = ["build", source, "-o", "oci:%s:slim" % (tmp_path / "out"), "--trace", trace, "--keep", "exact", "--compression", "none", "--store", slim.store]
        steps = {"build": build,
                 "report": build + ["--report", report],
                 "why": ["why", report, "/data/0000999"],
                 "show": ["trace", "show", trace]}
        peaks[count] = {step: peak(slim, images, *command) for step, command in steps.items()}
    check_growth(peaks, few, many)
