"""slim build --file: many images in one go. slim init: a file to start from."""
import json
import os
import signal

import pytest

pytestmark = pytest.mark.needs("root", "runc")


def write(tmp_path, text):
    path = tmp_path / "slim.yaml"
    path.write_text("schema: slim.build/v1\n" + text)
    return path


def await_lines(process, wanted):
    """Reads stderr until it has told lines that begin with these words."""
    missing = {tuple(line.split()) for line in wanted}
    for line in process.stderr:
        missing -= {words for words in missing if words == tuple(line.split()[:len(words)])}
        if not missing:
            return
    raise AssertionError("these lines are not told: %s" % missing)


def test_three_images_of_which_one_fails(slim, images, tmp_path):
    seen = tmp_path / "processes"
    path = write(tmp_path, """
jobs: 2
defaults:
  store: %s
  keep: exact
  output: oci:%s:${SLIM_IMAGE}
images:
  - name: web
    image: %s
    env: {TOKEN: "${TEST_TOKEN}"}
    exercise:
      - http-probe-cmd: GET:/page.html
      - host-exec: 'cat /proc/[0-9]*/cmdline >%s 2>/dev/null; true'
  - name: gone
    image: %s
  - name: job
    image: %s
    run: [[cat, /srv/run-a.txt], cat /srv/run-b.txt]
""" % (slim.store, tmp_path / "out", images.service(), seen, images.service() + "no", images.job()))
    report = tmp_path / "reports.json"
    result = slim.run("build", "--file", path, "--report", report, env={"TEST_TOKEN": "a-secret-of-ci"})
    assert result.status == 1, result
    assert b"build-one-of-batch" in seen.read_bytes() and b"a-secret-of-ci" not in seen.read_bytes()
    assert [line.split()[:2] for line in result.out.splitlines()[1:4]] == [["web", "done"], ["gone", "failed"],
                                                                           ["job", "done"]]
    lines = result.err.splitlines()
    assert {"web: verify", "job: verify"} <= {" ".join(line.split()[1:3]) for line in lines}, result
    assert all(line.split(": ")[1] in ("web", "gone", "job") for line in lines[:-1]), result

    reports = json.loads(report.read_text())
    assert reports["schema"] == "slim.reports/v1" and reports["status"] == 1
    web, gone, job = reports["reports"]
    assert (gone["state"], gone["status"], gone["report"]) == ("failed", 1, None)
    assert gone["error"]["code"] == "tag-not-found"
    for one, runs in ((web, 1), (job, 2)):
        assert one["report"]["schema"] == "slim.report/v1" and one["report"]["verify"]["equal"]
        assert len(one["report"]["runs"]) == runs and one["status"] == 0
    kinds = [step["kind"] for step in web["report"]["runs"][0]["steps"]]
    assert kinds.index("http") < kinds.index("host-exec")
    for name in ("web", "job"):
        assert slim.run("inspect", "oci:%s:%s" % (tmp_path / "out", name)).status == 0


def test_worst_status_counts(slim, images, tmp_path):
    """One that is not proven, one that is; only those that are named."""
    path = write(tmp_path, """
defaults: {store: %s, output: "oci:%s:${SLIM_IMAGE}"}
images:
  - {name: good, image: %s}
  - {name: bad, image: %s, run: cat /srv/nothing}
  - {name: other, image: none}
""" % (slim.store, tmp_path / "out", images.job(), images.job()))
    result = slim.run("build", "-f", path, "--json", "bad", "good")
    assert result.status == 3, result
    assert [(one["name"], one["state"]) for one in json.loads(result.out)["reports"]] == [("good", "done"),
                                                                                          ("bad", "not proven")]


def test_interrupt(slim, images, tmp_path):
    path = write(tmp_path, """
defaults: {store: %s, output: "oci:%s:${SLIM_IMAGE}", continue-after: 100}
images:
  - {name: a, image: %s}
  - {name: b, image: %s}
  - {name: c, image: %s}
""" % (slim.store, tmp_path / "out", images.service(), images.service(), images.service()))
    process = slim.start("build", "--file", path, "--jobs", "2")
    await_lines(process, ["slim: a: run", "slim: b: run"])
    process.send_signal(signal.SIGTERM)
    result = slim.end(process)
    assert result.status == 1 and "slim: stopped on request" in result.err, result
    assert [" ".join(line.split()[:2]) for line in result.out.splitlines()[1:4]] == ["a stopped", "b stopped", "c not"]
    assert not (tmp_path / "out").exists()


def test_mistakes_build_nothing(slim, tmp_path):
    path = write(tmp_path, "images:\n- image: web\n  keeep: safe\n")
    slim.fails("build", "--file", path, code="batch-key-unknown", status=2, names=["line 4", "keep?"])
    slim.fails("build", "--file", tmp_path / "none", code="file-open", status=2, names="none")


def test_init(slim, images, tmp_path):
    """In a repository without anything; what is written builds as it is; what is there stays."""
    repository = tmp_path / "repository"
    os.makedirs(repository / ".git")
    result = slim.run("init", images.service(), "--json", cwd=repository)
    assert result.status == 0, result
    told = json.loads(result.out)
    assert told["schema"] == "slim.init/v1" and told["kind"] == "a web service on port 8080/tcp, with a health check"
    assert told["files"] == [{"path": "slim.yaml", "written": True}]
    assert sorted(os.listdir(repository)) == [".git", "slim.yaml"]

    result = slim.run("build", "--file", "slim.yaml", "--json", "--store", slim.store, "-o", "oci:out:slim",
                      cwd=repository)
    assert result.status == 0, result
    report = json.loads(result.out)["reports"][0]["report"]
    assert report["verify"]["equal"] and {"ready", "http"} <= {s["kind"] for s in report["runs"][0]["steps"]}

    (repository / "slim.yaml").write_text("mine")
    (repository / ".gitlab-ci.yml").write_text("mine")
    (repository / "Jenkinsfile").write_text("mine")
    os.symlink("elsewhere", repository / "Jenkinsfile.slim")
    result = slim.run("init", images.service(), cwd=repository)
    assert result.status == 0, result
    assert {(repository / name).read_text() for name in ("slim.yaml", ".gitlab-ci.yml", "Jenkinsfile")} == {"mine"}
    assert (repository / "slim.gitlab-ci.yml").exists() and not (repository / "elsewhere").exists()
