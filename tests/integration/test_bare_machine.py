"""README's first command on a machine that has only what Debian's smallest system has."""
import subprocess

import pytest

from conftest import ROOT
from testenv.bare_root import BareRoot
from testenv.tree import Image

pytestmark = [pytest.mark.nightly, pytest.mark.needs("root", "mmdebstrap", "git")]


def test_quick_start(images, tmp_path):
    machine = BareRoot(tmp_path / "machine", images.root("smallest-machine", "apt"))
    checkout = machine.path + "/root/slim"
    subprocess.run("mkdir %s && git ls-files -z | tar --null -T - -c | tar -xC %s" % (checkout, checkout), shell=True, cwd=ROOT,
                   check=True)
    machine.run("cd slim && ./examples/quickstart/run.sh --no-install && exit 1 || test $? = 1")
    printed = machine.run("cd slim && ./examples/quickstart/run.sh", timeout=7200)
    assert "steps and 1 run equal" in printed
    assert {"var/www/html/about.html", "usr/sbin/nginx"} <= Image("oci:%s/build/quickstart/slim:nginx" % checkout).paths()
