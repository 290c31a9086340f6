"""Builds the image of a stack: Debian's base, the packages, the files and the setup, each a layer of its own.

A layer is an upper directory of overlayfs, WORK/base-KEY/diff or WORK/NAME/STEP-KEY/diff. Its key is a hash of the
step and of the key below, so what has not changed is not made again."""
import contextlib
import fcntl
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import time

import layer
from spec import HERE

STEPS = ("packages", "workdir", "files", "setup")
EPOCH = "2024-01-01T00:00:00Z"
MTIME = 1704067200
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What debian:bookworm-slim leaves out.
EXCLUDED = ("doc", "info", "linda", "lintian/overrides", "locale", "man")
INCLUDED = ("doc/*/copyright", "locale/locale.alias")
POLICY = "#!/bin/sh\nexit 101\n"
INSTALL = """
[ -n "$(find /var/lib/apt/lists -name '*_Packages*' -mmin -1440)" ] || apt-get -qq -o APT::Sandbox::User=root update
apt-get -qq -y -o APT::Install-Recommends=%s -o Dpkg::Use-Pty=0 -o APT::Keep-Downloaded-Packages=true \\
	-o APT::Sandbox::User=root install %s
rm -f /var/cache/apt/*.bin
"""


class BuildError(Exception):
    """A step that failed, with the end of what it printed."""


class Step:
    """A layer: its directory, the key, and the line of the image's history."""

    def __init__(self, directory, history):
        self.directory, self.history = directory, history
        self.key = os.path.basename(directory)
        self.diff = os.path.join(directory, "diff")


def _key(*parts):
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


@contextlib.contextmanager
def locked(path):
    """Holds the lock file PATH; waits for whoever holds it."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _new(directory):
    """A fresh directory that gets the name DIRECTORY when all went well, and is removed else."""
    os.makedirs(os.path.dirname(directory), exist_ok=True)
    fresh = tempfile.mkdtemp(prefix="new-", dir=os.path.dirname(directory))
    os.mkdir(os.path.join(fresh, "diff"), 0o755)
    try:
        yield fresh
        shutil.rmtree(directory, ignore_errors=True)
        os.rename(fresh, directory)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _run(command, what, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)
    if done.returncode:
        tail = done.stdout[-3000:].decode("utf-8", "backslashreplace")
        raise BuildError("%s: exit status %d\n%s" % (what, done.returncode, tail))


def _sources():
    """The lines of sources.list that apt uses on this machine for bookworm."""
    out = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)",
                          "Created-By: Packages"], capture_output=True, text=True, check=True).stdout
    lines = sorted({"deb %s" % line for line in out.splitlines() if line.split()[1].startswith("bookworm")})
    if not lines:
        raise BuildError("apt on this machine has no source of bookworm")
    return lines


def _base(work):
    sources = _sources()
    directory = os.path.join(work, "base-" + _key("2", *sources, *EXCLUDED))
    with locked(os.path.join(work, "base.lock")):
        if not os.path.exists(directory):
            with _new(directory) as fresh:
                _bootstrap(sources, fresh)
    return Step(directory, "# debian.sh --arch 'amd64' out/ 'bookworm' '@%d'" % MTIME)


def _bootstrap(sources, fresh):
    options = ["--dpkgopt=path-exclude=/usr/share/%s/*" % path for path in EXCLUDED]
    options += ["--dpkgopt=path-include=/usr/share/%s" % path for path in INCLUDED]
    diff, tar = os.path.join(fresh, "diff"), os.path.join(fresh, "base.tar")
    print("makes the base of Debian bookworm", flush=True)
    _run(["mmdebstrap", "--mode=root", "--variant=minbase", "--quiet", *options, "--include=usr-is-merged",
          "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr", "--aptopt=Acquire::Languages \"none\"",
          "bookworm", tar, "-"], "mmdebstrap", input="\n".join(sources).encode() + b"\n")
    _run(["tar", "--exclude=./dev/*", "-C", diff, "-xpf", tar, "--numeric-owner", "--xattrs", "--xattrs-include=*"],
         "tar")
    os.unlink(tar)
    os.chmod(diff, 0o755)
    for name in ("hostname", "resolv.conf", "hosts"):
        with open(os.path.join(diff, "etc", name), "w"):
            pass
    policy = os.path.join(diff, "usr/sbin/policy-rc.d")
    with open(policy, "w") as f:
        f.write(POLICY)
    os.chmod(policy, 0o755)


def lowers(steps):
    """The layers as overlayfs takes them, the topmost first."""
    return ":".join(step.diff for step in reversed(steps))


def _overlay(work, steps, fresh, what, command, data=b""):
    """Runs COMMAND in a chroot of the layers STEPS; what it writes goes to FRESH/diff."""
    apt, scratch = os.path.join(work, "apt"), os.path.join(fresh, "scratch")
    for name in ("archives/partial", "lists/partial"):
        os.makedirs(os.path.join(apt, name), exist_ok=True)
    os.mkdir(scratch)
    _run(["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private",
          os.path.join(HERE, "chroot.sh"), lowers(steps), os.path.join(fresh, "diff"), scratch, apt, *command],
         what, input=data)
    shutil.rmtree(scratch)
    os.chmod(os.path.join(fresh, "diff"), 0o755)


def _tar_of(files):
    """A tar of the files alone: their directories are made as tar makes missing ones."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, (mode, text) in sorted(files.items()):
            info, data = tarfile.TarInfo(path.lstrip("/")), text.encode()
            info.mode, info.mtime, info.size = mode, MTIME, len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _steps(spec):
    """The steps above the base: (name, content, line of the history, command in the chroot, its stdin)."""
    if spec["packages"]:
        names = " ".join(spec["packages"])
        option = "" if spec["recommends"] else "--no-install-recommends "
        script = INSTALL % ("true" if spec["recommends"] else "false", names)
        yield ("packages", script, "RUN /bin/sh -c apt-get update && apt-get install -y %s%s # buildkit"
               % (option, names), ["sh", "-euc", script], b"")
    directory = spec["config"].get("WorkingDir")
    if directory:
        yield ("workdir", directory, "WORKDIR %s" % directory, ["mkdir", "-p", "--", directory], b"")
    if spec["files"]:
        yield ("files", repr(sorted(spec["files"].items())), "COPY rootfs/ / # buildkit",
               ["sh", "-euc", "umask 022; tar -C / --numeric-owner -xpf -"], _tar_of(spec["files"]))
    if spec["setup"].strip():
        yield ("setup", spec["setup"], "RUN /bin/sh -c %s # buildkit" % spec["setup"].strip(),
               ["sh", "-ec", spec["setup"]], b"")


def prepare(spec, work):
    """Makes the layers of the stack that are not there yet; returns them, the base first."""
    home = os.path.join(work, spec["name"])
    steps = [_base(work)]
    for name, content, history, command, data in _steps(spec):
        directory = os.path.join(home, "%s-%s" % (name, _key(steps[-1].key, content)))
        if not os.path.exists(directory):
            with _new(directory) as fresh:
                lock = locked(os.path.join(work, "apt.lock")) if name == "packages" else contextlib.nullcontext()
                start = time.monotonic()
                with lock:
                    _overlay(work, steps, fresh, "%s: %s" % (spec["name"], name), command, data)
                print("%s: made the layer %s in %.0f s" % (spec["name"], name, time.monotonic() - start), flush=True)
        steps.append(Step(directory, history))
    used = {step.key for step in steps}
    for name in os.listdir(home) if os.path.isdir(home) else ():
        if name.split("-")[0] in STEPS and name not in used:
            shutil.rmtree(os.path.join(home, name))
    return steps


def config(spec):
    """The config object of the image, as an OCI image configuration has it."""
    made = dict(spec["config"])
    env = list(made.get("Env", []))
    made["Env"] = env if any(e.startswith("PATH=") for e in env) else [PATH] + env
    for key in ("ExposedPorts", "Volumes"):
        if key in made:
            made[key] = {item: {} for item in made[key]}
    if not made.get("Entrypoint") and not made.get("Cmd"):
        made["Cmd"] = ["bash"]
    return made


def _history(steps, made):
    lines = [{"created": EPOCH, "created_by": step.history, "comment": "buildkit.dockerfile.v0"} for step in steps]
    empty = ["ENV %s" % e for e in made["Env"]] + ["EXPOSE [%s]" % port for port in made.get("ExposedPorts", {})]
    empty += ["USER %s" % made["User"]] if made.get("User") else []
    empty += ["%s %s" % (key.upper(), json.dumps(made[key])) for key in ("Entrypoint", "Cmd") if made.get(key)]
    return lines + [{"created": EPOCH, "created_by": line, "comment": "buildkit.dockerfile.v0", "empty_layer": True}
                    for line in empty]


def _put(blobs, data):
    digest = hashlib.sha256(data).hexdigest()
    with open(os.path.join(blobs, digest), "wb") as f:
        f.write(data)
    return {"digest": "sha256:" + digest, "size": len(data)}


def write_layout(spec, steps, directory):
    """Writes the image as an OCI layout with the tag "fat"."""
    shutil.rmtree(directory, ignore_errors=True)
    blobs = os.path.join(directory, "blobs/sha256")
    os.makedirs(blobs)
    packed = [layer.pack(step.directory) for step in steps]
    for each in packed:
        os.link(each["blob"], os.path.join(blobs, each["digest"].split(":")[1]))
    made = config(spec)
    image = {"created": EPOCH, "architecture": "amd64", "os": "linux", "config": made,
             "rootfs": {"type": "layers", "diff_ids": [each["diff_id"] for each in packed]},
             "history": _history(steps, made)}
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": {"mediaType": "application/vnd.oci.image.config.v1+json",
                           **_put(blobs, json.dumps(image).encode())},
                "layers": [{key: each[key] for key in ("mediaType", "digest", "size")} for each in packed]}
    index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [
        {"mediaType": manifest["mediaType"], **_put(blobs, json.dumps(manifest).encode()),
         "annotations": {"org.opencontainers.image.ref.name": "fat"}}]}
    for name, value in (("index.json", index), ("oci-layout", {"imageLayoutVersion": "1.0.0"})):
        with open(os.path.join(directory, name), "w") as f:
            json.dump(value, f)
