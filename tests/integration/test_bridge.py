"""--network bridge: out through pasta or slirp4netns, and in by published ports. The outside is a namespace of ours."""
import os
import signal

import pytest

from testenv.engines import wait_for
from testenv.outside import MACHINE, OUTSIDE, Outside
from testenv.residue import Residue, users_of
from testenv.slim import Slim
from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "runc", "pasta", "slirp4netns", "nsenter", "ip")

HELPERS = ["pasta", "slirp4netns"]

# In the container, by the machine's Python: what answers, of the URLs.
LOOK = """import sys, urllib.request
for url in sys.argv[1:]:
    try:
        print(url, urllib.request.urlopen(url, timeout=1).read().decode().strip())
    except OSError:
        print(url, "-")
"""
# On the machine: asks for /host.txt where slim says that the service is.
CLIENT = """import os, sys, urllib.request
host, port = os.environ["SLIM_TARGET_HOST"], os.environ["SLIM_TARGET_PORTS"].split(",")[0]
assert urllib.request.urlopen("http://%s:%s/host.txt" % (host, port), timeout=20).read() == b"host\\n"
with open(sys.argv[1], "w") as f:
    f.write("%s:%s %s" % (host, port, os.readlink("/proc/self/ns/net")))
"""


@pytest.fixture
def outside(request, tmp_path):
    made = Outside(tmp_path, *getattr(request, "param", []))
    yield made
    made.close()


def start(slim, outside, *args, **more):
    """On the machine, as root or as the user that slim is run by."""
    user = getattr(slim, "user", None)
    prefix = outside.prefix(slim.directory) + user.prefix() if user else outside.prefix()
    env = dict({"HOME": slim.directory} if user else {}, **more.pop("env", {}))
    return Slim.start(slim, *args, "--store", slim.store, prefix=prefix, env=env, **more)


def fails(slim, outside, code, *args, status=1, names=(), **more):
    result = Slim.end(start(slim, outside, *args, "--json", **more))
    assert result.status == status and result.error()["code"] == code, result
    assert all(name in result.error()["message"] for name in names), result
    return result


def give(path, directory):
    """To who owns the directory."""
    owner = os.stat(str(directory))
    os.chown(path, owner.st_uid, owner.st_gid)


def look(slim, source, outside, directory, *options, urls):
    """What the container's first process finds at the URLs, line by line."""
    script = os.path.join(str(directory), "look.py")
    with open(script, "w") as f:
        f.write(LOOK)
    give(script, directory)
    argv = '["/usr/bin/python3", "/look.py", %s]' % ", ".join('"%s"' % url for url in urls)
    machine = [option for name in ("/usr", "/lib", "/lib64") for option in ("--mount", "%s:%s:ro" % (name, name))]
    result = Slim.end(start(slim, outside, "record", source, "-o", os.path.join(str(directory), "trace"), "--show-clogs",
                            "--continue-after", "exit", "--entrypoint", argv, "--mount", script + ":/look.py", *machine, *options))
    assert result.status == 0, result
    said = [line[4:].split(" ") for line in result.err.splitlines() if line.startswith("  | http")]
    return dict(said)


def reaches(slim, source, outside, directory, helper):
    """By address and by name from its first process on, and nothing of the machine's loopback."""
    here, there, name = "http://gw:9001/", "http://%s:8000/" % OUTSIDE, "http://some.example:8000/"
    closed = ["http://127.0.0.1:9000/", "http://gw:9000/", "http://10.0.2.2:9000/"]
    found = look(slim, source, outside, directory, "--network", helper, "--add-host", "gw:host-gateway",
                 urls=[there, name, here] + closed)
    assert found == dict({there: "outside", name: "outside", here: "outside"}, **{url: "-" for url in closed})


# The name server is on the machine's loopback, where the container does not reach it, or outside.
@pytest.mark.parametrize("outside, helper", [(("127.0.0.53",), "pasta"), (("127.0.0.53",), "slirp4netns"), ((OUTSIDE,), "pasta")],
                         ids=["loopback-pasta", "loopback-slirp4netns", "outside-pasta"], indirect=["outside"])
def test_the_outside(slim, images, tmp_path, outside, helper):
    reaches(slim, images.job(), outside, tmp_path, helper)


@pytest.mark.needs("newuidmap", "setpriv", "useradd")
@pytest.mark.parametrize("helper", HELPERS)
def test_the_outside_as_an_ordinary_user(mine, images, outside, helper):
    reaches(mine, mine.user.copy(images.job(), mine.directory), outside, mine.directory, helper)


def test_nothing_gets_out_by_default(slim, images, tmp_path, outside):
    url = "http://%s:8000/" % OUTSIDE
    assert look(slim, images.job(), outside, tmp_path, urls=[url]) == {url: "-"}


def drive(slim, source, outside, directory, *options):
    """Where a client of the machine found the service: its address, and whether that was on the machine."""
    client, said = os.path.join(str(directory), "client.py"), os.path.join(str(directory), "said")
    with open(client, "w") as f:
        f.write(CLIENT)
    give(client, directory)
    dest = "oci:%s/out:slim" % directory
    result = Slim.end(start(slim, outside, "build", source, "-o", dest, "--keep", "exact", "--http-probe=false", *options,
                            "--host-exec", "/usr/bin/python3 %s %s" % (client, said)))
    assert result.status == 0 and "srv/host.txt" in Image(dest).paths(), result
    with open(said) as f:
        where, namespace = f.read().split()
    return where, namespace == os.readlink("/proc/%d/ns/net" % outside.machine.pid)


@pytest.mark.parametrize("options, at, on_machine", [
    (["-p", "18080:8080"], "127.0.0.1:18080", True),
    (["-p", "%s:18080:8080" % MACHINE, "--network", "slirp4netns"], MACHINE + ":18080", True),
    (["--network", "bridge"], "127.0.0.1:8080", False)])
def test_published_ports(slim, images, tmp_path, outside, options, at, on_machine):
    assert drive(slim, images.service(), outside, tmp_path, *options) == (at, on_machine)


@pytest.mark.parametrize("option", ["-P", "--publish-exposed-ports"])
def test_exposed_ports(slim, images, tmp_path, outside, option):
    where, on_machine = drive(slim, images.service(), outside, tmp_path, option)
    assert on_machine, where
    assert where.startswith("127.0.0.1:") and (where == "127.0.0.1:8080") == (option != "-P")


@pytest.mark.needs("newuidmap", "setpriv", "useradd")
def test_published_ports_as_an_ordinary_user(mine, images, outside):
    source = mine.user.copy(images.service(), mine.directory)
    assert drive(mine, source, outside, mine.directory, "-p", "18080:8080") == ("127.0.0.1:18080", True)


def test_a_port_that_is_taken(slim, images, tmp_path, outside):
    fails(slim, outside, "port-taken", "record", images.service(), "-o", tmp_path / "trace", "-p", "9000:8080", names=["9000"])


def test_without_the_programs(slim, images, tmp_path, outside):
    bare = {"PATH": "/nonexistent"}
    fails(slim, outside, "network-helper-not-found", "record", images.service(), "-o", tmp_path / "trace", "--network", "bridge",
          status=2, env=bare, names=["passt", "slirp4netns"])
    result = Slim.end(start(slim, outside, "record", images.service(), "-o", tmp_path / "trace", "-p", "18080:8080", env=bare))
    assert result.status == 0 and "no port was published" in result.out, result


def parent_of(pid):
    try:
        with open("/proc/%s/stat" % pid) as f:
            return int(f.read().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def children(pid):
    """The kernel's own list of them (children) leaves some out while others end."""
    return [int(other) for other in os.listdir("/proc") if other.isdigit() and parent_of(other) == pid]


def name_of(pid):
    try:
        with open("/proc/%d/comm" % pid) as f:
            return f.read().strip()
    except OSError:
        return ""


def started_by_hand(slim, images, outside, tmp_path, helper):
    """slim, waiting with a container that runs, and the process of the helper and of the namespace."""
    process = start(slim, outside, "record", images.service(), "-o", tmp_path / "trace", "--continue-after", "signal", "--network",
                    helper, "-p", "18080:8080")
    said = []
    while not said or not said[-1].startswith("slim: run"):
        said.append(process.stderr.readline())
        assert said[-1], "it ended: %s" % "".join(said)
    names = ["passt" if helper == "pasta" else helper, "cat"]

    def found():  # a child has its name once it runs its program
        ours = {name_of(pid).split(".")[0]: pid for pid in children(process.pid)}
        return [ours[name] for name in names if name in ours]
    wait_for(lambda: len(found()) == 2, "%s run" % names)
    return [process] + found()


@pytest.mark.parametrize("helper", HELPERS)
def test_kill_9(slim, images, tmp_path, outside, helper):
    process, program, keeper = started_by_hand(slim, images, outside, tmp_path, helper)
    process.kill()
    assert process.wait(60) == -signal.SIGKILL
    process.stderr.read()
    wait_for(lambda: not name_of(program) and not name_of(keeper) and not users_of(slim.store), "no process is left")
    assert slim.run("record", images.job(), "-o", tmp_path / "trace", "--store", slim.store).status == 0  # it cleans up


@pytest.mark.parametrize("helper", ["slirp4netns"])
def test_interrupt(slim, images, tmp_path, outside, helper):
    residue = Residue(slim)
    process, program, keeper = started_by_hand(slim, images, outside, tmp_path, helper)
    process.send_signal(signal.SIGINT)
    assert Slim.end(process).status != 0
    assert residue.left(patience=0) == [] and not name_of(program) and not name_of(keeper)


@pytest.mark.parametrize("helper", ["pasta"])
def test_a_helper_that_ends(slim, images, tmp_path, outside, helper):
    process, program, _ = started_by_hand(slim, images, outside, tmp_path, helper)
    os.kill(program, signal.SIGKILL)
    result = Slim.end(process)
    assert result.status == 1 and "%s ended" % helper in result.err, result
