"""A registry that accepts images and misbehaves meanwhile, in this process: uploads in one request and in pieces,
manifests, mounts, referrers, tokens. fault() defines what it does wrong; log holds all requests.
Spec: OCI distribution-spec 1.1."""
import hashlib
import http.server
import json
import re
import socket
import struct
import sys
import threading
import urllib.parse

RANGE = re.compile(r"(\d+)-(\d+)$")
BLOCK = 1 << 16


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Fault:
    """For the requests of a method whose path matches: the first skip of them pass, the next times do not (-1: none does).
    status and headers: the answer; read: bytes of the body that are read before it, None for all; keep: they count as
    received by the upload session; cut: the connection is cut there instead of an answer; hold: an Event that is waited
    for there, met being set when that begins; lost: the request is served, but the answer is cut."""

    def __init__(self, method, path, times=1, skip=0, status=None, headers=None, read=None, keep=False, cut=False,
                 hold=None, lost=False):
        self.method, self.path, self.times, self.skip = method, re.compile(path), times, skip
        self.status, self.headers, self.read, self.keep, self.cut = status, headers or {}, read, keep, cut
        self.hold, self.lost, self.met = hold, lost, threading.Event()

    def takes(self, method, path):
        if self.method != method or not self.path.search(path) or self.times == 0:
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True


class UploadDouble:
    """location: what an upload's Location looks like, a function of (double, path). largest: bytes of a request above
    which it answers 413. pieces: whether PATCH is known. least: OCI-Chunk-Min-Length. tells: what it says that it stored,
    a function of the digest, or None for nothing. subject: whether it knows referrers. etags: whether manifests have
    ETags that count. counts: how many bytes it says that it has, a function of how many it has. tokens: how many requests each token is good for, in the order they are given out, the last number for
    all further ones; None: none is needed.
    foreign_log: what came to the other host, with "authorization" where there was one."""

    def __init__(self):
        self.blobs, self.manifests, self.uploads = {}, {}, {}
        self.faults, self.log, self.foreign_log = [], [], []
        self.location = lambda double, path: path
        self.largest, self.pieces, self.least, self.subject, self.etags = None, True, None, False, False
        self.tells, self.counts = lambda digest: digest, lambda count: count
        self.tokens, self.left, self.issued = None, {}, 0
        self.lock, self.serial = threading.RLock(), 0
        self.servers = [self.serve(foreign) for foreign in (False, True)]
        self.port, self.foreign_port = (server.server_address[1] for server in self.servers)
        self.host, self.foreign = "localhost:%d" % self.port, "http://localhost:%d" % self.foreign_port

    def serve(self, foreign):
        server = Server(("127.0.0.1", 0), handler(self, foreign))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return server

    def stop(self):
        for fault in self.faults:
            if fault.hold:
                fault.hold.set()
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def fault(self, *args, **more):
        self.faults.append(Fault(*args, **more))
        return self.faults[-1]

    def asked(self, method=None, path=""):
        with self.lock:
            return [e for e in self.log if method in (None, e["method"]) and re.search(path, e["path"])]

    def count(self, method, path=""):
        return len(self.asked(method, path))

    def holes(self):
        """Lists what manifests name and the registry lacks."""
        out = []
        for _, data in self.manifests.values():
            doc = json.loads(data)
            for d in doc.get("layers", []) + ([doc["config"]] if "config" in doc else []):
                if d["digest"] not in self.blobs:
                    out.append(d["digest"])
            out += [d["digest"] for d in doc.get("manifests", []) if d["digest"] not in self.manifests]
        return out


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, address):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # these are what it is for
            super().handle_error(request, address)


class Cut(Exception):
    pass


def handler(double, foreign):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args):
            pass

        def cut(self):
            # A reset instead of an end, so that everything that the peer still sends fails at once.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            raise Cut

        def body(self, most=None):
            if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                return self.chunked(most)
            left, out = self.length, bytearray()
            left = left if most is None else min(left, most)
            while left:
                data = self.rfile.read(min(left, BLOCK))
                if not data:
                    raise Cut
                out += data
                left -= len(data)
            return bytes(out)

        def chunked(self, most):
            out = bytearray()
            while most is None or len(out) < most:
                size = int(self.rfile.readline().split(b";")[0], 16)
                out += self.rfile.read(size)
                self.rfile.readline()
                if not size:
                    break
            return bytes(out)

        def answer(self, status, headers=None, data=b""):
            with double.lock:
                self.entry["status"] = status
            if getattr(self, "lost", False):
                self.cut()
            self.send_response(status)
            headers = dict(headers or {})
            if status != 204:
                headers.setdefault("Content-Length", str(len(data)))
            for name, value in headers.items():
                self.send_header(name, value)
            if status >= 400 and self.unread:
                self.send_header("Connection", "close")
                self.close_connection = True
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)
            if self.close_connection and self.unread:
                # Like a proxy, it discards the rest of the request. Otherwise a reset would lose the answer.
                try:
                    self.connection.shutdown(socket.SHUT_WR)
                    while self.rfile.read1(BLOCK):
                        pass
                except OSError:
                    pass  # it is gone already

        def error(self, status, code, headers=None):
            self.answer(status, headers, json.dumps({"errors": [{"code": code, "message": code.lower()}]}).encode())

        def serve(self):
            self.length = int(self.headers.get("Content-Length") or 0)
            self.unread = self.length > 0
            url = urllib.parse.urlsplit(self.path)
            self.query = {k: v[0] for k, v in urllib.parse.parse_qs(url.query).items()}
            self.entry = {"method": self.command, "path": self.path, "length": self.length,
                          "authorization": self.headers.get("Authorization"), "range": self.headers.get("Content-Range")}
            with double.lock:
                (double.foreign_log if foreign else double.log).append(self.entry)
                fault = next((f for f in double.faults if f.takes(self.command, self.path)), None)
            try:
                if fault and self.fail(fault, url.path):
                    return
                if not foreign and not self.authorized(url.path):
                    return
                self.route(url.path)
            except (Cut, ConnectionError):
                self.close_connection = True

        do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = serve

        def fail(self, fault, path):
            """Returns true when the request is done."""
            if fault.lost:
                self.lost = True
                return False
            data = self.body(fault.read)
            self.unread = len(data) < self.length
            session = double.uploads.get(path.rpartition("/")[2])
            if fault.keep and session is not None:
                session += data
            fault.met.set()
            if fault.hold:
                fault.hold.wait(60)
            if fault.cut:
                self.cut()
            self.error(fault.status, "TOLD_SO", fault.headers)
            return True

        # tokens

        def authorized(self, path):
            if double.tokens is None or path == "/token":
                return True
            token = (self.headers.get("Authorization") or "").partition("Bearer ")[2]
            with double.lock:
                good = double.left.get(token, 0) > 0
                if good:
                    double.left[token] -= 1
            if not good:
                self.error(401, "UNAUTHORIZED", {"WWW-Authenticate": 'Bearer realm="http://%s/token",service="double"'
                                                                     % double.host})
            return good

        def token(self):
            with double.lock:
                double.issued += 1
                name = "token-%d" % double.issued
                double.left[name] = double.tokens[min(double.issued, len(double.tokens)) - 1]
            self.answer(200, {"Content-Type": "application/json"},
                        json.dumps({"token": name, "expires_in": 300}).encode())

        # routes

        def route(self, path):
            if path == "/token":
                return self.token()
            if path == "/v2/":
                return self.answer(200)
            for pattern, handle in ((r"/v2/(.+)/blobs/uploads/$", self.begin), (r"/v2/(.+)/blobs/uploads/([^/]+)$", self.upload),
                                    (r"/v2/(.+)/blobs/(sha256:\w+)$", self.blob),
                                    (r"/v2/(.+)/manifests/([^/]+)$", self.manifest),
                                    (r"/v2/(.+)/referrers/([^/]+)$", lambda name, digest: self.referrers(digest))):
                match = re.match(pattern, path)
                if match:
                    return handle(*match.groups())
            self.error(404, "NAME_UNKNOWN")

        def begin(self, name):
            if self.query.get("mount") in double.blobs and self.query.get("from") == "mountable":
                return self.answer(201, {"Location": "/v2/%s/blobs/%s" % (name, self.query["mount"])})
            with double.lock:
                double.serial += 1
                key = "u%d" % double.serial
                double.uploads[key] = bytearray()
            headers = {"Location": double.location(double, "/v2/%s/blobs/uploads/%s" % (name, key)), "Range": "0-0"}
            if double.least:
                headers["OCI-Chunk-Min-Length"] = str(double.least)
            self.answer(202, headers)

        def too_large(self):
            if double.largest is not None and self.length > double.largest:
                self.error(413, "SIZE_INVALID")
                return True
            return False

        def upload(self, name, key):
            session = double.uploads.get(key)
            if session is None:
                self.body()
                return self.error(404, "BLOB_UPLOAD_UNKNOWN")
            here = {"Location": double.location(double, "/v2/%s/blobs/uploads/%s" % (name, key))}
            if self.command == "DELETE":
                del double.uploads[key]
                return self.answer(204)
            if self.command == "GET":
                return self.answer(204, dict(here, Range="0-%d" % max(len(session) - 1, 0)))
            if self.too_large():
                return None
            if self.command == "PATCH":
                return self.patch(session, here)
            return self.end_upload(name, key, session)

        def patch(self, session, here):
            data = self.body()
            self.unread = False
            if not double.pieces:
                return self.error(405, "UNSUPPORTED")
            match = RANGE.match(self.headers.get("Content-Range", ""))
            if match and (int(match.group(1)) != len(session) or int(match.group(2)) + 1 != len(session) + len(data)):
                return self.error(416, "RANGE_INVALID")
            session += data
            self.answer(202, dict(here, Range="0-%d" % (double.counts(len(session)) - 1)))

        def end_upload(self, name, key, session):
            session += self.body()
            self.unread = False
            want, data = self.query.get("digest"), bytes(session)
            if digest_of(data) != want:
                return self.error(400, "DIGEST_INVALID")
            with double.lock:
                double.uploads.pop(key, None)
                double.blobs[want] = data
            self.answer(201, dict(self.told(want), Location="/v2/%s/blobs/%s" % (name, want)))

        def told(self, digest):
            said = double.tells(digest) if double.tells else None
            return {"Docker-Content-Digest": said} if said else {}

        def blob(self, name, digest):
            data = double.blobs.get(digest)
            if data is None:
                return self.error(404, "BLOB_UNKNOWN")
            self.answer(200, {"Content-Type": "application/octet-stream", "Content-Length": str(len(data))}, data)

        def manifest(self, name, reference):
            if self.command == "PUT":
                return self.put_manifest(reference)
            found = double.manifests.get(reference)
            if found is None:
                return self.error(404, "MANIFEST_UNKNOWN")
            headers = {"Content-Type": found[0], "Content-Length": str(len(found[1]))}
            if double.etags:
                headers["ETag"] = '"%s"' % digest_of(found[1])
            self.answer(200, headers, found[1])

        def referrers(self, digest):
            """One a page."""
            if not double.subject:
                return self.error(404, "NOT_FOUND")
            entries = []
            for name, (kind, data) in sorted(double.manifests.items()):
                doc = json.loads(data)
                if name.startswith("sha256:") and doc.get("subject", {}).get("digest") == digest:
                    entries.append({"mediaType": kind, "digest": name, "size": len(data),
                                    "artifactType": doc["artifactType"]})
            page = int(self.query.get("page", 0))
            headers = {"Content-Type": "application/vnd.oci.image.index.v1+json"}
            if page + 1 < len(entries):
                headers["Link"] = '<%s?page=%d>; rel="next"' % (self.path.partition("?")[0], page + 1)
            body = json.dumps({"schemaVersion": 2, "mediaType": headers["Content-Type"],
                               "manifests": entries[page:page + 1]}).encode()
            self.answer(200, dict(headers, **{"Content-Length": str(len(body))}), body)

        def put_manifest(self, reference):
            data = self.body()
            self.unread = False
            digest, doc = digest_of(data), json.loads(data)
            with double.lock:
                old = double.manifests.get(reference)
                if double.etags and self.headers.get("If-Match") not in (None, old and '"%s"' % digest_of(old[1])):
                    return self.error(412, "DENIED")
                double.manifests[digest] = double.manifests[reference] = (self.headers["Content-Type"], data)
            headers = dict(self.told(digest), Location="/v2/x/manifests/" + digest)
            if double.subject and "subject" in doc:
                headers["OCI-Subject"] = doc["subject"]["digest"]
            self.answer(201, headers)

    return Handler
