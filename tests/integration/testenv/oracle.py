"""The paths that a program found inside its root according to strace, including symlinks on the way. Shares only the image
with the sensor."""
import os
import re
import stat
import subprocess

# Call: ((argument of the directory fd or None, argument of the path), ...). A name that ends in "!" names the last
# component itself.
PATHS = {}
for names, where in (
        ("open creat stat access statfs chdir chroot truncate utime utimes chmod chown getxattr listxattr setxattr "
         "removexattr execve uselib stat64 statfs64 truncate64 chown32", ((None, 0),)),
        ("lstat! readlink! lchown! lgetxattr! llistxattr! lsetxattr! lremovexattr! unlink! rmdir! lstat64! lchown32!",
         ((None, 0),)),
        ("openat openat2 newfstatat fstatat64 statx faccessat faccessat2 fchmodat fchmodat2 fchownat utimensat futimesat "
         "execveat", ((0, 1),)),
        ("readlinkat! unlinkat! name_to_handle_at!", ((0, 1),)),
        ("inotify_add_watch mount", ((None, 1),)),
        ("umount2", ((None, 0),)),
        ("fanotify_mark", ((3, 4),)),
        ("link! rename!", ((None, 0),)),
        ("linkat! renameat! renameat2!", ((0, 1),))):
    for name in names.split():
        PATHS[name.rstrip("!")] = (where, not name.endswith("!"))
LINE = re.compile(r"^(\d+) +(.*)$", re.S)
RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$", re.S)
CALL = re.compile(r"^(\w+)\((.*)\) += (.*)$", re.S)
STRING = re.compile(r'^"((?:[^"\\]|\\.)*)"(\.\.\.)?$', re.S)
FD = re.compile(r"^(?:AT_FDCWD|-?\d+)<(.*)>$", re.S)
OURS = re.compile(r"/\* (\d+) in strace's PID NS \*/")


def unquote(text):
    """Decodes C escapes to bytes."""
    one = {"n": b"\n", "t": b"\t", "r": b"\r", "v": b"\v", "f": b"\f"}
    def byte(m):
        s = m.group(1).decode()
        return bytes([int(s[1:], 16)]) if s[0] == "x" else bytes([int(s, 8)]) if s[0].isdigit() else one.get(s, s.encode())
    return re.sub(rb"\\(x[0-9a-f]{2}|[0-7]{1,3}|.)", byte, text.encode("utf-8", "surrogateescape"))


def arguments(text):
    """Splits at commas outside of strings, brackets and fd paths."""
    out, depth, quoted, start, i = [], 0, False, 0, 0
    while i < len(text):
        c = text[i]
        if quoted:
            if c == "\\":
                i += 1
            elif c == '"':
                quoted = False
        elif c == '"':
            quoted = True
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == "," and depth == 0:
            out.append(text[start:i].strip())
            start = i + 1
        i += 1
    return out + [text[start:].strip()]


def joined(log):
    """Yields (pid, call text), and joins the halves of interrupted calls."""
    begun = {}
    for line in log.splitlines():
        m = LINE.match(line)
        if not m:
            continue
        pid, text = int(m.group(1)), m.group(2)
        if text.endswith("<unfinished ...>"):
            begun[pid] = text[:-len("<unfinished ...>")].rstrip()
            continue
        superseded = re.match(r"^\+\+\+ superseded by execve in pid (\d+)", text)
        if superseded and int(superseded.group(1)) in begun:  # a thread executed: the leader's number goes on
            begun[pid] = begun.pop(int(superseded.group(1)))
        resumed = RESUMED.match(text)
        if resumed:
            text = begun.pop(pid, resumed.group(1) + "(") + resumed.group(2)
        yield pid, text


class Tree:
    """A root file system in a directory. It looks paths up as the kernel would from inside."""

    def __init__(self, root):
        self.root = os.fsencode(str(root))

    def resolve(self, path, follow=True):
        """Returns the links that the lookup passes and the object at its end, all below the root. Returns nothing if it fails."""
        at, rest, links, out = [], path.split(b"/"), 0, set()
        must_be_dir = path.endswith(b"/")
        while rest:
            name = rest.pop(0)
            if name in (b"", b"."):
                continue
            if name == b"..":
                at = at[:-1]
                continue
            full = os.path.join(self.root, *at, name)
            try:
                mode = os.lstat(full).st_mode
            except OSError:
                return out
            last = not any(n not in (b"", b".") for n in rest)
            if stat.S_ISLNK(mode) and (not last or follow or must_be_dir):
                links += 1
                if links > 40:
                    return out
                out.add(b"/" + b"/".join(at + [name]))
                target = os.readlink(full)
                rest = target.split(b"/") + rest
                if target.startswith(b"/"):
                    at = []
            elif any(n not in (b"",) for n in rest) and not stat.S_ISDIR(mode):
                return out
            else:
                at.append(name)
        out.add(b"/" + b"/".join(at))
        return out


# strace prints calls that it does not know as syscall_0x1cf.
NEWER = {"syscall_%#x" % nr: name for nr, name in (
    (463, "setxattrat"), (464, "getxattrat"), (465, "listxattrat"), (466, "removexattrat"), (467, "open_tree_attr"),
    (468, "file_getattr"), (469, "file_setattr"), (452, "fchmodat2"))}


class Strace:
    """found: what the program and its descendants found; named: the same for calls that failed too; names: of all
    calls. root: where the program's root is for strace; cwd: what the program starts in."""

    def __init__(self, log, tree, root, program, cwd=b"/"):
        self.tree, self.root, self.first_cwd = tree, os.fsencode(str(root)), cwd
        self.found, self.named = set(), set()
        self.cwd, self.calls, self.names = {}, 0, set()
        lines, self.first = list(joined(log)), None
        self.parent = {}
        for pid, text in lines:
            m = CALL.match(text)
            if m and m.group(1) in ("clone", "clone3", "fork", "vfork") and m.group(3).split()[0].isdigit():
                child = int((OURS.search(m.group(3)) or re.match(r"(\d+)", m.group(3))).group(1))
                self.parent[child] = (pid, "CLONE_FS" in m.group(2))
        for pid, text in lines:
            m = CALL.match(text)
            if not m:
                continue
            name, args, result = m.group(1), arguments(m.group(2)), m.group(3)
            if self.belongs(pid):
                self.names.add(NEWER.get(name, name))
            if name == "execve" and args[0] == '"%s"' % program and result.startswith("0"):
                self.first = pid
            if self.belongs(pid):
                self.take(pid, name, args, result)

    def belongs(self, pid):
        while pid and pid != self.first:
            pid = self.parent.get(pid, (None, False))[0]
        return pid is not None

    def directory(self, pid):
        """A list of one, shared by the threads that share it."""
        if pid not in self.cwd:
            parent, shared = self.parent.get(pid, (None, False))
            known = self.directory(parent) if parent and pid != self.first else [self.first_cwd]
            self.cwd[pid] = known if shared else list(known)
        return self.cwd[pid]

    def inside(self, path):
        """A path that strace shows of an fd, as the program sees it."""
        path = unquote(path)
        if path == self.root:
            return b"/"
        return path[len(self.root):] if path.startswith(self.root + b"/") else None

    def take(self, pid, name, args, result):
        ok = not result.startswith(("-1", "?"))
        self.calls += 1
        if ok and name in ("open", "openat", "openat2", "creat"):
            m = FD.match(result.split(" (")[0])
            real = m and self.inside(m.group(1))
            if real:
                self.found |= self.tree.resolve(real, follow=False)
        where, follow = PATHS.get(name, ((), True))
        follow = follow and not any(w in a for a in args for w in ("O_NOFOLLOW", "SYMLINK_NOFOLLOW", "DONT_FOLLOW"))
        if name in ("connect", "bind"):
            sun = re.search(r'sun_path=("(?:[^"\\]|\\.)*")', args[1] if len(args) > 1 else "")
            args, where = [sun.group(1)] if sun else [], ((None, 0),)
        for at, index in where:
            m = STRING.match(args[index]) if index < len(args) else None
            if not m:
                continue
            path = unquote(m.group(1))
            if not path:
                continue
            if any("RESOLVE_IN_ROOT" in a for a in args):
                continue  # the fd that it gives tells the file
            if not path.startswith(b"/"):
                fd = FD.match(args[at]) if at is not None else None
                base = self.inside(fd.group(1)) if fd else self.directory(pid)[0]
                if base is None:
                    continue
                path = base + b"/" + path
            objects = self.tree.resolve(path, follow)
            self.named |= objects
            if ok:
                self.found |= objects
            if ok and name == "chdir":
                self.directory(pid)[0] = path
        if ok and name == "fchdir":
            fd = FD.match(args[0])
            base = fd and self.inside(fd.group(1))
            if base:
                self.directory(pid)[0] = base
        if ok and name == "unshare" and "CLONE_FS" in args[0]:
            self.cwd[pid] = list(self.directory(pid))


SCRIPT = """set -e
mount -t tmpfs tmpfs "$2"
mkdir "$2/upper" "$2/work" "$2/root"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
mkdir -p "$2/root/proc" "$2/root/dev" "$2/root/tmp"
mount -t proc proc "$2/root/proc"
mount -t tmpfs tmpfs "$2/root/dev"
for n in null zero urandom random; do touch "$2/root/dev/$n"; mount --bind "/dev/$n" "$2/root/dev/$n"; done
ln -s /proc/self/fd "$2/root/dev/fd"
ln -s /proc/self/fd/1 "$2/root/dev/stdout"
ip link set lo up
top=$2 log=$3
shift 3
exec strace -f -y -s 8192 -o "$log" setpriv --bounding-set=-sys_admin,-dac_read_search,-sys_pacct \\
	chroot "$top/root" "$@"
"""


def strace(pristine, tmp, command):
    """Runs the command in a temporary copy of the root, in its own namespaces. Returns the output of strace."""
    top, log = os.path.join(str(tmp), "strace"), os.path.join(str(tmp), "strace.log")
    os.makedirs(top)
    subprocess.run(["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child", "sh", "-c", SCRIPT, "sh",
                    str(pristine), top, log, *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE, timeout=300, env={"PATH": os.environ["PATH"]})
    with open(log, errors="surrogateescape") as f:
        return Strace(f.read(), Tree(pristine), os.path.join(top, "root"), command[0])


def traced(recording, tree):
    """The objects of the root that the recording leads to."""
    out = set()
    for path, (kinds, witnesses, program, found) in recording.entries.items():
        if "nofollow" in kinds:
            out |= tree.resolve(path, False)
        if "follow" in kinds or "nofollow" not in kinds:
            out |= tree.resolve(path, True)
    return out
