"""strace, outside of slim, is asked what the same program found in the same root: all of it must be in the trace."""
import os
import platform
import subprocess

import oci
import pytest

from conftest import require
from testenv import oracle, sensor

pytestmark = pytest.mark.needs("root", "runc", "strace", "setpriv", "unshare")
# Not "roots" (strace shows strings, which mean something else below another root) and "abi" (the numbers of x32
# are no calls for strace): those are compared with what they print.
PROGRAMS = ["calls", "calls32", "hot", "odd", "links", "procs", "moved", "kernel"]
# What strace cannot know: it shows the links of /proc, symlinks of the run, and RESOLVE_IN_ROOT as strings only.
MORE = {"calls": {b"/data/y%d" % i for i in range(1, 10)}, "calls32": {b"/data/y%d" % i for i in range(1, 10)},  # too new
        "odd": {b"/data/dir/two", b"/data/dir2/four", b"/data/h1", b"/data/h2", b"/data/m1", b"/jail/etc/conf",
                b"/jail/etc/target", b"/jail/etc/up", b"/jail/link"},
        "links": {b"/data/dir/one", b"/data/s1", b"/data/s2", b"/data/to-dir"}}
# By slim's filter, and by the one that procs makes for itself: these do not get as far as to the tracer.
REFUSED = {"io_uring_setup", "open_by_handle_at", "swapon", "acct", "quotactl", "mkdirat"}
SERVE = """nginx || exit 1
exec 3<>/dev/tcp/127.0.0.1/80 || exit 1
printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3
cat <&3
ls -l /var/www/html
nginx -s quit
"""


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    return sensor.Corpus(tmp_path_factory.mktemp("oracle"))


def check_calls(recording, said, abi):
    """But for those that are let through or refused, the same calls."""
    assumed = set(recording.trace["syscalls_assumed"])
    traced = recording.syscalls(abi)
    assert not traced & (assumed - {"newfstatat", "statx", "fstatat64"})
    expected = said.names
    if "socketcall" in traced:  # strace names what it is used for
        expected = expected - {"bind", "connect", "socket"} | {"socketcall"}
    assert traced - assumed - REFUSED == expected - assumed - REFUSED


def pristine(tar, directory):
    directory.mkdir()
    subprocess.run(["tar", "-x", "-p", "--xattrs", "--xattrs-include=*", "--numeric-owner", "-f", tar,
                    "-C", str(directory)], check=True)
    return directory


def check(name, recording, said, tree, capsys):
    got = oracle.traced(recording, tree)
    missing = said.found - got
    # The other way round: calls that failed for another reason than a path that is absent, and the kernel's opens.
    kernel = set()
    for path, (kinds, witnesses, program, found) in recording.entries.items():
        if "kernel" in kinds:
            kernel |= tree.resolve(path)
    more = got - said.named - kernel
    with capsys.disabled():
        print(sorted(more), "\n%s: recall %d/%d = %.3f, %d more, %d by the kernel, %d calls" % (
            name, len(said.found & got), len(said.found), len(said.found & got) / len(said.found), len(more),
            len(kernel - said.named), said.calls))
    assert len(said.found) > 1, "strace found nothing"
    assert missing == set()
    assert more == MORE.get(name, set())


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(slim, corpus, tmp_path, capsys, kind, name):
    if not sensor.builds(name):
        require("a compiler for " + name)
    reference = corpus.reference(name)
    root = pristine(os.path.join(corpus.directory, name + ".tar"), tmp_path / "pristine")
    said = oracle.strace(root, tmp_path, ["/bin/" + name])
    recording = corpus.record(slim, name, "runc", kind=kind)
    abi = "i386" if name.endswith("32") else {"x86_64": "x86_64", "aarch64": "aarch64"}[platform.machine()]
    check(name, recording, said, oracle.Tree(root), capsys)
    check_calls(recording, said, abi)


@pytest.mark.needs("mmdebstrap")
def test_nginx(slim, images, corpus, tmp_path, capsys, kind):
    tar = images.root("quickstart-nginx", "nginx-light")
    command = ["/bin/bash", "-c", SERVE]
    oci.write_layout(str(tmp_path / "nginx"), "image",
                     oci.Image([tar], {"Cmd": command, "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}))
    root = pristine(tar, tmp_path / "pristine")
    said = oracle.strace(root, tmp_path, command)
    recording = corpus.record(slim, "nginx", "runc", "oci:%s:image" % (tmp_path / "nginx"), kind)
    assert [r["status"] for r in recording.report["runs"]] == [0], recording.output
    assert "Welcome to nginx" in recording.output
    check("nginx", recording, said, oracle.Tree(root), capsys)
    assert b"/var/www/html/index.nginx-debian.html" in said.found
