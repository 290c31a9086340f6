"""Fixtures, and these variables: SLIM, the program (default: build/cmd/slim). SLIM_TEST_REQUIRE, a list such as
"root,runc,dockerd": tests that need one of these fail instead of being skipped. SLIM_NIGHTLY, which adds the tests that take
long. SLIM_EMULATED, the command of a slim of another machine under an emulator. SLIM_TEST_CACHE, a directory that keeps roots
of Debian between sessions."""
import os
import shutil
import signal
import subprocess
import sys
import threading

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
IMAGES = os.path.join(ROOT, "tests", "images")
sys.path.insert(0, IMAGES)
sys.dont_write_bytecode = True
# These run at night only.
collect_ignore = [] if os.environ.get("SLIM_NIGHTLY") else ["test_heavy_services.py", "test_own_image.py"]
collect_ignore += [] if os.environ.get("SLIM_EMULATED") else ["test_emulated_slim.py"]

from testenv import engines, machine, registry, samples
from testenv.containerd import Containerd
from testenv.residue import nothing_left
from testenv.slim import Slim
from testenv.user import User, UserSlim

SBIN = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def kernel():
    return tuple(int(n) for n in os.uname().release.split("-")[0].split(".")[:2])


def has(need):
    if need == "root":
        return os.geteuid() == 0
    if need == "ebpf":  # if slim was built with it, and the kernel provides BTF types
        linked = subprocess.run(["ldd", os.environ.get("SLIM", os.path.join(ROOT, "build", "cmd", "slim"))],
                                stdout=subprocess.PIPE, text=True).stdout
        return has("root") and "libbpf" in linked and os.path.exists("/sys/kernel/btf/vmlinux")
    if need == "binfmt_misc":
        with open("/proc/filesystems") as f:
            return need in f.read().split()
    if need == "erofs":  # since Linux 6.12 it can be mounted from a file
        with open("/proc/filesystems") as f:
            return need in f.read().split() and kernel() >= (6, 12)
    if need == "user_binfmt_misc":  # since Linux 6.7 a user namespace may have its own
        return has("binfmt_misc") and kernel() >= (6, 7)
    return shutil.which(need, path=os.pathsep.join([os.environ.get("PATH", ""), *SBIN])) is not None


def pytest_configure(config):
    # On SIGTERM, clean up as after Ctrl-C. Now and then xdist runs a worker in another thread, where this is not allowed.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda number, frame: signal.raise_signal(signal.SIGINT))
    config.addinivalue_line("markers", "needs(name...): programs (or root) that the test cannot do without")
    config.addinivalue_line("markers", "nightly: only with SLIM_NIGHTLY, as it takes long")
    config.addinivalue_line("markers", "alone: no other test may run meanwhile: it changes the machine, or measures time")
    os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", "/usr/bin:/bin"), *SBIN])


def require(*needs):
    """Skips the test if a need is missing, or fails it if SLIM_TEST_REQUIRE names the need."""
    required = os.environ.get("SLIM_TEST_REQUIRE", "").split(",")
    for need in needs:
        if not has(need):
            (pytest.fail if need in required else pytest.skip)("%s is missing here" % need)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    for mark in item.iter_markers("needs"):
        require(*mark.args)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    with machine.shared(alone=item.get_closest_marker("alone") is not None):
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    item.failed = getattr(item, "failed", False) or report.failed


@pytest.fixture
def tmp_path(request, tmp_path):
    """pytest's tmp_path, which is kept only if the test failed: the stores of all tests together are 20 GB."""
    yield tmp_path
    if not request.node.failed:
        subprocess.run(["rm", "-rf", "--one-file-system", str(tmp_path)], check=True)


@pytest.fixture(scope="session")
def program():
    path = os.path.abspath(os.environ.get("SLIM", os.path.join(ROOT, "build", "cmd", "slim")))
    assert os.access(path, os.X_OK), "no slim at %s: build it, or name it in SLIM" % path
    return path


@pytest.fixture(params=["ptrace", "ebpf"])
def kind(request):
    """The kind of the sensor."""
    if request.param == "ebpf":
        require("ebpf")
    return request.param


@pytest.fixture(scope="session")
def cache():
    default = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "slim-tests")
    path = os.environ.get("SLIM_TEST_CACHE", default)
    os.makedirs(path, exist_ok=True)
    return path


@pytest.fixture
def slim(program, tmp_path):
    """A Slim with its own store. It must not leave anything when the test ends."""
    if not has("root"):
        require("root")
    with nothing_left(Slim(program, tmp_path)) as s:
        yield s


@pytest.fixture(scope="module")
def user(program):
    """An ordinary user."""
    account = User(program)
    yield account
    account.remove()


@pytest.fixture
def mine(user):
    """slim as the user. It must not leave anything when the test ends, and must not write files of other users."""
    with nothing_left(UserSlim(user)) as s:
        yield s
    foreign = s.foreign()
    assert not foreign, "not the user's: %s" % foreign


@pytest.fixture(scope="session")
def programs(tmp_path_factory):
    """{name: path} of the static programs of tests/images."""
    folder, out = tmp_path_factory.mktemp("programs"), {}
    for name in ("httpd", "job", "bounds", "peak"):
        out[name] = str(folder / name)
        subprocess.run(["cc", "-O2", "-static", "-D_GNU_SOURCE", "-o", out[name],
                        os.path.join(IMAGES, name + ".c")], check=True)
    return out


@pytest.fixture(scope="session")
def images(tmp_path_factory, programs, cache):
    return samples.Samples(str(tmp_path_factory.mktemp("images")), programs, cache, IMAGES)


def engine(tmp_path_factory, kind):
    server = kind(str(tmp_path_factory.mktemp(kind.name)))
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="session")
def dockerd_session(tmp_path_factory):
    require("root", "dockerd", "docker", "skopeo")
    yield from engine(tmp_path_factory, engines.Dockerd)


@pytest.fixture(scope="session")
def podman_session(tmp_path_factory):
    require("root", "podman", "runc")
    yield from engine(tmp_path_factory, engines.Podman)


@pytest.fixture
def dockerd(dockerd_session):
    yield dockerd_session
    dockerd_session.remove_all()


@pytest.fixture
def podman(podman_session):
    yield podman_session
    podman_session.remove_all()


@pytest.fixture(scope="module")
def podman_service(tmp_path_factory):
    """podman's API, with a store of its own."""
    require("root", "podman", "runc", "curl")
    yield from engine(tmp_path_factory, engines.PodmanService)


@pytest.fixture(scope="session")
def containerd_session(tmp_path_factory):
    require("root", "containerd", "ctr", "skopeo")
    yield from engine(tmp_path_factory, Containerd)


@pytest.fixture
def containerd(containerd_session):
    yield containerd_session
    containerd_session.remove_all()


@pytest.fixture
def registries(tmp_path_factory):
    """Makes registries that end with the test: registries(tls=True, tokens=True, ...)."""
    require("docker-registry", "skopeo", "openssl", "setpriv")
    made = []
    def make(**options):
        made.append(registry.Registry(tmp_path_factory.mktemp("registry"), **options))
        return made[-1].start()
    yield make
    for server in made:
        server.stop()


@pytest.fixture(scope="session")
def plain_registry(tmp_path_factory):
    """One registry for all tests, without TLS and users. Each test uses its own names in it."""
    require("docker-registry", "skopeo", "setpriv")
    server = registry.Registry(tmp_path_factory.mktemp("registry"))
    try:
        yield server.start()
    finally:
        server.stop()


def pytest_collection_modifyitems(items):
    if not os.environ.get("SLIM_NIGHTLY"):
        items[:] = [item for item in items if not item.get_closest_marker("nightly")]
