"""Killed or interrupted at any stage: nothing stays, and the next run succeeds.
The stage is told by slim's own progress lines on stderr, so nothing here waits for a time to pass."""
import glob
import os
import re
import signal
import subprocess
import time

import oci
import pytest

from testenv.engines import wait_for
from testenv.residue import Residue, users_of
from testenv.tree import Image, differences

pytestmark = pytest.mark.needs("root", "runc", "crun")

STAGES = ["unpack", "start", "exercise", "stop", "keep", "pack", "verify", "publish"]
# Every night: each pair of what every landing tries one of, in turn.
NIGHTLY = bool(os.environ.get("SLIM_NIGHTLY"))


def some_of(pair, turn):
    return pair if NIGHTLY else pair[turn % 2:][:1]


# With each sensor while one is at work. All signals have one handler.
RUNNING = ("start", "exercise", "stop", "verify")
PLACES = [(stage, kind, "runc") for stage in STAGES for kind in (("ptrace", "ebpf") if stage in RUNNING else ("ptrace",))]
PLACES += [(stage, kind, "crun") for i, stage in enumerate(RUNNING) for kind in some_of(("ptrace", "ebpf"), i)]
KILLS = [(*place, files) for i, place in enumerate(PLACES) for files in some_of((1024, None), i)]
INTERRUPTS = [((signal.SIGTERM, signal.SIGINT)[i % 2], *place) for i, place in enumerate(PLACES)] + [
    (signal.SIGTERM, "check", "ptrace", "runc"), (signal.SIGHUP, "exercise", "ptrace", "runc")]
SOON = 10  # seconds to the end of a build that is interrupted; alone on a machine it takes a fraction of one


@pytest.fixture(scope="module")
def source(images):
    """A service with enough bytes that every stage takes a while."""
    config = {"Entrypoint": ["/bin/httpd"], "Volumes": {"/big": {}}}
    image = oci.Image(images.layers() + [images.big_layer()], dict(images.service_image().config, **config))
    return images.layout("big", image)


def start(slim, source, dest, *options, **more):
    return slim.start("build", source, "-o", dest, "--store", slim.store, *options, stdout=subprocess.DEVNULL, **more)


def await_stage(process, stage):
    """Reads stderr until a line tells the stage; the lines."""
    lines = []
    for line in process.stderr:
        lines.append(line)
        words = line.replace(":", " ").split()
        if stage in words[:3]:
            return lines
    raise AssertionError("no line tells the stage %s: %s" % (stage, lines))


def end(process):
    process.stderr.read()
    return process.wait(60)


def build_again(slim, source, dest, stage):
    """After a run that ended in that stage. Compressed only if that one may have left compressed bytes."""
    slim.build(source, dest, *(() if stage in ("pack", "publish") else ("--compression", "none")))


@pytest.mark.parametrize("stage, kind, runtime, files", KILLS, indirect=["kind"])
def test_kill_9(slim, source, tmp_path, kind, stage, runtime, files):
    """files: how many may be open, by default on most machines; None: as here."""
    dest = "oci:%s:slim" % (tmp_path / "out")
    limit = ["prlimit", "--nofile=%d:%d" % (files, files)] if files else []
    process = start(slim, source, dest, "--sensor", kind, "--runtime", runtime, prefix=limit)
    await_stage(process, stage)
    process.kill()
    killed = end(process) == -signal.SIGKILL
    if killed:  # the container goes with slim, and not only when the next one cleans up
        wait_for(lambda: not users_of(slim.store), "no process is left")
    assert killed or stage == "publish"  # its line may be the last thing that slim does
    if killed and stage != "publish":
        assert not os.path.exists(str(tmp_path / "out"))  # its sink is open, and not seen
    build_again(slim, source, dest, stage)
    assert differences(Image(source), Image(dest)) == []
    check_directory(tmp_path / "out")
    # Residue is what the fixture looks for when the test ends.


RUNTIME = """#!/bin/sh
# Gets as far as runc when it has created the container's cgroups and has not recorded the container yet.
for id; do :; done
case "$*" in
*\\ run\\ *)
	mkdir "%(cgroup)s/$id"
	echo $$ >"%(cgroup)s/$id/cgroup.procs"
	echo "$id" >"%(ready)s"
	exec sleep 1000;;
*) exec runc "$@";;
esac
"""


def cgroup_of_tests():
    """A directory in which runc makes a container's cgroup."""
    with open("/proc/self/cgroup") as f:
        paths = {controllers: path for _, controllers, path in (line.rstrip("\n").split(":", 2) for line in f)}
    if "freezer" in paths:
        return "/sys/fs/cgroup/freezer" + paths["freezer"]
    return os.path.dirname("/sys/fs/cgroup" + paths[""])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_container_that_the_runtime_had_not_recorded(slim, images, tmp_path, kind, number):
    """The runtime's own delete does not find it, but its cgroup is there."""
    runtime, ready, dest = tmp_path / "runc", tmp_path / "ready", "oci:%s:slim" % (tmp_path / "out")
    runtime.write_text(RUNTIME % {"cgroup": cgroup_of_tests(), "ready": ready})
    runtime.chmod(0o755)
    os.mkfifo(ready)
    process = start(slim, images.job(), dest, "--sensor", kind, "--runtime", str(runtime))
    with open(ready) as f:
        cgroup = os.path.join(cgroup_of_tests(), f.read().strip())
    assert os.path.isdir(cgroup)
    process.send_signal(number)
    assert end(process) != 0
    if number == signal.SIGKILL:
        slim.build(images.job(), dest)
    assert not os.path.exists(cgroup)


def check_directory(layout):
    """No temporary file beside what a layout consists of, and every blob is whole."""
    assert sorted(os.listdir(layout)) == ["blobs", "index.json", "oci-layout"]
    for name in os.listdir(layout / "blobs/sha256"):
        assert oci.file_sha256(layout / "blobs/sha256" / name) == name


@pytest.mark.parametrize("number, stage, kind, runtime", INTERRUPTS, indirect=["kind"])
def test_interrupt(slim, source, tmp_path, kind, stage, number, runtime):
    dest = "oci:%s:slim" % (tmp_path / "out")
    residue = Residue(slim)
    process = start(slim, source, dest, "--sensor", kind, "--runtime", runtime)
    await_stage(process, stage)
    began = time.monotonic()
    process.send_signal(number)
    status = end(process)
    took = time.monotonic() - began
    print("%s in %s: ended after %.2f s" % (signal.Signals(number).name, stage, took))
    assert residue.left(patience=0) == [] and took < SOON
    if status == 0:
        assert stage in ("pack", "check", "publish")  # too late to be stopped
    else:
        assert not (tmp_path / "out").exists()
    build_again(slim, source, dest, stage)


def test_interrupt_of_the_whole_group(slim, source, tmp_path, kind):
    """As Ctrl-C of a terminal does it: slim's children get the signal too."""
    residue = Residue(slim)
    process = start(slim, source, "oci:%s:slim" % (tmp_path / "out"), "--continue-after", "signal", "--sensor", kind)
    await_stage(process, "run")
    os.killpg(process.pid, signal.SIGINT)
    assert end(process) != 0
    assert residue.left(patience=0) == []


def read(path):
    try:
        with open(path) as f:
            return f.read()
    except OSError:
        return ""


def frozen(slim):
    """The container that uses the store, frozen: the processes in it."""
    for cgroup in glob.glob("/sys/fs/cgroup/freezer/slim-*-run0"):
        processes = read(cgroup + "/cgroup.procs").split()
        if any(slim.store in read("/proc/%s/mountinfo" % p) for p in processes):
            with open(cgroup + "/freezer.state", "w") as state:
                state.write("FROZEN")
            wait_for(lambda: read(cgroup + "/freezer.state") == "FROZEN\n", "the container is frozen")
            return processes
    raise AssertionError("no container uses %s" % slim.store)


def has_pending(process, number):
    return any(int(line.split()[1], 16) >> number - 1 & 1
               for line in read("/proc/%s/status" % process).splitlines() if line.startswith("ShdPnd:"))


@pytest.mark.skipif(not os.path.isdir("/sys/fs/cgroup/freezer"), reason="needs cgroup v1: there, frozen is unkillable")
@pytest.mark.parametrize("kind", some_of(("ptrace", "ebpf"), 0), indirect=True)
def test_a_container_that_survives_sigkill(slim, source, tmp_path, kind):
    """Asked to stop for the second time, slim kills everything, and then gives up in bounded time."""
    process = start(slim, source, "oci:%s:slim" % (tmp_path / "out"), "--continue-after", "signal", "--sensor", kind)
    await_stage(process, "run")
    processes = frozen(slim)
    process.send_signal(signal.SIGINT)
    wait_for(lambda: any(has_pending(p, signal.SIGKILL) for p in processes), "the container is killed")
    process.send_signal(signal.SIGINT)
    said = process.stderr.read()
    assert process.wait(60) == 1
    assert "stopped on request; the container (process " in said and "could not be killed" in said


def test_interrupted_unpacking(slim, source, tmp_path):
    """Also if no container runs: the run goes with it."""
    process = slim.start(*slim.unpacking(source, "oci:%s:all" % (tmp_path / "out")), stdout=subprocess.DEVNULL)
    wait_for(lambda: process.poll() is not None or glob.glob(slim.store + "/runs/*/layer-*"), "a layer is unpacked")
    process.send_signal(signal.SIGINT)
    result = slim.end(process)
    assert result.status == 1 and "stopped on request" in result.err, result
    assert glob.glob(slim.store + "/runs/*") == [] and not (tmp_path / "out").exists()


def test_killed_child(slim, source, tmp_path, kind):
    """The container killed from outside while it is recorded: an error, not a hang, and nothing stays."""
    hit = 'for p in /proc/[0-9]*; do ' \
          'grep -qs "^/bin/httpd" $p/cmdline && grep -qs "%s" $p/mountinfo && kill -9 ${p##*/}; done; true' % slim.store
    result = slim.run("build", source, "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store,
                      "--http-probe=false", "--host-exec", hit, "--sensor", kind)
    assert result.status in (0, 1, 3), result


def test_killed_unpacking_does_not_poison_the_store(slim, source, tmp_path):
    process = start(slim, source, "oci:%s:slim" % (tmp_path / "out"))
    await_stage(process, "unpack")
    process.kill()
    end(process)
    complete = set(os.listdir(slim.store + "/layers")) if os.path.isdir(slim.store + "/layers") else set()
    report = slim.build(source, "oci:%s:slim" % (tmp_path / "out"))
    assert report["result"]["files"] > 48
    assert complete <= set(os.listdir(slim.store + "/layers"))


def test_two_runs_share_a_store(slim, source, tmp_path):
    both = [start(slim, source, "oci:%s:slim" % (tmp_path / ("out%d" % i))) for i in range(2)]
    assert [end(p) for p in both] == [0, 0]
    digests = {Image("oci:%s:slim" % (tmp_path / ("out%d" % i))).descriptor["digest"] for i in range(2)}
    assert len(digests) == 1


def test_a_killed_run_beside_a_living_one(slim, source, tmp_path):
    """Cleaning up after the dead leaves the living alone."""
    dead = start(slim, source, "oci:%s:slim" % (tmp_path / "dead"))
    await_stage(dead, "exercise")
    living = start(slim, source, "oci:%s:slim" % (tmp_path / "living"), "--verify=off", "--host-exec",
                   "cat '%s'" % (tmp_path / "gate"))
    os.mkfifo(tmp_path / "gate")
    await_stage(living, "exercise")
    dead.kill()
    end(dead)
    slim.build(source, "oci:%s:slim" % (tmp_path / "third"))
    with open(tmp_path / "gate", "w") as gate:
        gate.write("go\n")
    assert end(living) == 0


@pytest.mark.parametrize("runtime", ["runc", "crun"])
def test_residue_is_found_while_there_is_some(slim, source, tmp_path, runtime):
    """The tests above mean something: while slim runs, its process, container, cgroup and files are seen."""
    residue = Residue(slim)
    process = start(slim, source, "oci:%s:slim" % (tmp_path / "out"), "--continue-after", "signal", "--runtime", runtime)
    await_stage(process, "run")
    seen = {line.split()[0] for line in residue.now()}
    process.send_signal(signal.SIGINT)
    end(process)
    assert {"process", "cgroup", "run"} <= seen
    assert residue.left() == []


@pytest.mark.needs("crun", "strace", "ebpf")
def test_crun_s_copy_of_itself_goes_with_the_run(slim, images, tmp_path):
    """If crun is killed while it makes the copy, the next run removes it. In /tmp nobody would."""
    log = tmp_path / "opened"
    result = slim.run("record", images.service(), "-o", tmp_path / "trace.json", "--store", slim.store, "--runtime", "crun",
                      "--sensor", "ebpf", prefix=["strace", "-f", "-qq", "-e", "trace=openat", "-o", log])
    assert result.status == 0, result
    copies = set(re.findall(r'"(/[^"]*/crun\.\w{6})"', log.read_text()))
    assert copies and all(path.startswith(str(slim.store) + "/") for path in copies), copies
