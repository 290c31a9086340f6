"""Programs that print what they touch, their image, and what the sensor recorded of them."""
import os
import platform
import subprocess

import oci

from testenv.layers import Layer

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
SOURCES = os.path.join(ROOT, "tests", "images", "sensor")


def unescape(text):
    parts = text.encode("ascii").split(b"%")
    return parts[0] + b"".join(bytes([int(p[:2], 16)]) + p[2:] for p in parts[1:])


def fixture_layer():
    """What the programs find: /data, /jail, scripts and symlinks."""
    layer = Layer()
    for name in ("bin", "etc", "data", "data/dir", "data/dir2", "data/dir3", "data/dir4", "data/mnt", "data/u3", "jail",
                 "jail/etc", "proc", "dev", "sys"):
        layer.dir(name)
    layer.dir("tmp", mode=0o1777)
    for name in ("a b c d e f file l3 s1 s2 s3 s5 x1 x3 m1 m2 m6 m8 h1 h2 r1 r2 u1 u2 w1 w3 w4 killed forked vforked "
                 "dir/one dir/two dir2/four dir3/five filtered").split():
        layer.file("data/" + name, name)
    layer.file("data/\udcff\udcfe\t%", "odd").symlink("data/l1", "a").symlink("data/l2", "a")
    layer.symlink("data/to-dir", "dir").symlink("data/to-tmp", "/tmp").symlink("data/to-a", "a")
    for name in ("conf", "up", "target", "beneath", "bound", "pivoted", "rel"):
        layer.file("jail/etc/" + name, name).file("etc/" + name, name)
    layer.symlink("jail/link", "/etc/target").file("etc/after", "after")
    layer.file("data/script", "#!/data/script2 a\n", mode=0o755).file("data/script2", "#!/data/to-interpreter\n",
                                                                      mode=0o755)
    return layer.symlink("data/to-interpreter", "../bin/next")


class Recording:
    def __init__(self, output, lines):
        self.output = output
        self.entries = {}  # path: (kinds, witnesses, program)
        for line in lines.splitlines():
            fields = line.split(" ")
            if fields[0] == "#":
                self.status, self.processes, self.ptraces = map(int, fields[1:])
            else:
                kinds, witnesses, program, path = fields
                self.entries[unescape(path)] = (set(kinds.split(",")), set(witnesses.split(",")), program)

    def expected(self):
        """{path: (kinds, program)} as the program printed it."""
        out = {}
        for line in self.output.splitlines():
            kinds, found, program, path = line.split(" ")
            known = out.setdefault(unescape(path), (set(), program))
            known[0].update(kinds.split(","))
        return out


def differences(recording):
    """A line for each; empty when the trace is what the program printed."""
    out, expected = [], recording.expected()
    for path in sorted(expected.keys() - recording.entries.keys()):
        out.append("not recorded: %r %s" % (path, sorted(expected[path][0])))
    for path in sorted(recording.entries.keys() - expected.keys()):
        out.append("recorded, not done: %r %s" % (path, recording.entries[path]))
    for path in sorted(expected.keys() & recording.entries.keys()):
        kinds, witnesses, program = recording.entries[path]
        if kinds != expected[path][0]:
            out.append("%r: recorded %s, done %s" % (path, sorted(kinds), sorted(expected[path][0])))
        if program not in (expected[path][1], "-"):
            out.append("%r: by %s, was %s" % (path, program, expected[path][1]))
        if program == "-" and "ptrace" in witnesses:
            out.append("%r: by nobody" % path)
    return "\n".join(out)


def builds(name):
    """Whether this machine can build and run that program."""
    if name != "abi" and not name.endswith("32"):
        return True
    if platform.machine() != "x86_64":
        return False
    check = subprocess.run(["cc", *(["-m32"] if name.endswith("32") else []), "-static", "-o", "/dev/null", "-x", "c", "-"],
                           input=b"int main(void) { return 0; }", stderr=subprocess.DEVNULL)
    return check.returncode == 0


class Corpus:
    def __init__(self, directory):
        self.directory = str(directory)
        self.recorder = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(os.environ.get(
            "SLIM", os.path.join(ROOT, "build", "cmd", "slim"))))), "tests", "integration", "record-lines")
        self.references = {}

    def compile(self, name):
        """name as of SOURCES, with 32 behind it: for i386."""
        out = os.path.join(self.directory, name)
        if not os.path.exists(out):
            source, bits = (name[:-2], ["-m32"]) if name.endswith("32") else (name, [])
            subprocess.run(["cc", "-O1", "-static", "-pthread", "-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64", *bits, "-o", out,
                            os.path.join(SOURCES, source + ".c")], check=True)
        return out

    def reference(self, name):
        if name not in self.references:
            tar = os.path.join(self.directory, name + ".tar")
            layer = fixture_layer().program("bin/" + name, self.compile(name)).program("bin/next", self.compile("next"))
            layer.program("bin/suid", self.compile("next"), mode=0o4755)
            oci.write_layout(os.path.join(self.directory, name + ".oci"), "image",
                             oci.Image([layer.write(tar)], {"Entrypoint": ["/bin/" + name], "Env": ["PATH=/bin"]}))
            self.references[name] = "oci:%s.oci:image" % os.path.join(self.directory, name)
        return self.references[name]

    def record(self, name, runtime, tmp, reference=None):
        os.makedirs(tmp, exist_ok=True)
        log = os.path.join(str(tmp), "log")
        done = subprocess.run([self.recorder, reference or self.reference(name), os.path.join(str(tmp), "store"), runtime,
                               log], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        with open(log) as f:
            return Recording(f.read(), done.stdout)
