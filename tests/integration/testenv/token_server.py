"""A token server for docker-registry's token authentication, in this process. Its attributes define what it does; log holds
the requests. Spec: distribution token spec (GET) and its OAuth2 form (POST)."""
import base64
import datetime
import http.server
import json
import os
import ssl
import subprocess
import threading
import time
import urllib.parse

ISSUER = "slim-test-issuer"
LEEWAY = 60  # seconds that docker-registry takes a token after its end


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def compact(value):
    return base64url(json.dumps(value, separators=(",", ":")).encode())


class TokenServer:
    """users: {name: password}; identities: {identity token: name}; anonymous: the actions of one without a name (None:
    refused); may: the actions of a named one. life: seconds that the registry takes a token; told: expires_in of the
    answer (None: not said). refuse: so many requests to come are answered with refuse_status. field: the member that
    holds the token. log: a dict for each request."""

    def __init__(self, directory, service, certificate=None):
        self.directory, self.service = str(directory), service
        self.users, self.identities = {}, {}
        self.anonymous, self.may = ("pull",), ("pull", "push", "delete", "*")
        self.life, self.told, self.field = 300, 300, "token"
        self.refuse, self.refuse_status = 0, 503
        self.log, self.lock, self.issued = [], threading.Lock(), 0
        self.key, self.cert = os.path.join(self.directory, "token.key"), os.path.join(self.directory, "token.crt")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + ISSUER, "-days",
                        "2", "-keyout", self.key, "-out", self.cert], check=True, stderr=subprocess.DEVNULL)
        der = subprocess.run(["openssl", "x509", "-in", self.cert, "-outform", "DER"], check=True,
                             stdout=subprocess.PIPE).stdout
        self.header = compact({"typ": "JWT", "alg": "RS256", "x5c": [base64.b64encode(der).decode()]})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.realm = "%s://localhost:%d/token" % ("https" if certificate else "http", self.server.server_address[1])
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def asked(self, since=0):
        """The requests of the log from since on, as (user, "scope scope"); user None: anonymous."""
        with self.lock:
            return [(entry["user"], " ".join(entry["scopes"])) for entry in self.log[since:]]

    def token(self, user, scopes):
        """It contains the requested actions that the user may do."""
        allowed = self.may if user is not None else self.anonymous
        access = []
        for scope in scopes:
            kind, _, rest = scope.partition(":")
            name, _, actions = rest.rpartition(":")
            granted = [action for action in actions.split(",") if action in allowed]
            if granted:
                access.append({"type": kind, "name": name, "actions": granted})
        now = int(time.time())
        self.issued += 1
        claims = {"iss": ISSUER, "sub": user or "", "aud": self.service, "iat": now, "nbf": now - 2 * LEEWAY,
                  "exp": now + self.life - LEEWAY, "jti": str(self.issued), "access": access}
        text = self.header + "." + compact(claims)
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key], input=text.encode(), check=True,
                                   stdout=subprocess.PIPE).stdout
        return text + "." + base64url(signature)

    def answer(self, entry):
        """Returns (status, object) for the request, and fills in the user."""
        with self.lock:
            if entry["service"] != self.service:
                status, body = 400, {"details": "service is not " + self.service}
            elif self.refuse > 0:
                self.refuse -= 1
                status, body = self.refuse_status, {"details": "not now"}
            elif not self.authenticate(entry) or (entry["user"] is None and self.anonymous is None):
                status, body = 401, {"details": "incorrect username or password"}
            else:
                status, body = 200, {self.field: self.token(entry["user"], entry["scopes"]),
                                     "issued_at": datetime.datetime.utcnow().strftime("%Y-%m-%dT%H:%M:%SZ")}
                if self.told is not None:
                    body["expires_in"] = self.told
            entry["status"] = status
            self.log.append(entry)
        return status, body

    def authenticate(self, entry):
        form, basic = entry.pop("form"), entry.pop("basic")
        if entry["grant"] == "refresh_token":
            entry["user"] = self.identities.get(form.get("refresh_token", [""])[0])
            return entry["user"] is not None
        if entry["grant"] == "password":
            name, password = form.get("username", [""])[0], form.get("password", [""])[0]
        elif entry["grant"] is None and basic is None:
            return True
        elif entry["grant"] is None:
            name, _, password = basic.partition(":")
        else:
            return False
        if name in self.users and self.users[name] == password:
            entry["user"] = name
            return True
        return False

    def handler(self):
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def ask(self, fields, form):
                basic, header = None, self.headers.get("Authorization", "")
                if header.startswith("Basic "):
                    basic = base64.b64decode(header[6:]).decode()
                scopes = " ".join(fields.get("scope", [])).split()
                status, body = owner.answer({
                    "method": self.command, "grant": form.get("grant_type", [None])[0] if form else None,
                    "service": fields.get("service", [""])[0], "scopes": scopes, "user": None,
                    "account": fields.get("account", [None])[0], "agent": self.headers.get("User-Agent", ""),
                    "form": form, "basic": basic})
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self):
                self.ask(urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query), None)

            def do_POST(self):
                form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.ask(form, form)

        return Handler
