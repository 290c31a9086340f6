"""Programs that print which files they touch, their image, and the recording of the sensor."""
import json
import os
import platform
import struct
import shutil
import subprocess

import oci

from testenv.layers import Layer

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
SOURCES = os.path.join(ROOT, "tests", "images", "sensor")
# They need more than a container may do, so testenv/loose_runtime.py runs them.
LOOSE = {"calls", "calls32", "odd", "roots", "procs", "abi"}

# struct vfs_cap_data: revision 2, effective; permitted CAP_NET_BIND_SERVICE
CAN_BIND = struct.pack("<5I", 0x02000001, 1 << 10, 0, 0, 0)


def unescape(text):
    parts = text.encode("ascii").split(b"%")
    return parts[0] + b"".join(bytes([int(p[:2], 16)]) + p[2:] for p in parts[1:])


def fixture_layer():
    """The files that the programs find: /data, /jail, scripts and symlinks."""
    layer = Layer()
    for name in ("bin", "etc", "data", "data/dir", "data/dir2", "data/dir3", "data/dir4", "data/moved",
                 "data/moved/sub", "data/swap", "data/mnt", "data/u3", "jail",
                 "jail/bound", "jail/etc", "proc", "dev", "sys"):
        layer.dir(name)
    layer.dir("tmp", mode=0o1777)
    for name in ("a b c d e f file l3 s1 s2 s3 s5 x1 x3 m1 m2 m6 m8 h1 h2 r1 r2 u1 u2 w1 w3 w4 "
                 "y1 y2 y3 y4 y5 y6 y7 y8 y9 killed forked vforked "
                 "greedy moved/a moved/b moved/c moved/d moved/sub/e moved/f swap/1 swap/2 trapped stopped spun ticked "
                 "dir/one dir/two dir2/four dir3/five filtered").split():
        layer.file("data/" + name, name)
    layer.file("data/\udcff\udcfe\t%", "odd").symlink("data/l1", "a").symlink("data/l2", "a")
    layer.symlink("data/to-dir", "dir").symlink("data/to-tmp", "/tmp").symlink("data/to-a", "a")
    for name in ("conf", "up", "target", "beneath", "bound", "pivoted", "rel"):
        layer.file("jail/etc/" + name, name).file("etc/" + name, name)
    layer.symlink("jail/link", "/etc/target").file("etc/after", "after")
    layer.file("data/script", "#!/data/script2 a\n", mode=0o755).file("data/script2", "#!/data/to-interpreter\n",
                                                                      mode=0o755)
    for name in ("program.slimtest", "program.slimtest-fixed"):
        layer.file("data/" + name, "no format that the kernel knows", mode=0o755)
    return layer.symlink("data/to-interpreter", "../bin/next")


class Recording:
    def __init__(self, output, report, trace):
        self.output, self.report, self.trace = output, report, trace
        self.entries = {}  # path: (kinds, witnesses, program, found)
        for e in trace["paths"]:
            path = bytes.fromhex(e["path_hex"]) if "path_hex" in e else e["path"].encode()
            self.entries[path] = (set(e["kinds"]), set(e["witnesses"]), e["program"], e["found"])

    def programs(self):
        return {p.get("path"): p for p in self.trace["programs"]}

    def syscalls(self, abi):
        """Of all programs."""
        return {name for p in self.trace["programs"] for name in p["syscalls"].get(abi, ())}

    def expected(self):
        """{path: (kinds, program, found)} as the program printed it; found: the first time."""
        out = {}
        for line in self.output.splitlines():
            kinds, found, program, path = line.split(" ")
            known = out.setdefault(unescape(path), (set(), program, found == "found"))
            known[0].update(kinds.split(","))
        return out


def differences(recording):
    """A line for each difference. Empty if the trace equals what the program printed."""
    out, expected = [], recording.expected()
    created = {path for path in expected if "create" in expected[path][0]}
    for path in sorted(expected.keys() - recording.entries.keys()):
        out.append("not recorded: %r %s" % (path, sorted(expected[path][0])))
    for path in sorted(recording.entries.keys() - expected.keys()):
        out.append("recorded, not done: %r %s" % (path, recording.entries[path]))
    for path in sorted(expected.keys() & recording.entries.keys()):
        kinds, witnesses, program, found = recording.entries[path]
        if kinds != expected[path][0]:
            out.append("%r: recorded %s, done %s" % (path, sorted(kinds), sorted(expected[path][0])))
        if program not in (expected[path][1], None):
            out.append("%r: by %s, was %s" % (path, program, expected[path][1]))
        if program is None and witnesses & {"ptrace", "ebpf"}:
            out.append("%r: by nobody" % path)
        # The trace says of the image what the program saw, but of what lies behind something that it made itself.
        made = any(path == c or path.startswith(c + b"/") for c in created) or b"/to-tmp/" in path
        if found not in (expected[path][2], None) and not made:
            out.append("%r: %s, was %s" % (path, found, expected[path][2]))
    return "\n".join(out)


def loose(runtime, directory):
    """Path of the runtime without Docker's filter, made in the directory, of its owner."""
    path = os.path.join(directory, "loose-" + runtime)
    if not os.path.exists(path):
        shutil.copy(os.path.join(os.path.dirname(os.path.abspath(__file__)), "loose_runtime.py"), path)
        os.chmod(path, 0o755)
        owner = os.stat(directory)
        os.chown(path, owner.st_uid, owner.st_gid)
    return path


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
        self.directory, self.references = str(directory), {}

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
            layer.program("bin/capable", self.compile("next"), xattrs={"security.capability": CAN_BIND})
            oci.write_layout(os.path.join(self.directory, name + ".oci"), "image",
                             oci.Image([layer.write(tar)], {"Entrypoint": ["/bin/" + name], "Env": ["PATH=/bin"]}))
            self.references[name] = "oci:%s.oci:image" % os.path.join(self.directory, name)
        return self.references[name]

    def record(self, slim, name, runtime, reference=None, kind="auto", command=(), meanwhile=None, options=()):
        """meanwhile(): called while it runs."""
        file = os.path.join(slim.directory, name + ".json")
        process = slim.start("record", reference or self.reference(name), "-o", file, "--store", slim.store, "--runtime",
                             loose(runtime, slim.directory) if name in LOOSE else runtime, "--sensor", kind, "--show-clogs", "--json", *options,
                             *(["--", *command] if command else []))
        if meanwhile:
            meanwhile()
        done = slim.end(process)
        assert done.status == 0, done
        printed = [line[4:] for line in done.err.splitlines() if line.startswith("  | ")]
        with open(file) as f:
            return Recording("\n".join(printed), json.loads(done.out), json.load(f))
