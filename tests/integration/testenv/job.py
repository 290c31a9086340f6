"""The container of a CI job, as an engine's image: a root file system of its own, which holds slim's store, with the
machine's programs (/usr) bound into it. Id 1001 is an ordinary user, with newuidmap as in an image for jobs."""
import os
import shutil
import subprocess

USER = "1001"
IDMAP = "/opt/idmap"
PATH = IDMAP + ":/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


def capabilities():
    """Returns (the capabilities that we can give, whether these are all of the kernel). Docker of Debian 12 does not know
    the last three."""
    with open("/proc/sys/kernel/cap_last_cap") as f:
        last = int(f.read())
    with open("/proc/self/status") as f:
        bound = int(next(line for line in f if line.startswith("CapBnd")).split()[1], 16)
    names = subprocess.run(["capsh", "--decode=%x" % bound], stdout=subprocess.PIPE, text=True, check=True).stdout
    ours = names.strip().split("=")[1].split(",")
    return [n[4:].upper() for n in ours if n not in ("cap_perfmon", "cap_bpf", "cap_checkpoint_restore")], \
        bound == (1 << last + 1) - 1


UNCONFINED = ["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"]


def unconfined():
    return [word for option in UNCONFINED for word in ("--security-opt", option)]


def privileged():
    """--privileged. On a machine that lacks a capability Docker refuses that, so this returns all others by name."""
    names, full = capabilities()
    return ["--privileged"] if full else [w for n in names for w in ("--cap-add", n)] + unconfined()


def make_root(directory):
    root = os.path.join(str(directory), "job-root")
    for name in ("etc", "tmp", "var/tmp", "root", "usr", "proc", "sys", "dev", "run", "ci", IDMAP[1:]):
        os.makedirs(os.path.join(root, name))
    for name in ("bin", "lib", "lib64", "sbin"):
        os.symlink("usr/" + name, os.path.join(root, name))
    for name in ("tmp", "var/tmp"):
        os.chmod(os.path.join(root, name), 0o1777)
    shutil.copy("/etc/ld.so.cache", os.path.join(root, "etc"))
    if os.path.isdir("/etc/alternatives"):
        shutil.copytree("/etc/alternatives", os.path.join(root, "etc/alternatives"), symlinks=True)
    for name, text in (("passwd", "root:x:0:0::/root:/bin/sh\nci:x:1001:1001::/ci:/bin/sh\n"),
                       ("group", "root:x:0:\nci:x:1001:\n"), ("subuid", "ci:100000:65536\n"), ("subgid", "ci:100000:65536\n")):
        with open(os.path.join(root, "etc", name), "w") as f:
            f.write(text)
    os.chown(os.path.join(root, "ci"), 1001, 1001)
    for name, capability in (("newuidmap", "cap_setuid+ep"), ("newgidmap", "cap_setgid+ep")):
        program = shutil.copy(shutil.which(name), os.path.join(root, IDMAP[1:], name))
        os.chmod(program, 0o755)
        subprocess.run(["setcap", capability, program], check=True)
    os.chmod(root, 0o755)
    return root


def make_tar(directory):
    """The root as an archive, which both engines import."""
    root, tar = make_root(directory), os.path.join(str(directory), "job.tar")
    subprocess.run(["tar", "--xattrs", "--xattrs-include=*", "-C", root, "-cf", tar, "."], check=True)
    shutil.rmtree(root)
    return tar
