"""lib/stack/network: several containers' networks, by tests/stack/networks.c: web is on front and on back, which is internal, db
on back, cron on front. Here the containers are only their namespaces. The outside is a namespace of ours, as in test_bridge.py."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import pytest
from test_bridge import HELPERS, LOOK, children, look, name_of

from testenv.engines import wait_for
from testenv.outside import OUTSIDE, Outside

pytestmark = pytest.mark.needs("root", "pasta", "slirp4netns", "nsenter", "ip")

# In a member: answers with its name and the address of who asks.
SERVER = """import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(("%s,%s" % (sys.argv[1], self.client_address[0])).encode())
    def log_message(self, *args):
        pass
server = http.server.HTTPServer(("0.0.0.0", 8000), Answer)
print("up", flush=True)
server.serve_forever()
"""
THERE = "http://%s:8000/" % OUTSIDE


def at(address):
    return "http://%s:8000/" % address


class Member:
    def __init__(self, line):
        self.name, self.path, *addresses = line.split()
        self.addresses, self.pid = addresses, int(self.path.split("/")[2])

    def inside(self, *argv):
        return ["nsenter", "--net=" + self.path, *argv]

    def run(self, *argv):
        return subprocess.run(self.inside(*argv), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)

    def look(self, *urls):
        """Who answers."""
        result = self.run(sys.executable, "-c", LOOK, *urls)
        assert result.returncode == 0, result
        return [line.split(" ")[1] for line in result.stdout.splitlines()]

    def interfaces(self):
        """{name: addresses}, of IPv4 and IPv6."""
        found = {}
        for line in self.run("ip", "-o", "address").stdout.splitlines():
            _, name, _, address = line.split()[:4]
            found.setdefault(name, []).append(address)
        return found


class Networks:
    """The program. user: whom it runs as, None = root."""

    def __init__(self, program, outside, directory, helper, user=None):
        prefix = outside.prefix(directory) + (user.prefix() if user else [])
        self.process = subprocess.Popen(prefix + [program, str(directory), helper], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        self.servers, self.members = [], {}
        try:
            while (line := self.process.stdout.readline()) != "up\n":
                assert line, "it ended"
                self.add(line)
        except BaseException:
            self.close()
            raise

    def add(self, line):
        member = Member(line)
        self.members[member.name] = member

    def serve(self, *names):
        for name in names:
            server = subprocess.Popen(self.members[name].inside(sys.executable, "-c", SERVER, name), stdout=subprocess.PIPE, text=True)
            self.servers.append(server)
            assert server.stdout.readline() == "up\n"

    def again(self, name):
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        self.add(self.process.stdout.readline())

    def close(self):
        for server in self.servers:
            server.kill()
            server.wait()
            server.stdout.close()
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(60)


@pytest.fixture
def outside(tmp_path):
    made = Outside(tmp_path)
    yield made
    made.close()


@pytest.fixture
def networks(program, outside, tmp_path):
    """Opens them: networks(helper, user)."""
    path = os.path.join(os.path.dirname(program), "..", "tests", "stack", "networks")
    opened = []

    def make(helper="slirp4netns", user=None):
        directory = tempfile.mkdtemp(dir=user.home if user else tmp_path)
        if user:
            user.own(directory)
        own = shutil.copy(path, user.home) if user else path
        opened.append(Networks(own, outside, directory, helper, user))
        return opened[-1]
    yield make
    for one in opened:
        one.close()


def check_who_reaches_whom(opened):
    opened.serve("db", "web", "cron")
    db, web, cron = (opened.members[name] for name in ("db", "web", "cron"))
    (db_back,), (web_front, web_back), (cron_front,) = db.addresses, web.addresses, cron.addresses
    assert db_back == "172.28.5.77"  # as wanted
    assert web.look(at(db_back), at(cron_front), THERE) == ["db," + web_back, "cron," + web_front, "outside"]
    assert cron.look(at(web_front), at(web_back), at(db_back), THERE) == ["web," + cron_front, "-", "-", "outside"]
    assert db.look(at(web_back), at(web_front), at(cron_front), THERE) == ["web," + db_back, "-", "-", "-"]
    # nor if it sends what is for the other network into its own
    assert cron.run("ip", "route", "add", db_back, "dev", "eth1").returncode == 0
    assert db.run("ip", "route", "add", "default", "dev", "eth0").returncode == 0
    assert cron.look(at(db_back)) == ["-"] and db.look(at(cron_front), THERE) == ["-", "-"]


def check_interfaces(opened):
    """eth0 is the way out, if there is one; the networks have no address of IPv6."""
    seen = {name: member.interfaces() for name, member in opened.members.items()}
    addresses = {name: [a + "/24" for a in member.addresses] for name, member in opened.members.items()}
    assert sorted(seen["db"]) == ["eth0", "lo"] and seen["db"]["eth0"] == addresses["db"]
    assert sorted(seen["web"]) == ["eth0", "eth1", "eth2", "lo"]
    assert seen["web"]["eth1"] + seen["web"]["eth2"] == addresses["web"]
    assert sorted(seen["cron"]) == ["eth0", "eth1", "lo"] and seen["cron"]["eth1"] == addresses["cron"]
    assert "10.0.2.100/24" in seen["web"]["eth0"] and "10.0.2.100/24" in seen["cron"]["eth0"]
    assert all("127.0.0.1/8" in one["lo"] for one in seen.values())
    assert opened.members["web"].run("ip", "route", "get", OUTSIDE).stdout.split()[4] == "eth0"


@pytest.mark.parametrize("helper", HELPERS)
def test_who_reaches_whom(networks, helper):
    opened = networks(helper)
    check_interfaces(opened)
    check_who_reaches_whom(opened)


@pytest.mark.needs("newuidmap", "setpriv", "useradd")
@pytest.mark.parametrize("helper", HELPERS)
def test_who_reaches_whom_as_an_ordinary_user(networks, user, helper):
    opened = networks(helper, user)
    check_interfaces(opened)
    check_who_reaches_whom(opened)


@pytest.mark.needs("runc")
def test_by_name(networks, slim, images, outside, tmp_path):
    """A container in the place of web finds db by its hosts file."""
    opened = networks()
    opened.serve("db", "cron")
    db, web, cron = (opened.members[name] for name in ("db", "web", "cron"))
    hosts = ["--add-host", "db:" + db.addresses[0], "--add-host", "cron:" + cron.addresses[0]]
    found = look(slim, images.job(), outside, tmp_path, "--network", "ns:" + web.path, *hosts, urls=[at("db"), at("cron"), THERE])
    assert found == {at("db"): "db," + web.addresses[1], at("cron"): "cron," + web.addresses[0], THERE: "outside"}


def test_a_member_that_starts_again(networks):
    """It is where its neighbours remember it, who need not ask anew, and its first life is over."""
    opened = networks()
    opened.serve("db", "web")
    first, db = opened.members["web"], opened.members["db"]
    assert db.look(at(first.addresses[1])) == ["web," + db.addresses[0]]
    with open(first.path) as held:  # it outlives its keeper
        opened.again("web")
        old = Member("web /proc/%d/fd/%d" % (os.getpid(), held.fileno()))
        assert sorted(old.interfaces()) == ["eth0", "lo"] or sorted(old.interfaces()) == ["lo"]
        web = opened.members["web"]
        assert web.pid != first.pid and web.addresses == first.addresses
        opened.serve("web")
        assert db.look(at(web.addresses[1])) == ["web," + db.addresses[0]]


def links(outside):
    return subprocess.run(["nsenter", "--net=/proc/%d/ns/net" % outside.machine.pid, "ip", "-o", "link"], stdout=subprocess.PIPE,
                          check=True).stdout


def test_two_at_a_time(networks, outside):
    before = links(outside)
    one, other = networks(), networks()
    one.serve("db")
    db = one.members["db"].addresses[0]
    assert other.members["db"].addresses == [db]  # they do not know of each other
    assert one.members["web"].look(at(db)) == ["db," + one.members["web"].addresses[1]]
    assert other.members["web"].look(at(db)) == ["-"]
    assert links(outside) == before
    assert one.close() == 0 and other.close() == 0


@pytest.mark.parametrize("helper", HELPERS)
def test_kill_9(networks, outside, helper):
    """All processes end, and with them the hub: the interfaces to it are gone even in a namespace that someone holds."""
    before = links(outside)
    opened = networks(helper)
    started = children(opened.process.pid)
    names = [name_of(pid).split(".")[0] for pid in started]
    assert sorted(names) == ["cat"] * 4 + ["passt" if helper == "pasta" else helper] * 2
    with open(opened.members["web"].path) as held:
        opened.process.kill()
        assert opened.process.wait(60) == -signal.SIGKILL
        wait_for(lambda: not any(map(name_of, started)), "no process is left")
        web = Member("web /proc/%d/fd/%d" % (os.getpid(), held.fileno()))
        wait_for(lambda: not {"eth1", "eth2"} & set(web.run("ip", "-o", "link").stdout.replace("@", ":").replace(" ", "").split(":")),
                 "no interface to the hub is left")
    assert links(outside) == before
