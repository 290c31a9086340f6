"""What a container can reach and use of this machine: devices, cgroups, files, memory, processes. With both runtimes and
in each layout of the cgroups that can be had here."""
import os
import re
import subprocess

import oci
import pytest

from conftest import require
from testenv.layers import Layer
from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "runc", "crun")

# How the cgroups are mounted, in a mount namespace of slim's own.
LAYOUTS = {
    "here": "true",
    "v2": "umount -R /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup",
    "read-only v2": "umount -R /sys/fs/cgroup && mount -t cgroup2 -o ro cgroup2 /sys/fs/cgroup",
    "v1": "umount /sys/fs/cgroup/unified",
    "none": "umount -R /sys/fs/cgroup",
}
# runc runs without cgroups mounted in no way.
PLACES = [(runtime, layout) for runtime in ("runc", "crun") for layout in LAYOUTS if (runtime, layout) != ("runc", "none")]
HYBRID = os.path.exists("/sys/fs/cgroup/unified/cgroup.procs")


@pytest.fixture(params=PLACES, ids=" ".join)
def place(request):
    """(runtime, command before slim)."""
    runtime, layout = request.param
    if layout not in ("here", "none", "read-only v2") and not HYBRID:
        pytest.skip("cannot be made of this machine's layout")
    return runtime, inside(LAYOUTS[layout])


@pytest.fixture(params=["runc", "crun"])
def runtime(request):
    return request.param


def inside(script):
    return ["unshare", "--mount", "--propagation", "private", "sh", "-ec", script + '; exec "$@"', "sh"]


@pytest.fixture(scope="module")
def source(images, programs):
    layer = Layer().dir("bin").dir("dev").dir("proc").dir("sys").dir("tmp", mode=0o1777).dir("data")
    with open(programs["bounds"], "rb") as f:
        layer.file("bin/bounds", f.read(), mode=0o755)
    layer.add("data/log", b"3", mode=0o666, device=(1, 11)).add("data/loop", b"4", mode=0o666, device=(7, 0))
    layer.add("data/null", b"3", mode=0o666, device=(1, 3))
    image = oci.Image([layer.write(images.path("bounds.tar"))], {"Entrypoint": ["/bin/bounds"]})
    return images.layout("bounds", image)


def record(slim, source, runtime, *command, options=(), prefix=(), status=0):
    """The lines that the container printed, and slim's own output."""
    trace = os.path.join(slim.directory, "trace.json")
    result = slim.run("record", source, "-o", trace, "--store", slim.store, "--runtime", runtime, "--continue-after", "exit",
                      "--show-clogs", *options, "--", *command, prefix=prefix)
    assert result.status == status, result
    return [line[4:] for line in (result.err + result.out).splitlines() if line.startswith("  | ")], result


def test_devices_open_here():
    """The tests below mean something: on this machine root opens the devices that they try."""
    script = "mount -t tmpfs t /mnt; mknod /mnt/c c 1 11; mknod /mnt/b b 7 0; " \
             "dd if=/mnt/c count=0 2>&1; dd if=/mnt/b count=0 2>&1"
    subprocess.run(inside(script) + ["true"], check=True)


def test_no_device_can_be_used(slim, source, place):
    runtime, prefix = place
    lines, _ = record(slim, source, runtime, "nodes", "/", "/dev", "/tmp", "/dev/shm", prefix=prefix)
    assert len(lines) == 8
    for line in lines:
        where, letter, made, opened = line.split()
        assert made == "ok", line  # as in docker run, with CAP_MKNOD
        assert opened in ("EACCES", "EPERM"), line


def test_no_device_of_the_image_can_be_used(slim, source, place, tmp_path):
    """They stay in the result all the same."""
    runtime, prefix = place
    lines, _ = record(slim, source, runtime, "open", "/data/log", "/data/loop", prefix=prefix)
    assert [line.split()[1] in ("EACCES", "EPERM") for line in lines] == [True, True], lines
    out = "oci:%s:slim" % (tmp_path / "out")
    slim.build(source, out, "--runtime", runtime, "--cmd", "open /data/log /data/loop /data/null")
    assert {"data/log", "data/loop", "data/null"} <= Image(out).paths()


def test_dockers_devices_can_be_used(slim, source, place):
    runtime, prefix = place
    mode = os.stat("/dev/null").st_mode
    lines, _ = record(slim, source, runtime, "devices", prefix=prefix)
    said = dict(line.split() for line in lines)
    assert said.pop("chmod-null") != "ok" and os.stat("/dev/null").st_mode == mode
    assert said.pop("tty") == "ENXIO"  # it has no terminal
    assert said.pop("write-full") == "ENOSPC"
    assert set(said.values()) == {"ok"} and len(said) == 8, said


def test_a_device_of_docker_elsewhere(slim, source, runtime):
    """/dev/null over a file, as people mask one."""
    lines, _ = record(slim, source, runtime, "open", "/data/null", options=("--mount", "/dev/null:/data/null"))
    assert lines == ["/data/null ok"]


def test_every_mount_is_without_devices(slim, source, place, tmp_path):
    """A directory that the user gives, too, and what is mounted in it."""
    runtime, prefix = place
    prefix = prefix[:-1] + ["sh"]
    (tmp_path / "host" / "deep").mkdir(parents=True)
    prefix[6] = "mount -t tmpfs t %s/host/deep; %s" % (tmp_path, prefix[6])
    options = ("--mount", "%s/host:/data" % tmp_path)
    lines, _ = record(slim, source, runtime, "mounts", options=options, prefix=prefix)
    harmless = re.compile(r"mount \S+ (proc|sysfs|devpts|mqueue|cgroup2?) |mount /(proc|sys)/\S+ tmpfs ")
    assert [line for line in lines if not harmless.match(line)] == []
    lines, _ = record(slim, source, runtime, "nodes", "/data", "/data/deep", options=options, prefix=prefix)
    assert [line.split()[3] in ("EACCES", "EPERM") for line in lines] == [True] * 4, lines


def test_no_cgroup_of_the_machine_is_seen(slim, source, place):
    runtime, prefix = place
    lines, _ = record(slim, source, runtime, "cgroups", prefix=prefix)
    entries = [line.split("/", 1)[1] for line in lines if line.startswith("entry ")]
    paths = {line.split(":", 2)[2] for line in lines if not line.startswith("entry ")}
    others = {name for name in os.listdir("/sys/fs/cgroup/memory") if os.path.isdir("/sys/fs/cgroup/memory/" + name)} \
        if os.path.isdir("/sys/fs/cgroup/memory") else set()
    if not entries:  # none at all
        return
    if paths != {"/"} and "cgroup2" in prefix[6]:
        pytest.skip("needs a cgroup namespace")
    assert not [e for e in entries if os.path.basename(e) in others]
    own = {path for path in paths if re.search("slim-[0-9a-f]{16}-run0$", path) or path == "/"}
    assert own == paths, lines


def test_output_goes_into_pipes(slim, source, runtime, kind):
    lines, _ = record(slim, source, runtime, "output", options=("--sensor", kind))
    assert [line.split()[1:] for line in lines] == [["pipe", "one"]] * 3, lines


def test_a_process_left_behind_holds_nothing_up(slim, source, runtime):
    lines, _ = record(slim, source, runtime, "leave")
    assert lines[0] == "left"


def test_a_fork_bomb_ends(slim, source, runtime, kind):
    lines, result = record(slim, source, runtime, "bomb", options=("--pids-limit", "60", "--sensor", kind, "--continue-after", "1"))
    word, made, why = lines[-1].split()
    assert (word, why) == ("processes", "EAGAIN") and 40 < int(made) < 60
    assert "--pids-limit" in result.out + result.err


def test_a_memory_bomb_ends(slim, source, runtime, kind):
    lines, result = record(slim, source, runtime, "fill", "300", options=("--memory", "64m", "--sensor", kind))
    assert lines[-1] == "ended by 9"
    assert "--memory" in result.out + result.err


def test_limits_are_in_the_report(slim, source, runtime, tmp_path):
    report = slim.build(source, "oci:%s:slim" % (tmp_path / "out"), "--runtime", runtime, "-m", "64m", "--verify=off",
                        "--cmd", "fill 300")
    assert [n["code"] for n in report["notes"]].count("limit-reached") == 1


def limits(slim, source, runtime, *options):
    """What the container's cgroup says: memory, processes, CPU time."""
    lines, _ = record(slim, source, runtime, "show", *("/sys/fs/cgroup/" + name for name in (
        "memory/memory.limit_in_bytes", "pids/pids.max", "cpu/cpu.cfs_quota_us")), options=options)
    return [int(line) if line != "max" else line for line in lines]


@pytest.mark.skipif(not os.path.isdir("/sys/fs/cgroup/memory"), reason="names files of cgroup v1")
def test_limits_of_a_container(slim, source, runtime):
    memory, pids, cpus = limits(slim, source, runtime)
    assert 0.7 < memory / (os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE")) < 0.8
    assert 0 < pids <= 32768 and cpus == -1
    assert limits(slim, source, runtime, "-m", "512m", "--pids-limit", "100", "--cpus", "1.5") == [512 << 20, 100, 150000]
    memory, pids, cpus = limits(slim, source, runtime, "--memory=0", "--pids-limit=-1", "--cpus=0")
    assert memory > 1 << 60 and (pids, cpus) == ("max", -1)


@pytest.mark.parametrize("options", [("--memory", "5m"), ("--memory", "much"), ("--pids-limit", "x"), ("--cpus", "0.001")])
def test_limits_that_are_none(slim, source, options):
    slim.fails("record", source, "-o", "-", *options, code="option-value-invalid", status=2, names=options[0])


def test_limits_that_the_machine_lacks_are_told_once(slim, source):
    report = os.path.join(slim.directory, "report.json")
    _, result = record(slim, source, "crun", "output", prefix=inside(LAYOUTS["none"]))
    assert (result.out + result.err).count("without a limit on memory, processes") == 1


def test_runc_without_cgroups(slim, source):
    slim.fails("record", source, "-o", "-", "--store", slim.store, "--runtime", "runc", code="cgroups-absent",
               names=["crun"], prefix=inside(LAYOUTS["none"]))


FORGETFUL = """#!/bin/sh
# A runtime that knows neither flags of mounts nor hooks, and gives no cgroup.
case "$*" in
*" run "*)
	while [ "$1" != run ]; do set -- "$@" "$1"; shift; done
	sed -i 's/"nodev",//g; s/,"nodev"//g; s/"createContainer"/"poststop"/' "$3/config.json"
	exec crun --root "%s" --cgroup-manager=disabled run --bundle "$3" "$4";;
*) exec crun "$@";;
esac
"""


def test_a_runtime_that_does_not_confine_is_refused(slim, source, tmp_path):
    runtime = tmp_path / "forgetful"
    runtime.write_text(FORGETFUL % (tmp_path / "state"))
    runtime.chmod(0o755)
    hide = inside("mount --bind /dev/null /sys/fs/cgroup/unified/cgroup.controllers" if HYBRID else "true")
    slim.fails("record", source, "-o", "-", "--store", slim.store, "--runtime", str(runtime), "--continue-after", "signal", "--",
               "bomb", code="container-unconfined", names=["--allow-unconfined"], prefix=hide)
    record(slim, source, str(runtime), "output", options=("--allow-unconfined",), prefix=hide)
