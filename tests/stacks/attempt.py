"""Tries slim on one stack: builds the original, checks it, slims it, and checks the result."""
import json
import os
import shutil
import stat
import tempfile

import checks
import container
import image
import spec as specs

SLIM_SECONDS = 1800


def tree_bytes(root):
    """The bytes of the regular files below ROOT, each hard link once."""
    total, seen = 0, set()
    for directory, _, names in os.walk(root):
        for name in names:
            st = os.lstat(os.path.join(directory, name))
            if stat.S_ISREG(st.st_mode) and (st.st_nlink == 1 or (st.st_dev, st.st_ino) not in seen):
                seen.add((st.st_dev, st.st_ino))
                total += st.st_size
    return total


def read_config(layout, tag):
    """The config object of the image TAG of an OCI layout."""
    def blob(descriptor):
        return json_of(os.path.join(layout, "blobs", *descriptor["digest"].split(":")))

    for descriptor in json_of(os.path.join(layout, "index.json"))["manifests"]:
        if (descriptor.get("annotations") or {}).get("org.opencontainers.image.ref.name") == tag:
            return blob(blob(descriptor)["config"]).get("config") or {}
    raise container.ContainerError("%s has no image %s" % (layout, tag))


def json_of(path):
    try:
        with open(path) as f:
            return json.load(f)
    except (OSError, ValueError) as e:
        raise container.ContainerError("%s: %s" % (path, e))


def scratch(work):
    """A directory for what runs; it goes away at the end of the with."""
    path = os.path.join(work, "running")
    os.makedirs(path, exist_ok=True)
    return tempfile.TemporaryDirectory(dir=path, ignore_cleanup_errors=True)


def _reasons(made, tell):
    """{name: "" or reason} of the checks, each told as it is made."""
    reasons = {}
    for name, reason in made:
        reasons[name] = reason
        tell(name, reason)
    return reasons


def _check(spec, lowers, config, directory, tell, only):
    """Makes the checks on the layers LOWERS: their reasons, and the bytes of the tree."""
    reasons = _reasons(checks.make(spec, os.path.join(directory, "engine"), lowers, config, only), tell)
    with container.mounted(lowers, os.path.join(directory, "tree")) as root:
        return reasons, tree_bytes(root)


def check_original(spec, steps, work, tell, only=None):
    """Makes the checks on the original: their reasons, and the bytes of its tree."""
    with scratch(work) as directory:
        return _check(spec, image.lowers(steps), image.config(spec), directory, tell, only)


def check_layout(spec, layout, tag, work, tell, only=None):
    """The same of an image of an OCI layout, unpacked."""
    config = read_config(layout, tag)
    with scratch(work) as directory:
        bundle = os.path.join(directory, "bundle")
        done = container.run(["umoci", "unpack", "--image", "%s:%s" % (layout, tag), bundle], 600)
        if done.status != 0:
            raise container.ContainerError("umoci unpack: %s" % checks.escaped(done.out))
        return _check(spec, os.path.join(bundle, "rootfs"), config, directory, tell, only)


def build_layout(spec, work):
    """Builds the image of the stack as an OCI layout; returns its layers and the layout."""
    steps, layout = image.prepare(spec, work), os.path.join(work, spec["name"], "layout")
    image.write_layout(spec, steps, layout)
    return steps, layout


def _slim(spec, program, layout, flags, home):
    """Runs slim; returns its exit status (None: too long), its seconds and the layout that it wrote."""
    result = os.path.join(home, "slim")
    shutil.rmtree(result, ignore_errors=True)
    log, report = os.path.join(home, "slim.log"), os.path.join(home, "report.json")
    command = [program, "build", "oci:%s:fat" % layout, "-o", "oci:%s:slim" % result, "--store",
               os.path.join(home, "store"), "--report", report, *spec["build"], *flags]
    done = container.run(command, SLIM_SECONDS, grace=30)
    shutil.rmtree(os.path.join(home, "store"), ignore_errors=True)
    with open(log, "w") as f:
        f.write(" ".join(command) + "\n" + done.out)
    return done, result


def attempt(name, directory, work, program, flags):
    """Tries slim on the stack NAME; returns what results.jsonl holds of it. Nothing is printed but the checks that
    failed. The images stay; see remove()."""
    home = os.path.join(work, name)
    found = {"stack": name, "about": "", "flags": flags, "before": None, "after": None, "checks": 0, "passed": 0,
             "failed": {}, "slim": None, "seconds": None, "error": ""}

    def tell(what):
        return lambda check, reason: reason and print("FAIL %s %s %s: %s" % (name, what, check, reason), flush=True)

    try:
        spec = specs.load(name, directory)
        found["about"], found["checks"] = spec["about"], len(spec["checks"])
        steps, layout = build_layout(spec, work)
        reasons, found["before"] = check_original(spec, steps, work, tell("original"))
        if any(reasons.values()):
            raise container.ContainerError("the original fails its checks")
        done, result = _slim(spec, program, layout, flags, home)
        found["slim"], found["seconds"] = done.status, round(done.seconds, 1)
        if not os.path.exists(os.path.join(result, "index.json")):
            raise container.ContainerError("slim wrote no image: %s" % checks.escaped(done.out))
        reasons, found["after"] = check_layout(spec, result, "slim", work, tell("slim"))
        found["failed"] = {check: reason for check, reason in reasons.items() if reason}
        found["passed"] = len(reasons) - len(found["failed"])
    except (specs.SpecError, image.BuildError, container.ContainerError) as e:
        found["error"] = str(e)
    return found


def good(found):
    """True when slim wrote an image that passes every check."""
    return not found["error"] and not found["failed"] and found["slim"] == 0


def remove(name, work):
    """Removes the images of the stack; slim's log and report stay."""
    home = os.path.join(work, name)
    for each in os.listdir(home) if os.path.isdir(home) else ():
        if each.split("-")[0] in (*image.STEPS, "layout", "slim"):
            shutil.rmtree(os.path.join(home, each), ignore_errors=True)
