"""slim build --platform all|LIST: every platform of an index in one go. skopeo is the judge."""
import hashlib
import json
import os
import subprocess

import oci
import pytest

from testenv import platforms
from testenv.docker29 import Docker29
from testenv.emulation import EMULATOR, EmulatingUser
from testenv.layers import Layer
from testenv.platforms import ATTESTATION_OF, FOREIGN, HOST
from testenv.residue import nothing_left
from testenv.tree import Image
from testenv.user import UserSlim

pytestmark = pytest.mark.needs("root", "runc", "skopeo", "clang", "ld.lld")
LINUX = "linux/"


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    return platforms.Index(tmp_path_factory.mktemp("platforms"))


def make_trace(slim, index, tmp_path):
    """Of FOREIGN: its program does the same as the host's, so the recording of that is one of it, but for the digest."""
    recorded, own = tmp_path / "host.json", tmp_path / "foreign.json"
    result = slim.run("record", index.reference, "-o", recorded, "--store", slim.store)
    assert result.status == 0, result
    document = json.loads(recorded.read_text())
    assert [i["digest"] for i in document["images"]] == [index.entry(HOST)["digest"]]
    document["images"][0]["digest"] = index.entry(FOREIGN)["digest"]
    own.write_text(json.dumps(document))
    return own


@pytest.fixture
def trace(slim, index, tmp_path):
    return make_trace(slim, index, tmp_path)


def raw(reference):
    text = subprocess.run(["skopeo", "inspect", "--raw", reference], stdout=subprocess.PIPE, check=True).stdout
    return json.loads(text), "sha256:" + hashlib.sha256(text).hexdigest()


def build(slim, index, output, *options, status=0, platform="all", source=None, **more):
    result = slim.run("build", source or index.reference, "-o", output, "--store", slim.store, "--keep", "exact", "--platform", platform,
                      *options, **more)
    assert result.status == status, result
    return result


def check_index(index, made, replaced):
    """replaced: the architectures whose plain images are slim. All other entries are as they were."""
    originals = {index.entry(a)["digest"]: a for a in replaced}
    expected = [e for e in index.document["manifests"] if e.get("annotations", {}).get(ATTESTATION_OF) not in originals]
    assert len(made["manifests"]) == len(expected)
    assert made["annotations"] == index.document["annotations"]
    for new, old in zip(made["manifests"], expected):
        if old["digest"] not in originals:
            assert new == old
            continue
        assert new["platform"] == old["platform"] and new["digest"] != old["digest"]
        assert new["annotations"] == {"com.example.arch": originals[old["digest"]]}


def check_image(layout, made, arch):
    """The slim image of that architecture has what its program used, and no description of the old layer."""
    entry = next(e for e in made["manifests"] if e["platform"] == {"os": "linux", "architecture": arch})
    with open(os.path.join(layout, "blobs", "sha256", entry["digest"].split(":")[1]), "rb") as f:
        manifest = json.loads(f.read())
    assert manifest["annotations"]["org.example.stays"] == "yes"
    assert not [a for a in manifest["annotations"] if "stargz" in a]
    assert len(manifest["layers"]) == 1 and "annotations" not in manifest["layers"][0]
    image = Image("oci:%s:all" % layout, arch)
    assert image.paths() >= {"bin/reader", "etc/used"} and "etc/unused" not in image.paths()
    assert image.config["architecture"] == arch


def test_all_with_a_trace_and_others_kept(slim, index, trace, tmp_path):
    """The trace names the image of its platform, so that it needs no platform in front."""
    layout, copy = str(tmp_path / "out"), str(tmp_path / "copy")
    result = build(slim, index, "oci:%s:all" % layout, "--trace", trace, "--others", "keep", "--json")
    made, digest = raw("oci:%s:all" % layout)
    check_index(index, made, [HOST, FOREIGN])
    for arch in (HOST, FOREIGN):
        check_image(layout, made, arch)
    subprocess.run(["skopeo", "copy", "-q", "--all", "oci:%s:all" % layout, "oci:%s:all" % copy], check=True)
    assert raw("oci:%s:all" % copy)[1] == digest  # nothing is missing
    reports = {r["name"]: r for r in json.loads(result.out)["reports"]}
    assert list(reports) == [LINUX + HOST, LINUX + FOREIGN]  # variants, Windows and attestations are not looked at
    assert reports[LINUX + HOST]["report"]["verify"]["equal"]
    assert reports[LINUX + FOREIGN]["report"]["verify"]["skipped"]
    assert {r["report"]["destinations"][0]["digest"] for r in reports.values()} == {digest}


def test_one_that_cannot_be_slimmed(slim, index, tmp_path):
    layout = str(tmp_path / "out")
    line = slim.fails("build", index.reference, "-o", "oci:%s:all" % layout, "--store", slim.store, "--platform", "all",
                      code="platforms-not-buildable", names=(LINUX + FOREIGN, "--trace", "--others keep"))
    assert LINUX + HOST not in line.split("(")[0]
    assert not os.path.exists(layout)
    result = build(slim, index, "oci:%s:all" % layout, "--others", "keep")
    made, digest = raw("oci:%s:all" % layout)
    check_index(index, made, [HOST])
    check_image(layout, made, HOST)
    assert result.out.splitlines()[0].split() == ["platform", LINUX + HOST]
    assert "%s, kept as it is" % (LINUX + FOREIGN) in result.out
    assert result.out.rstrip().endswith(digest)


def test_list(slim, index, trace, tmp_path):
    layout = str(tmp_path / "out")
    build(slim, index, "oci:%s:all" % layout, "--trace", "%s=%s" % (LINUX + FOREIGN, trace), platform="linux/amd64,linux/arm64")
    check_index(index, raw("oci:%s:all" % layout)[0], [HOST, FOREIGN])
    again = str(tmp_path / "again")  # only the other one, in the list twice
    build(slim, index, "oci:%s:all" % again, "--trace", trace, platform="%s,%s" % (LINUX + FOREIGN, FOREIGN))
    check_index(index, raw("oci:%s:all" % again)[0], [FOREIGN])


def test_variant_is_slimmed_if_it_is_named(slim, index, trace, tmp_path):
    layout = str(tmp_path / "out")
    build(slim, index, "oci:%s:all" % layout, "--trace", "linux/arm/v7=%s" % trace, "--others", "keep")
    made, _ = raw("oci:%s:all" % layout)
    old = index.entry("arm", "v7")
    new = next(e for e in made["manifests"] if e["platform"] == old["platform"])
    assert new["digest"] != old["digest"]
    assert old["digest"] not in [e.get("annotations", {}).get(ATTESTATION_OF) for e in made["manifests"]]


def test_second_platform_fails(slim, index, trace, tmp_path):
    """Only the host's platform passes the gate, because only that is run: nothing is published, anywhere."""
    layout, archive, report = str(tmp_path / "out"), str(tmp_path / "out.tar"), str(tmp_path / "r.json")
    result = build(slim, index, "oci:%s:all" % layout, "--trace", trace, "-o", "oci-archive:" + archive, "--report", report,
                   "--require-verify", status=4)
    assert LINUX + FOREIGN in result.error_lines()[0]
    assert not os.path.exists(layout) and not os.path.exists(archive)
    with open(report) as first, open("%s.linux-%s" % (report, FOREIGN)) as second:
        first, second = json.load(first), json.load(second)
    assert [g["passed"] for r in (first, second) for g in r["gates"]["list"]] == [True, False]


def test_drift_is_judged_where_a_trace_stands_for_the_run(slim, index, trace, tmp_path):
    result = build(slim, index, "oci:%s:all" % (tmp_path / "out"), "--trace", trace, "--trace-max-drift", "5%", "--json")
    host, foreign = (r["report"]["gates"]["list"] for r in json.loads(result.out)["reports"])
    assert not host and [g["name"] for g in foreign] == ["trace-max-drift"]


def test_in_a_file_of_many_images(slim, index, tmp_path):
    """There it counts as one image, whose report is that of the host's platform."""
    layout = str(tmp_path / "out")
    (tmp_path / "slim.yaml").write_text("""
schema: slim.build/v1
images:
  - {name: web, image: "%s", output: "oci:%s:all", store: %s, keep: exact, platform: all, others: keep}
""" % (index.reference, layout, slim.store))
    result = slim.run("build", "--file", tmp_path / "slim.yaml", "--json")
    assert result.status == 0, result
    (image,) = json.loads(result.out)["reports"]
    assert image["state"] == "done" and image["report"]["verify"]["equal"]
    made, digest = raw("oci:%s:all" % layout)
    check_index(index, made, [HOST])
    assert image["report"]["destinations"][0]["digest"] == digest


def test_files_of_each_platform(slim, index, trace, tmp_path):
    names = {"--report": "r.json", "--html": "p.html", "--lock": "slim.lock", "--dockerfile-out": "Dockerfile"}
    options = [word for option, name in names.items() for word in (option, str(tmp_path / name))]
    build(slim, index, "oci:%s:all" % (tmp_path / "out"), "--trace", trace, *options)
    for name in names.values():
        assert os.path.getsize(tmp_path / name) and os.path.getsize(tmp_path / ("%s.linux-%s" % (name, FOREIGN)))
    why = slim.run("why", "%s.linux-%s" % (tmp_path / "r.json", FOREIGN), "/etc/used")
    assert why.status == 0, why
    build(slim, index, "oci:%s:all" % (tmp_path / "out"), "--trace", trace, "--lock", tmp_path / "slim.lock", "--check")
    changed = tmp_path / ("slim.lock.linux-" + FOREIGN)
    changed.write_text(changed.read_text().replace("/etc/used", "/etc/uses"))
    build(slim, index, "oci:%s:new" % (tmp_path / "out"), "--trace", trace, "--lock", tmp_path / "slim.lock", "--check", status=4)
    assert "new" not in (tmp_path / "out" / "index.json").read_text()


@pytest.mark.needs("docker-registry")
def test_in_a_registry(slim, plain_registry, tmp_path):
    registry, index = plain_registry, platforms.Index(tmp_path, elsewhere=False)
    trace = make_trace(slim, index, tmp_path)
    registry.push(index.reference, "platforms:all", "--all")
    env = registry.environment(DOCKER_HOST="unix://%s" % (tmp_path / "no.sock"))
    made_here = tmp_path / "here"
    made_here.mkdir()
    result = slim.run("build", "docker://%s/platforms:all" % registry.host, "--platform", "all", "--trace", trace, "--push",
                      "-t", "%s/slim/platforms:all" % registry.host, "--attach-report", "--store", slim.store, "--json",
                      cwd=made_here, env=env)
    assert result.status == 0, result
    made = json.loads(registry.raw("slim/platforms:all"))
    check_index(index, made, [HOST, FOREIGN])
    registry.pull("slim/platforms:all", "oci:%s:all" % (tmp_path / "copy"), "--all")
    reports = json.loads(result.out)["reports"]
    assert [n["code"] for r in reports for n in r["report"]["notes"]].count("report-attached") == 2
    assert not os.listdir(made_here)


def put_into_containerd(containerd, index, name, namespace):
    archive = os.path.join(containerd.directory, "index.tar")
    subprocess.run(["skopeo", "copy", "-q", "--all", index.reference, "oci-archive:%s:%s" % (archive, name)], check=True)
    containerd.ctr("images", "import", "--all-platforms", "--no-unpack", archive, namespace=namespace)
    os.unlink(archive)


def made_in_containerd(containerd, name, namespace, tmp_path):
    """(layout, index, digest) of all that a name of containerd stands for."""
    archive, layout = str(tmp_path / "export.tar"), str(tmp_path / "exported")
    containerd.ctr("images", "export", "--all-platforms", archive, name, namespace=namespace)
    subprocess.run(["skopeo", "copy", "-q", "--all", "oci-archive:" + archive, "oci:%s:all" % layout], check=True)
    return layout, *raw("oci:%s:all" % layout)


@pytest.mark.needs("containerd", "ctr")
@pytest.mark.parametrize("unpack", [[], ["--unpack"]])
def test_in_containerd(slim, containerd, tmp_path, unpack):
    """The blobs of all platforms stay, even if containerd collects what nothing refers to; this machine's is unpacked."""
    index = platforms.Index(tmp_path, elsewhere=False)
    put_into_containerd(containerd, index, "docker.io/library/platforms:all", "default")
    report = build(slim, index, "containerd:platforms:slim", "--trace", make_trace(slim, index, tmp_path), "--json", *unpack,
                   source="containerd:platforms:all", env={"CONTAINERD_ADDRESS": containerd.socket})
    containerd.collect()
    layout, made, digest = made_in_containerd(containerd, "docker.io/library/platforms:slim", "default", tmp_path)
    check_index(index, made, [HOST, FOREIGN])
    for arch in (HOST, FOREIGN):
        check_image(layout, made, arch)
    assert containerd.target("docker.io/library/platforms:slim") == digest
    assert {r["report"]["destinations"][0]["digest"] for r in json.loads(report.out)["reports"]} == {digest}
    assert len(containerd.ctr("snapshots", "ls").splitlines()) - 1 == len(unpack)


@pytest.mark.needs("containerd", "ctr")
def test_in_docker_29(slim, containerd, tmp_path):
    """All platforms are loaded in one archive."""
    index, docker = platforms.Index(tmp_path, elsewhere=False), Docker29(str(tmp_path / "docker.sock"), containerd)
    put_into_containerd(containerd, index, "docker.io/library/platforms:all", docker.namespace)
    for name in ("platforms:all", "platforms:slim"):
        docker.add(name)
    try:
        build(slim, index, "docker-daemon:platforms:slim", "--trace", make_trace(slim, index, tmp_path),
              source="docker-daemon:platforms:all", env={"DOCKER_HOST": "unix://" + docker.path})
    finally:
        docker.stop()
    assert docker.loads == 1
    layout, made, _ = made_in_containerd(containerd, "docker.io/library/platforms:slim", docker.namespace, tmp_path)
    check_index(index, made, [HOST, FOREIGN])
    for arch in (HOST, FOREIGN):
        check_image(layout, made, arch)


@pytest.mark.needs("containerd", "ctr")
def test_in_a_docker_29_elsewhere(slim, containerd, tmp_path):
    """Its containerd cannot be read. What it saves can."""
    index, docker = platforms.Index(tmp_path, elsewhere=False), Docker29(str(tmp_path / "docker.sock"), containerd, False)
    put_into_containerd(containerd, index, "docker.io/library/platforms:all", docker.namespace)
    docker.add("platforms:all")
    try:
        slim.fails("build", "docker-daemon:platforms:all", "--platform", "all", "--others", "keep", "--store", slim.store, "-o",
                   "oci:%s:all" % (tmp_path / "out"), code="engine-without-index", names="docker save -o FILE platforms:all",
                   env={"DOCKER_HOST": "unix://" + docker.path})
    finally:
        docker.stop()
    _, saved = docker.layout("platforms:all")
    build(slim, index, "oci:%s:all" % (tmp_path / "out"), "--others", "keep", source="oci-archive:" + saved)
    check_index(index, raw("oci:%s:all" % (tmp_path / "out"))[0], [HOST])


def test_from_a_pipe(slim, index, tmp_path):
    """An archive on standard input can be read once."""
    archive, layout = str(tmp_path / "all.tar"), str(tmp_path / "out")
    subprocess.run(["tar", "-C", index.layout, "-cf", archive, "."], check=True)
    with subprocess.Popen(["cat", archive], stdout=subprocess.PIPE) as pipe:
        result = slim.run("build", "oci-archive:/dev/stdin:all", "-o", "oci:%s:all" % layout, "--store", slim.store, "--keep",
                          "exact", "--platform", "all", "--others", "keep", stdin=pipe.stdout)
    assert result.status == 0, result
    check_index(index, raw("oci:%s:all" % layout)[0], [HOST])


def test_list_of_docker(slim, tmp_path):
    """A directory keeps it; a layout gets an index of OCI, since skopeo finds no list of Docker there."""
    source, layout, directory = str(tmp_path / "source"), str(tmp_path / "layout"), str(tmp_path / "dir")
    images = []
    for arch in (HOST, FOREIGN):
        layer = Layer().dir("etc").file("etc/used", arch).file("etc/unused", "x" * 100000).dir("bin")
        layer.program("bin/reader", platforms.compile_reader(tmp_path, arch))
        images.append(oci.Image([layer.write(str(tmp_path / arch))], {"Entrypoint": ["/bin/reader"]}, arch=arch, family=oci.DOCKER))
    oci.write_layout(source, "all", *images)
    result = slim.run("build", "oci:%s:all" % source, "--platform", "all", "--others", "keep", "-o", "oci:%s:all" % layout, "-o",
                      "dir:" + directory, "--store", slim.store, "--keep", "exact")
    assert result.status == 0, result
    for made, family in (("oci:%s:all" % layout, oci.OCI), ("dir:" + directory, oci.DOCKER)):
        index, _ = raw(made)
        assert index["mediaType"] == oci.MEDIA[family]["index"]
        types = {e["platform"]["architecture"]: e["mediaType"] for e in index["manifests"]}
        assert types == {HOST: oci.MEDIA[family]["manifest"], FOREIGN: oci.MEDIA[oci.DOCKER]["manifest"]}
        subprocess.run(["skopeo", "copy", "-q", "--all", made, "dir:%s" % (tmp_path / family)], check=True)


def test_wrong_options(slim, index, images, trace, tmp_path):
    out = ("-o", "oci:%s:x" % (tmp_path / "out"), "--store", slim.store)
    several = ("--platform", "all")
    for options, code, names in (
            (("--others", "keep"), "option-needs-partner", "--others"),
            (several + ("--others", "drop"), "option-value-invalid", "drop"),
            (("--platform", "linux/amd64,"), "platform-malformed", "--platform"),
            (("--platform", "all,linux/amd64"), "option-value-invalid", "all,linux/amd64"),
            (several + ("--trace", "linux/arm64="), "option-value-invalid", "--trace"),
            (several + ("--on-fail", "keep-original"), "option-conflict", "--on-fail"),
            (several + ("--html", "-"), "option-conflict", "--html"),
            (("--trace", "linux/%s=%s" % (FOREIGN, trace)), "trace-platform-not-built", "linux/" + HOST)):
        slim.fails("build", index.reference, *out, *options, status=2, code=code, names=names)
    for source, options, code, names in (
            (images.job(), several, "source-without-index", "index"),
            (index.reference, ("--platform", "linux/amd64,linux/s390x"), "platform-not-found", "linux/s390x"),
            (index.reference, ("--platform", LINUX + HOST + ",windows/amd64"), "platforms-not-buildable", "windows/amd64"),
            (index.reference, ("--platform", "linux/%s,%s" % (HOST, HOST), "--trace", str(trace)), "trace-platform-not-built",
             LINUX + FOREIGN),
            (index.reference, several + ("--trace", "linux/s390x=%s" % trace), "platform-not-found", "linux/s390x")):
        slim.fails("build", source, *out, *options, code=code, names=names)
    slim.fails("build", index.reference, "-o", "docker-archive:%s" % (tmp_path / "x.tar"), "--store", slim.store, *several,
               "--others", "keep", code="destination-takes-no-index", names="docker-archive:")
    assert not os.path.exists(tmp_path / "out")


@pytest.fixture
def emulating(user):
    """slim where FOREIGN is emulated: as an ordinary user, since root there would want the machine's cgroups."""
    with nothing_left(UserSlim(EmulatingUser(user))) as mine:
        yield mine


def build_emulated(mine, user, index, *options):
    """The result, and the layout that is written."""
    layout = os.path.join(mine.directory, "out")
    source = user.copy(index.reference, mine.directory)
    return mine.run("build", source, "-o", "oci:%s:all" % layout, "--store", mine.store, "--keep", "exact", "--platform", "all",
                    *options), layout


@pytest.mark.needs("user_binfmt_misc", EMULATOR, "newuidmap", "setpriv", "useradd")
def test_emulated(emulating, user, index):
    """The foreign image runs, is recorded and proven as the host's is; the report says that it was emulated."""
    result, layout = build_emulated(emulating, user, index, "--json")
    assert result.status == 0, result
    made, _ = raw("oci:%s:all" % layout)
    check_index(index, made, [HOST, FOREIGN])
    for arch in (HOST, FOREIGN):
        check_image(layout, made, arch)
    reports = {r["name"]: r["report"] for r in json.loads(result.out)["reports"]}
    notes = {name: [n["text"] for n in r["notes"] if n["code"] == "platform-emulated"] for name, r in reports.items()}
    assert not notes[LINUX + HOST] and len(notes[LINUX + FOREIGN]) == 1
    assert EMULATOR in notes[LINUX + FOREIGN][0]
    assert reports[LINUX + FOREIGN]["verify"]["equal"]


@pytest.mark.needs("user_binfmt_misc", EMULATOR, "newuidmap", "setpriv", "useradd")
def test_emulated_exercise_fails(emulating, user, tmp_path):
    """The host's platform is proven, the other is not: the exit status says so, and nothing is published."""
    result, layout = build_emulated(emulating, user, platforms.Index(tmp_path, broken=FOREIGN), "--json")
    assert result.status == 3, result
    states = {r["name"]: r["state"] for r in json.loads(result.out)["reports"]}
    assert states == {LINUX + HOST: "done", LINUX + FOREIGN: "not proven"}
    assert result.error_lines()[-1].startswith(LINUX + FOREIGN)
    assert not os.path.exists(layout)
