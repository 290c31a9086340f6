"""Requests that options and probe files name, against real servers."""
import subprocess

import oci
import pytest

from testenv.layers import Layer

pytestmark = pytest.mark.needs("root", "runc", "mmdebstrap")

# Each location takes one version of HTTP alone.
NGINX = """
daemon off;
error_log stderr;
events {}
http {
    access_log off;
    ssl_certificate /etc/nginx/test.crt;
    ssl_certificate_key /etc/nginx/test.key;
    server {
        listen 9443 ssl;
        ssl_verify_client optional_no_ca;
        location / { return 404; }
        location /certified { if ($ssl_client_verify = NONE) { return 403; } return 200 "yes"; }
    }
    server {
        listen 9443 ssl;
        server_name shop.example;
        location / { if ($ssl_server_name != "shop.example") { return 421; } return 200 "shop"; }
    }
    server {
        listen 80;
        listen 8080 http2;
        listen 8443 ssl http2;
        location /h1 { if ($server_protocol != "HTTP/1.1") { return 505; } return 200 "one"; }
        location /h2 { if ($server_protocol != "HTTP/2.0") { return 505; } return 200 "two"; }
    }
}
"""

# Lets in who sends the token of its form back, and takes pictures from those.
SHOP = """
import http.server, urllib.parse

class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def known(self):
        return "session=17" in self.headers.get("Cookie", "")

    def do_GET(self):
        if self.path == "/login":
            return self.answer(200, b'<form method=post><input type=hidden name=csrf value="t&amp;1"></form>')
        if self.path == "/home":
            return self.answer(200 if self.known() else 401, b"home")
        if self.path == "/pictures/4?size=8" and self.known():
            return self.answer(200, b'{"type": "image/png"}', Content_Type="application/json")
        return self.answer(404, b"none")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fields = urllib.parse.parse_qs(body.decode("latin-1"))
        if self.path == "/login" and fields == {"user": ["me"], "password": ["a b"], "csrf": ["t&1"]}:
            return self.answer(302, b"", Location="/home", Set_Cookie="session=17; Path=/; HttpOnly")
        parts = b'name="picture"; filename="p.png"' in body and b"\\x89PNG" in body and b"a caption" in body
        if self.path == "/pictures" and self.known() and parts:
            return self.answer(201, b'{"picture": {"id": 4}}', Content_Type="application/json")
        return self.answer(403, b"no")

http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
"""
SHOP_PROBE = """
schema: slim.probe/v1
requests:
- get: /home
  expect: 401
- get: /login
  capture: {CSRF: {form: csrf}}
  expect: 200
- post: /login
  form: {user: me, password: a b, csrf: "${CSRF}"}
  expect: {status: 302, headers: {Location: /home}}
- get: /home
  repeat: 4
  concurrency: 2
  expect: {status: 200, body: home}
- post: /pictures
  multipart: {caption: a caption, picture: {generate: png, file_name: p.png}}
  capture: {ID: /picture/id}
  expect: 201
- get: /pictures/${ID}
  query: {size: 8}
  expect: {status: %s, json: {/type: image/png}}
"""

# Answers a request to /slow after all others.
SLOW = """
import http.server, threading

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/slow":
            threading.Event().wait()
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
"""


@pytest.fixture
def steps(slim, tmp_path):
    """Builds; (what, port, status, error) of each request."""
    def build(source, *options):
        report = slim.build(source, "oci:%s:slim" % (tmp_path / "out"), *options)
        assert report["verify"]["equal"], report["verify"]
        return [(s["what"], s["port"], s["status"], s["error"]) for s in report["runs"][0]["steps"]]
    return build


@pytest.fixture
def nginx(images, tmp_path):
    key, certificate = str(tmp_path / "key"), str(tmp_path / "certificate")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                    "2", "-subj", "/CN=test", "-keyout", key, "-out", certificate], check=True, stderr=subprocess.DEVNULL)
    layer = Layer().file("etc/nginx/test.conf", NGINX)
    for name, path in (("test.key", key), ("test.crt", certificate)):
        with open(path) as f:
            layer.file("etc/nginx/" + name, f.read())
    config = {"Cmd": ["/usr/sbin/nginx", "-c", "/etc/nginx/test.conf"], "StopSignal": "SIGQUIT",
              "ExposedPorts": {"80/tcp": {}, "8080/tcp": {}, "8443/tcp": {}}}
    oci.write_layout(str(tmp_path / "nginx"), "image",
                     oci.Image([images.root("quickstart-nginx", "nginx-light"), layer.write(str(tmp_path / "conf.tar"))], config))
    return "oci:%s:image" % (tmp_path / "nginx")


def python_image(images, tmp_path, program):
    layer = Layer().dir("srv").file("srv/main.py", program)
    config = {"Cmd": ["/usr/bin/python3", "/srv/main.py"], "ExposedPorts": {"8000/tcp": {}}}
    oci.write_layout(str(tmp_path / "image"), "image",
                     oci.Image([images.root("debian-python", "python3"), layer.write(str(tmp_path / "program.tar"))], config))
    return "oci:%s:image" % (tmp_path / "image")


@pytest.mark.needs("openssl")
def test_versions_of_http(steps, nginx):
    plain = ("--http-probe-ports", "80", "--http-probe-cmd", "/h1,http1:GET:/h1,http:GET:/h1,http2c:GET:/h2")
    assert steps(nginx, *plain) == [
        ("GET /h1", 80, 200, None)] * 3 + [("GET /h2", 80, -1, "the service does not speak HTTP/2")]
    known_before = ("--http-probe-ports", "8080", "--http-probe-cmd", "http2.insecure:GET:/h2,http2c:GET:/h2")
    assert steps(nginx, *known_before) == [("GET /h2", 8080, 200, None)] * 2
    agreed = ("--http-probe-ports", "8443", "--http-probe-cmd",
              "/h2,http2:GET:/h2,https:GET:/h2,http2.insecure:GET:/h2,http1:GET:/h1,http1:GET:/h2")
    assert steps(nginx, *agreed) == [("GET /h2", 8443, 200, None)] * 4 + [
        ("GET /h1", 8443, 200, None), ("GET /h2", 8443, 505, None)]


def test_a_request_has_a_time_limit(steps, images, tmp_path):
    options = ("--http-probe-cmd", "/slow,/quick", "--http-probe-client-timeout", "2", "--stop-timeout", "1")
    assert steps(python_image(images, tmp_path, SLOW), *options) == [
        ("GET /slow", 8000, -1, "no answer within 2 s"), ("GET /quick", 8000, 200, None)]


def test_a_login_an_upload_and_what_is_not_as_expected(slim, steps, images, tmp_path):
    source = python_image(images, tmp_path, SHOP)
    probe = tmp_path / "shop.yaml"
    probe.write_text(SHOP_PROBE % 200)
    assert [(what, status) for what, _, status, _ in steps(source, "--probe-file", probe, "--stop-timeout", "1")] == [
        ("GET /home", 401), ("GET /login", 200), ("POST /login", 302), *[("GET /home", 200)] * 4, ("POST /pictures", 201),
        ("GET /pictures/${ID}?size=8", 200)]
    probe.write_text(SHOP_PROBE % 204)
    slim.fails("build", source, "-o", "oci:%s:none" % (tmp_path / "none"), "--store", slim.store, "--probe-file", probe,
               "--stop-timeout", "1", status=3, code="answer-unexpected",
               names=["GET /pictures/${ID}?size=8 on port 8000", "status 200, not 204"])


@pytest.mark.needs("openssl")
def test_names_and_certificates(steps, nginx, tmp_path):
    probe = tmp_path / "names.yaml"
    probe.write_text("""
schema: slim.probe/v1
defaults: {port: 9443, scheme: https}
requests:
- {get: /shop, expect: 404}
- {get: /shop, host: shop.example, expect: {status: 200, body: shop}}
- {get: /certified, expect: 403}
- {get: /certified, cert: {file: certificate, key: key}, expect: 200}
""")
    assert [(what, status) for what, _, status, _ in steps(nginx, "--probe-file", probe)] == [
        ("GET /shop", 404), ("GET /shop", 200), ("GET /certified", 403), ("GET /certified", 200)]
