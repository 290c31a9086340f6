"""API descriptions, as a file and as the service has them: what they describe is asked for, and kept."""
import json

import oci
import pytest

from testenv.layers import Layer
from testenv.tree import Image, differences

pytestmark = pytest.mark.needs("root", "runc")

DOCUMENT = """
openapi: 3.0.4
servers: [{url: /v1}]
security: [{key: []}]
paths:
  /{name}.txt:
    get:
      parameters:
        - {name: name, in: path, required: true, schema: {$ref: 'names.yaml#/names'}}
      responses: {%s: {description: a text}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
"""
NAMES = "names: {enum: [run-a, run-b]}\n"


@pytest.fixture
def document(tmp_path):
    def write(status=200):
        (tmp_path / "api.yaml").write_text(DOCUMENT % status)
        (tmp_path / "names.yaml").write_text(NAMES)
        return "%s:/" % (tmp_path / "api.yaml")
    return write


@pytest.fixture
def described(images, tmp_path):
    """The service, with a description of its own."""
    document = {"openapi": "3.1.0", "paths": {"/{name}.txt": {"get": {
        "parameters": [{"name": "name", "in": "path", "schema": {"examples": ["run-a", "host"]}}]}}}}
    layer = Layer().dir("srv", uid=1000, gid=1000).file("srv/openapi.json", json.dumps(document))
    image = images.service_image()
    image = oci.Image(images.layers() + [layer.write(str(tmp_path / "described.tar"))], image.config)
    oci.write_layout(str(tmp_path / "described"), "image", image)
    return "oci:%s:image" % (tmp_path / "described")


def build(slim, reference, tmp_path, *options):
    dest = "oci:%s:slim" % (tmp_path / "out")
    report = slim.build(reference, dest, *options)
    result = Image(dest)
    assert differences(Image(reference), result) == []
    return result.paths(), report


def steps(report):
    return [(s["what"], s["status"]) for s in report["runs"][0]["steps"] if s["kind"] == "http"]


def test_file(slim, images, document, tmp_path):
    paths, report = build(slim, images.service(), tmp_path, "--http-probe=false", "--http-probe-apispec-file", document(),
                          "--http-probe-apispec-auth", "key=hidden-value")
    assert {"srv/run-a.txt", "srv/run-b.txt"} <= paths, steps(report)
    assert "srv/page.html" not in paths, steps(report)
    assert "hidden-value" not in json.dumps(report)


def test_the_usual_probe_comes_first(slim, images, document, tmp_path):
    paths, report = build(slim, images.service(), tmp_path, "--http-probe-apispec-file", document())
    assert {"srv/run-a.txt", "srv/run-b.txt", "srv/page.html"} <= paths
    assert steps(report)[0][0] == "GET /"
    assert "api-credentials-missing" in [note["code"] for note in report["notes"]]


def test_of_the_service(slim, described, tmp_path):
    paths, report = build(slim, described, tmp_path, "--http-probe=false", "--http-probe-apispec", "/openapi.json")
    assert {"srv/run-a.txt", "srv/host.txt", "srv/openapi.json"} <= paths and "srv/run-b.txt" not in paths
    assert steps(report) == [("GET /openapi.json", 200), ("GET /run-a.txt", 200), ("GET /host.txt", 200)]


def test_as_docker_slim_has_them(slim, described, document, tmp_path):
    done = slim.run("docker-slim", "--report", str(tmp_path / "slim.report.json"), "build", "--target", described,
                    "--http-probe-off", "--http-probe-apispec", "/openapi.json", "--http-probe-apispec-file", document(),
                    "--http-probe-exit-on-failure=false", "--tag", "test/apispec:slim")
    assert "http-probe-apispec" not in done.err, done


def test_no_description(slim, images, tmp_path):
    out = "oci:%s:slim" % (tmp_path / "out")
    options = (images.service(), "-o", out, "--store", slim.store, "--http-probe-apispec", "/openapi.json")
    slim.fails("build", *options, code="api-document-missing", status=3, names=["/openapi.json", "404"])
    slim.build(images.service(), out, "--http-probe-apispec", "/openapi.json", "--allow-failed-run")


def test_statuses(slim, images, document, tmp_path):
    out = "oci:%s:slim" % (tmp_path / "out")
    slim.fails("build", images.service(), "-o", out, "--store", slim.store, "--http-probe-apispec-file", document(404),
               "--http-probe-apispec-expect", code="answer-unexpected", status=3, names=["/run-a.txt", "404"])
    slim.build(images.service(), out, "--http-probe-apispec-file", document(404))


def test_what_is_refused(slim, images, tmp_path):
    (tmp_path / "api.yaml").write_text("openapi: 3.0.0\npaths: {}\n")
    refuse = lambda *options, **more: slim.fails("build", images.service(), "-o", "oci:%s:slim" % (tmp_path / "out"),
                                                 "--store", slim.store, *options, **more)
    refuse("--http-probe-apispec-file", str(tmp_path / "api.yaml"), code="api-document-malformed", status=2,
           names=["--http-probe-apispec-file", "api.yaml"])
    refuse("--http-probe-apispec", "openapi.json", code="probe-request-malformed", status=2,
           names=["--http-probe-apispec", "openapi.json"])
