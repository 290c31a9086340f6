"""Stand-ins for engines: relays before a real engine, and a double that answers as the test defines."""
import os
import re
import socket
import ssl
import threading


class Listener:
    """A thread for each connection; stop() ends all of them."""

    def __init__(self, listening):
        self.listening, self.connections, self.stopped = listening, [], False
        self.listening.listen(16)
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            self.handle(connection)
        except OSError:
            pass  # the peer went away, or stop() was called
        finally:
            connection.close()

    def stop(self):
        self.stopped = True
        try:
            self.listening.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listening.close()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    try:
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class TlsRelay(Listener):
    """Relays TLS on a port of loopback to an engine's unix socket. Clients need a certificate of the CA."""

    def __init__(self, path, authority):
        self.path = path
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(authority.cert, authority.key)
        self.context.load_verify_locations(authority.ca)
        self.context.verify_mode = ssl.CERT_REQUIRED
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        super().__init__(listening)

    def handle(self, connection):
        with self.context.wrap_socket(connection, server_side=True) as outer, \
                socket.socket(socket.AF_UNIX) as inner:
            inner.connect(self.path)
            back = threading.Thread(target=pump, args=(inner, outer), daemon=True)
            back.start()
            pump(outer, inner)
            back.join()


class CutRelay(Listener):
    """Relays to an engine's unix socket, and breaks each connection after this many bytes to the engine."""

    def __init__(self, path, engine, most):
        self.path, self.engine, self.most = path, engine, most
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(path)
        super().__init__(listening)

    def handle(self, connection):
        left = self.most
        with socket.socket(socket.AF_UNIX) as inner:
            inner.connect(self.engine)
            threading.Thread(target=pump, args=(inner, connection), daemon=True).start()
            while left > 0 and (data := connection.recv(min(left, 65536))):
                inner.sendall(data)
                left -= len(data)

    def stop(self):
        super().stop()
        os.unlink(self.path)


class CountRelay(Listener):
    """Relays to an engine's unix socket. asked: the lines "GET /path" of all requests, in order, without the version;
    dialled: the connections. idle: seconds without a request after which it ends a connection, as a proxy may."""

    REQUEST = re.compile(rb"([A-Z]+) (?:/v[0-9.]+)?(/\S*) HTTP/1\.1\r\n")

    def __init__(self, path, engine, idle=None):
        self.path, self.engine, self.idle, self.asked, self.dialled = path, engine, idle, [], 0
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(path)
        super().__init__(listening)

    def handle(self, connection):
        self.dialled += 1
        connection.settimeout(self.idle)
        with socket.socket(socket.AF_UNIX) as inner:
            inner.connect(self.engine)
            threading.Thread(target=pump, args=(inner, connection), daemon=True).start()
            while data := connection.recv(65536):
                if line := self.REQUEST.match(data):  # a client sends nothing before it has its answer
                    self.asked.append("%s %s" % (line[1].decode(), line[2].decode()))
                inner.sendall(data)
            inner.shutdown(socket.SHUT_WR)

    def stop(self):
        super().stop()
        os.unlink(self.path)


class Relay:
    """A port of loopback before an engine's unix socket: over it the engine may be on any machine. asked: the first
    lines of requests."""

    def __init__(self, path):
        self.path, self.asked = path, []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.host = "tcp://127.0.0.1:%d" % self.listening.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                outer, _ = self.listening.accept()
            except OSError:
                return
            inner = socket.socket(socket.AF_UNIX)
            inner.connect(self.path)
            threading.Thread(target=self.pump, args=(outer, inner, self.asked), daemon=True).start()
            threading.Thread(target=self.pump, args=(inner, outer, None), daemon=True).start()

    @staticmethod
    def pump(source, sink, asked):
        try:
            while data := source.recv(65536):
                if asked is not None and data[:4] == b"GET ":
                    asked.append(data.split(b"\r\n")[0].decode())
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def exports(self):
        return sum(1 for line in self.asked if "/get " in line)

    def stop(self):
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()


class EngineDouble(Listener):
    """answers: {"METHOD PATH without version and query": bytes, or a function of (connection, body reader, body length)}. Other
    paths get 404. requests: the requests so far, in order."""

    def __init__(self, path, answers):
        self.path, self.answers, self.requests = path, dict({"GET /_ping": ok(b"OK", "Api-Version: 1.41")}, **answers), []
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(path)
        super().__init__(listening)

    def handle(self, connection):
        reader = connection.makefile("rb")
        while line := reader.readline():
            headers = {}
            while (header := reader.readline().strip()):
                name, _, value = header.decode().partition(":")
                headers[name.lower()] = value.strip()
            method, target, _ = line.decode().split()
            target = target.partition("?")[0]
            if target.startswith("/v1."):
                target = "/" + target.split("/", 2)[2]
            request = "%s %s" % (method, target)
            self.requests.append(request)
            if "100-continue" in headers.get("expect", ""):
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            answer = self.answers.get(request, status(404, b'{"message":"No such image"}'))
            if callable(answer):
                answer(connection, reader, int(headers.get("content-length", 0)))
                return
            reader.read(int(headers.get("content-length", 0)))
            connection.sendall(answer)

    def stop(self):
        super().stop()
        os.unlink(self.path)


def status(code, body, *headers):
    head = ["HTTP/1.1 %d Reason" % code, "Content-Length: %d" % len(body), *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def ok(body, *headers):
    return status(200, body, *headers)


def endless(piece):
    """Answers with a body that never ends."""
    def answer(connection, reader, length):
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
    return answer


def cut(body, rest=1000):
    """Breaks the connection within the body of the answer."""
    return lambda connection, reader, length: connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body) + rest, body))


def hang_up_after(n=None):
    """Breaks the connection when n bytes of the request's body have arrived, or all of it."""
    def answer(connection, reader, length):
        reader.read(length if n is None else n)
    return answer
