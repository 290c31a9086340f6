"""The trace of test programs equals the list that they print themselves, under each runtime."""
import os

import pytest

from conftest import require
from testenv import sensor, tree

pytestmark = pytest.mark.needs("root")
RUNTIMES = ["runc", "crun"]
PROGRAMS = ["calls", "hot", "odd", "links", "roots", "procs", "jobs", "filters", "memory", "moved",
            "kernel"]
# Opens that fail although the file is there and permits it: x32 calls on a kernel without x32. What ptrace sees is the call.
FAILED = {"abi": ["/data/c"]}
X86_PROGRAMS = ["abi", "calls32"]  # their system calls


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    return sensor.Corpus(tmp_path_factory.mktemp("sensor"))


@pytest.fixture(params=RUNTIMES)
def runtime(request):
    require(request.param)
    return request.param


@pytest.mark.parametrize("name", PROGRAMS + X86_PROGRAMS)
def test_trace_is_what_the_program_did(slim, corpus, runtime, kind, name):
    if not sensor.builds(name):
        require("a compiler for " + name)
    recording = corpus.record(slim, name, runtime, kind=kind)
    assert [set(r["witnesses"]) for r in recording.report["runs"]] == [{kind, "fanotify"}]
    assert [r["status"] for r in recording.report["runs"]] == [0], recording.output
    if (name, kind) == ("filters", "ebpf"):  # the leave of the program's own supervisor comes before a stop for ptrace
        assert recording.entries.pop(b"/data/let")[0] == {"create", "nofollow"}
    assert sensor.differences(recording) == "", recording.output
    assert [p["path"] for p in recording.trace["unexplained"]] in ([], FAILED.get(name, []))


def test_the_original_is_kept(slim, corpus, runtime, kind, tmp_path):
    """Whatever the run made of it."""
    dest = "oci:%s:slim" % (tmp_path / "out")
    slim.build(corpus.reference("moved"), dest, "--runtime", runtime, "--keep", "exact", "--sensor", kind)
    original, result = tree.Image(corpus.reference("moved")), tree.Image(dest)
    assert tree.differences(original, result) == []
    assert {"data/moved/" + name for name in ("a", "b", "c", "d", "sub", "sub/e", "f")} <= result.nodes.keys()
    assert "data/a" not in result.nodes


def test_attempt_to_trace_is_noted(slim, corpus, runtime, kind):
    """With eBPF it works, and there is nothing to note."""
    def noted(name):
        return [n for n in corpus.record(slim, name, runtime, kind=kind).report["notes"] if n["code"] == "tracing-refused"]
    assert len(noted("procs")) == (kind == "ptrace")
    assert noted("links") == []


def test_refused_call_is_noted(slim, corpus, runtime, kind):
    def noted(name):
        return [n["text"] for n in corpus.record(slim, name, runtime, kind=kind).report["notes"]
                if n["code"] == "syscalls-refused"]
    assert len(noted("kernel")) == 1 and " io_uring_setup;" in noted("kernel")[0]
    assert " acct, open_by_handle_at, quotactl, swapon;" in noted("calls")[0]
    assert noted("filters") == []


def test_processes_are_counted(slim, corpus, runtime, kind):
    assert corpus.record(slim, "procs", runtime, kind=kind).trace["processes"] > 2200


def test_rare_calls_are_noted_and_hot_ones_do_not_stop(slim, corpus, runtime):
    recording = corpus.record(slim, "hot", runtime, kind="ptrace")
    calls = recording.syscalls("x86_64") if sensor.builds("abi") else recording.syscalls("aarch64")
    assert {"uname", "sysinfo", "umask", "newfstatat"} <= calls
    assert {"read", "write", "fstat", "newfstatat", "statx"} <= set(recording.trace["syscalls_assumed"])
    assert not calls & {"read", "write", "pread64", "statx"}
    assert recording.trace["stops"] < 50  # of more than 3000 calls


@pytest.mark.needs("ebpf")
def test_ebpf_notes_every_call(slim, corpus, runtime):
    recording = corpus.record(slim, "hot", runtime, kind="ebpf")
    calls = recording.syscalls("x86_64") if sensor.builds("abi") else recording.syscalls("aarch64")
    assert {"uname", "sysinfo", "umask", "newfstatat", "pread64", "write", "statx", "exit_group"} <= calls
    assert recording.trace["syscalls_assumed"] == []
    assert not calls & {"execve", "rename", "listen"}  # the runtime's own, and what it did not do


def test_calls_of_each_abi(slim, corpus, runtime, kind):
    if not sensor.builds("abi"):
        require("an x86-64 machine")
    recording = corpus.record(slim, "abi", runtime, kind=kind)
    assert recording.syscalls("i386") == {"open", "openat", "stat64", "lstat64", "oldstat", "fstatat64", "chown32",
                                          "connect", "socketcall"}
    assert recording.syscalls("x32") == {"open", "stat", "execve"}
    assert recording.syscalls("x86_64") & {"readlink", "readlinkat"}


def test_programs_and_who_started_them(slim, corpus, runtime, kind):
    programs = corpus.record(slim, "kernel", runtime, kind=kind).programs()
    assert [programs["/bin/kernel"][k] for k in ("runs", "starts", "parents")] == [1, 1, []]
    assert (programs["/data/script"]["runs"], programs["/data/script"]["parents"]) == (1, ["/bin/kernel"])


def test_affinity_is_as_without_a_sensor(slim, corpus, runtime):
    if os.cpu_count() < 2:
        pytest.skip("one CPU: there is nothing to choose")
    recording = corpus.record(slim, "affinity", runtime, kind="ptrace")
    assert [r["status"] for r in recording.report["runs"]] == [0], recording.output
    assert recording.output == "pinned 10"
