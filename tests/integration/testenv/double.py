"""A registry in this process that serves an OCI layout and misbehaves when it is told to. Spec: OCI distribution-spec
1.1. Unlike docker-registry, it is wrong on purpose.

    double = Double(layout)                  # every tag of the layout, in every repository
    double.on("blob", cut(1000), times=2)    # answers the next two requests of blobs like this
    double.log                               # a Request for each request

An action is called with the handler and the Answer that would be given, and either changes the answer (and returns
None) or writes to the handler by itself (and returns True). More kinds of requests: subclass, and route()."""
import base64
import email.utils
import hashlib
import http.server
import json
import os
import re
import socket
import ssl
import threading
import time

MANIFEST = re.compile(r"^/v2/(?P<name>.+)/manifests/(?P<reference>[^/]+)$")
BLOB = re.compile(r"^/v2/(?P<name>.+)/blobs/(?P<reference>[a-z0-9]+:[0-9a-f]+)$")
BLOCK = 64 << 10


class Answer:
    def __init__(self, status, body=b"", headers=None):
        self.status, self.body, self.headers = status, body, dict(headers or {})


class Request:
    """kind: "ping", "manifest", "blob", "token" or "other"; reference: the tag or digest; shown: whether the client
    showed a certificate."""

    def __init__(self, method, path, headers, kind, reference, shown=False):
        self.method, self.path, self.headers, self.kind, self.reference = method, path, headers, kind, reference
        self.shown = shown

    def __repr__(self):
        return "%s %s" % (self.method, self.path)


def error(status, code, message, **headers):
    body = json.dumps({"errors": [{"code": code, "message": message}]}).encode()
    return Answer(status, body, dict({"Content-Type": "application/json"}, **headers))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    double = None

    def handle_any(self):
        try:
            self.double.serve(self)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True  # the client went away

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def head(self, status, headers):
        """Sends the status line and the headers as given, without adding a Content-Length."""
        lines = ["HTTP/1.1 %d X" % status] + ["%s: %s" % item for item in headers.items()]
        self.wfile.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def answer(self, answer):
        self.head(answer.status, dict({"Content-Length": str(len(answer.body))}, **answer.headers))
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def drop(self):
        """Ends the connection at once."""
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # the client does not use TLS, or went away


class Double:
    """certificate: (cert, key) files, for TLS. clients: a file of the certificates that clients may present; must_show: they
    must present one. ranges: whether parts of blobs are served. users: {name: password}, for Basic. tokens: Bearer, from
    /token of this server; each token is valid for token_uses requests (None: any number). expires_in: as in the answer."""

    def __init__(self, layout=None, certificate=None, address="127.0.0.1", clients=None, must_show=False):
        self.layout, self.ranges = layout, True
        self.users, self.tokens, self.token_uses, self.expires_in = None, False, None, 300
        self.issued = {}  # token: the number of requests for which it is still valid
        self.faults, self.log, self.lock = [], [], threading.Lock()
        self.stopping = threading.Event()
        self.server = Server((address, 0), type("Handler", (Handler,), {"double": self}))
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            if clients:
                context.load_verify_locations(clients)
                context.verify_mode = ssl.CERT_REQUIRED if must_show else ssl.CERT_OPTIONAL
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                     do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.host = "%s:%d" % ("localhost" if certificate else address, self.port)
        self.url = "%s://%s" % ("https" if certificate else "http", self.host)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def stop(self):
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def reference(self, name="test/x:image"):
        return "docker://%s/%s" % (self.host, name)

    # the faults to come, and the requests so far

    def on(self, kind, action, times=1, where=lambda request: True):
        """Applies the action to the next times requests of the kind for which where() is true. kind None: any. times None: all."""
        self.faults.append({"kind": kind, "action": action, "left": times, "where": where})
        return self

    def asked(self, kind, method=None):
        with self.lock:
            return [r for r in self.log if r.kind == kind and method in (None, r.method)]

    # serving

    def serve(self, handler):
        path = handler.path.partition("?")[0]
        kind, reference = "other", None
        for name, pattern in (("manifest", MANIFEST), ("blob", BLOB)):
            match = pattern.match(path)
            if match:
                kind, reference = name, match.group("reference")
        kind = {"/v2/": "ping", "/token": "token"}.get(path, kind)
        shown = isinstance(handler.connection, ssl.SSLSocket) and bool(handler.connection.getpeercert())
        request = Request(handler.command, handler.path, dict(handler.headers.items()), kind, reference, shown)
        with self.lock:
            self.log.append(request)
            actions = [fault for fault in self.faults
                       if fault["left"] != 0 and fault["kind"] in (None, kind) and fault["where"](request)][:1]
            for fault in actions:
                if fault["left"]:
                    fault["left"] -= 1
        answer = self.refuse(request) or self.route(handler, request)
        for fault in actions:
            if fault["action"](handler, answer):
                return
        handler.answer(answer)

    def route(self, handler, request):
        if request.kind == "ping":
            return Answer(200, b"{}", {"Content-Type": "application/json"})
        if request.kind == "token":
            return self.token(request)
        if request.kind == "manifest" and request.method in ("GET", "HEAD"):
            return self.manifest(request.reference)
        if request.kind == "blob" and request.method in ("GET", "HEAD"):
            return self.blob(request)
        return error(404, "UNSUPPORTED", "no such thing")

    def blob_path(self, digest):
        return os.path.join(self.layout, "blobs", *digest.split(":"))

    def read(self, digest):
        try:
            with open(self.blob_path(digest), "rb") as f:
                return f.read()
        except FileNotFoundError:
            return None

    def manifest(self, reference):
        with open(os.path.join(self.layout, "index.json")) as f:
            entries = json.load(f)["manifests"]
        tags = {e["annotations"]["org.opencontainers.image.ref.name"]: e["digest"] for e in entries}
        data = self.read(tags.get(reference, reference)) if ":" in tags.get(reference, reference) else None
        if data is None:
            return error(404, "MANIFEST_UNKNOWN", "manifest unknown to the double")
        return Answer(200, data, {"Content-Type": json.loads(data)["mediaType"],
                                  "Docker-Content-Digest": "sha256:" + hashlib.sha256(data).hexdigest()})

    def blob(self, request):
        data = self.read(request.reference)
        if data is None:
            return error(404, "BLOB_UNKNOWN", "blob unknown to the double")
        headers = {"Content-Type": "application/octet-stream"}
        match = re.match(r"^bytes=(\d+)-(\d*)$", request.headers.get("Range", ""))
        if not match or not self.ranges:
            return Answer(200, data, headers)
        first, last = int(match.group(1)), int(match.group(2) or len(data) - 1)
        headers["Content-Range"] = "bytes %d-%d/%d" % (first, last, len(data))
        return Answer(206, data[first:last + 1], headers)

    # authorization

    def refuse(self, request):
        """Returns the 401 for a request that is not authorized, otherwise None."""
        sent = request.headers.get("Authorization", "")
        if request.kind == "token" or not (self.users or self.tokens):
            return None
        if self.tokens:
            with self.lock:
                left = self.issued.get(sent.partition(" ")[2], 0)
                if left is None or left > 0:
                    if left:
                        self.issued[sent.partition(" ")[2]] = left - 1
                    return None
            challenge = 'Bearer realm="%s/token",service="double",scope="repository:test/x:pull"' % self.url
        else:
            if sent in self.basics():
                return None
            challenge = 'Basic realm="double"'
        return error(401, "UNAUTHORIZED", "the double wants to know who you are", **{"WWW-Authenticate": challenge})

    def basics(self):
        return ["Basic " + base64.b64encode(("%s:%s" % user).encode()).decode() for user in (self.users or {}).items()]

    def token(self, request):
        if self.users and request.headers.get("Authorization") not in self.basics():
            return error(401, "UNAUTHORIZED", "wrong password")
        with self.lock:
            token = "token-%d" % len(self.issued)
            self.issued[token] = self.token_uses
        return Answer(200, json.dumps({"token": token, "expires_in": self.expires_in}).encode(),
                      {"Content-Type": "application/json"})

    def revoke(self):
        """Ends the validity of all tokens."""
        with self.lock:
            self.issued = {token: 0 for token in self.issued}


# ---- actions ----

def status(code, **headers):
    """Answers with another status and an error of a registry. Names of headers have _ instead of -."""
    def act(handler, answer):
        other = error(code, "DOUBLE", "the double says \x1b[31m%d" % code)
        answer.status, answer.body = other.status, other.body
        answer.headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return act


def header(**headers):
    """Replaces headers of the answer. None removes one."""
    def act(handler, answer):
        for name, value in headers.items():
            answer.headers.pop(name.replace("_", "-"), None)
            if value is not None:
                answer.headers[name.replace("_", "-")] = value
    return act


def body(change):
    """Replaces the body by change(body)."""
    def act(handler, answer):
        answer.body = change(answer.body)
    return act


def flipped(data):
    """Changes one bit in the middle of the body."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1:]


def cut(at, said=True):
    """Breaks the connection after this many bytes of the body (negative: counted from its end). said: the answer names the
    full length; otherwise the end of the connection ends the body."""
    def act(handler, answer):
        headers = dict(answer.headers, Connection="close")
        if said:
            headers["Content-Length"] = str(len(answer.body))
        handler.head(answer.status, headers)
        handler.wfile.write(answer.body[:at])
        handler.drop()
        return True
    return act


def reset(handler, answer):
    """Does not answer."""
    handler.drop()
    return True


def endless_body(handler, answer):
    """Sends in chunks: the real body, then zeros without end."""
    handler.head(answer.status, dict(answer.headers, **{"Transfer-Encoding": "chunked"}))
    data = answer.body
    while not handler.double.stopping.is_set():
        for at in range(0, len(data), BLOCK):
            part = data[at:at + BLOCK]
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        data = bytes(BLOCK)
    return True


def endless_header(handler, answer):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not handler.double.stopping.is_set():
        handler.wfile.write(b"X-More: %s\r\n" % (b"x" * 1000))
    return True


def redirect(location, code=307):
    """location: a URL, or a function of the path."""
    def act(handler, answer):
        answer.status, answer.body = code, b""
        answer.headers = {"Location": location(handler.path) if callable(location) else location}
    return act


def slowly(pieces, pause=0.05):
    """Sends the body in this many pieces, with a pause between them."""
    def act(handler, answer):
        handler.head(answer.status, dict({"Content-Length": str(len(answer.body))}, **answer.headers))
        step = max(1, -(-len(answer.body) // pieces))
        for at in range(0, len(answer.body), step):
            handler.wfile.write(answer.body[at:at + step])
            handler.double.stopping.wait(pause)
        return True
    return act


def silent(handler, answer):
    """Sends the headers and half of the body, then nothing until the client goes away."""
    handler.head(answer.status, dict({"Content-Length": str(len(answer.body))}, **answer.headers))
    handler.wfile.write(answer.body[:len(answer.body) // 2])
    handler.wfile.flush()
    handler.connection.settimeout(None)
    handler.connection.recv(1)
    handler.close_connection = True
    return True


def calling(function):
    """Calls function, and answers as usual."""
    def act(handler, answer):
        function()
    return act


def http_date(seconds):
    """This many seconds from now, as a date for Retry-After."""
    return email.utils.formatdate(time.time() + seconds, usegmt=True)
