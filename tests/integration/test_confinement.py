"""What a container may do under slim, against Docker's default: the rows of tests/images/confinement.c under each engine,
runtime and sensor. SLIM_TEST_TABLE=FILE: replace the table between the marks of that file, docs/confinement.md."""
import os
import subprocess

import oci
import pytest

from conftest import IMAGES, require
from testenv.layers import Layer

pytestmark = pytest.mark.needs("root")
RUNTIMES = ["runc", "crun"]
REFUSALS = {"EPERM", "ENOSYS", "EACCES", "EROFS", "ENOENT", "ENODATA"}
ALLOWED_SINCE = {"process_vm_readv of itself", "name_to_handle_at"}  # Docker 20.10, which a machine may have


def rows(text):
    """{name: (expected, result)} of what the program printed."""
    lines = [line.split(";") for line in text.splitlines() if line.count(";") == 2]
    assert len(lines) > 100, text
    return {name: (expected, result) for name, expected, result in lines}


def wrong(table):
    """The rows that are not as Docker's current default has them. The cgroup namespace it has on cgroup v2 only."""
    return [(name, expected, result) for name, (expected, result) in table.items()
            if expected != "shown" and (result == "ok") != (expected == "works")
            or name == "cgroup namespace" and result != "ok"]


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """An OCI layout of the program alone."""
    folder = tmp_path_factory.mktemp("confinement")
    program = str(folder / "confinement")
    subprocess.run(["cc", "-O2", "-static", "-pthread", "-D_GNU_SOURCE", "-o", program,
                    os.path.join(IMAGES, "confinement.c")], check=True)
    layer = Layer().program("bin/confinement", program).dir("tmp").write(str(folder / "layer.tar"))
    oci.write_layout(str(folder / "layout"), "image", oci.Image([layer], {"Entrypoint": ["/bin/confinement"]}))
    return "oci:%s:image" % (folder / "layout")


def run(slim, image, runtime, kind):
    done = slim.run("record", image, "-o", os.path.join(slim.directory, "trace.json"), "--store", slim.store, "--runtime",
                    runtime, "--sensor", kind, "--show-clogs")
    assert done.status == 0, done
    return rows("\n".join(line[4:] for line in done.err.splitlines() if line.startswith("  | ")))


@pytest.fixture(params=RUNTIMES)
def runtime(request):
    require(request.param)
    return request.param


def test_as_dockers_default(slim, image, runtime, kind):
    assert wrong(run(slim, image, runtime, kind)) == []


@pytest.mark.needs("newuidmap", "setpriv", "useradd")
def test_as_dockers_default_without_root(mine, image, runtime):
    assert wrong(run(mine, mine.user.copy(image, mine.directory), runtime, "ptrace")) == []


def by_docker(dockerd, image):
    dockerd.take(image, "confinement")
    return rows(dockerd.job("confinement"))


def test_as_under_docker(slim, image, dockerd, runtime, kind):
    """What this machine's Docker refuses is refused; what it allows works, unless it is older than the profile."""
    docker, ours = by_docker(dockerd, image), run(slim, image, runtime, kind)
    assert [name for name, (expected, result) in docker.items() if expected != "shown" and name not in ALLOWED_SINCE
            and result in REFUSALS and ours[name][1] not in REFUSALS] == []
    assert [name for name, (expected, result) in docker.items()
            if expected == "works" and result == "ok" and ours[name][1] != "ok"] == []


def table_lines(ways):
    """Markdown; what has the same results is one line."""
    lines = {}
    for name, (expected, _) in ways["docker"].items():
        lines.setdefault((expected, *(way[name][1] for way in ways.values())), []).append(name)
    head = ["| what is tried | by default | %s |" % " | ".join(ways), "|---" * (len(ways) + 2) + "|"]
    return head + ["| %s |" % " | ".join(["; ".join(names), *results]) for results, names in lines.items()]


def replace_table(path, lines):
    with open(path) as f:
        before, start, rest = f.read().partition("<!-- table -->\n")
    _, end, after = rest.partition("<!-- end -->\n")
    assert start and end, path
    with open(path, "w") as f:
        f.write(before + start + "".join(line + "\n" for line in lines) + end + after)


@pytest.mark.needs("ebpf", "runc", "crun", "newuidmap", "setpriv", "useradd")
def test_table(slim, mine, image, dockerd, podman):
    podman.take(image, "confinement")
    ways = {"docker": by_docker(dockerd, image), "podman": rows(podman.job("confinement"))}
    for kind in ("ptrace", "ebpf"):
        for name in RUNTIMES:
            ways["slim %s %s" % (kind, name)] = run(slim, image, name, kind)
    own = mine.user.copy(image, mine.directory)
    ways.update({"slim user %s" % name: run(mine, own, name, "ptrace") for name in RUNTIMES})
    lines = table_lines(ways)
    assert {line.count("|") for line in lines} == {len(ways) + 3}
    if "SLIM_TEST_TABLE" in os.environ:
        replace_table(os.environ["SLIM_TEST_TABLE"], lines)
