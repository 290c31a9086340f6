"""A machine with a connection to an outside, both in namespaces of the test: no traffic leaves them."""
import os
import shutil
import signal
import subprocess
import sys

MACHINE, OUTSIDE = "198.51.100.1", "198.51.100.2"

# The outside: a web server on 8000, and a name server that resolves every name.
SERVERS = """import http.server, socket, socketserver, struct, sys, threading
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"outside\\n")
    def log_message(self, *args):
        pass
class Server(http.server.HTTPServer):
    def server_bind(self):  # without a look for its name, which takes seconds in vain
        socketserver.TCPServer.server_bind(self)
def names(address):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((address, 53))
    while True:
        query, who = s.recvfrom(512)
        end = query.index(b"\\0", 12) + 5
        has_a = query[end - 4:end - 2] == b"\\0\\1"
        answer = b"\\xc0\\x0c\\0\\1\\0\\1\\0\\0\\0\\1\\0\\4" + socket.inet_aton("%(outside)s") if has_a else b""
        s.sendto(query[:2] + b"\\x81\\x80\\0\\1" + struct.pack(">HHH", has_a, 0, 0) + query[12:end] + answer, who)
where, dns, *web = sys.argv[1:]
servers = [Server((where, int(port)), Answer) for port in web]
for server in servers:
    threading.Thread(target=server.serve_forever, daemon=True).start()
if dns:
    threading.Thread(target=names, args=[dns], daemon=True).start()
print("up", flush=True)
sys.stdin.read()
""" % {"outside": OUTSIDE}

WIRES = """set -e
mount --make-rprivate /
mount --bind "$0" /etc/resolv.conf
mknod --mode=666 "$0.tun" c 10 200 # as udev makes it
mount --bind "$0.tun" /dev/net/tun
ip link set lo up
ip link add near type veth peer name far
echo made
read outside
ip link set far netns "$outside"
ip address add %s/24 dev near
ip link set near up
ip route add default via %s
echo up
exec cat
""" % (MACHINE, OUTSIDE)


class Outside:
    """directory: for a file. dns: where the machine's name server listens: its own address, or the outside's."""

    def __init__(self, directory, dns=OUTSIDE):
        self.started = []
        resolv = os.path.join(str(directory), "resolv.conf")
        with open(resolv, "w") as f:
            f.write("nameserver %s\n" % dns)
        try:
            self.machine = self.start("unshare", "--net", "--mount", "sh", "-c", WIRES, resolv, says="made")
            far = self.start("unshare", "--net", "sh", "-c", "echo up; exec cat", says="up")
            self.tell(self.machine, "%d" % far.pid, says="up")
            subprocess.run(["nsenter", "--net=/proc/%d/ns/net" % far.pid, "sh", "-ec", "ip link set lo up; ip address add %s/24 dev far; "
                            "ip link set far up" % OUTSIDE], check=True)
            self.serve(far, OUTSIDE, dns if dns == OUTSIDE else "", "8000")
            self.serve(self.machine, "127.0.0.1", "" if dns == OUTSIDE else dns, "9000")
            self.serve(self.machine, MACHINE, "", "9001")
        except BaseException:
            self.close()
            raise

    def start(self, *argv, says):
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.started.append(process)
        assert process.stdout.readline() == says + "\n"
        return process

    @staticmethod
    def tell(process, text, says):
        process.stdin.write(text + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == says + "\n"

    def serve(self, where, *arguments):
        self.start("nsenter", "--net=/proc/%d/ns/net" % where.pid, sys.executable, "-c", SERVERS, *arguments, says="up")

    def prefix(self, directory=None):
        """Starts a program on the machine, in the directory or else the working directory."""
        return [shutil.which("nsenter"), "--net=/proc/%d/ns/net" % self.machine.pid, "--mount=/proc/%d/ns/mnt" % self.machine.pid,
                "--wd=%s" % (directory or os.getcwd())]

    def close(self):
        for process in reversed(self.started):
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stdin.close()
            process.stdout.close()
