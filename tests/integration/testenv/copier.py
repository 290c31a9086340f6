"""slim's transports without its stages: bench-copy-image of the build copies an image from one to another."""
import http.client
import http.server
import json
import os
import signal
import socket
import subprocess
import threading

from testenv.slim import Result

TIMEOUT = 60


class Copier:
    def __init__(self, program, directory, environment):
        self.program = os.path.join(os.path.dirname(program), "..", "tests", "bench", "bench-copy-image")
        assert os.access(self.program, os.X_OK), "no %s: build it" % self.program
        self.directory, self.environment = str(directory), environment

    def start(self, *args):
        return subprocess.Popen([self.program, *args], cwd=self.directory, env=self.environment, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def end(self, process, timeout=TIMEOUT):
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise AssertionError("copy_image did not end: %s" % (process.communicate(),))
        return Result(process.returncode, out, err)

    def copy(self, *args):
        """Copies, which must succeed. Returns the digest."""
        result = self.end(self.start(*args))
        assert result.status == 0, result
        return json.loads(result.out)["digest"]

    def fails(self, *args, code, names=()):
        """Copies, which must fail with one line. The message must contain all of names. Returns its code and the message."""
        result = self.end(self.start(*args))
        assert result.status == 1 and result.err.count("\n") == 1, result
        assert result.err.split(" ")[0] == code, result
        for name in [names] if isinstance(names, str) else names:
            assert name in result.err, result
        return result.err

    def interrupt(self, process):
        process.send_signal(signal.SIGINT)
        return self.end(process, 20)


def insecure(directory, *hosts):
    """Writes a registries.conf that selects plain HTTP for these hosts."""
    path = os.path.join(str(directory), "registries.conf")
    with open(path, "w") as f:
        for host in hosts:
            f.write('[[registry]]\nlocation = "%s"\ninsecure = true\n' % host)
    return path


class Tap:
    """A relay before a server on loopback. It passes on this many bytes of requests, over all connections. Then it sets
    reached and passes on nothing more. cut: instead it cuts that connection, once, and passes on all others."""

    def __init__(self, port, most, cut=False):
        self.target, self.most, self.cut, self.reached = port, most, cut, threading.Event()
        self.lock, self.sockets = threading.Lock(), []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near = self.listener.accept()[0]
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            self.sockets += [near, far]
            threading.Thread(target=self.pump, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self.pump, args=(far, near, False), daemon=True).start()

    def pump(self, source, sink, counted):
        try:
            while True:
                data = source.recv(1 << 14)
                with self.lock:
                    if counted:
                        self.most -= len(data)
                    stop = self.most < 0
                    if stop and self.cut:
                        self.most = float("inf")
                if stop:
                    self.reached.set()
                    if self.cut:
                        source.shutdown(socket.SHUT_RDWR)
                        sink.shutdown(socket.SHUT_RDWR)
                    return
                if not data:
                    sink.shutdown(socket.SHUT_WR)
                    return
                sink.sendall(data)
        except OSError:
            pass

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for s in self.sockets:
            s.close()


class Narrow(http.server.ThreadingHTTPServer):
    """A relay before a registry on loopback, like a proxy that refuses large requests: above this many bytes it answers
    413 itself."""
    daemon_threads = True

    def __init__(self, port, most):
        super().__init__(("127.0.0.1", 0), NarrowHandler)
        self.target, self.most, self.port = port, most, self.server_address[1]
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class NarrowHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def handle_expect_100(self):
        # A body that is too large is refused before it arrives.
        return int(self.headers.get("Content-Length") or 0) > self.server.most or super().handle_expect_100()

    def pass_on(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > self.server.most:
            self.close_connection = True
            return self.send_error(413)
        far = http.client.HTTPConnection("127.0.0.1", self.server.target, timeout=TIMEOUT)
        headers = {k: v for k, v in self.headers.items() if k not in ("Expect", "Connection")}
        far.request(self.command, self.path, self.rfile.read(length), headers)
        answer = far.getresponse()
        data = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name not in ("Connection", "Transfer-Encoding"):
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
        far.close()

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = pass_on
