"""Asked to stop within a long step, with one huge file or with many: slim ends soon, whatever it does.
Each case would take minutes by itself. What tells that the step is under way is an event, and the time that slim may
take to end is generous: a loop that does not ask would take much longer."""
import http.server
import json
import os
import signal
import subprocess
import tarfile
import tempfile
import threading
import time

import oci
import pytest

from testenv.engines import wait_for
from testenv.layers import Layer
from testenv.samples import JOB_CONFIG

pytestmark = pytest.mark.needs("root", "runc")

SOON = 10  # seconds; alone on a machine slim takes less than one
TERABYTE = 1 << 40


def image(images, tmp_path, *layers, config=None, compression="gzip"):
    paths = [layer.write(tmp_path / ("layer%d.tar" % i)) for i, layer in enumerate(layers)]
    layout = tempfile.mkdtemp(dir=tmp_path, prefix="in-")
    oci.write_layout(layout, "image", oci.Image(images.layers()[:1] + paths, config or JOB_CONFIG, compression))
    return "oci:%s:image" % layout


def await_stage(process, stage):
    lines = []
    for line in process.stderr:
        lines.append(line)
        if line.startswith("slim: %-8s after " % stage):
            return
    raise AssertionError("no line tells the stage %s: %s" % (stage, lines))


def position(process, path):
    """How far the process has read or written the file: the largest offset of its descriptors for it."""
    furthest = -1
    for fd in os.listdir("/proc/%d/fd" % process.pid):
        try:
            if os.path.realpath("/proc/%d/fd/%s" % (process.pid, fd)).startswith(str(path)):
                with open("/proc/%d/fdinfo/%s" % (process.pid, fd)) as f:
                    furthest = max(furthest, int(f.readline().split()[1]))
        except OSError:
            pass  # closed meanwhile
    return furthest


def bytes_read(process):
    return int(read("/proc/%d/io" % process.pid).split()[1])


def read(path):
    with open(path) as f:
        return f.read()


def ends_soon(process, number=signal.SIGTERM):
    assert process.poll() is None
    began = time.monotonic()
    process.send_signal(number)
    said = process.stderr.read()
    status = process.wait(60)
    took = time.monotonic() - began
    print("%.2f s" % took)
    assert status == 1 and "stopped on request" in said, (status, said)
    assert took < SOON
    return said


def reads_on(process, more=64 << 20):
    """Waits until it has read so much more than now."""
    before = bytes_read(process)
    wait_for(lambda: process.poll() is not None or bytes_read(process) > before + more, "slim reads", 300)


def start(slim, source, tmp_path, *options):
    return slim.start("build", source, "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, *options,
                      stdout=subprocess.DEVNULL)


# ---- sparse files ----

def test_a_sparse_file_counts_by_what_it_expands_to(slim, images, tmp_path):
    source = image(images, tmp_path, Layer().sparse("huge", TERABYTE // 2))
    slim.fails("build", source, "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, code="sparse-too-large",
               names=("huge", "--max-sparse"))
    assert not (tmp_path / "out").exists()


def test_sparse_files_of_all_layers_are_one_sum(slim, images, tmp_path):
    layers = [Layer().sparse("part%d" % i, 6 << 30) for i in range(3)]
    slim.fails("build", image(images, tmp_path, *layers), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store,
               code="sparse-too-large")
    small = image(images, tmp_path, Layer().sparse("small", 1 << 20, b"begins"))
    slim.fails("build", small, "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--max-sparse", "100K",
               code="sparse-too-large")
    slim.build(small, "oci:%s:slim" % (tmp_path / "out"), "--max-sparse", "1M", "--include", "/small")


def test_sparse_files_of_a_directory_that_is_used_in_place(slim, images, tmp_path):
    root = tmp_path / "root"
    (root / "bin").mkdir(parents=True)
    with open(root / "huge", "wb") as f:
        f.truncate(TERABYTE // 2)
        f.seek(TERABYTE // 4)
        f.write(b"a byte in the middle")
    slim.fails("build", "rootfs:%s" % root, "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--cmd", "/x",
               code="sparse-too-large", names=("huge", "--max-sparse"))


# ---- each step ----

@pytest.mark.parametrize("compression", ["gzip:12", "zstd:19"])
def test_packing_what_shrinks_slowly(slim, images, tmp_path, compression):
    """The compressor's own threads are in the middle of large pieces."""
    text = os.urandom(64 << 20).hex().encode()
    source = image(images, tmp_path, Layer().file("text", text * 2), compression="none")
    process = start(slim, source, tmp_path, "--include", "/text", "--compression", compression)
    await_stage(process, "pack")
    reads_on(process, {"gzip:12": 16 << 20, "zstd:19": 96 << 20}[compression])  # libzstd's pieces have up to 32 MiB
    ends_soon(process)


@pytest.mark.parametrize("compression", ["none", "gzip:12", "zstd:19"])
def test_packing_a_huge_file(slim, images, tmp_path, compression):
    source = image(images, tmp_path, Layer().sparse("huge", TERABYTE // 2))
    process = start(slim, source, tmp_path, "--max-sparse", "1T", "--include", "/huge", "--compression", compression)
    await_stage(process, "pack")
    reads_on(process)
    ends_soon(process)
    assert not (tmp_path / "out").exists()


def grow_layer(layout, compression, head, size):
    """Replaces the last layer of a layout's image by head and zeros up to size bytes, a hole on the disk. Its digests
    are wrong, which shows only when all of it was read."""
    blobs = os.path.join(layout, "blobs/sha256")
    with open(os.path.join(layout, "index.json")) as f:
        index = json.load(f)
    with open(os.path.join(blobs, index["manifests"][0]["digest"][7:])) as f:
        manifest = json.load(f)
    path = os.path.join(blobs, manifest["layers"][-1]["digest"][7:])
    with open(path, "wb") as f:
        f.write(head)
        f.truncate(size)
    manifest["layers"][-1].update(size=size, mediaType=oci.MEDIA[oci.OCI][compression])
    data = oci.dumps(manifest)
    index["manifests"][0].update(oci.Blobs(layout).bytes(data, index["manifests"][0]["mediaType"]))
    with open(os.path.join(layout, "index.json"), "wb") as f:
        f.write(oci.dumps(index))
    return path


def tar_header(name, size):
    info = tarfile.TarInfo(name)
    info.size = size
    return info.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize("what", ["an entry that is unpacked", "an entry that is skipped", "what follows the tar's end"])
def test_reading_a_huge_layer(slim, images, tmp_path, what):
    source = image(images, tmp_path, Layer().file("x"))
    size = TERABYTE // 4
    head = tar_header({"an entry that is unpacked": "huge", "an entry that is skipped": "dir/.wh.x"}.get(what, "x"),
                      size - 1024) if what != "what follows the tar's end" else b""
    path = grow_layer(source.split(":")[1], "none", head, size)
    process = start(slim, source, tmp_path)
    wait_for(lambda: process.poll() is not None or position(process, path) > 64 << 20, "slim reads the layer")
    ends_soon(process)


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_inflating_a_huge_layer(slim, images, tmp_path, compression):
    """Little input becomes much output: asking whenever some input comes is not enough."""
    source = image(images, tmp_path, Layer().file("x"))
    command = {"gzip": ["gzip", "-1c"], "zstd": ["zstd", "-1qc"]}[compression]
    # Bytes that don't shrink come first: without them the layer is refused for how much it grows.
    parts = [tar_header("noise", 32 << 20) + os.urandom(32 << 20) + tar_header("dir/.wh.huge", 64 << 30), bytes(64 << 20)]
    noise, zeros = (subprocess.run(command, input=p, stdout=subprocess.PIPE, check=True).stdout for p in parts)
    blob = noise + zeros * 1000
    grow_layer(source.split(":")[1], compression, blob, len(blob))
    process = start(slim, source, tmp_path)
    used = lambda: sum(map(float, read("/proc/%d/stat" % process.pid).rpartition(")")[2].split()[11:13]))
    wait_for(lambda: process.poll() is not None or used() > os.sysconf("SC_CLK_TCK") / 2, "slim inflates")
    ends_soon(process)


def test_hashing_a_member_of_an_archive(slim, images, tmp_path):
    """A docker-archive names no digests: each layer is read for its own."""
    archive = tmp_path / "archive.tar"
    oci.write_docker_archive_old(str(archive), "test/x:1", images.job_image())
    with open(archive, "rb") as f:
        members = f.read()
    size = 7 << 30  # what a header's size field takes in digits
    with tarfile.open(archive) as tar:
        layer = [m for m in tar.getmembers() if m.name.endswith("/layer.tar")][-1]
    with open(archive, "wb") as f:  # a hole where the content of the last layer was
        f.write(members[:layer.offset] + tar_header(layer.name, size))
        f.seek(size, os.SEEK_CUR)
        f.write(members[layer.offset_data + (layer.size + 511) // 512 * 512:])
    process = start(slim, "docker-archive:%s:test/x:1" % archive, tmp_path)
    wait_for(lambda: process.poll() is not None or bytes_read(process) > 256 << 20, "slim reads the archive")
    ends_soon(process)


@pytest.mark.parametrize("written", [False, True])
def test_an_archive_that_does_not_come(slim, tmp_path, written):
    """Through a pipe that nobody writes to, or that stops in the middle."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = start(slim, "docker-archive:%s:test/x:1" % pipe, tmp_path)
    if written:
        with open(pipe, "wb") as f:
            f.write(tar_header("x", 1 << 30))
            f.flush()
            wait_for(lambda: process.poll() is not None or position(process, pipe) >= 0, "slim reads the pipe")
            ends_soon(process)
    else:
        wait_for(lambda: process.poll() is not None or position(process, pipe) >= 0, "slim waits for the pipe")
        ends_soon(process)


def test_hashing_a_huge_file_of_a_trace(slim, images, tmp_path):
    """The run only opens it; slim reads it for the trace."""
    source = image(images, tmp_path, Layer().dir("big").sparse("big/huge", TERABYTE // 2))
    process = slim.start("record", source, "-o", tmp_path / "trace", "--store", slim.store, "--max-sparse", "1T", "--", "read", "/big",
                         stdout=subprocess.DEVNULL)
    wait_for(lambda: process.poll() is not None or position(process, slim.store) > 256 << 20, "slim reads the file")
    ends_soon(process)
    assert not (tmp_path / "trace").exists()


def test_comparing_a_huge_layer(slim, images, tmp_path):
    source = image(images, tmp_path, Layer().file("x"))
    size = TERABYTE // 4
    path = grow_layer(source.split(":")[1], "none", tar_header("huge", size - 1024), size)
    process = slim.start("diff", images.job(), source, stdout=subprocess.DEVNULL)
    wait_for(lambda: process.poll() is not None or position(process, path) > 64 << 20, "slim reads the layer")
    ends_soon(process)


def test_closures_of_many_files(slim, images, tmp_path):
    """Scripts as large as slim reads them, which are kept and searched for what they need."""
    layer = Layer().dir("app")
    for i in range(4000):
        layer.sparse("app/%04d.py" % i, 4 << 20, b"#!/usr/bin/python3\nimport json\nprint('x')\n" * 50)
    process = start(slim, image(images, tmp_path, layer), tmp_path, "--include", "/app/**", "--keep", "safe")
    await_stage(process, "keep")
    reads_on(process, 32 << 20)
    ends_soon(process)


class Stalling(http.server.BaseHTTPRequestHandler):
    """A registry that takes all but the content of a large blob: of that it reads nothing."""
    protocol_version = "HTTP/1.1"

    def answer(self, status, **headers):
        self.send_response(status)
        for name, value in dict(headers, Content_Length="0").items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def do_GET(self):
        self.answer(200 if self.path == "/v2/" else 404)

    def do_HEAD(self):
        self.answer(404)

    def do_POST(self):
        self.answer(202, Location=self.path + "x")

    def do_DELETE(self):
        self.answer(204)

    def do_PUT(self):
        length = int(self.headers.get("Content-Length", 0))
        if length > 1 << 20:
            self.server.stalled.set()
            self.server.over.wait()
            self.close_connection = True
            return
        self.rfile.read(length)
        self.answer(201)

    do_PATCH = do_PUT

    def log_message(self, *arguments):
        pass


@pytest.fixture
def stalling():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stalling)
    server.stalled, server.over = threading.Event(), threading.Event()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_uploading_a_huge_file(slim, images, tmp_path, stalling):
    source = image(images, tmp_path, Layer().file("noise", os.urandom(48 << 20)), compression="none")
    process = slim.start("build", source, "-o", "docker://127.0.0.1:%d/test/x:1" % stalling.server_port, "--store",
                         slim.store, "--include", "/noise", "--tls-verify=false", stdout=subprocess.DEVNULL)
    wait_for(lambda: process.poll() is not None or stalling.stalled.is_set(), "slim uploads")
    ends_soon(process)

# ---- signals and hands ----

def await_line(process, text):
    for line in process.stderr:
        if text in line:
            return line
    raise AssertionError("no line has " + text)


def test_each_run_ends_by_a_signal_of_its_own(slim, images, tmp_path):
    report = tmp_path / "report.json"
    process = start(slim, images.job(), tmp_path, "--run", "wait", "--run", "wait", "--continue-after", "signal", "--report",
                    report, "--verify=off")
    for number in (1, 2):
        line = await_line(process, "slim: run by hand: ")
        assert "kill -USR1 %d" % process.pid in line and line.endswith("run %d\n" % number), line
        process.send_signal(signal.SIGUSR1)
    assert slim.end(process).status == 0
    assert len(json.loads(read(report))["runs"]) == 2


def test_each_run_ends_by_a_line_of_its_own(slim, images, tmp_path):
    options = ["build", images.job(), "--store", slim.store, "--run", "wait", "--run", "wait", "--continue-after", "enter",
               "--verify=off", "-o", "oci:%s:slim" % (tmp_path / "out")]
    result = slim.run(*options, input="\nthe second\n")
    assert result.status == 0, result
    assert "press Enter to end run 2" in result.err
    # What a run that cannot be waited for would have used is not left out without a word.
    result = slim.run(*options, "--json", input="")
    assert result.status == 1 and result.error()["code"] == "continue-input-ended", result


def test_a_parent_that_ignores_its_children(slim, images, tmp_path, kind):
    """Then the kernel keeps no exit status, unless slim wants it."""
    slim.build(images.job(), "oci:%s:slim" % (tmp_path / "out"), "--sensor", kind,
               preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))


def test_blocked_signals(slim, images, tmp_path):
    process = slim.start("build", images.job(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--run",
                         "wait", stdout=subprocess.DEVNULL,
                         preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM]))
    await_stage(process, "run")
    ends_soon(process)


@pytest.mark.parametrize("number", [signal.SIGXCPU, signal.SIGHUP])
def test_other_requests_to_end(slim, images, tmp_path, number):
    process = start(slim, images.job(), tmp_path, "--run", "wait")
    await_stage(process, "run")
    ends_soon(process, number)


def test_a_limit_of_file_size(slim, images, tmp_path):
    """What is beyond it is an error of the write, not the end of slim in the middle of all that it holds."""
    source = images.layout("big-job", oci.Image(images.layers() + [images.big_layer()], JOB_CONFIG))
    slim.fails("build", source, "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--include", "/big/**",
               prefix=["prlimit", "--fsize=%d" % (4 << 20)], code="file-write", names="File too large")
    assert not (tmp_path / "out").exists()


def test_a_first_process_that_stops_itself(slim, images, tmp_path, kind):
    """It goes on, as it does when nobody traces it."""
    result = slim.run("build", images.job(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--run",
                      "stop", "--sensor", kind, "--show-clogs")
    assert result.status == 0 and "still here" in result.err, result


def test_a_drive_has_a_limit_as_a_whole(slim, images, tmp_path, kind):
    slim.fails("build", images.service(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--sensor", kind,
               "--http-probe=false", "--host-exec", "sleep 1000", "--drive-timeout", "2", code="exercise-timeout", status=3)
    assert not (tmp_path / "out").exists()


LINGERING = """#!/bin/sh
# A runtime whose command to run a container outlives the container.
runc "$@" || exit
case "$*" in
*\\ run\\ *) exec sleep 1000;;
esac
"""


def test_a_runtime_that_outlives_its_container(slim, images, tmp_path):
    """It is not waited for without an end, and its container is known to be over."""
    runtime = tmp_path / "runc"
    runtime.write_text(LINGERING)
    runtime.chmod(0o755)
    slim.fails("build", images.job(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--runtime",
               str(runtime), code="runtime-not-ended", names="the container ended, but")
    assert not (tmp_path / "out").exists()


def test_much_output(slim, images, tmp_path, kind):
    """Of 128 MiB the beginning and the end are kept, and the report says what is missing."""
    source = image(images, tmp_path, Layer().sparse("much", 1 << 27, b"the beginning"))
    report = slim.build(source, "oci:%s:slim" % (tmp_path / "out"), "--run", "cat /much", "--sensor", kind)
    kept = (4 << 20) - 4096
    assert [n["text"] for n in report["notes"] if n["code"] == "output-left-out" and
            str((1 << 27) - kept) in n["text"]], report["notes"]
