"""The trace of test programs equals the list that they print themselves, under each runtime."""
import os

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
def test_trace_is_what_the_program_did(slim, corpus, runtime, name):
    if not sensor.builds(name):
        require("a compiler for " + name)
    recording = corpus.record(slim, name, runtime)
    assert [r["status"] for r in recording.report["runs"]] == [0], recording.output
    assert sensor.differences(recording) == "", recording.output


def test_attempt_to_trace_is_noted(slim, corpus, runtime):
    def noted(name):
        return [n for n in corpus.record(slim, name, runtime).report["notes"] if "tried to trace" in n]
    assert len(noted("procs")) == 1
    assert noted("links") == []


def test_processes_are_counted(slim, corpus, runtime):
    assert corpus.record(slim, "procs", runtime).processes > 2200


def test_affinity_is_as_without_a_sensor(slim, corpus, runtime):
    if os.cpu_count() < 2:
        pytest.skip("one CPU: there is nothing to choose")
    recording = corpus.record(slim, "affinity", runtime)
    assert [r["status"] for r in recording.report["runs"]] == [0], recording.output
    assert recording.output == "pinned 10"
