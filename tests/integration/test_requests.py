"""Requests that options name, against real servers: what is spoken, and how long it may take."""
import os
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
        listen 80;
        listen 8080 http2;
        listen 8443 ssl http2;
        location /h1 { if ($server_protocol != "HTTP/1.1") { return 505; } return 200 "one"; }
        location /h2 { if ($server_protocol != "HTTP/2.0") { return 505; } return 200 "two"; }
    }
}
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


def debian(images, package):
    tar = os.path.join(images.cache, {"nginx-light": "quickstart-nginx.tar", "python3": "debian-python.tar"}[package])
    if not os.path.exists(tar):
        subprocess.run([os.path.join(images.tools, "debian"), tar, package], check=True)
    return tar


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
                     oci.Image([debian(images, "nginx-light"), layer.write(str(tmp_path / "conf.tar"))], config))
    return "oci:%s:image" % (tmp_path / "nginx")


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
    layer = Layer().dir("srv").file("srv/slow.py", SLOW)
    config = {"Cmd": ["/usr/bin/python3", "/srv/slow.py"], "ExposedPorts": {"8000/tcp": {}}}
    oci.write_layout(str(tmp_path / "slow"), "image",
                     oci.Image([debian(images, "python3"), layer.write(str(tmp_path / "slow.tar"))], config))
    options = ("--http-probe-cmd", "/slow,/quick", "--http-probe-client-timeout", "2", "--stop-timeout", "1")
    assert steps("oci:%s:image" % (tmp_path / "slow"), *options) == [
        ("GET /slow", 8000, -1, "no answer within 2 s"), ("GET /quick", 8000, 200, None)]
