"""The eBPF recorder is loaded ahead, in a thread, once a build, and each container uses it. strace(1) sees who loads what."""
import os
import re
import signal
import subprocess

import pytest

from testenv.residue import Residue

pytestmark = pytest.mark.needs("root", "runc", "strace", "ebpf")

TRACED = ["strace", "-f", "-qq", "-e", "trace=bpf", "-e", "signal=none", "-o"]
# One of the recorder's programs, by its name: libbpf loads small ones, too, to see what the kernel can do.
LOADS = re.compile(r'BPF_PROG_LOAD.*prog_name="on_exit"')


def loads(log):
    return len(LOADS.findall(log.read_text()))


def test_once_a_build(slim, images, tmp_path):
    """Of each run, its second start, the repetition and the proof."""
    log = tmp_path / "calls"
    report = slim.build(images.service(), "oci:%s:slim" % (tmp_path / "out"), "--sensor", "ebpf", "--repeat", "2",
                        "--restart", prefix=TRACED + [log])
    assert report["verify"]["equal"], report["verify"]
    assert len(report["runs"]) == 4, report["runs"]
    assert loads(log) == 1


def test_auto_loads_it_too(slim, images, tmp_path):
    log = tmp_path / "calls"
    report = slim.build(images.service(), "oci:%s:slim" % (tmp_path / "out"), prefix=TRACED + [log])
    assert "ebpf" in report["runs"][0]["witnesses"], report["runs"]
    assert loads(log) == 1


def test_ptrace_loads_nothing(slim, images, tmp_path):
    """strace is the tracer here, so slim's own cannot be; by then the recorder would be loaded."""
    log = tmp_path / "calls"
    result = slim.run("record", images.service(), "-o", tmp_path / "trace.json", "--store", slim.store, "--sensor", "ptrace",
                      prefix=TRACED + [log])
    assert "PTRACE_SEIZE" in result.err, result
    assert loads(log) == 0


def test_without_containers_nothing_is_loaded(slim, images, tmp_path):
    log, trace = tmp_path / "calls", tmp_path / "trace.json"
    assert slim.run("record", images.service(), "-o", trace, "--store", slim.store).status == 0
    slim.build(images.service(), "oci:%s:slim" % (tmp_path / "out"), "--trace", trace, prefix=TRACED + [log])
    assert loads(log) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_interrupted_while_it_loads(slim, images, tmp_path, number):
    """strace delays each call of bpf(2), so that the signal comes while the thread loads."""
    residue, log, dest = Residue(slim), tmp_path / "calls", "oci:%s:slim" % (tmp_path / "out")
    os.mkfifo(log)
    process = slim.start("build", images.service(), "-o", dest, "--store", slim.store, "--sensor", "ebpf",
                         prefix=TRACED + [log, "-e", "inject=bpf:delay_enter=20ms"], stdout=subprocess.DEVNULL)
    slims = None
    with open(log) as calls:
        for line in calls:
            if "BPF_MAP_CREATE" in line and not slims:
                slims = process_of(int(line.split()[0]))
                os.kill(slims, number)
    process.communicate(timeout=60)
    assert slims and process.returncode != 0
    left = residue.left()
    assert [what for what in left if not what.startswith("run ")] == [], left
    assert left == [] or number == signal.SIGKILL, left  # the next run removes it
    assert not (tmp_path / "out" / "index.json").exists()
    slim.build(images.service(), dest, "--sensor", "ebpf")
    assert residue.left() == []


def process_of(thread):
    with open("/proc/%d/status" % thread) as status:
        return int(re.search(r"^Tgid:\s*(\d+)", status.read(), re.M).group(1))
