"""The container's network: --host-exec reaches the service in each of them, as root and as an ordinary user."""
import os
import signal
import socket
import subprocess
import sys

import pytest

from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "runc")

# A program of the host that asks for /host.txt, at the address that slim names, and writes down where that was.
CLIENT = """import os, sys, urllib.request
host, ports = os.environ["SLIM_TARGET_HOST"], os.environ["SLIM_TARGET_PORTS"]
url = "http://%s:%s/host.txt" % ("[%s]" % host if ":" in host else host, ports.split(",")[0])
assert urllib.request.urlopen(url, timeout=20).read() == b"host\\n"
with open(sys.argv[1], "w") as f:
    f.write("%s %s" % (host, ports))
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def service(images, *words, **config):
    return images.layout("network-" + "-".join(words).replace("/", "at").replace(":", "c"),
                         images.service_image(dict({"Cmd": list(words), "Healthcheck": None}, **config)))


def drive(slim, source, directory, *options):
    """Where the client found the service."""
    client, said = os.path.join(directory, "client.py"), os.path.join(directory, "said")
    with open(client, "w") as f:
        f.write(CLIENT)
    os.chown(client, os.stat(directory).st_uid, os.stat(directory).st_gid)
    dest = "oci:%s/out:slim" % directory
    report = slim.build(source, dest, "--http-probe=false", *options, "--host-exec", "%s %s %s" % (sys.executable, client, said))
    assert report["verify"]["equal"] and "srv/host.txt" in Image(dest).paths()
    with open(said) as f:
        return f.read().split()


@pytest.fixture
def namespace():
    """The path of a network namespace with loopback and one address of its own, 10.9.8.7."""
    holder = subprocess.Popen(["unshare", "--net", "sh", "-ec", "ip link set lo up; ip link add one type veth peer other; "
                               "ip address add 10.9.8.7/24 dev one; ip link set one up; ip link set other up; echo up; "
                               "exec sleep infinity"], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "up\n"
    yield "/proc/%d/ns/net" % holder.pid
    holder.send_signal(signal.SIGKILL)
    holder.wait()


@pytest.mark.parametrize("network", ["private", "none"])
@pytest.mark.parametrize("address,at", [("", "127.0.0.1"), ("127.0.0.3/", "127.0.0.3"), ("::1/", "::1"), ("::/", "::1")])
def test_own_network(slim, images, tmp_path, network, address, at):
    assert drive(slim, service(images, address + "8080"), str(tmp_path), "--network", network) == [at, "8080"]


@pytest.mark.parametrize("address,at", [("", "127.0.0.1"), ("127.0.0.3/", "127.0.0.3"), ("::1/", "::1")])
def test_the_machines_network(slim, images, tmp_path, address, at):
    port = str(free_port())
    with socket.socket() as other:  # what else listens on the machine is none of the container's
        other.bind(("127.0.0.1", 0))
        other.listen()
        source = service(images, address + port, ExposedPorts=None)
        assert drive(slim, source, str(tmp_path), "--network", "host") == [at, port]


@pytest.mark.parametrize("address,at", [("", "127.0.0.1"), ("10.9.8.7/", "10.9.8.7")])
def test_a_namespace_of_the_users(slim, images, tmp_path, namespace, address, at):
    source = service(images, address + "8080")
    assert drive(slim, source, str(tmp_path), "--network", "ns:" + namespace) == [at, "8080"]


def test_a_namespace_that_is_none(slim, images, tmp_path):
    slim.fails("build", images.service(), "--network", "ns:/none", status=2, code="network-namespace-open", names="ns:/none")


@pytest.mark.needs("newuidmap", "setpriv", "useradd")
@pytest.mark.parametrize("network", ["private", "host"])
@pytest.mark.parametrize("address", ["", "127.0.0.3/", "::1/"])
def test_as_an_ordinary_user(mine, images, network, address):
    port = "8080" if network == "private" else str(free_port())
    source = mine.user.copy(service(images, address + port, ExposedPorts=None), mine.directory)
    assert drive(mine, source, mine.directory, "--network", network) == [address.rstrip("/") or "127.0.0.1", port]


def test_what_docker_run_names(slim, images, tmp_path):
    """Of a file of variables, hosts and name servers the container gets what was named."""
    variables = tmp_path / "variables"
    variables.write_text("# no\nONE=1\nTWO=\"2\"\nGREETING=file\nFROM_HERE\n")
    result = slim.run("record", images.job(), "-o", tmp_path / "trace", "--store", slim.store, "--show-clogs", "--env-file",
                      variables, "--env", "GREETING=given", "--add-host", "db:10.0.0.7", "--dns", "10.0.0.53",
                      "--dns-search", "example.org", "--run", "env", "--run", "cat /etc/hosts /etc/resolv.conf",
                      env={"FROM_HERE": "ours"})
    assert result.status == 0, result
    for line in ("ONE=1", 'TWO="2"', "GREETING=given", "FROM_HERE=ours", "10.0.0.7\\x09db", "nameserver 10.0.0.53",
                 "search example.org"):
        assert "| %s\n" % line in result.err, (line, result.err)
    variables.write_text("NOT A=1\n")
    slim.fails("build", images.job(), "--env-file", variables, status=2, code="env-file-malformed", names="line 1")


def test_published_ports(slim, images, tmp_path):
    source = service(images, "9090", ExposedPorts=None)
    report = slim.build(source, "oci:%s:slim" % (tmp_path / "out"), "--network", "none", "-p", "127.0.0.1:80:9090")
    assert {s["port"] for s in report["runs"][0]["steps"]} == {9090}
    assert [n["code"] for n in report["notes"]] == ["port-not-published"]
