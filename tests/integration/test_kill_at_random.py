"""Killed or interrupted at any moment between its first instruction and its last: nothing stays, nothing is published
by halves, and the next run succeeds. SLIM_KILLS: how many (16); SLIM_KILL_SEED: which (1)."""
import collections
import os
import random
import signal
import subprocess
import time

import pytest

from testenv.engines import wait_for
from testenv.residue import Residue, users_of
from testenv.slim import Slim
from testenv.tree import Image, differences

pytestmark = pytest.mark.needs("root", "runc", "crun", "ebpf")

DESTINATIONS = {"oci": "oci:%s:slim", "archive": "docker-archive:%s:slim:latest"}
Kill = collections.namedtuple("Kill", "signal group sensor runtime files destination share")


def kills():
    rng, n = random.Random(int(os.environ.get("SLIM_KILL_SEED", "1"))), int(os.environ.get("SLIM_KILLS", "16"))
    return [Kill(rng.choice(["KILL", "TERM", "INT"]), rng.random() < 0.3, rng.choice(["ptrace", "ebpf"]),
                 rng.choice(["runc", "crun"]), rng.choice([1024, None]), rng.choice(sorted(DESTINATIONS)),
                 rng.random()) for _ in range(n)]


def options(kill):
    return ["--sensor", kill.sensor, "--runtime", kill.runtime]


@pytest.fixture(scope="module")
def seconds(program, images, tmp_path_factory):
    """How long a build takes, by sensor and runtime."""
    slim, taken = Slim(program, tmp_path_factory.mktemp("seconds")), {}
    for kill in (Kill("KILL", False, sensor, runtime, None, "oci", 0)
                 for sensor in ("ptrace", "ebpf") for runtime in ("runc", "crun")):
        start = time.monotonic()
        slim.build(images.service(), "oci:%s/out:slim" % slim.directory, *options(kill))
        taken[kill.sensor, kill.runtime] = time.monotonic() - start
    return taken


def strike(process, kill, moment):
    """Sends the signal at the moment; whether slim lived then."""
    try:
        process.wait(moment)
        return False
    except subprocess.TimeoutExpired:
        (os.killpg if kill.group else os.kill)(process.pid, getattr(signal, "SIG" + kill.signal))
        return True


@pytest.mark.parametrize("kill", kills(), ids=lambda kill: "-".join(map(str, kill)))
def test_killed_at_a_random_moment(slim, images, seconds, tmp_path, kill):
    source, path = images.service(), tmp_path / "out"
    dest, residue = DESTINATIONS[kill.destination] % path, Residue(slim)
    limit = ["prlimit", "--nofile=%d:%d" % (kill.files, kill.files)] if kill.files else []
    with open(tmp_path / "said", "w") as said:
        process = slim.start("build", source, "-o", dest, "--store", slim.store, *options(kill), prefix=limit,
                             stdout=subprocess.DEVNULL, stderr=said)
        struck = strike(process, kill, kill.share * seconds[kill.sensor, kill.runtime])
        status = process.wait(60)
    if status == -signal.SIGKILL:  # what ran goes with slim; the next run removes its files
        wait_for(lambda: not users_of(slim.store), "no process is left")
    else:
        assert residue.left(patience=0) == []
    assert status == 0 or struck, (tmp_path / "said").read_text()
    if (path / "index.json" if kill.destination == "oci" else path).exists():  # a layout's index comes last
        assert status in (0, -signal.SIGKILL)
        assert differences(Image(source), Image(dest)) == []
    slim.build(source, dest)
    assert differences(Image(source), Image(dest)) == []
    assert residue.left() == []
