"""Where the result goes: defaults, names, several destinations, indexes, the attached report. skopeo is the judge."""
import json
import os
import subprocess

import pytest

from testenv.engines import call

pytestmark = pytest.mark.needs("root", "runc", "skopeo")


@pytest.fixture
def registry(plain_registry):
    return plain_registry


@pytest.fixture
def build(slim, registry, tmp_path):
    """slim build, in an empty working directory; the report as --json prints it."""
    here = tmp_path / "here"
    here.mkdir()

    def run(source, *options, env=None):
        # no engine of the machine counts
        env = dict(registry.environment(DOCKER_HOST="unix://%s" % (tmp_path / "no.sock")), **(env or {}))
        result = slim.run("build", source, "--store", slim.store, "--json", "--keep", "exact", *options, cwd=here, env=env)
        assert result.status == 0, result
        return json.loads(result.out)
    run.here = here
    return run


def digest_of(reference, *options):
    return "sha256:" + subprocess.run("skopeo inspect --raw %s %s | sha256sum" % (" ".join(options), reference), shell=True,
                                      stdout=subprocess.PIPE, text=True, check=True).stdout.split()[0]


def test_several_at_once(build, images, registry, tmp_path):
    outputs = ["oci:%s:a" % (tmp_path / "layout"), "dir:%s" % (tmp_path / "dir"), "oci-archive:%s:b" % (tmp_path / "b.tar"),
               "docker-archive:%s" % (tmp_path / "c.tar"), "docker://%s/several:1" % registry.host]
    report = build(images.job(), *[word for o in outputs for word in ("-o", o)], "-t", "small:1", "-t", "small:2")
    places = {d["reference"]: d for d in report["destinations"]}
    assert list(places) == outputs
    assert places[outputs[3]]["names"] == ["small:1", "small:2"]
    assert places[outputs[4]]["pinned"] == "%s/several@%s" % (registry.host, places[outputs[4]]["digest"])
    oci = report["result"]["digest"]
    for place in (0, 1, 2, 4):
        options = registry.options() if place == 4 else ()
        assert digest_of(outputs[place], *options) == places[outputs[place]]["digest"] == oci
    assert places[outputs[3]]["digest"] != oci  # Docker's media types
    tags = json.loads(call("tar", "xOf", tmp_path / "c.tar", "manifest.json"))[0]["RepoTags"]
    assert tags == ["small:1", "small:2"]


def test_registry_image_without_engine_goes_to_a_layout_here(build, images, registry):
    registry.push(images.job(), "team/app:7")
    report = build("docker://%s/team/app:7" % registry.host)
    assert report["destinations"][0]["reference"] == "oci:app.slim:7"
    assert digest_of("oci:%s:7" % (build.here / "app.slim")) == report["result"]["digest"]


def test_push_by_name_and_by_tags(build, images, registry):
    registry.push(images.job(), "pushed:1")
    report = build("docker://%s/pushed:1" % registry.host, "--push")
    assert [d["reference"] for d in report["destinations"]] == ["docker://%s/pushed.slim:1" % registry.host]
    assert registry.digest("pushed.slim:1") == report["result"]["digest"]
    names = ["%s/%s" % (registry.host, name) for name in ("pushed:a", "pushed:b", "elsewhere:c")]
    report = build("docker://%s/pushed:1" % registry.host, "--push", *[w for n in names for w in ("-t", n)])
    assert len(report["destinations"]) == 2
    for name in ("pushed:a", "pushed:b", "elsewhere:c"):
        assert registry.digest(name) == report["result"]["digest"]


@pytest.mark.parametrize("family", ["oci", "docker"])
def test_family_is_kept_or_chosen(build, images, registry, family):
    source = "family-%s:1" % family
    registry.push(images.of_form("oci"), source, *(["--format", "v2s2"] if family == "docker" else []))
    before = json.loads(registry.raw(source))
    report = build("docker://%s/%s" % (registry.host, source), "-o", "docker://%s/kept-%s:1" % (registry.host, family))
    assert registry.digest("kept-%s:1" % family) == report["result"]["digest"]
    kept = json.loads(registry.raw("kept-%s:1" % family))
    assert kept["mediaType"] == before["mediaType"]
    for name in ("oci", "docker"):
        build("docker://%s/%s" % (registry.host, source), "-o", "docker://%s/%s-as-%s:1" % (registry.host, family, name),
              "--format", name)
        made = json.loads(registry.raw("%s-as-%s:1" % (family, name)))
        assert ("docker" in made["mediaType"]) == (name == "docker")
        assert ("docker" in made["layers"][0]["mediaType"]) == (name == "docker")
        assert made["config"]["digest"] == kept["config"]["digest"]


def test_format_that_a_destination_has_not(slim, images, tmp_path):
    line = slim.fails("build", images.job(), "-o", "oci:%s:a" % (tmp_path / "x"), "--format", "docker", "--store", slim.store,
                      code="format-conflict", names=("--format", "oci:"))
    assert "OCI" in line
    assert not os.path.exists(tmp_path / "x")


def test_index_is_kept(build, images, registry, tmp_path):
    """Two platforms and an attestation: the other one stays as it is, the attestation of ours goes."""
    ours, other = registry.push(images.job(), "multi:ours"), registry.push(images.service(), "multi:other")

    def entry(digest, name, architecture, **annotations):
        return {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "size": len(registry.raw(name)),
                "platform": {"os": "unknown" if architecture == "unknown" else "linux", "architecture": architecture},
                "annotations": annotations}
    machine = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
    foreign = "arm64" if machine == "amd64" else "amd64"
    index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "annotations": {"of": "the index"},
             "manifests": [entry(ours, "multi:ours", machine), entry(other, "multi:other", foreign, mine="stays"),
                           entry(other, "multi:other", "unknown", **{"vnd.docker.reference.digest": ours})]}
    put = tmp_path / "index.json"
    put.write_text(json.dumps(index))
    call("curl", "-sfS", "--noproxy", "*", "-X", "PUT", "-H", "Content-Type: " + index["mediaType"], "--data-binary",
         "@%s" % put, registry.url + "/v2/multi/manifests/all")
    report = build("docker://%s/multi:all" % registry.host, "--keep-index", "-o", "docker://%s/kept/multi:slim" % registry.host)
    made = json.loads(registry.raw("kept/multi:slim"))
    assert registry.digest("kept/multi:slim") == report["result"]["digest"]
    assert made["annotations"] == index["annotations"] and len(made["manifests"]) == 2
    assert made["manifests"][1] == index["manifests"][1]
    assert made["manifests"][0]["platform"] == index["manifests"][0]["platform"]
    assert made["manifests"][0]["digest"] != ours
    slimmed = json.loads(registry.raw("kept/multi@" + made["manifests"][0]["digest"]))
    assert len(slimmed["layers"]) == 1
    base = slimmed["annotations"]
    assert base["org.opencontainers.image.base.name"] == "%s/multi:all" % registry.host
    assert base["org.opencontainers.image.base.digest"] == registry.digest("multi:all")
    registry.pull("kept/multi:slim", "oci:%s:all" % (tmp_path / "copy"), "--all")  # nothing is missing
    line = build_fails(build, images.job(), "--keep-index", "-o", "oci:x:y")
    assert "--keep-index" in line


def build_fails(build, *args):
    with pytest.raises(AssertionError) as failed:
        build(*args)
    return str(failed.value)


def test_report_is_attached(build, images, registry):
    """docker-registry knows no referrers: they are under the fallback tag."""
    report = build(images.job(), "-o", "docker://%s/attached:1" % registry.host, "--attach-report")
    digest = report["result"]["digest"]
    index = json.loads(registry.raw("attached:" + digest.replace(":", "-")))
    assert [m["artifactType"] for m in index["manifests"]] == ["application/vnd.slim.report.v1+json"]
    artifact = json.loads(registry.raw("attached@" + index["manifests"][0]["digest"]))
    assert artifact["subject"]["digest"] == digest
    with open(registry.blob_path(artifact["layers"][0]["digest"])) as f:
        attached = json.load(f)
    assert attached["schema"] == "slim.report/v1" and attached["result"]["digest"] == digest and attached["kept"]


def test_no_registry_to_attach_to(slim, images, tmp_path):
    slim.fails("build", images.job(), "-o", "oci:%s:a" % (tmp_path / "x"), "--attach-report", "--store", slim.store,
               code="attach-without-registry", names="--attach-report")


def test_a_failing_destination_leaves_the_others_alone(slim, images, registry, tmp_path):
    (tmp_path / "file").write_text("no directory")
    slim.fails("build", images.job(), "-o", "oci:%s:a" % (tmp_path / "good"), "-o", "docker://%s/alone:1" % registry.host,
               "-o", "oci:%s:a" % (tmp_path / "file"), "--store", slim.store, "--keep", "exact", env=registry.environment(),
               code="source-not-directory", names=str(tmp_path / "file"))
    assert not os.path.exists(tmp_path / "good")
    assert "/v2/alone/manifests/1" not in [r["path"] for r in registry.requests() if r["method"] == "PUT"]


def test_password_is_not_shown(slim, images, tmp_path):
    """Neither to who lists the processes nor in a report."""
    process = slim.start("build", images.service(), "-o", "oci:%s:a" % (tmp_path / "x"), "--store", slim.store, "--creds",
                         "ann:s3cret-1", "--dest-creds=bob:s3cret-2", "--continue-after", "signal", "--report", tmp_path / "r.json", "--env",
                         "TOKEN=s3cret-3", "-eKEY=s3cret-4")
    from testenv.engines import wait_for
    line = lambda: open("/proc/%d/cmdline" % process.pid).read()
    wait_for(lambda: "s3cret" not in line(), "the passwords are blanked")
    wait_for(lambda: os.path.exists(os.path.join(slim.store, "runs")) and
             any(os.path.exists(os.path.join(slim.store, "runs", run, "log")) for run in os.listdir(os.path.join(slim.store, "runs"))),
             "the container runs")
    process.send_signal(15)
    result = slim.end(process)
    assert "s3cret" not in result.out + result.err


def test_credentials_are_for_the_source_registry(slim, images, registries):
    """Another registry does not get them, though it would take them."""
    source, other = registries(htpasswd=True), registries(htpasswd=True)
    source.push(images.job(), "app:1")
    conf = os.path.join(source.home, "registries.conf")
    with open(conf, "a") as f:
        f.write('[[registry]]\nlocation = "%s"\ninsecure = true\n' % other.host)
    creds, env = "ann:" + source.users["ann"], source.environment()
    build = ["build", source.reference("app:1"), "--store", slim.store, "--keep", "exact", "--creds", creds, "-o"]
    slim.fails(*build, other.reference("app:1"), env=env, code="credentials-missing", names=other.host)
    assert slim.run(*build, source.reference("app:2"), env=env).status == 0
    assert slim.run(*build, other.reference("app:1"), "--dest-creds", creds, env=env).status == 0
