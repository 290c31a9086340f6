"""A Debian system in a directory, which commands enter as their root: mounts and processes of its own, the network of the
machine, so that apt reaches its mirror."""
import glob
import os
import subprocess

NAMESPACES = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child"]
# A real root (pivot_root), as runc refuses to work in a chroot.
ENTER = r"""
root=$1; shift
mount --make-rprivate /
mount --bind "$root" "$root"
mkdir -p "$root/dev" "$root/proc" "$root/sys"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for name in null zero full random urandom tty; do
	touch "$root/dev/$name"
	mount --bind "/dev/$name" "$root/dev/$name"
done
mkdir "$root/dev/pts"
mkdir -m 1777 "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
touch "$root/run/resolv.conf"
mount --bind "$(realpath /etc/resolv.conf)" "$root/run/resolv.conf"
ln -sf /run/resolv.conf "$root/etc/resolv.conf"
cd "$root"
mkdir -p mnt/before
pivot_root . mnt/before
umount -l /mnt/before
rmdir /mnt/before
cd /root
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LC_ALL=C.UTF-8 \
	DEBIAN_FRONTEND=noninteractive bash -euc "$@"
"""


class BareRoot:
    """path: the directory. tar: as tests/images/debian makes it."""

    def __init__(self, path, tar):
        self.path = str(path)
        os.makedirs(self.path)
        subprocess.run(["tar", "-xf", tar, "-C", self.path, "--numeric-owner"], check=True)
        # What mmdebstrap was told, which no user's machine has: no man pages, no recommended packages.
        for name in glob.glob(self.path + "/etc/apt/apt.conf.d/*mmdebstrap*") + glob.glob(self.path + "/etc/dpkg/dpkg.cfg.d/*"):
            os.remove(name)
        # Packages restart no services here.
        with open(self.path + "/usr/sbin/policy-rc.d", "w") as f:
            f.write("#!/bin/sh\nexit 101\n")
        os.chmod(self.path + "/usr/sbin/policy-rc.d", 0o755)

    def start(self, script, *args, **more):
        command = NAMESPACES + ["bash", "-euc", ENTER, "enter", self.path, script, "script", *map(str, args)]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)

    def run(self, script, *args, ok=(0,), timeout=600):
        """Runs the script of bash; what it printed."""
        process = self.start(script, *args)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        assert process.returncode in ok, "%s\nstatus %d\n%s%s" % (script, process.returncode, out[-4000:], err[-8000:])
        return out

    def files(self, but=()):
        """All paths below the root, except for those below the folders of but."""
        out = set()
        for folder, folders, names in os.walk(self.path):
            below = os.path.relpath(folder, self.path)
            folders[:] = [f for f in folders if os.path.normpath(os.path.join(below, f)) not in but]
            out |= {os.path.normpath(os.path.join(below, name)) for name in folders + names}
        return out
