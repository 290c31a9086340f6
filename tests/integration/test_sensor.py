"""The trace of test programs equals the list that they print themselves, under each runtime."""
import os
import platform
import shutil
import subprocess

import oci
import pytest

from conftest import IMAGES, ROOT
from testenv import sensor
from testenv.layers import Layer

pytestmark = pytest.mark.needs("root")
RUNTIMES = ["runc", "crun"]
PROGRAMS = ["calls", "odd", "links", "roots", "procs", "kernel"]
X86_PROGRAMS = ["abi", "calls32"]


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    return sensor.Corpus(tmp_path_factory.mktemp("sensor"))


@pytest.fixture(params=RUNTIMES)
def runtime(request):
    if not shutil.which(request.param):
        pytest.skip("%s is missing here" % request.param)
    return request.param


@pytest.mark.parametrize("name", PROGRAMS + X86_PROGRAMS)
def test_trace_is_what_the_program_did(corpus, runtime, tmp_path, name):
    if name in X86_PROGRAMS and platform.machine() != "x86_64":
        pytest.skip("x86 only")
    recording = corpus.record(name, runtime, tmp_path)
    assert recording.status == 0, recording.output
    assert sensor.differences(recording) == "", recording.output


def test_attempt_to_trace_is_counted(corpus, tmp_path):
    assert corpus.record("procs", "runc", tmp_path).ptraces == 1
    assert corpus.record("links", "runc", tmp_path / "again").ptraces == 0


def test_processes_are_counted(corpus, tmp_path):
    assert corpus.record("procs", "runc", tmp_path).processes > 2200
