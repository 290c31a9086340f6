"""The risk figure: files that were dropped although kept files name them, and what one more exercise proves."""
import json

import oci
import pytest
from testenv.layers import Layer

pytestmark = pytest.mark.needs("root", "runc")

# Nobody runs them: they are kept because the user says so.
ENTRY = "if [ \"$1\" = seldom ]; then other --help; job cat /srv/exec.txt; fi\n. /srv/part.sh\n"
PART = "cat /srv/run-a.txt /srv/none.txt\nother\n"
CONFIG = {"Entrypoint": ["/bin/httpd"], "Cmd": ["8080"], "Env": ["PATH=/bin"], "ExposedPorts": {"8080/tcp": {}}}


@pytest.fixture
def image(images, programs, tmp_path):
    layer = Layer().dir("srv", uid=1000, gid=1000).program("bin/other", programs["job"])
    layer.file("srv/entry.sh", ENTRY, mode=0o755).file("srv/part.sh", PART)
    layers = images.layers() + [layer.write(str(tmp_path / "scripts.tar"))]
    oci.write_layout(str(tmp_path / "layout"), "image", oci.Image(layers, CONFIG))
    return "oci:%s:image" % (tmp_path / "layout")


def build(slim, image, tmp_path, name, *args, status=0):
    path = tmp_path / (name + ".json")
    result = slim.run("build", image, "-o", "oci:%s:slim" % (tmp_path / name), "--store", slim.store, "--keep", "exact",
                      "--include", "/srv/*.sh", "--report", path, *args)
    assert result.status == status, result
    figure = json.loads(path.read_text())["unproven"]
    assert sum(f["bytes"] for f in figure["list"]) == figure["bytes"] and len(figure["list"]) == figure["files"]
    return {f["path"]: f for f in figure["list"]}, figure["bytes"], path, result.out


def test_one_more_exercise(slim, image, tmp_path, programs):
    before, bytes_before, path, text = build(slim, image, tmp_path, "before")
    other = before["/bin/other"]
    by_scripts = {p for p, f in before.items() if f["example"] != "/bin/httpd"}  # which names some of its files, too
    assert by_scripts == {"/bin/job", "/bin/other", "/srv/exec.txt", "/srv/run-a.txt"}, before
    assert other["named_by"] == 2 and other["how"] == "command" and other["example"] == "/srv/entry.sh"
    assert "unproven    %d files, " % len(before) in text and ", by /srv/entry.sh (command) and 1 more" in text

    told = slim.run("why", path, "/bin/other", "/srv/unused.txt")
    assert told.status == 0 and told.out.splitlines() == [
        "/bin/other is dropped, %d bytes" % other["bytes"], "  no run used it, but 2 kept files name it:",
        "    /srv/entry.sh, command", "    /srv/part.sh, command",
        "  whether it is needed is unproven: an exercise that uses it proves it; --include /bin/other keeps it",
        "/srv/unused.txt is dropped, 21000 bytes",
        "  no run used it, and nothing that is kept is known to need it; --include /srv/unused.txt keeps it"], told

    # what the exercise used is proven, and nothing else
    after, bytes_after, _, _ = build(slim, image, tmp_path, "after", "--exec", '["/bin/job", "cat", "/srv/exec.txt"]')
    proven = {"/bin/job", "/srv/exec.txt"}
    assert after == {p: f for p, f in before.items() if p not in proven}
    assert bytes_before - bytes_after == sum(before[p]["bytes"] for p in proven)

    # a gate
    gated = build(slim, image, tmp_path, "gated", "--max-unproven", str(len(before) - 1), "--verify=off", status=4)
    assert gated[0] == before and not (tmp_path / "gated").exists()

    # the user settles the rest
    rest, bytes_rest, path, text = build(slim, image, tmp_path, "rest", "--include", "/bin/other", "--include",
                                         "/bin/job", "--include", "/srv/*.txt", "--max-unproven", "0")
    assert not rest and bytes_rest == 0 and "unproven    no file: " in text
    assert slim.run("why", path, "/bin/other").out.startswith("/bin/other is kept")
