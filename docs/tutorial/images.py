#!/usr/bin/python3
"""images.py [ROOT.tar] : makes the tutorial's images in the layout images/ of the working directory: shop, a service, and
report, a job. Puts the other files of the tutorial beside it. ROOT.tar: a root file system of the distribution with
python3; it is made if it is missing (about a minute)."""
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = os.path.join(HERE, "..", "..", "tests", "images")
sys.path.insert(0, TOOLS)
sys.dont_write_bytecode = True
import oci  # noqa: E402

PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
FILES = ("orders.yaml", "test.sh")
CONFIGS = {
    "shop": {"Cmd": ["python3", "/app/shop.py"], "WorkingDir": "/app", "Env": [PATH], "ExposedPorts": {"8000/tcp": {}}},
    "report": {"Entrypoint": ["python3", "/app/report.py"], "WorkingDir": "/app", "Env": [PATH]},
}


def application(name, folder):
    """A layer with the files of the application in /app, and /var/lib/shop."""
    tar = os.path.join(folder, name + ".tar")
    for made in ("app", "var/lib/shop"):
        os.makedirs(os.path.join(folder, name, made))
    subprocess.run(["cp", "-r", os.path.join(HERE, name) + "/.", os.path.join(folder, name, "app")], check=True)
    subprocess.run(["tar", "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=rX",
                    "--mtime=@1704067200", "-C", os.path.join(folder, name), "-cf", tar, "app", "var/lib/shop"], check=True)
    return tar


def main(root="root.tar"):
    if os.path.exists("images"):
        sys.exit("images: it is there already; remove it, or change the directory")
    if not os.path.exists(root):
        subprocess.run([os.path.join(TOOLS, "debian"), root, "python3"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, config in CONFIGS.items():
            oci.write_layout("images", name, oci.Image([root, application(name, folder)], config))
    for name in FILES:
        shutil.copy(os.path.join(HERE, name), name)


if __name__ == "__main__":
    main(*sys.argv[1:])
