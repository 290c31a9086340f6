"""Files that the user names for output, --report and -o FILE, are replaced whole, or written in place if they are no
regular files. The devices are nodes of the test's own, in a file system and a mount namespace of their own."""
import json
import os
import stat
import subprocess
import tarfile

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


@pytest.fixture
def archive(slim, images):
    """Builds into an archive, of this form and file."""
    def build(form, file, *options, **more):
        name = "test/slim:1" if form == "docker-archive" else "slim"
        return slim.run("build", images.job(), "-o", "%s:%s:%s" % (form, file, name), "--store", slim.store,
                        "--verify=off", "--keep", "exact", *options, **more)
    return build


ARCHIVES = pytest.mark.parametrize("form", ["oci-archive", "docker-archive"])


def is_archive(file):
    with tarfile.open(file) as tar:
        names = tar.getnames()
    return "oci-layout" in names and "index.json" in names


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
        assert full.status == 1 and "%s/full: cannot write: No space left on device" % folder in full.err, full


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


@ARCHIVES
def test_an_archive_on_devices(archive, with_devices, form):
    folder, prefix = with_devices
    done = archive(form, folder / "null", prefix=prefix)
    assert done.status == 0, done
    full = archive(form, folder / "full", "--json", prefix=prefix)
    assert full.status == 1 and full.error()["code"] == "file-write" and "No space left" in full.err, full


@ARCHIVES
def test_an_archive_at_a_symlink(archive, tmp_path, form):
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_text("old")
    file.chmod(0o606)
    os.chown(file, 12345, 12346)
    link.symlink_to(file.name)
    done = archive(form, link)
    assert done.status == 0, done
    now = file.stat()
    assert is_archive(file) and os.readlink(link) == file.name
    assert (stat.S_IMODE(now.st_mode), now.st_uid, now.st_gid) == (0o606, 12345, 12346)
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".slim-tmp-")]


def test_an_archive_at_another_users_symlink(archive, tmp_path):
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o1777)
    (tmp_path / "file").write_text("precious")
    (folder / "link").symlink_to("../file")
    os.lchown(folder / "link", 12345, 12345)
    done = archive("oci-archive", folder / "link", "--json")
    assert done.status == 1 and done.error()["code"] == "symlink-of-other-user", done
    assert (tmp_path / "file").read_text() == "precious"


@ARCHIVES
def test_an_archive_through_a_fifo(archive, tmp_path, form):
    fifo, file = tmp_path / "fifo", tmp_path / "file"
    os.mkfifo(fifo)
    with open(file, "wb") as out:
        reader = subprocess.Popen(["cat", str(fifo)], stdout=out)
        try:
            done = archive(form, fifo)
            assert done.status == 0, done
            assert reader.wait(10) == 0
        finally:
            reader.kill()
            reader.wait()
    assert is_archive(file) and stat.S_ISFIFO(fifo.stat().st_mode)


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1"])
def test_an_archive_on_standard_output(archive, tmp_path, name):
    file = tmp_path / "file"
    with open(file, "wb") as out:
        done = archive("oci-archive", name, stdout=out)
    assert done.status == 0 and is_archive(file), done
    for more in (["--json"], ["--report", "-"], ["-o", "docker-archive:-"]):
        done = archive("oci-archive", name, *more)
        assert done.status == 2 and "unpack" not in done.err, done


def test_an_archive_at_a_mounted_file(archive, tmp_path):
    """It can't be replaced: it is overwritten."""
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.write_text("old" * 10000)
    inside.write_text("")
    mount = ["unshare", "--mount", "sh", "-c", 'mount --bind "$1" "$2" && shift 2 && exec "$@"', "sh", outside, inside]
    done = archive("oci-archive", inside, prefix=[str(word) for word in mount])
    assert done.status == 0, done
    assert is_archive(outside) and inside.read_text() == ""


def test_json_on_a_full_device(archive, tmp_path, with_devices):
    """Nothing is run, nothing is published."""
    folder, prefix = with_devices
    more = ["sh", "-c", 'full=$1; shift; exec "$@" > "$full"', "sh", str(folder / "full")]
    done = archive("oci-archive", tmp_path / "file", "--json", prefix=prefix + more)
    assert done.status == 1 and "No space left on device" in done.err, done
    assert "unpack" not in done.err and not (tmp_path / "file").exists(), done


def test_json_on_a_pipe_that_nobody_reads(archive, tmp_path):
    end, start = os.pipe()
    try:
        os.close(end)
        done = archive("oci-archive", tmp_path / "file", "--json", stdout=start)
    finally:
        os.close(start)
    assert done.status == 1 and "Broken pipe" in done.err and not (tmp_path / "file").exists(), done


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_descriptors(archive, tmp_path, closed):
    prefix = ["sh", "-c", 'exec "$@" %s' % closed, "sh"]
    done = archive("oci-archive", tmp_path / "file", "--quiet", prefix=prefix)
    assert done.status == 0 and is_archive(tmp_path / "file"), done
    done = archive("oci-archive", tmp_path / "json", "--json", prefix=prefix)
    told = ">&- " in closed + " " and "2>&-" != closed
    assert done.status == (1 if told else 0), done
    assert (tmp_path / "json").exists() != told, done
    if closed == ">&-":
        assert "standard output: Bad file descriptor" in done.err, done


@pytest.mark.parametrize("verb", ["inspect", "inspect --json", "cache ls", "diff", "trace show", "trace merge", "--help"])
def test_every_verb_tells_that_its_output_is_lost(slim, images, tmp_path, with_devices, verb):
    folder, prefix = with_devices
    trace = tmp_path / "trace"
    trace.write_text('{"schema": "slim.trace/v1", "paths": [], "processes": 0}')
    arguments = {"inspect": [images.job()], "cache": ["--store", slim.store], "trace": [trace], "--help": [],
                 "diff": [images.job(), images.job()]}[verb.split()[0]]
    for to in ('"$full"', "&-"):
        shell = ["sh", "-c", 'full=$1; shift; exec "$@" >%s' % to, "sh", str(folder / "full")]
        done = slim.run(*verb.split(), *arguments, prefix=prefix + shell)
        assert done.status == 1 and "cannot write to standard output: " in done.err, done
