"""strace and gdb inside of the image: they cannot trace what slim follows, say so, and do not hang; neither does slim."""

import oci
import pytest

from conftest import require
from testenv import sensor

pytestmark = pytest.mark.needs("root", "mmdebstrap")


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    return sensor.Corpus(tmp_path_factory.mktemp("tracers"))


@pytest.fixture(scope="session")
def image(images, tmp_path_factory):
    tar = images.root("tracers", "strace", "gdb-minimal")
    layout = str(tmp_path_factory.mktemp("tracers") / "oci")
    oci.write_layout(layout, "image", oci.Image([tar], {"Cmd": ["true"], "Env": ["PATH=/usr/bin:/bin"]}))
    return "oci:%s:image" % layout


@pytest.mark.parametrize("runtime", ["runc", "crun"])
@pytest.mark.parametrize("command, says", [
    (["strace", "-f", "cat", "/etc/hostname"], "Operation not permitted"),
    (["strace", "-f", "--seccomp-bpf", "cat", "/etc/hostname"], "Operation not permitted"),
    (["sh", "-c", "sleep 60 & strace -p $!; status=$?; kill $!; exit $status"], "Operation not permitted"),
    (["gdb", "-batch", "-ex", "run", "/bin/true"], "Operation not permitted"),
])
def test_tracers(slim, corpus, image, runtime, command, says):
    require(runtime)
    recording = corpus.record(slim, "tracers", runtime, reference=image, command=command, kind="ptrace",
                              options=("--allow-failed-run",))
    assert says in recording.output
    assert [n["code"] for n in recording.report["notes"]].count("tracing-refused") == 1
    tool = next(word for word in command if word in ("strace", "gdb", "sh"))
    assert recording.entries[b"/usr/bin/" + tool.encode()][3]


@pytest.mark.needs("ebpf", "runc")
@pytest.mark.parametrize("command, says", [
    (["strace", "-f", "--seccomp-bpf", "cat", "/etc/hostname"], "+++ exited with 0 +++"),
    (["gdb", "-batch", "-ex", "run", "/bin/true"], "exited normally"),
])
def test_tracers_work_beside_ebpf(slim, corpus, image, command, says):
    recording = corpus.record(slim, "tracers", "runc", reference=image, command=command, kind="ebpf")
    assert says in recording.output
    assert "tracing-refused" not in [n["code"] for n in recording.report["notes"]]
