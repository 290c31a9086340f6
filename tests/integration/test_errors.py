"""What goes wrong is said in one line, with the right exit status, and leaves nothing at the destination."""
import json
import os
import shutil
import tempfile

import oci
import pytest

from testenv.samples import SERVICE_CONFIG

pytestmark = pytest.mark.needs("root", "runc")


@pytest.fixture
def dest(tmp_path):
    """A destination that must not come into being."""
    yield "oci:%s:slim" % (tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.fixture
def build_fails(slim, dest):
    return lambda source, *options, **more: slim.fails("build", source, "-o", dest, "--store", slim.store, *options,
                                                       **more)


def copy_of(reference, tmp_path):
    """(the copy's reference, its directory)"""
    folder = str(tmp_path / "copy")
    shutil.copytree(reference.split(":")[1], folder)
    return "oci:%s:image" % folder, folder


def layers_of(folder):
    """The descriptors of the only image's layers."""
    read = lambda name: json.load(open(os.path.join(folder, name)))
    manifest = read("index.json")["manifests"][0]
    return read("blobs/sha256/" + manifest["digest"].split(":")[1])["layers"]


def blob(folder, descriptor):
    return os.path.join(folder, "blobs/sha256", descriptor["digest"].split(":")[1])


# usage: exit status 2

@pytest.mark.parametrize("arguments,code,names", [
    (["build", "oci:x:y", "--platfrom", "linux/arm64"], "option-unknown", ["--platfrom", "--platform"]),
    (["build", "oci:x:y", "--exce", "true"], "option-unknown", ["--exce", "--exec"]),
    (["biuld", "oci:x:y"], "verb-unknown", ["biuld", "build"]),
    (["build"], "argument-missing", ["build"]),
    (["build", "oci:x:y", "oci:z:y"], "argument-unexpected", ["oci:z:y", "SOURCE"]),
    (["build", "oci:x:y", "-o"], "option-value-missing", ["-o"]),
    (["build", "oci:x:y", "--ready-timeout", "soon"], "option-value-invalid", ["--ready-timeout", "soon"]),
    (["build", "oci:x:y", "--continue-after", "never"], "option-value-invalid", ["--continue-after", "never"]),
    (["build", "oci:x:y", "--network", "other"], "option-value-invalid", ["--network", "other"]),
    (["build", "oci:x:y", "--compression", "lzma"], "option-value-invalid", ["--compression", "lzma"]),
    (["build", "oci:x:y", "--compression", "zstd:99"], "option-value-invalid", ["99"]),
    (["build", "oci:x:y", "--http-probe=perhaps"], "option-value-invalid", ["--http-probe", "perhaps"]),
])
def test_usage(slim, arguments, code, names):
    slim.fails(*arguments, status=2, code=code, names=names)
    result = slim.run(*arguments)  # without --json there is nothing on standard output
    assert (result.status, result.out) == (2, ""), result


def test_usage_without_a_verb(slim):
    result = slim.run()
    assert (result.status, result.out) == (2, "") and "usage" in result.err.lower(), result


def test_an_error_as_json(slim, tmp_path):
    """What comes from outside is escaped in the line, and as it is in the JSON."""
    result = slim.run("inspect", "--json", "oci:%s/\x07:x" % tmp_path)
    assert result.status == 2 and "\x07" not in result.err, result
    assert json.loads(result.out) == {"schema": "slim.error/v1", "error": {
        "code": "reference-malformed", "class": "inval",
        "message": json.loads(result.out)["error"]["message"]}}
    missing = slim.run("inspect", "oci:%s/none:x" % tmp_path, "--json")
    assert missing.status == 1 and missing.err == "slim: %s\n" % json.loads(missing.out)["error"]["message"]
    assert slim.run("inspect", "oci:%s/none:x" % tmp_path).out == ""


@pytest.mark.parametrize("reference", ["oci:", "nosuchscheme:x", "oci-archive:", ":", "", "oci:\x1b[31m:x"])
def test_bad_reference(slim, dest, reference):
    result = slim.run("build", reference, "-o", dest, "--store", slim.store)
    assert result.status in (1, 2), result
    assert len(result.error_lines()) == 1, result
    assert "\x1b" not in result.err


@pytest.mark.parametrize("verb", [(), ("build",), ("inspect",)])
def test_help(slim, verb):
    result = slim.run(*verb, "--help")
    assert result.status == 0 and "usage" in result.out.lower(), result


def test_version(slim):
    result = slim.run("--version")
    assert result.status == 0 and result.out.startswith("slim "), result


# the source: exit status 1

@pytest.mark.parametrize("form", ["oci", "oci-archive", "docker-archive"])
def test_missing_source(build_fails, tmp_path, form):
    missing = str(tmp_path / "not-here")
    build_fails("%s:%s" % (form, missing), code="directory-open" if form == "oci" else "file-open", names=missing)


def test_missing_tag(build_fails, images):
    build_fails(images.service().rsplit(":", 1)[0] + ":other", code="tag-not-found", names="other")


@pytest.mark.parametrize("form", ["oci-archive", "docker-archive-old", "docker-archive-new"])
def test_truncated_archive(build_fails, images, tmp_path, form):
    reference = images.of_form(form, "oci", "none")
    parts = reference.split(":")
    cut = str(tmp_path / "cut.tar")
    shutil.copyfile(parts[1], cut)
    os.truncate(cut, os.path.getsize(cut) // 2)
    build_fails(":".join([parts[0], cut] + parts[2:]), code="archive-truncated", names="cut.tar")


@pytest.mark.parametrize("damage", ["changed", "truncated", "missing", "longer"])
@pytest.mark.parametrize("compression", ["gzip", "zstd", "none"])
def test_damaged_layer(slim, build_fails, images, tmp_path, damage, compression):
    reference, folder = copy_of(images.of_form("oci", "oci", compression), tmp_path)
    layer = layers_of(folder)[1]
    path = blob(folder, layer)
    size = os.path.getsize(path)
    if damage == "changed":
        with open(path, "r+b") as f:
            f.seek(size - 5)
            byte = f.read(1)
            f.seek(size - 5)
            f.write(bytes([byte[0] ^ 1]))
    elif damage == "truncated":
        os.truncate(path, size // 2)
    elif damage == "longer":
        with open(path, "ab") as f:
            f.write(b"\0" * 1024)
    else:
        os.unlink(path)
    code = {"truncated": "blob-size-mismatch", "longer": "blob-size-mismatch", "missing": "file-open",
            "changed": "blob-digest-mismatch" if compression == "none" else "compressed-data-broken"}[damage]
    build_fails(reference, code=code, names=layer["digest"])
    bad = slim.store + "/layers"
    assert len(os.listdir(bad)) <= 1  # the other layer, which is sound


@pytest.mark.parametrize("what", ["manifest", "config"])
def test_damaged_document(build_fails, images, tmp_path, what):
    reference, folder = copy_of(images.service(), tmp_path)
    descriptor = json.load(open(folder + "/index.json"))["manifests"][0]
    if what == "config":
        descriptor = json.load(open(blob(folder, descriptor)))["config"]
    with open(blob(folder, descriptor), "r+b") as f:
        text = f.read()
        f.seek(0)
        f.write(text.replace(b"sha256", b"sha265", 1))
    build_fails(reference, code="blob-digest-mismatch", names=descriptor["digest"])


def test_wrong_diff_id(build_fails, images, tmp_path):
    """A layer that is sound by its digest, but not the one that the config means."""
    class Wrong(oci.Image):
        def config_bytes(self):
            config = json.loads(super().config_bytes())
            config["rootfs"]["diff_ids"][1] = "sha256:" + "0" * 64
            return oci.dumps(config)
    oci.write_layout(str(tmp_path / "wrong"), "image", Wrong(images.layers(), SERVICE_CONFIG))
    layer = layers_of(str(tmp_path / "wrong"))[1]
    build_fails("oci:%s:image" % (tmp_path / "wrong"), code="diff-id-mismatch", names=layer["digest"])


def test_foreign_platform(build_fails, images, tmp_path):
    reference = images.layout("foreign", images.service_image(arch="s390x"))
    build_fails(reference, code="platform-mismatch", names=["s390x", oci.host_arch()])


def test_platform_that_the_index_lacks(build_fails, images):
    build_fails(images.of_form("index"), "--platform", "linux/riscv64", code="platform-not-found", names="riscv64")


def test_no_command(build_fails, images):
    reference = images.layout("no-command", images.service_image({"Entrypoint": None, "Cmd": None}))
    build_fails(reference, code="command-missing")


def test_unknown_user(build_fails, images):
    build_fails(images.job(), "--user", "nosuchuser", code="user-not-found", names=["nosuchuser", "/etc/passwd"])


def test_program_that_is_not_there(build_fails, images):
    build_fails(images.job(), "--entrypoint", '["/bin/nosuch"]', code="container-not-started", names="/bin/nosuch")


# the machine: exit status 1

def test_no_such_runtime(build_fails, images):
    build_fails(images.job(), "--runtime", "nosuchruntime", code="runtime-not-found", names="nosuchruntime")


def test_no_runtime_at_all(build_fails, images, tmp_path):
    """/usr/sbin too is looked at: both programs are covered by what can't be executed."""
    hide = "for p in runc crun; do f=$(command -v $p) && mount --bind /dev/null $(readlink -f $f); done; exec \"$@\""
    build_fails(images.job(), prefix=["unshare", "--mount", "--propagation", "private", "sh", "-c", hide, "hide"],
                code="runtime-not-found", names=["runc", "crun"])


@pytest.mark.needs("setpriv")
def test_not_root(slim, images):
    """As nobody, with everything readable."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as public:
        os.chmod(public, 0o777)
        shutil.copytree(images.job().split(":")[1], public + "/image")
        shutil.copy(slim.program, public + "/slim")
        program, slim.program = slim.program, public + "/slim"
        try:
            slim.fails("build", "oci:%s/image:image" % public, "-o", "oci:%s/out:x" % public, "--store",
                       public + "/store", code="subordinate-ids-missing", env={"TMPDIR": public, "XDG_CACHE_HOME": public + "/cache"},
                       prefix=["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"])
        finally:
            slim.program = program
        assert not os.path.exists(public + "/out")


def test_destination_that_cannot_be_written(slim, images):
    slim.fails("build", images.job(), "-o", "oci:/proc/nowhere:x", "--store", slim.store, code="file-open",
               names="/proc/nowhere")


def test_existing_destination_stays(slim, images, tmp_path):
    archive = tmp_path / "out.tar"
    archive.write_text("precious")
    slim.fails("build", images.service(), "-o", "docker-archive:%s:a:b" % archive, "--store", slim.store, "--host-exec",
               "false", status=3, code="probe-command-failed", names="false")
    assert archive.read_text() == "precious"


# the container: exit status 3, more in test_exercise.py

def test_service_that_exits_at_once(slim, images, dest, tmp_path):
    """Its output is shown unasked."""
    config = {"Entrypoint": ["/bin/job"], "Cmd": ["fail", "cannot open its configuration"]}
    reference = images.layout("fails", images.service_image(config))
    slim.fails("build", reference, "-o", dest, "--store", slim.store, status=3,
               code="container-ended-before-ready", names="status 3")
    assert "cannot open its configuration" in slim.run("build", reference, "-o", dest, "--store", slim.store).err


def test_output_of_a_container_is_escaped(slim, images, dest):
    config = {"Entrypoint": ["/bin/job"], "Cmd": ["fail", "\x1b]0;title\x07 end"]}
    reference = images.layout("escape", images.service_image(config))
    result = slim.run("build", reference, "-o", dest, "--store", slim.store)
    assert result.status == 3
    assert "title" in result.err and "\x1b" not in result.err and "\x07" not in result.err


def test_port_that_never_opens(build_fails, images):
    reference = images.layout("never", images.service_image({"Entrypoint": ["/bin/job"], "Cmd": ["wait"]}))
    build_fails(reference, "--ready-timeout", "1", status=3, code="service-never-listened", names="8080")
