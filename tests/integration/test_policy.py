"""What stays beside what was used: the levels, the user's own policy, and databases that tell the truth."""
import json
import os
import subprocess

import oci
import pytest

from testenv.layers import Layer
from testenv.samples import JOB_CONFIG
from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "runc")

STATUS = """Package: base
Status: install ok installed
Architecture: all
Version: 1

Package: lib
Status: install ok installed
Architecture: all
Version: 2

"""


@pytest.fixture
def packaged(images, tmp_path):
    """A distribution's layer, and an application above it."""
    base = Layer().dir("opt").file("opt/base", "base").file("opt/lib", "lib").file("opt/made-by-base", "x")
    base.file("var/lib/dpkg/status", STATUS).file("var/lib/dpkg/info/base.list", "/opt\n/opt/base\n")
    base.file("var/lib/dpkg/info/lib.list", "/opt\n/opt/lib\n").file("var/lib/dpkg/info/lib.postinst", "#!/bin/sh\n")
    app = Layer().dir("app").file("app/used", "used").file("app/lazy", "lazy").file("app/.git/HEAD", "x")
    app.dir("app/uploads", mode=0o700, uid=33)
    layers = [base.program("bin/job", images.programs["job"]).write(tmp_path / "base.tar"), app.write(tmp_path / "app.tar")]
    oci.write_layout(str(tmp_path / "in"), "image", oci.Image(layers, dict(JOB_CONFIG, Cmd=["cat", "/app/used"])))
    return "oci:%s:image" % (tmp_path / "in")


def build(slim, tmp_path, source, *options, **more):
    dest = "oci:%s:slim" % (tmp_path / "out")
    report = slim.build(source, dest, *options, **more)
    return Image(dest), report


def test_keep_most(slim, images, tmp_path):
    """All that a program may need, without what only people and compilers read."""
    status = "".join("Package: %s\nStatus: install ok installed\nSection: %s\nVersion: 1\n\n" % p
                     for p in (("tool", "utils"), ("tool-doc", "doc"), ("make", "devel")))
    base = Layer().program("bin/job", images.programs["job"]).file("var/lib/dpkg/status", status)
    for package, path in ("tool", "usr/bin/tool"), ("tool-doc", "usr/lib/tool/manual"), ("make", "usr/bin/make"):
        base.file(path, "x").file("var/lib/dpkg/info/%s.list" % package, "/%s\n" % path)
    base.file("usr/share/doc/tool/README", "x").file("usr/share/locale/de/LC_MESSAGES/tool.mo", "x")
    base.file("usr/share/locale/fr/LC_MESSAGES/tool.mo", "x").file("usr/include/tool.h", "x").file("usr/lib/libt.a", "x")
    base.file("var/cache/tool/x", "x").file("srv/.git/HEAD", "x").symlink("usr/bin/alias", "tool")
    base.symlink("usr/bin/gmake", "make")
    layers = [base.write(tmp_path / "base.tar"), Layer().file("app/used", "used").write(tmp_path / "app.tar")]
    config = dict(JOB_CONFIG, Cmd=["cat", "/app/used"], Env=["PATH=/bin", "LANG=fr_FR.UTF-8"])
    oci.write_layout(str(tmp_path / "in"), "image", oci.Image(layers, config))
    source, policy = "oci:%s:image" % (tmp_path / "in"), tmp_path / "policy.json"
    result, report = build(slim, tmp_path, source, keep="most")
    policy.write_text(json.dumps({"schema": "slim.policy/v1", "keep": "most"}))
    again = "oci:%s:slim" % (tmp_path / "again")
    assert slim.run("build", source, "-o", again, "--store", slim.store, "--policy", policy).status == 0
    assert Image(again).paths() == result.paths()
    assert {"usr/bin/tool", "usr/bin/alias", "usr/share/locale/fr/LC_MESSAGES/tool.mo"} <= result.paths()
    left_out = {"usr/lib/tool/manual", "usr/bin/make", "usr/bin/gmake", "usr/share/doc/tool/README", "usr/lib/libt.a",
                "usr/share/locale/de/LC_MESSAGES/tool.mo", "usr/include/tool.h", "var/cache/tool/x", "srv/.git/HEAD"}
    assert not left_out & result.paths()
    assert left_out <= {v["path"][1:] for v in report["dropped"]}
    assert {v["path"]: v["reason"] for v in report["kept"]}["/usr/bin/tool"] == "rest"


@pytest.mark.parametrize("keep,kept", [
    ("exact", {"app/used"}), ("closure", {"app/used"}), ("safe", {"app/used", "app/lazy", "app/uploads"}),
])
def test_levels(slim, packaged, tmp_path, keep, kept):
    result, _ = build(slim, tmp_path, packaged, keep=keep)
    assert {p for p in result.paths() if p.startswith("app/")} == kept
    assert "opt/made-by-base" not in result.paths()
    if "app/uploads" in kept:
        assert (result.nodes["app/uploads"].mode & 0o777, result.nodes["app/uploads"].uid) == (0o700, 33)


def test_directories_to_fill(slim, images, tmp_path):
    """A program that writes its log does not make the directory for it."""
    base = Layer().program("bin/job", images.programs["job"]).file("var/log/old.log", "x")
    base.dir("var/lib/service", mode=0o2770, uid=33, gid=44).file("var/lib/service/x", "x").dir("srv/empty")
    base.dir("usr/share/doc/empty").symlink("var/mail", "spool/mail").file("var/spool/mail/box", "x")
    base.file("var/lib/dpkg/status", STATUS)  # a distribution's: none of it is the application
    layers = [base.write(tmp_path / "base.tar"), Layer().file("app/used", "used").write(tmp_path / "app.tar")]
    oci.write_layout(str(tmp_path / "in"), "image", oci.Image(layers, dict(JOB_CONFIG, Cmd=["cat", "/app/used"])))
    source = "oci:%s:image" % (tmp_path / "in")
    result, _ = build(slim, tmp_path, source, keep="closure")
    assert not {"var/log", "var/lib/service", "srv/empty"} & result.paths()
    result, report = build(slim, tmp_path, source, keep="safe")
    assert {"var/log", "var/lib/service", "srv/empty", "var/mail", "var/spool/mail"} <= result.paths()
    assert not {"var/log/old.log", "var/lib/service/x", "var/spool/mail/box", "usr/share/doc/empty"} & result.paths()
    kept = result.nodes["var/lib/service"]
    assert (kept.kind, kept.mode, kept.uid, kept.gid) == ("dir", 0o2770, 33, 44)
    reasons = {v["path"]: v["reason"] for v in report["kept"]}
    assert reasons["/var/log"] == reasons["/var/lib/service"] == reasons["/srv/empty"] == "skeleton"


def test_what_stays_for_what(slim, images, tmp_path):
    """An application larger than safe adds is told with the option that keeps it; a used directory of a program is
    shown with its size."""
    base = Layer().program("bin/job", images.programs["job"]).file("var/lib/dpkg/status", STATUS)
    base.file("usr/lib/game/used", "u" * 10).file("usr/lib/game/level", "l" * 2000)
    app = Layer().file("srv/models/large", "x" * 34000000).file("srv/notes", "x" * 20)
    layers = [base.write(tmp_path / "base.tar"), app.write(tmp_path / "app.tar")]
    config = dict(JOB_CONFIG, Cmd=["cat", "/usr/lib/game/used"])
    oci.write_layout(str(tmp_path / "in"), "image", oci.Image(layers, config))
    source = "oci:%s:image" % (tmp_path / "in")
    result, report = build(slim, tmp_path, source, keep="safe")
    assert "srv/models/large" not in result.paths() and {"srv/notes", "usr/lib/game/level"} <= result.paths()
    (note,) = [n["text"] for n in report["notes"] if n["code"] == "left-out-by-limit"]
    assert note.startswith("/srv/models (34.0 MB) ") and note.endswith("--include /srv/models keeps it"), note
    assert report["kept_for"]["biggest_trees"] == [{"path": "/usr/lib/game", "bytes": 2000}]
    assert (report["kept_for"]["trees"], report["kept_for"]["application"]) == (2000, 20)
    dest = "oci:%s:again" % (tmp_path / "out")
    done = slim.run("build", source, "-o", dest, "--store", slim.store, "--include", "/srv/models")
    assert done.status == 0 and "2.0 kB in programs' own directories (/usr/lib/game 2.0 kB)" in done.out, done
    assert "34.0 MB asked for by options" in done.out and "is left out" not in done.out, done
    assert "srv/models/large" in Image(dest).paths()


@pytest.mark.parametrize("used,beside,note", [
    ("etc/tool.conf", "usr/share/tool/deep/table", "named-tree"),
    ("usr/share/words.en", "usr/share/words.de", None),  # the ending of the language is another
    ("usr/share/en.words", "usr/share/de.words", "siblings"),
])
def test_what_another_use_needs(slim, images, tmp_path, used, beside, note):
    """A directory that a configuration names, and the data beside what was opened."""
    base = Layer().program("bin/job", images.programs["job"]).file("etc/tool.conf", "data = /usr/share/tool\n")
    for path in "usr/share/tool/deep/table", "usr/share/words.en", "usr/share/words.de":
        base.file(path, "x")
    base.file("usr/share/en.words", "x").file("usr/share/de.words", "x").file("var/lib/dpkg/status", STATUS)
    layers = [base.write(tmp_path / "base.tar"), Layer().file("app/x", "x").write(tmp_path / "app.tar")]
    oci.write_layout(str(tmp_path / "in"), "image", oci.Image(layers, dict(JOB_CONFIG, Cmd=["cat", "/" + used])))
    source = "oci:%s:image" % (tmp_path / "in")
    for keep in "closure", "safe":
        result, report = build(slim, tmp_path, source, keep=keep)
        assert (beside in result.paths()) == (keep == "safe" and note is not None)
    kept = {v["path"]: v for v in report["kept"]}
    if note:
        assert (kept["/" + beside]["reason"], kept["/" + beside]["note"]) == ("rule", note)


def test_packages_that_the_author_named(slim, images, tmp_path):
    """A module that no run loaded stays; a compiler and what only came along do not."""
    sizes = {"mod-en": 10, "mod-fr": 10, "gcc": 10, "came-along": 10, "marked": 10, "fonts": 20 << 20}
    paths = {"mod-en": "usr/share/perl5/en", "mod-fr": "usr/share/perl5/fr", "gcc": "usr/bin/gcc",
             "came-along": "usr/share/perl5/la", "marked": "usr/share/perl5/de", "fonts": "usr/lib/fonts/x"}
    status = "".join("Package: %s\nStatus: install ok installed\nPriority: optional\nVersion: 1\n\n" % p for p in paths)
    auto = "".join("Package: %s\nAuto-Installed: 1\n\n" % p for p in paths if p != "marked")
    above = Layer().file("var/lib/dpkg/status", status).file("var/lib/apt/extended_states", auto)
    for package, path in paths.items():
        above.file(path, "x" * sizes[package]).file("var/lib/dpkg/info/%s.list" % package, "/%s\n" % path)
    base = Layer().program("bin/job", images.programs["job"]).file("var/lib/dpkg/status", "")
    layers = [base.write(tmp_path / "base.tar"), above.write(tmp_path / "above.tar")]
    install = "RUN /bin/sh -c apt-get update && apt-get install -y gcc mod-en mod-fr=1 fonts # buildkit"
    config = dict(JOB_CONFIG, Cmd=["cat", "/usr/share/perl5/en"])
    oci.write_layout(str(tmp_path / "in"), "image", oci.Image(layers, config, steps=["ADD base /", install]))
    source = "oci:%s:image" % (tmp_path / "in")
    result, report = build(slim, tmp_path, source, keep="safe")
    assert {p for p in paths if paths[p] in result.paths()} == {"mod-en", "mod-fr", "marked"}
    why = {v["path"]: (v["reason"], v.get("note")) for v in report["kept"]}
    assert why["/usr/share/perl5/fr"] == ("named-package", "mod-fr")
    notes = [n["text"] for n in report["notes"] if n["code"] == "named-packages-not-used"]
    assert len(notes) == 1 and "fonts (21.0 MB)" in notes[0] and "gcc" not in notes[0]
    result, _ = build(slim, tmp_path, source, keep="closure")
    assert {p for p in paths if paths[p] in result.paths()} == {"mod-en"}


def test_safe_is_the_default(slim, packaged, tmp_path):
    dest = "oci:%s:slim" % (tmp_path / "out")
    assert slim.run("build", packaged, "-o", dest, "--store", slim.store).status == 0
    assert "app/lazy" in Image(dest).paths()


def test_include_and_exclude(slim, packaged, tmp_path):
    patterns = tmp_path / "patterns"
    patterns.write_text("# what else\n/opt/made-*\n")
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({"schema": "slim.policy/v1", "keep": "exact", "include": ["opt"],
                                  "exclude": ["/opt/lib"], "include-exe": ["job"]}))
    result, report = build(slim, tmp_path, packaged, "--include-from", patterns, keep="exact")
    assert "opt/made-by-base" in result.paths() and "opt/base" not in result.paths()
    result, report = build(slim, tmp_path, packaged, "--policy", policy, "--include", "/none", keep="safe")
    assert {"opt/base", "opt/made-by-base", "app/lazy"} <= set(result.paths())
    assert "opt/lib" not in result.paths()
    assert [n["code"] for n in report["notes"] if "/none" in n["text"]] == ["policy-matches-nothing"]


def test_bad_policies(slim, packaged, tmp_path):
    policy = tmp_path / "policy.json"
    policy.write_text('{"schema": "slim.policy/v1", "includes": []}')
    slim.fails("build", packaged, "--policy", policy, status=2, code="policy-member-unknown",
               names=["includes", "policy.json"])
    slim.fails("build", packaged, "--policy", tmp_path / "none", status=2, code="file-open", names="none")
    slim.fails("build", packaged, "--keep", "all", status=2, code="policy-value-invalid", names=["keep", "all"])
    slim.fails("build", packaged, "--package-db", "all", status=2, code="policy-value-invalid",
               names="all")


@pytest.mark.parametrize("what,info", [("trim", {"lib.list"}), ("keep", {"base.list", "lib.list", "lib.postinst"}), ("drop", set())])
def test_package_database(slim, packaged, tmp_path, what, info):
    result, _ = build(slim, tmp_path, packaged, "--include", "/opt/lib", "--package-db", what)
    assert {os.path.basename(p) for p in result.paths() if p.startswith("var/lib/dpkg/info/")} == info
    assert ("var/lib/dpkg/status" in result.paths()) == (what != "drop")


def test_a_database_that_a_run_reads_stays(slim, packaged, tmp_path):
    result, _ = build(slim, tmp_path, packaged, "--run", "cat /var/lib/dpkg/status")
    assert result.nodes["var/lib/dpkg/status"] == Image(packaged).nodes["var/lib/dpkg/status"]
    assert "var/lib/dpkg/info/base.list" in result.paths()


def leads_to_directory(root, path):
    """Of a path in a root, whose symlinks mean that root."""
    for _ in range(40):
        full = os.path.join(root, path.lstrip("/"))
        if not os.path.islink(full):
            break
        path = os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(full)))
    return os.path.isdir(full)


@pytest.mark.needs("mmdebstrap", "dpkg-query")
def test_scanners_see_what_is_there(slim, images, tmp_path):
    """dpkg's own tools read the trimmed database: exactly the packages that own something that is kept."""
    tar = images.root("quickstart-nginx", "nginx-light")
    oci.write_layout(str(tmp_path / "in"), "image", oci.Image([tar], {
        "Cmd": ["nginx", "-g", "daemon off;"], "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], "ExposedPorts": {"80/tcp": {}},
        "StopSignal": "SIGQUIT"}))
    result, _ = build(slim, tmp_path, "oci:%s:image" % (tmp_path / "in"), keep="safe")
    roots = {}
    for name, tars in [("fat", [tar]), ("slim", [])]:
        roots[name] = tmp_path / name
        roots[name].mkdir()
        for path in tars:
            subprocess.run(["tar", "-x", "-f", path, "-C", roots[name]], check=True)
    for i, data in enumerate(result.tars):
        subprocess.run(["tar", "-x", "-f", "-", "-C", roots["slim"]], input=data, check=True)

    def query(root, *args):
        return subprocess.run(["dpkg-query", "--admindir", "%s/var/lib/dpkg" % roots[root], *args], check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    owners = set()
    for package in query("fat", "-W", "-f", "${binary:Package}\n").stdout.split():
        for path in query("fat", "-L", package).stdout.splitlines():
            full = os.path.join(roots["slim"], path.lstrip("/"))
            if os.path.lexists(full) and not os.path.isdir(os.path.join(roots["fat"], path.lstrip("/"))):
                owners.add(package)  # not a directory, nor a symlink to one: /lib stands in many lists
    listed = query("slim", "-W", "-f", "${binary:Package}\n")
    assert set(listed.stdout.split()) == owners and "nginx" in owners
    assert listed.stderr == ""
    for package in owners:
        for path in query("slim", "-L", package).stdout.splitlines():
            assert path == "/." or os.path.lexists(os.path.join(roots["slim"], path.lstrip("/"))), path
    done = subprocess.run(["dpkg", "-l", "--root", str(roots["slim"])], text=True, stdout=subprocess.PIPE, check=True)
    assert len([line for line in done.stdout.splitlines() if line.startswith("ii ")]) == len(owners)
    assert os.path.exists(os.path.join(roots["slim"], "etc/os-release"))


def test_why(slim, packaged, tmp_path):
    """The report knows all paths and what the run did, the image the reasons of what is in it."""
    build(slim, tmp_path, packaged, "--include", "/opt/lib", keep="exact")
    report, image = os.path.join(slim.directory, "report.json"), "oci:%s:slim" % (tmp_path / "out")
    told = slim.run("why", report, "/app/used", "/opt/lib", "/app/lazy")
    assert told.status == 0, told
    assert told.out.splitlines() == [
        "/app/used is kept, 4 bytes", "  a run used it: open, follow; by /bin/job",
        "/opt/lib is kept, 3 bytes, of the package lib", "  the user asked for it: --include",
        "/app/lazy is dropped, 4 bytes",
        "  no run used it, and nothing that is kept is known to need it; --include /app/lazy keeps it"]
    told = slim.run("why", image, "/app/used")
    assert told.out.splitlines() == ["/app/used is kept, 4 bytes", "  a run used it"]
    slim.fails("why", image, "/app/lazy", code="path-not-found", names="/app/lazy")
    slim.fails("why", packaged, "/app/lazy", code="report-not-attached", names=packaged)
    slim.fails("why", report, "/none", code="path-not-found", names="/none")
    told = slim.run("why", report, "/none", "/app/used", "/no/such", "/opt/lib")
    assert told.status == 1 and "/none" in told.err and "/no/such" in told.err, told
    assert told.out.splitlines()[0].startswith("/app/used is kept") and "/opt/lib is kept" in told.out, told


def test_why_beside_a_directory_of_that_name(slim, tmp_path):
    """A directory is no report, so the name is that of an image, which an engine is asked for."""
    (tmp_path / "localhost:1" / "app").mkdir(parents=True)
    nowhere = "unix://%s/none" % tmp_path
    slim.fails("why", "localhost:1/app", "/x", code="connection-failed", names=nowhere, cwd=tmp_path,
               env={"DOCKER_HOST": nowhere, "CONTAINER_HOST": nowhere})


def test_why_of_what_only_the_original_has(slim, images, tmp_path):
    """Through links that stay, through links that go, and as a directory."""
    base = Layer().program("bin/job", images.programs["job"]).file("var/lib/dpkg/status", STATUS)
    base.file("usr/tools/awk", "x").symlink("bin/awk", "../usr/tools/awk").symlink("tools", "usr/tools")
    base.symlink("etc/current", "/usr/tools/awk").dir("usr/share/none").file("usr/tools/data/a", "abc")
    layers = [base.write(tmp_path / "base.tar"), Layer().file("app/used", "used").write(tmp_path / "app.tar")]
    oci.write_layout(str(tmp_path / "in"), "image", oci.Image(layers, dict(JOB_CONFIG, Cmd=["cat", "/app/used"])))
    result, _ = build(slim, tmp_path, "oci:%s:image" % (tmp_path / "in"), "--include", "/etc/current",
                      "--exclude", "/usr/tools/awk", keep="closure")
    assert "etc/current" in result.paths() and "usr/tools/awk" not in result.paths()
    report = os.path.join(slim.directory, "report.json")
    for path, sayings in {"/bin/awk": ["/bin/awk is dropped", "it leads to /usr/tools/awk", "excluded"],
                          "/etc/current": ["/etc/current is kept", "it leads to /usr/tools/awk", "excluded"],
                          "/tools/data/a": ["/usr/tools/data/a is dropped", "--include /usr/tools/data/a"],
                          "/tools/data": ["/usr/tools/data is dropped", "1 entry, 3 bytes", "--include /usr/tools/data"],
                          "/usr/share/none": ["/usr/share/none is dropped"]}.items():
        told = slim.run("why", report, path)
        assert told.status == 0, told
        assert all(s in told.out for s in sayings), told


def test_diff(slim, packaged, tmp_path):
    build(slim, tmp_path, packaged, keep="exact")
    done = slim.run("diff", packaged, "oci:%s:slim" % (tmp_path / "out"), "--json")
    assert done.status == 0, done
    told = json.loads(done.out)
    changes = {p["path"]: p["change"] for p in told["paths"]}
    assert changes["/app/lazy"] == "gone" and changes["/var/lib/dpkg/status"] == "changed" and "/app/used" not in changes
    assert told["total"]["added"]["files"] == 0
    assert {p["name"] for p in told["packages"]} == {"base", "lib"}


SPEC = """Name: %(name)s
Version: 1
Release: 2
Summary: x
License: x
BuildArch: noarch
%%description
x
%%install
mkdir -p %%{buildroot}/opt
echo %(name)s > %%{buildroot}/opt/%(name)s
%%files
/opt/%(name)s
"""


@pytest.mark.needs("rpmbuild")
def test_rpm_sees_what_is_there(slim, images, tmp_path):
    """Of two packages that rpm itself installed, the one that is used stays in its database."""
    root = tmp_path / "root"
    root.mkdir()
    packages = []
    for name in ("alpha", "beta"):
        spec = tmp_path / (name + ".spec")
        spec.write_text(SPEC % {"name": name})
        subprocess.run(["rpmbuild", "--quiet", "--define", "_topdir %s" % (tmp_path / "top"), "-bb", spec], check=True)
        packages.append(tmp_path / "top" / "RPMS" / "noarch" / (name + "-1-2.noarch.rpm"))
    rpm = ["rpm", "--root", str(root), "--dbpath", "/var/lib/rpm"]
    subprocess.run(rpm + ["--initdb"], check=True)
    subprocess.run(rpm + ["-i", "--nodeps", *packages], check=True, stderr=subprocess.DEVNULL)
    subprocess.run(["tar", "-C", root, "-cf", tmp_path / "rpm.tar", "."], check=True)
    layers = [str(tmp_path / "rpm.tar"), Layer().program("bin/job", images.programs["job"]).write(tmp_path / "job.tar")]
    oci.write_layout(str(tmp_path / "in"), "image", oci.Image(layers, dict(JOB_CONFIG, Cmd=["cat", "/opt/beta"])))
    result, report = build(slim, tmp_path, "oci:%s:image" % (tmp_path / "in"), keep="exact")
    assert {(p["name"], p["manager"], p["kept_files"]) for p in report["packages"]} == {("alpha", "rpm", 0), ("beta", "rpm", 1)}
    out = tmp_path / "slim"
    out.mkdir()
    for data in result.tars:
        subprocess.run(["tar", "-x", "-f", "-", "-C", out], input=data, check=True)
    done = subprocess.run(["rpm", "--root", str(out), "--dbpath", "/var/lib/rpm", "-qa"], check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert done.stdout.split() == ["beta-1-2.noarch"]
