#!/usr/bin/python3
"""page.py LAYOUT TAG PICTURE.png : slims an image of an OCI layout, and takes the picture of its page (--html) in Chromium.

README.md shows that of the quick start: docs/pictures/page.py build/quickstart/images nginx docs/pictures/page.png.
Needs root, npm, node and chromium. SLIM names another program than build/cmd/slim."""
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "integration"))
from testenv import npm  # noqa: E402

SIZE = ["960", "860"]
MOST = 200000  # bytes of the picture


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    layout, tag, picture = sys.argv[1:]
    slim = os.path.abspath(os.environ.get("SLIM", os.path.join(ROOT, "build", "cmd", "slim")))
    with tempfile.TemporaryDirectory() as folder:
        page, browser = os.path.join(folder, "page.html"), os.path.join(folder, "browser")
        os.symlink(os.path.abspath(layout), os.path.join(folder, "images"))  # a short name for the picture
        subprocess.run([slim, "build", "oci:images:" + tag, "-o", "oci:slim:" + tag, "--store", "store", "--html", page],
                       cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        npm.install("browser", browser)
        subprocess.run(["node", os.path.join(browser, "picture.mjs"), page, picture] + SIZE, check=True)
    if os.path.getsize(picture) > MOST:
        sys.exit("%s has %d bytes, more than %d" % (picture, os.path.getsize(picture), MOST))
    return 0


if __name__ == "__main__":
    sys.exit(main())
