"""A system call that fails at a random moment: slim ends soon, tells what failed, and leaves nothing.
strace(1) makes the n-th call fail, or all from the n-th on, in slim alone or in the programs that it starts, too.
SLIM_FAULTS: how many (24); SLIM_FAULT_SEED: which (1). write is not among them: threads wake each other by writing to
eventfds, which never fails on Linux, but strace can't tell these from files."""
import collections
import os
import random

import pytest

from testenv.residue import Residue
from testenv.slim import Slim
from testenv.tree import Image, differences

pytestmark = pytest.mark.needs("root", "runc", "strace", "ebpf")

DEADLINE = 90  # seconds; the slowest takes a few
FAULTS = {
    "openat": ["ENOSPC", "EMFILE", "EIO", "EACCES"], "read": ["EIO", "EINTR"], "pread64": ["EIO"],
    "copy_file_range": ["ENOSPC", "EIO"], "renameat": ["ENOSPC", "EIO"], "renameat2": ["EIO"], "mkdirat": ["ENOSPC"],
    "fsync": ["EIO", "ENOSPC"], "mmap": ["ENOMEM"], "poll": ["EINTR", "ENOMEM"], "ppoll": ["EINTR", "ENOMEM"],
    "clone": ["EAGAIN", "ENOMEM"], "clone3": ["EAGAIN", "ENOMEM"], "mount": ["ENOMEM"], "umount2": ["EBUSY"],
    "bpf": ["ENOMEM", "EPERM"], "epoll_wait": ["EINTR"], "wait4": ["EINTR"], "fstat": ["EIO"], "unlinkat": ["EIO"],
    "pipe2": ["EMFILE"], "socketpair": ["EMFILE"], "ftruncate": ["ENOSPC"], "getdents64": ["EIO"],
}
# What could not be removed stays until the next run. Nor does EINTR come for ever: programs rightly try again for as long.
REMOVING = ["unlinkat", "umount2"]
Fault = collections.namedtuple("Fault", "call error first further children")


def count_calls(slim, log, args, *followed):
    """{call: how often}"""
    result = slim.run(*args, prefix=["strace", "-qq", "-c", "-U", "name,calls", "-o", log, *followed])
    assert result.status == 0, result
    with open(log) as f:
        rows = [line.split() for line in f]
    return collections.Counter({row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit()})


def choose(rng, counts):
    """Early calls as likely as late ones of a call that is made a thousand times."""
    loader, build = counts[0], counts[1:]  # ld.so may rightly crash
    while True:
        call, children = rng.choice(sorted(FAULTS)), rng.random() < 0.5
        n = build[children][call] - loader[call]
        if n > 0:
            error, first, further = rng.choice(FAULTS[call]), int(n ** rng.random()), rng.random() < 0.3
            further = further and error != "EINTR" and call not in REMOVING
            return Fault(call, error, loader[call] + first, further, children)


def faults():
    rng, n = random.Random(int(os.environ.get("SLIM_FAULT_SEED", "1"))), int(os.environ.get("SLIM_FAULTS", "24"))
    return [rng.randrange(1 << 32) for _ in range(n)]


@pytest.fixture(scope="module")
def counts(program, images, tmp_path_factory):
    """Of the dynamic loader, of a build, and of one with its children."""
    slim = Slim(program, tmp_path_factory.mktemp("counts"))
    dest, log = "oci:%s/counted:slim" % slim.directory, slim.directory + "/calls"
    slim.build(images.job(), dest)
    build = ["build", images.job(), "-o", dest, "--store", slim.store, "--sensor", "ebpf"]
    return [count_calls(slim, log, ["--version"]), count_calls(slim, log, build), count_calls(slim, log, build, "-f")]


@pytest.mark.parametrize("seed", faults())
def test_a_call_that_fails(slim, images, counts, tmp_path, seed):
    fault, dest, residue = choose(random.Random(seed), counts), "oci:%s:slim" % (tmp_path / "out"), Residue(slim)
    inject = "inject=%s:error=%s:when=%d%s" % (fault.call, fault.error, fault.first, "+" if fault.further else "")
    prefix = ["strace", "-qq", "-o", str(tmp_path / "calls"), "-e", "trace=" + fault.call, "-e", inject]
    print(fault)
    result = slim.run("build", images.job(), "-o", dest, "--store", slim.store, "--sensor", "ebpf", timeout=DEADLINE,
                      prefix=prefix + ["-f"] * fault.children)
    print(result)
    if result.status == 0:
        assert differences(Image(images.job()), Image(dest)) == []
    else:
        left = os.listdir(tmp_path / "out") if (tmp_path / "out").exists() else []
        assert not left or fault.call in REMOVING and "index.json" not in left, fault
        assert 0 < result.status < 128 and result.error_lines(), result
    slim.build(images.job(), dest)
    assert differences(Image(images.job()), Image(dest)) == []
    assert sorted(os.listdir(tmp_path / "out")) == ["blobs", "index.json", "oci-layout"]
    assert residue.left() == [], fault


def test_a_poll_that_fails_in_each_thread(slim, images, tmp_path):
    """None of them gives up on that: the run would wait 20 s, or for ever, for its records, output or end."""
    prefix = ["strace", "-qq", "-o", str(tmp_path / "calls"), "-f", "-e", "trace=poll"]
    prefix += ["-e", "inject=poll:error=ENOMEM:when=6"]
    result = slim.run("build", images.job(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store,
                      "--sensor", "ebpf", timeout=15, prefix=prefix)
    with open(tmp_path / "calls") as f:
        assert f.read().count("INJECTED") > 1
    assert result.status == 0 or result.error_lines(), result
