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
    slim.fails("build", images.job(), "--cap-add", "everything", status=2, code="option-value-invalid", names="everything")
