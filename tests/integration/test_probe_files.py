"""Files of requests, sent to a real service in an image: a probe file, docker-slim's command file, a browser's recording, a
sitemap, a list, and other tools' tests. What only these requests reach is in the result at the level exact."""
import gzip
import json
import os
import re
import subprocess

import pytest

from test_languages import make_image
from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "runc")

MANUAL = os.path.join(os.path.dirname(__file__), "../../cmd/man/slim-probe.5.scd")

# The shop of slim-probe(5)'s example. Each route reads a file of its own, so that the result says which were asked for.
SHOP = r"""
import base64, email, http.server, json, re, urllib.parse

CSRF, TOKEN, PASSWORD = "a+b/c==&d", "to.ken-1", "pass word"
ITEMS = {}

def used(name):
    return open("/app/data/" + name).read()

class Shop(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body="", kind="text/html", **headers):
        data = (json.dumps(body) if kind == "application/json" else body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def json(self, status, body, **headers):
        self.answer(status, body, "application/json", **headers)

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def logged_in(self):
        return "session=s1" in self.headers.get("Cookie", "")

    def basic(self):
        return self.headers.get("Authorization") == "Basic " + base64.b64encode(("ann:" + PASSWORD).encode()).decode()

    def bearer(self):
        return self.headers.get("Authorization") == "Bearer " + TOKEN

    def form(self, body):
        return dict(urllib.parse.parse_qsl(body.decode(), strict_parsing=True))

    def parts(self, body):
        message = email.message_from_bytes(b"Content-Type: " + self.headers["Content-Type"].encode() + b"\r\n\r\n" + body)
        return {p.get_param("name", header="content-disposition"): p for p in message.get_payload()}

    def page(self, path, query):
        if path == "/login":
            return self.answer(200, '<form method=post><input type=hidden name=csrf_token value="%s"></form>'
                               % CSRF.replace("&", "&amp;"), Set_Cookie="session=s0")
        if path == "/account":
            return self.answer(200, "Hello ann, " + used("basket")) if self.logged_in() else self.answer(403)
        if path == "/search":
            asked = urllib.parse.parse_qs(query)
            return self.answer(200, "%d pages of %s" % (len(asked["page"]), asked["q"][0]) + used("search"))
        return self.answer(200, used(path[1:].replace("/", "-") or "index"))

    def route(self):
        path, _, query = self.path.partition("?")
        body, item = self.body(), re.match(r"/api/items/(\d+)(/picture)?$", path)
        if path == "/login" and self.command == "POST":
            form = self.form(body)
            right = form["csrf_token"] == CSRF and form["password"] == PASSWORD
            used("login")
            return self.answer(302 if right else 403, Location="/account", Set_Cookie="session=s%d" % right)
        if path == "/api/token":
            return self.json(200 if self.basic() else 401, {"access": {"token": TOKEN}})
        if path == "/api/items" and self.bearer():
            ITEMS["7"] = json.loads(body)
            return self.json(201, dict(ITEMS["7"], id=7), Location="http://shop.example/api/items/7")
        if item and not self.bearer():
            return self.json(401, {}, WWW_Authenticate="Bearer")
        if item and item[1] not in ITEMS:
            return self.json(404, {})
        if item and item[2]:
            parts = self.parts(body)
            assert parts["picture"].get_filename() == "lamp.png" and parts["picture"].get_content_type() == "image/png"
            assert parts["picture"].get_payload(decode=True).startswith(b"\x89PNG${x}")
            ITEMS[item[1]]["pictures"] = [parts["title"].get_payload()]
            return self.json(201, {"library": used("picture")})
        if item and self.command == "PUT":
            ITEMS[item[1]].update(json.loads(body))
            return self.json(200, ITEMS[item[1]])
        if item and self.command == "DELETE":
            return self.json(200, ITEMS.pop(item[1]))
        if item:
            return self.json(200, ITEMS[item[1]])
        if self.command == "POST":
            kind = self.headers.get("Content-Type", "none").split(";")[0]
            right = {"/b": b"${" in body and self.headers.get("X-One") == "1" and kind in ("application/json", "text/plain"),
                     "/c": kind == "multipart/form-data" and b"\x89PNG" in body}
            return self.answer(200 if right[path] else 400, used(path[1:]))
        return self.page(path, query)

    def do_GET(self):
        try:
            self.route()
        except FileNotFoundError:
            self.answer(404)

    do_POST = do_PUT = do_DELETE = do_HEAD = do_GET

http.server.ThreadingHTTPServer(("", 8080), Shop).serve_forever()
"""
ROUTES = ["health", "search", "basket", "login", "picture", "index", "a", "b", "c", "never"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    program = os.path.realpath("/usr/bin/python3")
    library = subprocess.run([program, "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"], check=True,
                             stdout=subprocess.PIPE, text=True).stdout.strip()
    files = {"app/main": "#!/usr/bin/python3\n" + SHOP}
    files.update({"app/data/" + name: name for name in ROUTES})
    return make_image(tmp_path_factory.mktemp("shop"), program, [library], files)


@pytest.fixture
def driven(slim, shop, tmp_path):
    """Slims the shop with these options; its steps, the routes whose files are in the result, the report's notes."""
    def build(*options, into=None, **more):
        dest = "oci:%s:slim" % (tmp_path / "out")
        report = slim.build(shop, dest, "--expose", "8080", "--http-probe=false", *options, **more)
        if into is not None:
            into.update(report)
        steps = [s for s in report["runs"][0]["steps"] if s["kind"] == "http"]
        kept = {p[len("app/data/"):] for p in Image(dest).paths() if p.startswith("app/data/")}
        return steps, kept, [note["code"] for note in report["notes"]]
    return build


def test_the_manuals_example(driven, tmp_path):
    with open(MANUAL, encoding="utf-8") as f:
        example = re.search(r"^# EXAMPLE$.*?^```\n(.*?)^```$", f.read(), re.M | re.S).group(1)
    (tmp_path / "shop.yaml").write_text(example)
    (tmp_path / "lamp.png").write_bytes(b"\x89PNG${x}")
    steps, kept, _ = driven("--probe-file", tmp_path / "shop.yaml", env={"SHOP_PASSWORD": "pass word"})
    assert [s["unexpected"] for s in steps if s["unexpected"]] == []
    assert [(s["what"], s["status"]) for s in steps] == [
        ("GET /health", 200), ("GET /search?q=red%20shoes&page=1&page=2", 200), ("GET /login", 200), ("POST /login", 302),
        ("GET /account", 200), ("get a token", 200), ("POST /api/items", 201), ("POST /api/items/${item}/picture", 201),
        ("PUT /api/items/${item}", 200)] + 4 * [("GET /api/items/${item}", 200)] + [
        ("DELETE /api/items/${item}", 200), ("GET /api/items/7", 401), ("GET /nowhere", 404)]
    assert kept == {"health", "search", "login", "basket", "picture"}


def test_what_is_not_as_expected_fails(slim, shop, tmp_path):
    probe = tmp_path / "probe.yaml"
    def fails(request, code, status, says):
        probe.write_text("schema: slim.probe/v1\nrequests:\n- %s\n" % request)
        slim.fails("build", shop, "-o", "oci:%s:slim" % (tmp_path / "no"), "--store", slim.store, "--expose", "8080", "--probe-file",
                   probe, status=status, code=code, names=says)
    fails("{get: /a, expect: {status: 2xx, body: b}}", "answer-unexpected", 3, "GET /a")
    fails("{get: /a, expcet: 200}", "probe-file-malformed", 2, "line 3")
    fails("{post: /a, body_file: /etc/passwd}", "probe-file-malformed", 2, "folder of the probe file")
    fails('{get: /a, auth: {bearer: "${env:SLIM_NONE}"}}', "probe-file-malformed", 2, "SLIM_NONE")


def test_command_file(driven, tmp_path):
    (tmp_path / "data.json").write_text('{"key": "${value}"}')
    commands = [{"resource": "/a"}, {"procotol": "http", "resource": "/nowhere"},
                {"protocol": "http", "method": "POST", "resource": "/b", "body_file": "data.json",
                 "headers": ["Content-Type: application/json", "X-One: 1"]},
                {"method": "POST", "resource": "/c", "body_generate": "generate.image.png", "body_is_form": True, "port": 8080}]
    (tmp_path / "probe.json").write_text(json.dumps({"commands": commands}))
    steps, kept, notes = driven("--http-probe-cmd-file", "probe.json", cwd=tmp_path)
    assert [(s["what"], s["status"]) for s in steps] == [("GET /a", 200), ("GET /nowhere", 404), ("POST /b", 200), ("POST /c", 200)]
    assert kept == {"a", "b", "c"}
    assert "probe-command-member-unknown" in notes


def test_recording_sitemap_and_list(driven, tmp_path):
    def entry(method, url, **more):
        headers = [{"name": "Host", "value": "shop.example"}, {"name": "X-One", "value": "1"}]
        return {"request": dict({"method": method, "url": url, "headers": headers}, **more), "response": {"status": 200}}
    entries = [entry("GET", "https://shop.example/a?x=1"), entry("GET", "https://cdn.example/b"),
               entry("POST", "https://shop.example/b", postData={"mimeType": "text/plain", "text": "${x}"})]
    (tmp_path / "shop.har").write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))
    (tmp_path / "sitemap.xml.gz").write_bytes(gzip.compress(
        b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://shop.example/c</loc></url></urlset>'))
    (tmp_path / "urls.txt").write_text("# by hand\n/health\nhttp://localhost:3000/c\n")
    steps, kept, notes = driven("--http-probe-urls", tmp_path / "urls.txt", "--http-probe-har", tmp_path / "shop.har",
                                "--http-probe-sitemap", tmp_path / "sitemap.xml.gz")
    assert [(s["what"], s["status"]) for s in steps] == [("GET /a?x=1", 200), ("POST /b", 200), ("GET /c", 200), ("GET /health", 200),
                                                         ("GET /c", 200)]
    assert kept == {"a", "b", "c", "health"}
    assert "probe-urls-left-out" in notes


GOSS = """
command:
  sorted:
    exec: sort /app/data/a
    exit-status: 0
    stdout: [a, "!b", '/^a$/']
  exit 3: {exit-status: 3}
http:
  http://localhost:8080/b: {status: 200, body: [b]}
  http://localhost:8080/nowhere: {status: 404}
file:
  /app/data/c: {exists: true}
"""
STRUCTURE_TEST = """
schemaVersion: 2.0.0
commandTests:
- name: read c
  setup: [[cat, /app/data/health]]
  command: cat
  args: [/app/data/c]
  expectedOutput: [c]
- {name: no such file, command: cat, args: [/none], exitCode: 1}
"""


def test_goss_and_structure_tests(driven, tmp_path):
    (tmp_path / "goss.yaml").write_text(GOSS)
    (tmp_path / "tests.yaml").write_text(STRUCTURE_TEST)
    report = {}
    steps, kept, notes = driven("--probe-goss", tmp_path / "goss.yaml", "--probe-structure-test", tmp_path / "tests.yaml", into=report)
    assert [(s["what"], s["status"]) for s in steps] == [("GET /b", 200), ("GET /nowhere", 404)]
    assert [(s["what"], s["status"], s["expected"]) for s in report["runs"][0]["steps"] if s["kind"] == "exec"] == [
        ("sorted", 0, True), ("exit 3", 3, True), ("read c: setup 1", 0, None), ("read c", 0, True), ("no such file", 1, True)]
    assert kept == {"a", "b", "c", "health"}
    assert "spec-checks-left-out" in notes


def test_a_check_that_does_not_hold_fails(slim, shop, tmp_path):
    (tmp_path / "tests.yaml").write_text(STRUCTURE_TEST.replace("expectedOutput: [c]", "expectedOutput: [d]"))
    slim.fails("build", shop, "-o", "oci:%s:slim" % (tmp_path / "no"), "--store", slim.store, "--expose", "8080",
               "--http-probe=false", "--probe-structure-test", tmp_path / "tests.yaml", status=3, code="answer-unexpected",
               names="read c")
