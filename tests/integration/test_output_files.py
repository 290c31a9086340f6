"""Files that the user names for output, --report and -o FILE, are replaced whole, or written in place if they are no
regular files. The devices are nodes of the test's own, in a file system and a mount namespace of their own."""
import json
import os
import stat
import subprocess

import pytest

pytestmark = pytest.mark.needs("root", "runc")

# DIRECTORY COMMAND...: runs it where DIRECTORY holds null and full, and fails if they are not the same nodes after it.
WITH_DEVICES = """
mount -t tmpfs none "$1" && mknod "$1/null" c 1 3 && mknod "$1/full" c 1 7 || exit 99
dir=$1 before=$(stat -c '%n %i %F %t %T' "$1"/*); shift
"$@"; status=$?
[ "$(stat -c '%n %i %F %t %T' "$dir"/*)" = "$before" ] || exit 98
exit $status
"""


@pytest.fixture
def with_devices(tmp_path):
    """(the folder that has them, what a command line begins with)."""
    folder = tmp_path / "dev"
    folder.mkdir()
    return folder, ["unshare", "--mount", "sh", "-c", WITH_DEVICES, "sh", str(folder)]


@pytest.fixture
def build(slim, images, tmp_path):
    command = ["build", images.job(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--verify=off",
               "--keep", "exact"]
    return lambda *options, **more: slim.run(*command, *options, **more)


@pytest.fixture
def record(slim, images):
    return lambda *options, **more: slim.run("record", images.job(), "--store", slim.store, *options, **more)


def is_report(text):
    return json.loads(text)["schema"] == "slim.report/v1"


def is_trace(text):
    return json.loads(text)["schema"] == "slim.trace/v1"


def test_devices(build, record, with_devices):
    folder, prefix = with_devices
    for run, option in ((build, "--report"), (record, "-o")):
        done = run(option, folder / "null", prefix=prefix)
        assert done.status == 0, done
        full = run(option, folder / "full", prefix=prefix)
        assert full.status == 1 and "%s/full: write: No space left on device" % folder in full.err, full


def test_a_symlink_and_the_mode_stay(build, record, tmp_path):
    for run, option, is_right in ((build, "--report", is_report), (record, "-o", is_trace)):
        file, link = tmp_path / ("file" + option), tmp_path / ("link" + option)
        file.write_text("old")
        file.chmod(0o606)
        link.symlink_to(file.name)
        done = run(option, link)
        assert done.status == 0, done
        assert is_right(file.read_text()) and stat.S_IMODE(file.stat().st_mode) == 0o606
        assert os.readlink(link) == file.name
        assert not [name for name in os.listdir(tmp_path) if name.endswith(".tmp")]


def test_a_fifo(build, record, tmp_path):
    for run, option, is_right in ((build, "--report", is_report), (record, "-o", is_trace)):
        fifo = tmp_path / ("fifo" + option)
        os.mkfifo(fifo)
        reader = subprocess.Popen(["cat", str(fifo)], stdout=subprocess.PIPE, text=True)
        try:
            done = run(option, fifo)
            assert done.status == 0, done
            assert is_right(reader.communicate(timeout=10)[0])
        finally:
            reader.kill()
            reader.wait()
        assert stat.S_ISFIFO(fifo.stat().st_mode)


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1"])
def test_standard_output(build, record, name):
    """Nothing else is printed there."""
    for run, option, is_right in ((build, "--report", is_report), (record, "-o", is_trace)):
        done = run(option, name)
        assert done.status == 0 and is_right(done.out), done


def test_what_is_no_file_is_told_before_the_run(slim, images, build, record, tmp_path):
    missing = tmp_path / "missing" / "file"
    for run, option in ((build, "--report"), (record, "-o")):
        for path, code in ((missing, "directory-not-found"), (tmp_path, "destination-not-file")):
            done = run("--json", option, path)
            assert done.status == 1 and done.error()["code"] == code, done
            assert str(path) in done.error()["message"] and "unpack" not in done.err, done
