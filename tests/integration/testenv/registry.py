"""docker-registry (distribution 2.8) on a free port of loopback, in its own directory: plain, with TLS, with htpasswd,
with tokens, or several of these. skopeo puts images into it, and checks its content."""
import hashlib
import itertools
import os
import re
import shutil
import subprocess

from testenv.engines import call, wait_for
from testenv.token_server import ISSUER, TokenServer

SERVICE = "slim-test-registry"
ACCESS = re.compile(r'\S+ - \S* \[[^]]*\] "(?P<method>\S+) (?P<path>\S+) [^"]*" (?P<status>\d+) '
                    r'(?P<bytes>\d+) "[^"]*" "(?P<agent>[^"]*)"')


def bcrypt(password):
    """Hashes a password for htpasswd. Perl's crypt (libxcrypt) is in every Debian; Python removes its own."""
    return call("perl", "-e", 'print crypt($ARGV[0], q($2b$04$) . "slimslimslimslimslimsu")', password)


class Authority:
    """A private CA, and a certificate of it for localhost and 127.0.0.1."""

    def __init__(self, directory):
        self.certs = os.path.join(directory, "certs")  # holds the CA's certificate only: a certs.d
        os.makedirs(self.certs)
        self.ca, self.ca_key = os.path.join(self.certs, "ca.crt"), os.path.join(directory, "ca.key")
        self.cert, self.key = os.path.join(directory, "server.pem"), os.path.join(directory, "server.key")
        request, extensions = os.path.join(directory, "request"), os.path.join(directory, "extensions")
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        call("openssl", "req", "-x509", *curve, "-subj", "/CN=slim test authority", "-days", "2", "-keyout",
             self.ca_key, "-out", self.ca)
        call("openssl", "req", "-new", *curve, "-subj", "/CN=localhost", "-keyout", self.key, "-out", request)
        with open(extensions, "w") as f:
            f.write("subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
        call("openssl", "x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self.ca_key, "-CAcreateserial",
             "-days", "2", "-extfile", extensions, "-out", self.cert)


class Registry:
    """users: {name: password}, for htpasswd or the token server. host: "localhost:PORT". home: a directory for HOME,
    whose certs.d knows the CA. tokens: the TokenServer, or None."""

    def __init__(self, directory, tls=False, htpasswd=False, tokens=False, users=None):
        self.directory = str(directory)
        self.home, self.storage = os.path.join(self.directory, "home"), os.path.join(self.directory, "storage")
        self.log_path, self.access_path = os.path.join(self.directory, "log"), os.path.join(self.directory, "access")
        os.makedirs(self.home)
        self.users = users or {"ann": "s3cret:%41"}
        self.authority = Authority(os.path.join(self.directory, "tls")) if tls else None
        self.htpasswd, self.tokens, self.with_tokens = htpasswd, None, tokens
        self.process, self.marks = None, itertools.count()

    def config(self):
        lines = ["version: 0.1", "log: {level: info, accesslog: {disabled: false}}",
                 "storage: {filesystem: {rootdirectory: %s}, delete: {enabled: true}, cache: {blobdescriptor: "
                 "inmemory}}" % self.storage]
        # The log names the port, so no other program can take it in between.
        http = "addr: 127.0.0.1:0, secret: slim-test"
        if self.authority:
            http += ", tls: {certificate: %s, key: %s}" % (self.authority.cert, self.authority.key)
        lines.append("http: {%s}" % http)
        if self.htpasswd:
            path = os.path.join(self.directory, "htpasswd")
            with open(path, "w") as f:
                f.writelines("%s:%s\n" % (name, bcrypt(password)) for name, password in self.users.items())
            lines.append("auth: {htpasswd: {realm: slim-test, path: %s}}" % path)
        if self.tokens:
            lines.append("auth: {token: {realm: '%s', service: %s, issuer: %s, rootcertbundle: %s}}"
                         % (self.tokens.realm, SERVICE, ISSUER, self.tokens.cert))
        return "\n".join(lines) + "\n"

    def start(self):
        if self.with_tokens:
            certificate = (self.authority.cert, self.authority.key) if self.authority else None
            self.tokens = TokenServer(self.directory, SERVICE, certificate)
            self.tokens.users = self.users
        path = os.path.join(self.directory, "config.yml")
        with open(path, "w") as f:
            f.write(self.config())
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REGISTRY_")}
        with open(self.log_path, "wb") as log, open(self.access_path, "wb") as access:
            self.process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "docker-registry", "serve", path],
                                            stdin=subprocess.DEVNULL, stdout=access, stderr=log, env=environment,
                                            start_new_session=True)
        self.port = int(wait_for(self.listens, "docker-registry listens").group(1))
        self.host = "localhost:%d" % self.port
        self.url = "%s://%s" % ("https" if self.authority else "http", self.host)
        if self.authority:
            folder = os.path.join(self.home, ".config/containers/certs.d", self.host)
            os.makedirs(folder)
            shutil.copy(self.authority.ca, folder)
        with open(os.path.join(self.home, "registries.conf"), "w") as f:
            if not self.authority:
                f.write('[[registry]]\nlocation = "%s"\ninsecure = true\n' % self.host)
        return self

    def listens(self):
        assert self.process.poll() is None, "docker-registry ended:\n" + self.logs()
        return re.search(r"listening on 127\.0\.0\.1:(\d+)", self.logs())

    def logs(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.tokens:
            self.tokens.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def environment(self, **more):
        """Returns an environment for slim and skopeo without auth files and settings of the machine and its user."""
        gone = ("REGISTRY_AUTH_FILE", "DOCKER_CONFIG", "XDG_CONFIG_HOME", "SSL_CERT_FILE", "SSL_CERT_DIR")
        env = {name: value for name, value in os.environ.items()
               if name not in gone and not name.lower().endswith("_proxy")}
        runtime = os.path.join(self.home, "run")
        os.makedirs(runtime, mode=0o700, exist_ok=True)
        env.update(HOME=self.home, XDG_RUNTIME_DIR=runtime, DOCKER_CONFIG=os.path.join(self.home, ".docker"),
                   CONTAINERS_REGISTRIES_CONF=os.path.join(self.home, "registries.conf"), **more)
        return env

    # skopeo

    def options(self, side="", user=None):
        """skopeo's, for this registry as "dest-" or "src-" or the only one. user: one of users; "" is nobody."""
        user = next(iter(self.users)) if user is None and (self.htpasswd or self.tokens) else user
        out = ["--%scert-dir=%s" % (side, self.authority.certs)] if self.authority else \
              ["--%stls-verify=false" % side]
        return out + (["--%screds=%s:%s" % (side, user, self.users[user])] if user else ["--%sno-creds" % side])

    def reference(self, name):
        return "docker://%s/%s" % (self.host, name)

    def push(self, source, name, *options, user=None):
        """Pushes source, a name of skopeo, as NAME:TAG. Returns the manifest's digest."""
        self.skopeo("copy", "-q", *options, *self.options("dest-", user), source, self.reference(name))
        return self.digest(name)

    def pull(self, name, dest, *options, user=None):
        self.skopeo("copy", "-q", *options, *self.options("src-", user), self.reference(name), dest)

    def raw(self, name):
        """The bytes of the manifest or index."""
        text = self.skopeo("inspect", "--raw", *self.options(), self.reference(name))
        return text.encode("utf-8", "surrogateescape")

    def digest(self, name):
        return "sha256:" + hashlib.sha256(self.raw(name)).hexdigest()

    def skopeo(self, command, *args, **more):
        return call("skopeo", command, *args, env=self.environment(), **more)

    # what is in it and what was asked

    def blob_path(self, digest):
        algorithm, value = digest.split(":")
        return os.path.join(self.storage, "docker/registry/v2/blobs", algorithm, value[:2], value, "data")

    def requests(self, since=0):
        """[{method, path, status, bytes, agent}] of the access log, from the since-th on; the next since is the sum of
        both. A request of our own marks the end: all that was answered before it is there."""
        mark = "/v2/?mark=%d" % next(self.marks)
        call("curl", "-sk", "-o", "/dev/null", "--noproxy", "*", self.url + mark)
        def lines():
            with open(self.access_path, errors="replace") as f:
                text = f.read()
            return mark + " " in text and text
        found = [match.groupdict() for match in ACCESS.finditer(wait_for(lines, "the access log has " + mark))]
        found = [dict(entry, status=int(entry["status"]), bytes=int(entry["bytes"])) for entry in found
                 if "?mark=" not in entry["path"]]
        return found[since:]
