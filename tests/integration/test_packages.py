"""The packages of packaging/: built of a copy of the tracked files, installed, used, removed."""
import os
import re
import shutil
import subprocess

import pytest

from conftest import ROOT
from testenv.bare_root import BareRoot
from testenv.tree import Image

# apt's and the system's own records of what was installed and removed.
RECORDS = ("var/lib/apt", "var/cache", "var/log", "var/lib/dpkg", "tmp", "run", "dev", "proc", "sys")
VERBS = {"build", "cache", "diff", "init", "inspect", "probe", "record", "trace", "verify", "why"}


def version():
    return subprocess.run([os.path.join(ROOT, "packaging/version")], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def built(script, directory, *options):
    """The last line that a script of packaging/ prints: a package."""
    source = directory / "source"
    source.mkdir()
    subprocess.run("git ls-files -z | tar --null -T - -c | tar -xC %s" % source, shell=True, cwd=ROOT, check=True)
    env = dict(os.environ, DEB_BUILD_OPTIONS="nocheck")  # the unit tests run elsewhere
    done = subprocess.run([source / "packaging" / script, directory / "out", *options], env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stdout + done.stderr[-8000:]
    return done.stdout.split()


@pytest.fixture(scope="module")
def deb(tmp_path_factory):
    directory = tmp_path_factory.mktemp("deb")
    yield built("build-deb.sh", directory)[-1]
    shutil.rmtree(directory)


@pytest.fixture
def machine(images, tmp_path):
    return BareRoot(tmp_path / "machine", images.root("bare-machine", "man-db", "bash-completion"))


def completions(machine, *words):
    """What bash offers for the last word."""
    script = """
        . /usr/share/bash-completion/bash_completion
        _completion_loader slim || true
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=$(printf %s "$*" | wc -c)
        function=$(complete -p slim | sed 's/.* -F \\([^ ]*\\) .*/\\1/')
        $function slim "${@: -1}" "${@: -2:1}" || true
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    return set(machine.run("set +eu\n" + script, *words).split())


@pytest.mark.nightly
@pytest.mark.needs("root", "mmdebstrap", "git", "dpkg-buildpackage", "lintian", "dh")
def test_debian_package(deb, machine, images):
    """lintian is part of build-deb.sh."""
    shutil.copy(deb, machine.path + "/root/slim.deb")
    machine.run("apt-get -q update")
    # Some of these leave files behind when they are purged, which says nothing about slim's package.
    machine.run('for field in Depends Recommends; do apt-get -q -y satisfy "$(dpkg-deb -f slim.deb $field)"; done')
    before = machine.files(but=RECORDS)
    machine.run("apt-get -q -y install ./slim.deb")

    assert machine.run("slim --version").strip() == "slim " + version()
    pages = {name[:-len(".scd")] for name in os.listdir(ROOT + "/cmd/man") if name.endswith(".scd")}
    for page in pages:
        name, section = page.rsplit(".", 1)
        assert machine.run('man -w "$1" "$2"', section, name).strip().endswith("/man%s/%s.gz" % (section, page))
    assert "slim " + version() in machine.run("man slim-build | cat").splitlines()[-1]

    shutil.copytree(images.service().split(":")[1], machine.path + "/root/service")
    machine.run("slim build oci:service:image -o oci:result:slim --http-probe-cmd /page.html --report report.json")
    assert {"srv/page.html", "bin/httpd"} <= Image("oci:%s/root/result:slim" % machine.path).paths()

    assert os.path.exists(machine.path + "/usr/share/bash-completion/completions/slim")
    assert os.path.exists(machine.path + "/usr/share/zsh/vendor-completions/_slim")
    assert os.path.exists(machine.path + "/usr/share/fish/vendor_completions.d/slim.fish")
    assert VERBS <= completions(machine, "slim", "")
    assert completions(machine, "slim", "reco") == {"record"}
    assert "--report" in completions(machine, "slim", "build", "--repo")

    machine.run("rm -r service result report.json .cache")
    machine.run("apt-get -q -y purge container-slim")
    after = machine.files(but=RECORDS)
    assert (sorted(after - before), sorted(before - after)) == ([], [])


@pytest.mark.nightly
@pytest.mark.needs("root", "git", "rpmbuild")
def test_rpm_packages(tmp_path):
    """On Debian: dependencies are looked at, but neither needed nor resolved. rpm unpacks and removes it."""
    # Debian's rpm knows no macro of the distribution's flags and finds no debug packages.
    packages = built("build-rpm.sh", tmp_path, "--nodeps", "--define", "debug_package %{nil}")
    assert [p for p in packages if p.endswith(".src.rpm")]
    binary = [p for p in packages if re.search(r"container-slim-[\d.]+-1\.\w+\.rpm$", p) and not p.endswith(".src.rpm")]
    assert len(binary) == 1, packages

    def rpm(*args):
        return subprocess.run(["rpm", "--root", str(tmp_path / "root"), *args], check=True, stdout=subprocess.PIPE, text=True).stdout

    (tmp_path / "root").mkdir()
    rpm("--initdb")
    requires = rpm("-qp", "--requires", *binary)
    assert "(runc or crun)" in requires and "libarchive.so" in requires
    listed = rpm("-qpl", *binary).split()
    assert "/usr/bin/slim" in listed and any("man1/slim-build.1" in name for name in listed)
    rpm("-i", "--nodeps", "--noscripts", *binary)
    program = tmp_path / "root/usr/bin/slim"
    assert subprocess.run([program, "--version"], stdout=subprocess.PIPE, text=True).stdout.strip() == "slim " + version()
    rpm("-e", "container-slim")
    left = [os.path.join(folder, name) for folder, _, names in os.walk(tmp_path / "root/usr") for name in names]
    assert [name for name in left if "slim" in name] == []
