"""slim as an ordinary user: the same result as root's, and told what is missing."""
import os
import shutil
import signal
import subprocess

import oci
import pytest

from conftest import require
from test_kill import await_stage, end
from testenv import sensor
from testenv.layers import Layer
from testenv.tree import Image
from testenv.user import User, UserSlim

pytestmark = pytest.mark.needs("root", "runc", "newuidmap", "setpriv", "useradd")
NAMESPACE = ["unshare", "--map-root-user", "--map-auto", "--mount"]
# What takes root to unpack, and stands for something else in a user's store.
CAPABILITY = bytes.fromhex("0100000200040000" + "00" * 12)


@pytest.fixture(params=["runc", "crun"])
def runtime(request):
    require(request.param)
    return request.param


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return sensor.Corpus(tmp_path_factory.mktemp("sensor"))


def both(slim, mine, source, *options):
    """The user's report, after it and root's built the same."""
    mine_to, root_to = "oci:%s/mine:slim" % mine.directory, "oci:%s/root:slim" % slim.directory
    report = mine.build(mine.user.copy(source, mine.directory), mine_to, *options)
    reference = slim.build(source, root_to, *options)
    assert Image(mine_to).paths() == Image(root_to).paths()
    # the same bytes; only why a path is there may be told differently: without fanotify an interpreter is a closure's
    assert Image(mine_to).config_bytes == Image(root_to).config_bytes
    assert all("fanotify" in r["witnesses"] for r in reference["runs"])  # and eBPF, where it loads: it sees the same
    return report


def check_witness(report):
    assert {tuple(r["witnesses"]) for r in report["runs"]} == {("ptrace",)}
    assert [n["code"] for n in report["notes"]].count("fanotify-absent") == 1
    assert report["trace"]["witnesses"]["fanotify"] == 0 < report["trace"]["witnesses"]["ptrace"]


@pytest.mark.needs("mmdebstrap")
def test_quickstart_image_is_the_same(slim, mine, images):
    report = both(slim, mine, images.nginx())
    check_witness(report)
    assert "80/tcp" in report["trace"]["ports"]


def test_service_is_the_same(slim, mine, images, runtime):
    """Another user in the container, a volume, whiteouts, a health check; exercised in all ways."""
    command = 'curl -sSf "http://$SLIM_TARGET_HOST:$SLIM_TARGET_PORTS/host.txt"'
    check_witness(both(slim, mine, images.service(), "--runtime", runtime, "--exec", '["/bin/job", "cat", "/srv/exec.txt"]',
                       "--host-exec", command))


def test_what_only_root_may_unpack_is_the_same(slim, mine, images):
    low = Layer().dir("odd").dir("odd/hidden").file("odd/hidden/x", "x").file("odd/gone", "x")
    low.add("odd/null", b"3", mode=0o666, device=(1, 3)).add("odd/disk", b"4", mode=0o640, uid=1, gid=6, device=(7, 0))
    low.file("odd/capable", "x", mode=0o755, xattrs={"security.capability": CAPABILITY})
    low.file("odd/labels", "x", xattrs={"trusted.t": b"t", "security.s": b"s", "user.u": b"u", "com.example.x": b"x"})
    low.file("odd/looks-like-a-device", "", xattrs={"user.slim.device": b"c 1:3"})
    low.dir("odd/looks-opaque", xattrs={"user.overlay.opaque": b"y"}).file("odd/looks-opaque/below", "x")
    low.file("odd/far", "x", uid=60000, gid=65534)
    high = Layer().whiteout("odd/gone").opaque("odd/hidden").file("odd/hidden/y", "y")
    high.dir("odd/looks-opaque", xattrs={"user.overlay.opaque": b"y"}).file("odd/looks-opaque/above", "x")
    high.hardlink("odd/labels2", "odd/labels")
    layers = images.layers() + [low.write(images.path("odd-low.tar")), high.write(images.path("odd-high.tar"))]
    source = images.layout("odd", oci.Image(layers, {"Entrypoint": ["/bin/job"], "Cmd": ["walk", "/odd"]}))
    both(slim, mine, source)
    paths = Image("oci:%s/mine:slim" % mine.directory).paths()
    assert {"odd/null", "odd/disk", "odd/looks-opaque/below", "odd/hidden/y", "odd/far"} <= paths
    assert not {"odd/gone", "odd/hidden/x"} & paths


@pytest.mark.parametrize("name", ["calls", "odd", "links", "roots", "procs", "kernel"])
def test_trace_lacks_only_the_second_witness(slim, mine, corpus, runtime, name):
    reference = corpus.record(slim, name, runtime)
    recording = corpus.record(mine, name, runtime, mine.user.copy(corpus.reference(name), mine.directory))
    check_witness(recording.report)
    by_kernel = {path for path, entry in reference.entries.items() if not entry[1] & {"ptrace", "ebpf"}}
    assert recording.entries.keys() == reference.entries.keys() - by_kernel
    for path, (kinds, witnesses, program, found) in recording.entries.items():
        assert witnesses == {"ptrace"}
        assert kinds <= reference.entries[path][0] and reference.entries[path][0] - kinds <= {"open", "list"}, path
        assert (program, found) == reference.entries[path][2:], path


def test_build_from_a_trace(mine, images):
    source, trace = mine.user.copy(images.job(), mine.directory), os.path.join(mine.directory, "t.json")
    assert mine.run("record", source, "-o", trace, "--store", mine.store).status == 0
    report = mine.build(source, "oci:%s/out:slim" % mine.directory, "--trace", trace)
    assert [n["code"] for n in report["notes"]] == ["fanotify-absent"]
    assert "srv/default.txt" in Image("oci:%s/out:slim" % mine.directory).paths()


def test_network_of_the_machine(mine, images, runtime):
    source = mine.user.copy(images.job(), mine.directory)
    mine.build(source, "oci:%s/out:slim" % mine.directory, "--network", "host", "--runtime", runtime)


def test_command_of_the_host_is_the_users(mine, images):
    """It writes where the user may, as the user."""
    source = mine.user.copy(images.service(), mine.directory)
    mine.build(source, "oci:%s/out:slim" % mine.directory, "--host-exec", "touch made", "--host-exec", "! touch /etc/made")
    assert os.stat(os.path.join(mine.directory, "made")).st_uid == os.stat(mine.directory).st_uid


@pytest.mark.parametrize("stage", ["unpack", "exercise", "pack"])
def test_kill_9(mine, images, stage):
    layers = images.layers() + [images.big_layer()]
    image = oci.Image(layers, dict(images.service_image().config, Entrypoint=["/bin/httpd"], Volumes={"/big": {}}))
    source = mine.user.copy(images.layout("big", image), mine.directory)
    dest = "oci:%s/out:slim" % mine.directory
    process = mine.start("build", source, "-o", dest, "--store", mine.store, stdout=subprocess.DEVNULL)
    await_stage(process, stage)
    process.kill()
    assert end(process) == -signal.SIGKILL
    mine.build(source, dest)


def test_root_of_a_user_namespace(mine, images):
    """As in a container: effective uid 0, and no fanotify all the same."""
    require("unshare")
    source = mine.user.copy(images.job(), mine.directory)
    check_witness(mine.build(source, "oci:%s/out:slim" % mine.directory, prefix=NAMESPACE))


def test_store_in_a_user_namespace(mine, program):
    """The unit tests of unpacking, overlay and index hold there too."""
    require("unshare")
    built = os.path.join(os.path.dirname(os.path.dirname(program)), "tests/unit")
    for name in ("image_index", "image_overlay", "store_store", "store_runs", "unpack_tree", "unpack_unpack"):
        own = shutil.copy(os.path.join(built, "test-" + name), mine.directory)
        mine.user.own(own)
        done = subprocess.run([*mine.user.prefix(), *NAMESPACE, own], cwd=mine.directory, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        assert done.returncode == 0 and "SKIPPED" not in done.stdout, done.stdout


# what is missing


def test_no_range(program, images):
    account = User(program, subids=False)
    try:
        s = UserSlim(account)
        s.fails("build", "oci:nowhere:image", "-o", "oci:out:slim", "--store", s.store,
                code="subordinate-ids-missing", names=["/etc/subuid", account.name, "usermod --add-subuids"])
    finally:
        account.remove()


def test_no_newuidmap(mine):
    mine.fails("build", "oci:nowhere:image", "-o", "oci:out:slim", "--store", mine.store,
               prefix=["env", "PATH=" + mine.directory], code="uidmap-not-found", names=["newuidmap", "uidmap"])


@pytest.mark.parametrize("kind", ["dir", "file", "symlink"])
def test_owner_beyond_the_range(mine, images, kind):
    layer = Layer().dir("far", uid=70000) if kind == "dir" else Layer()
    layer = layer.file("far", "x", gid=70000) if kind == "file" else layer
    layer = layer.symlink("far", "x", uid=70000) if kind == "symlink" else layer
    tar = layer.write(images.path("far-%s.tar" % kind))
    source = images.layout("far-" + kind, oci.Image(images.layers() + [tar], {"Entrypoint": ["/bin/job"]}))
    mine.fails("build", mine.user.copy(source, mine.directory), "-o", "oci:%s/out:slim" % mine.directory, "--store", mine.store,
               code="owner-beyond-range", names=["far", "70000", "/etc/subuid"])


def test_no_new_privileges(mine):
    """newuidmap is setuid and cannot do its work."""
    mine.fails("build", "oci:nowhere:image", "-o", "oci:out:slim", "--store", mine.store, prefix=["setpriv", "--no-new-privs"],
               code="id-map-refused", names=["newuidmap", "/etc/subuid"])


def test_no_namespaces(mine):
    """The limit of a namespace in which slim runs as one that is neither root nor the user."""
    require("unshare")
    limit = "umask 022 && echo daemon:200000:65536 >ids && mount --bind ids /etc/subuid && mount --bind ids /etc/subgid && " \
            "echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --reuid 1 --regid 1 --clear-groups \"$@\""
    mine.fails("build", "oci:nowhere:image", "-o", "oci:out:slim", "--store", mine.store,
               prefix=[*NAMESPACE, "sh", "-c", limit, "sh"], code="user-namespace-denied",
               names="user.max_user_namespaces")


def test_stores_are_not_mixed(slim, mine, images):
    """root's store for the user, the user's for root, and the user's own after the ids changed."""
    source = mine.user.copy(images.job(), mine.directory)
    mine.build(source, "oci:%s/out:slim" % mine.directory)
    out = "oci:%s/none:slim" % mine.directory
    slim.fails("build", source, "-o", out, "--store", mine.store, code="store-of-other-user")
    one_id = ["unshare", "--map-root-user", "--mount"]
    mine.fails("build", source, "-o", out, "--store", mine.store, prefix=one_id, code="store-of-other-ids")
    mine.fails("build", source, "-o", out, "--store", "/etc", code="store-of-other-user")


def test_a_mount(mine, images, runtime):
    here = os.path.join(mine.directory, "mounted")
    os.makedirs(here)
    with open(os.path.join(here, "file"), "w") as f:
        f.write("of the host\n")
    mine.user.own(here)
    done = mine.run("build", mine.user.copy(images.job(), mine.directory), "-o", "oci:%s/out:slim" % mine.directory,
                    "--store", mine.store, "--mount", here + ":/mnt:ro", "--cmd", "cat /mnt/file /etc/hostname", "--hostname",
                    "box.example", "--show-clogs", "--runtime", runtime)
    assert done.status == 0, done
    assert "  | of the host\n  | box.example\n" in done.err


def test_the_cache_of_a_user(mine, images):
    """The store holds files of the user's subordinate ids."""
    source = mine.user.copy(images.service(), mine.directory)
    first = mine.build(source, "oci:%s/mine:slim" % mine.directory)
    result = mine.run("cache", "verify", "--store", mine.store)
    assert result.status == 0 and result.out == "2 layers as unpacked, 0 broken\n", result
    result = mine.run("cache", "prune", "--all", "--store", mine.store)
    assert result.status == 0 and os.listdir(mine.store + "/layers") == [], result
    again = mine.build(source, "oci:%s/mine:slim" % mine.directory)
    assert again["result"]["digest"] == first["result"]["digest"]


def test_a_directory_of_the_user_and_of_another(mine, images, tmp_path):
    folder = os.path.join(mine.directory, "root")
    shutil.copytree(os.path.dirname(images.programs["job"]), folder + "/bin")
    os.mkdir(folder + "/srv")
    with open(folder + "/srv/default.txt", "w") as f:
        f.write("default\n")
    mine.user.own(folder)
    run = ("--entrypoint", "/bin/job", "--cmd", "cat /srv/default.txt")
    mine.build("rootfs:" + folder, "oci:%s/mine:slim" % mine.directory, *run)
    assert "srv/default.txt" in Image("oci:%s/mine:slim" % mine.directory).nodes
    mine.fails("build", "rootfs:/usr", "-o", "oci:%s/other:slim" % mine.directory, "--store", mine.store, *run,
               code="directory-of-other-user")
