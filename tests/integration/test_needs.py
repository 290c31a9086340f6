"""What each step was the first to need: in the report, and told by slim why --request."""
import json

import pytest

pytestmark = pytest.mark.needs("root", "runc")

EXEC = '["/bin/job", "cat", "/srv/sub/deep.txt"]'


def test_files_by_request(slim, images, tmp_path, kind):
    path = tmp_path / "report.json"
    result = slim.run("build", images.service(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store,
                      "--sensor", kind, "--keep", "exact", "--report", path, "--http-probe-cmd", "/page.html",
                      "--http-probe-cmd", "/", "--http-probe-cmd", "/page.html", "--exec", EXEC)
    assert result.status == 0, result
    report = json.loads(path.read_text())
    steps = {e["path"]: e["step"] for e in report["kept"] if "step" in e and "size" in e}
    assert steps == {"/bin/job": 1, "/srv/health.txt": 1, "/srv/page.html": 2, "/srv/index.html": 3,
                     "/srv/sub/deep.txt": 5}
    needs = [(s["what"], s["first_to_need"]["files"]) for run in report["runs"] for s in run["steps"]]
    assert needs == [("/bin/job cat /srv/health.txt", 2), ("GET /page.html", 1), ("GET /", 1), ("GET /page.html", 0),
                     (EXEC, 1)]
    told = slim.run("why", path, "--request", "page", "--request", "deep")
    assert told.status == 0 and told.out.splitlines() == [
        "GET /page.html was the first to need 1 file, 70 bytes", "  70 bytes of no package",
        "            70  /srv/page.html", EXEC + " was the first to need 1 file, 5 bytes",
        "  5 bytes of no package", "             5  /srv/sub/deep.txt"], told
    unknown = slim.run("why", path, "--request", "POST")
    assert unknown.status == 1 and "it has /bin/job cat /srv/health.txt, GET /page.html, GET /, " in unknown.err
    assert slim.run("why", path).status == 2
