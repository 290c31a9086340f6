"""The trace of test programs equals the list that they print themselves, under each runtime."""
import pytest

from conftest import require
from testenv import sensor

pytestmark = pytest.mark.needs("root")
RUNTIMES = ["runc", "crun"]
PROGRAMS = ["calls", "odd", "links", "roots", "procs", "kernel"]
X86_PROGRAMS = ["abi", "calls32"]  # their system calls


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    return sensor.Corpus(tmp_path_factory.mktemp("sensor"))


@pytest.fixture(params=RUNTIMES)
def runtime(request):
    require(request.param)
    return request.param


@pytest.mark.parametrize("name", PROGRAMS + X86_PROGRAMS)
def test_trace_is_what_the_program_did(corpus, runtime, tmp_path, name):
    if not sensor.builds(name):
        require("a compiler for " + name)
    recording = corpus.record(name, runtime, tmp_path)
    assert recording.status == 0, recording.output
    assert sensor.differences(recording) == "", recording.output


def test_attempt_to_trace_is_counted(corpus, tmp_path):
    assert corpus.record("procs", "runc", tmp_path).ptraces == 1
    assert corpus.record("links", "runc", tmp_path / "again").ptraces == 0


def test_processes_are_counted(corpus, tmp_path):
    assert corpus.record("procs", "runc", tmp_path).processes > 2200
