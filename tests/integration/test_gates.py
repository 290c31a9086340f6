"""Limits that the result must keep: each passes and fails, nothing is published at 4, and 3 comes before 4. With
--on-fail keep-original the image is published as it is, by the digest that it had."""
import hashlib
import json
import subprocess

import oci
import pytest

from testenv.engines import call
from testenv.layers import Layer
from testenv.samples import JOB_CONFIG
from testenv.tree import Image, differences

pytestmark = pytest.mark.needs("root", "runc")

KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\n-----END PRIVATE KEY-----\n"
PASSING = [("max-size", "100MB"), ("max-compressed", "100MB"), ("min-reduction", "1%"), ("must-keep", "/srv/default.txt"),
           ("must-drop", "httpd"), ("must-drop", "compiler"), ("require-verify", None), ("max-requests-failed", "0")]
FAILING = [("max-size", "1K"), ("max-compressed", "1K"), ("min-reduction", "100%"), ("must-keep", "/srv/unused.txt"),
           ("must-drop", "/bin/job"), ("must-drop", "private-key"), ("max-unproven", "0")]


@pytest.fixture(scope="module")
def job(images, tmp_path_factory):
    """The job's image, which also prints a private key, and a script that names a file which nobody uses."""
    folder = tmp_path_factory.mktemp("gates")
    layer = Layer().dir("srv", uid=1000, gid=1000).file("srv/key.pem", KEY)
    layer = layer.file("srv/run.sh", "cat /srv/unused.txt\n").write(folder / "key.tar")
    config = dict(JOB_CONFIG, Cmd=["cat", "/srv/default.txt", "/srv/key.pem", "/srv/run.sh"])
    oci.write_layout(str(folder / "job"), "image", oci.Image(images.layers() + [layer], config))
    return "oci:%s:image" % (folder / "job")


def words(gates):
    return [word for name, limit in gates for word in ["--" + name] + ([limit] if limit else [])]


def told(gates):
    return [(gate["name"], gate["limit"]) for gate in gates["list"]]


def digest_in(layout, tag):
    with open(layout / "index.json") as f:
        return {m["annotations"]["org.opencontainers.image.ref.name"]: m["digest"]
                for m in json.load(f)["manifests"]}[tag]


def source_digest(reference):
    raw = subprocess.run(["skopeo", "inspect", "--raw", reference], stdout=subprocess.PIPE, check=True).stdout
    return "sha256:" + hashlib.sha256(raw).hexdigest()


@pytest.fixture
def build(slim, tmp_path):
    """slim build to oci:out:slim unless -o is given: the result, and the report."""
    def run(source, *options, status, **more):
        report = tmp_path / "gates.json"
        dest = () if "-o" in options else ("-o", "oci:%s:slim" % (tmp_path / "out"))
        result = slim.run("build", source, *dest, "--store", slim.store, "--keep", "exact", "--report", report, *options,
                          **more)
        assert result.status == status, result
        with open(report) as f:
            return result, json.load(f)
    return run


def test_all_pass(build, job, tmp_path):
    result, report = build(job, *words(PASSING), status=0)
    gates = report["gates"]
    assert gates["passed"] is True and gates["published"] == "result", gates
    assert told(gates) == PASSING and all(gate["passed"] for gate in gates["list"]), gates
    assert "gates       passed  --max-size 100MB: " in result.out and "FAILED" not in result.out, result
    assert "error" not in report and (tmp_path / "out").exists()


def test_all_fail_and_are_told(build, job, tmp_path):
    result, report = build(job, *words(FAILING), status=4)
    gates = report["gates"]
    assert gates["passed"] is False and gates["published"] is None and report["destinations"] == [], gates
    assert told(gates) == FAILING and not any(gate["passed"] for gate in gates["list"]), gates
    figures = [gate["figure"] for gate in gates["list"]]
    assert figures[0].endswith(" too much") and "/srv/unused.txt" in figures[3], figures
    assert figures[4].startswith("the result has /bin/job (a run used it: ") and "/srv/key.pem (a run" in figures[5], figures
    assert (report["error"]["code"], report["error"]["class"]) == ("gate-failed", "gate"), report["error"]
    assert len(result.error_lines()) == 1, result
    for name, limit in FAILING:
        assert "FAILED  --%s %s: " % (name, limit) in result.out and "    --%s %s: " % (name, limit) in result.err, result
    assert not (tmp_path / "out").exists()


def test_a_difference_comes_before_a_gate(build, images, tmp_path):
    result, report = build(images.service(), "--heal", "0", "--exclude", "/srv/page.html", "--max-size", "1K", "--require-verify", status=3)
    assert report["error"]["class"] == "differs" and report["gates"]["published"] is None, report["error"]
    assert told(report["gates"]) == [("max-size", "1K"), ("require-verify", None)], report["gates"]
    assert report["gates"]["passed"] is False and not (tmp_path / "out").exists()


def test_a_result_that_differs_is_described(build, images, tmp_path):
    """The lock file and the risk figure say what the difference is about; neither file nor image is written."""
    lock = tmp_path / "slim.lock"
    build(images.service(), "--lock", lock, status=0)
    before = lock.read_bytes()
    options = "--heal", "0", "--exclude", "/srv/page.html", "--lock", lock, "--check", "--max-unproven", "0"
    _, report = build(images.service(), *options, "-o", "oci:%s:slim" % (tmp_path / "none"), status=3)
    assert report["error"]["class"] == "differs", report["error"]
    assert report["lock"]["state"] == "changed" and any("/srv/page.html" in c for c in report["lock"]["changes"]), report["lock"]
    assert report["unproven"]["files"] >= 0 and report["kept"] and report["packages"] is not None
    assert told(report["gates"]) == [("check", None), ("max-unproven", "0")], report["gates"]
    assert "not known" not in report["gates"]["list"][1]["figure"], report["gates"]
    assert lock.read_bytes() == before and not (tmp_path / "none").exists()


def test_requests_that_failed(build, images):
    probe = ("--http-probe-cmd", "/page.html", "--http-probe-cmd", "/none", "--http-probe-exit-on-failure=false")
    _, report = build(images.service(), *probe, "--max-requests-failed", "0", status=4)
    figure = report["gates"]["list"][0]["figure"]
    assert figure.startswith("1 of ") and "GET /none on port 8080: 404" in figure, figure


def test_growth(build, job, tmp_path, plain_registry):
    """Against the tag that the result replaces, a report, and a published image, of which the manifest alone is fetched."""
    env = plain_registry.environment()
    plain_registry.push(job, "gates/old:1")
    _, first = build(job, "--max-growth", "0", status=0)
    assert "not published yet" in first["gates"]["list"][0]["figure"], first["gates"]
    (tmp_path / "gates.json").rename(tmp_path / "first.json")
    _, again = build(job, "--max-growth", "0", status=0)
    assert again["gates"]["list"][0]["figure"].startswith("+0.0 %, 0 B more: from "), again["gates"]
    more = ("--include", "/srv/unused.txt", "--max-growth", "0", "--growth-from")
    _, grown = build(job, *more, tmp_path / "first.json", status=4)
    assert " more: from " in grown["gates"]["list"][0]["figure"], grown["gates"]
    since = len(plain_registry.requests())
    _, smaller = build(job, *more, "docker://%s/gates/old:1" % plain_registry.host, status=0, env=env)
    assert " less: from " in smaller["gates"]["list"][0]["figure"], smaller["gates"]
    asked = plain_registry.requests(since)
    assert asked and not [r for r in asked if "/blobs/" in r["path"]], asked


def test_the_original_in_a_layout(build, job, tmp_path):
    """The bytes that its digest stands for, and said wherever one looks."""
    result, report = build(job, "--max-size", "1K", "--on-fail", "keep-original", "--label", "a=b", status=0)
    assert digest_in(tmp_path / "out", "slim") == source_digest(job) == report["result"]["digest"]
    assert differences(Image(job), Image("oci:%s:slim" % (tmp_path / "out"))) == []
    gates = report["gates"]
    assert (gates["passed"], gates["published"], report["error"]["code"]) == (False, "original", "gate-failed"), report
    assert report["result"]["size_bytes"] == report["source"]["size_bytes"]
    assert "original-published" in [note["code"] for note in report["notes"]]
    assert result.out.startswith("ORIGINAL    PUBLISHED IN THE PLACE OF A SLIM IMAGE: "), result
    assert "THE ORIGINAL IMAGE WAS PUBLISHED" in result.err and "--max-size 1K: " in result.err, result


def test_the_original_in_a_registry(build, images, plain_registry):
    """Where the result is not equal, or the exercise itself fails."""
    env, source = plain_registry.environment(), images.service()
    dest = ("-o", "docker://%s/gates/kept:1" % plain_registry.host, "--on-fail", "keep-original:3")
    result, report = build(source, *dest, "--heal", "0", "--exclude", "/srv/page.html", status=3, env=env)
    assert report["error"]["class"] == "differs" and report["gates"]["published"] == "original", report["error"]
    assert plain_registry.digest("gates/kept:1") == source_digest(source) == report["destinations"][0]["digest"]
    dest = ("-o", "docker://%s/gates/kept:2" % plain_registry.host, "--on-fail", "keep-original")
    result, report = build(source, *dest, "--exec", "/bin/job fail", status=0, env=env)
    assert report["error"]["class"] == "unproven" and report["gates"]["list"] == [], report["error"]
    assert plain_registry.digest("gates/kept:2") == source_digest(source)


def cannot_be_run(how, images, tmp_path):
    """(image, options, words before slim, code of the error)"""
    broken = tmp_path / "runtime"
    broken.write_text("#!/bin/sh\n[ \"$1\" = --version ] && echo runc version 1.1.5 && exit 0\necho broken >&2\nexit 1\n")
    broken.chmod(0o755)
    no_command = images.layout("no-command", images.service_image({"Entrypoint": None, "Cmd": None}))
    no_rights = ["setpriv", "--inh-caps=-sys_admin", "--bounding-set=-sys_admin"]
    return {
        "no runtime": (images.job(), ["--runtime", "no-such-runtime"], [], "runtime-not-found"),
        "no start": (images.job(), ["--runtime", broken], [], "container-not-started"),
        "no command": (no_command, [], [], "command-missing"),
        "no rights": (images.job(), [], no_rights, "mount-namespace-denied"),
    }[how]


@pytest.mark.parametrize("how", ["no runtime", "no start", "no command", "no rights"])
def test_the_original_of_what_cannot_be_run(build, images, tmp_path, how):
    """Said in every output; without --on-fail it is an error, and nothing is published."""
    source, options, prefix, code = cannot_be_run(how, images, tmp_path)
    dotenv, summary = tmp_path / "slim.env", tmp_path / "summary.md"
    out = "oci:%s:slim" % (tmp_path / "out")
    result, report = build(source, *options, "--on-fail", "keep-original", "-o", out, "--dotenv", dotenv, "--markdown", summary,
                           status=0, prefix=prefix)
    assert report["error"]["code"] == code and report["gates"]["published"] == "original", report["error"]
    assert digest_in(tmp_path / "out", "slim") == source_digest(source) == report["result"]["digest"]
    assert result.out.startswith("ORIGINAL    PUBLISHED IN THE PLACE OF A SLIM IMAGE: "), result
    assert "THE ORIGINAL IMAGE WAS PUBLISHED" in result.err, result
    assert "kept-original" in dotenv.read_text() and "original" in summary.read_text().lower()


def test_mistakes_are_no_reason_for_it(slim, build, job, tmp_path):
    dest = ("-o", "oci:%s:slim" % (tmp_path / "none"), "--store", slim.store, "--on-fail", "keep-original")
    slim.fails("build", "oci:%s:none" % (tmp_path / "gone"), *dest, code="directory-open")
    slim.fails("build", job, *dest, "--max-growth", "1%", "--growth-from", tmp_path / "no.json", code="file-open")
    slim.fails("build", job, *dest, "--trace", tmp_path / "no.json", code="file-open")
    slim.fails("build", job, "-o", "oci:/proc/none:slim", *dest[2:], code="file-open")
    slim.fails("build", job, "--require-verify", "--verify=off", code="option-conflict", status=2)
    assert not (tmp_path / "none").exists()


@pytest.mark.needs("dockerd", "skopeo")
def test_the_original_of_an_engine(build, job, tmp_path, dockerd):
    """It is exported for it: the same image in the engine, the same layers elsewhere."""
    dockerd.take(job, "gates-original")
    env = {"DOCKER_HOST": "unix://" + dockerd.socket}
    layout = "oci:%s:slim" % (tmp_path / "copy")
    build("docker-daemon:gates-original:latest", "-o", "docker-daemon:gates-kept:1", "-o", layout, "--max-size", "1K",
          "--on-fail", "keep-original:42", status=42, env=env)
    ids = [call("docker", "-H", env["DOCKER_HOST"], "image", "inspect", "-f", "{{.Id}}", name).strip()
           for name in ("gates-original:latest", "gates-kept:1")]
    assert ids[0] == ids[1]
    copy = Image(layout)
    assert "sha256:" + hashlib.sha256(copy.config_bytes).hexdigest() == ids[0]
    assert differences(Image(job), copy) == []
