"""The sensor where the machine itself takes a hand: memory runs out, the kernel knows more formats of programs."""
import os
import signal

import pytest

from conftest import require
from testenv import machine, sensor

pytestmark = pytest.mark.needs("root")


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    return sensor.Corpus(tmp_path_factory.mktemp("machine"))


@pytest.fixture(params=["runc", "crun"])
def runtime(request):
    require(request.param)
    return request.param


@pytest.mark.parametrize("who, status", [("self", 137), ("child", 0)])
def test_out_of_memory(slim, corpus, runtime, kind, who, status):
    with machine.MemoryLimit(16 << 20) as limit:
        def squeeze():
            pid = machine.container_process(slim, "/bin/greedy", machine.catches(signal.SIGUSR1))
            limit.add(pid)
            os.kill(pid, signal.SIGUSR1)
        recording = corpus.record(slim, "greedy", runtime, command=[who], meanwhile=squeeze, kind=kind,
                                  options=["--run-status", str(status)])
    assert [r["status"] for r in recording.report["runs"]] == [status], recording.output
    assert sensor.differences(recording) == "", recording.output


@pytest.mark.needs("binfmt_misc")
def test_binary_formats(slim, corpus, runtime, kind, tmp_path):
    for flags, name in (("", "plain"), ("O", "opened"), ("C", "credentials"), ("P", "preserved")):
        with machine.BinaryFormat(tmp_path / "formats", "slimtest", "/bin/next", flags):
            recording = corpus.record(slim, "binfmt", runtime, command=["/data/program.slimtest"], kind=kind)
        assert [r["status"] for r in recording.report["runs"]] == [0], recording.output
        assert sensor.differences(recording) == "", (flags, recording.output)


@pytest.mark.needs("binfmt_misc")
def test_binary_format_of_the_machine(slim, corpus, runtime, kind, tmp_path):
    """With F the interpreter is a file of the machine, opened when it was registered: none of the image."""
    with machine.BinaryFormat(tmp_path / "formats", "slimtest-fixed", corpus.compile("next"), "F"):
        recording = corpus.record(slim, "binfmt", runtime, command=["/data/program.slimtest-fixed"], kind=kind)
    assert [r["status"] for r in recording.report["runs"]] == [0], recording.output
    assert sensor.differences(recording) == "", recording.output
