"""What docker run gives a container beside its image, as docker run names it: no more than that."""
import os
import stat

import pytest

from conftest import require

pytestmark = pytest.mark.needs("root", "runc")
FUSE = os.makedev(10, 229)  # a device that no runtime gives, and that opening does not change


@pytest.fixture(params=["runc", "crun"])
def printed(request, slim, images, tmp_path):
    """What a job of the container prints."""
    require(request.param)

    def run(command, *options, status=0):
        result = slim.run("record", images.job(), "-o", tmp_path / "trace", "--store", slim.store, "--show-clogs", "--runtime",
                          request.param, "--run-status", str(status), *options, "--run", command)
        assert result.status == 0, result
        return [line[4:] for line in result.err.splitlines() if line.startswith("  | ")]
    return run


def mount_of(lines, point):
    fields, = [line.split() for line in lines if line.split()[1] == point]
    return fields[2], set(fields[3].split(","))


def test_tmpfs(printed):
    lines = printed("cat /proc/mounts", "--tmpfs", "/scratch", "--tmpfs", "/srv/more:size=64k,exec,mode=0700")
    kind, options = mount_of(lines, "/scratch")
    assert kind == "tmpfs" and {"rw", "nosuid", "nodev", "noexec"} <= options
    kind, options = mount_of(lines, "/srv/more")
    assert kind == "tmpfs" and {"rw", "nosuid", "nodev", "size=64k", "mode=700"} <= options and "noexec" not in options


def test_device(printed, slim, images, tmp_path):
    node = str(tmp_path / "node")
    os.mknod(node, 0o666 | stat.S_IFCHR, FUSE)
    try:
        os.close(os.open(node, os.O_RDONLY))
    except OSError as e:
        pytest.skip("this kernel has no such device, or nodes do not work here: %s" % e)
    printed("cat /dev/it", "--device", node + ":/dev/it")
    assert "rw" not in mount_of(printed("cat /proc/mounts", "--device", node + ":/dev/it:r"), "/dev/it")[1]
    refused, = printed("cat /dev/it", "--device", node + ":/dev/it:w", status=1)
    assert "not permitted" in refused or "denied" in refused
    refused, = printed("cat /srv/it", "--mount", node + ":/srv/it", status=1)
    assert "denied" in refused or "not permitted" in refused
    slim.fails("build", images.job(), "--device", tmp_path, status=2, code="option-value-invalid", names=str(tmp_path))


def test_capabilities(printed, slim, images):
    def effective(*options):
        line, = [line for line in printed("cat /proc/self/status", *options) if line.startswith("CapEff:")]
        return int(line[len("CapEff:"):].replace("\\x09", ""), 16)
    usual, more = effective(), effective("--cap-add", "net_admin", "--cap-add", "CAP_SYS_NICE")
    assert more == usual | 1 << 12 | 1 << 23 != usual
    assert more & effective("--cap-add", "ALL") == more
    assert effective("--cap-drop", "chown", "--cap-drop", "KILL") == usual & ~(1 << 0 | 1 << 5) != usual
    assert effective("--cap-drop", "ALL", "--cap-add", "CHOWN") == 1 << 0
    slim.fails("build", images.job(), "--cap-add", "everything", status=2, code="option-value-invalid", names="everything")


def test_kernel_parameters_and_shared_memory(printed, slim, images):
    assert printed("cat /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_default_ttl", "--sysctl", "kernel.msgmax=12345",
                   "--sysctl", "net.ipv4.ip_default_ttl=17") == ["12345", "17"]
    assert "size=1024k" in mount_of(printed("cat /proc/mounts", "--shm-size", "1m"), "/dev/shm")[1]
    slim.fails("build", images.job(), "--sysctl", "vm.swappiness=1", status=2, code="option-value-invalid", names="vm.swappiness")
    slim.fails("build", images.job(), "--sysctl", "net.ipv4.ip_default_ttl=17", "--network", "host", status=2, code="option-conflict",
               names="net.ipv4.ip_default_ttl")


# A runtime that adds what belongs to a GPU, then is runc: a node, as nvidia-container-runtime's CDI mode does (this one is
# /dev/null's), a library of this machine, and a variable.
GPU_RUNTIME = """#!/usr/bin/python3
import json, os, sys
if "run" in sys.argv:
    path = sys.argv[sys.argv.index("--bundle") + 1] + "/config.json"
    with open(path) as f:
        spec = json.load(f)
    env = dict(e.split("=", 1) for e in spec["process"]["env"])
    spec["process"]["env"].append("GPUS=" + env["NVIDIA_VISIBLE_DEVICES"] + " " + env.get("NVIDIA_DRIVER_CAPABILITIES", ""))
    null = {"type": "c", "major": 1, "minor": 3}
    spec["linux"].setdefault("devices", []).append(dict(null, path="/dev/nvidia0", fileMode=0o666))
    spec["linux"]["resources"]["devices"].append(dict(null, allow=True, access="rw"))
    spec["mounts"].append({"destination": "/usr/lib/libcuda.so.1", "type": "bind", "source": "%s", "options": ["ro", "nosuid", "nodev", "bind"]})
    with open(path, "w") as f:
        json.dump(spec, f)
os.execvp("runc", ["runc"] + sys.argv[1:])
"""


def test_gpus(printed, slim, images, tmp_path):
    library, runtime = tmp_path / "libcuda.so.1", tmp_path / "nvidia-container-runtime"
    library.write_text("the driver's\n")
    runtime.write_text(GPU_RUNTIME % library)
    runtime.chmod(0o755)
    wanted = ["--gpus", '"device=0,1","capabilities=compute,utility"', "--runtime", runtime]
    assert "GPUS=0,1 compute,utility" in printed("env", *wanted)
    assert printed("cat /usr/lib/libcuda.so.1", *wanted) == ["the driver's"]
    assert printed("cat /dev/nvidia0", *wanted) == []
    slim.fails("build", images.job(), "--gpus", "all", env={"PATH": "/nonexistent"}, status=2, code="gpus-unavailable",
               names="nvidia-container-toolkit")
