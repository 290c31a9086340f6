"""Images of a real registry: found by tag and digest, over TLS and plain HTTP by choice, with credentials, from mirrors;
the same image as that of the layout that was pushed."""
import json
import os

import oci
import pytest

from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "docker-registry", "skopeo")


def inspect(slim, registry, name, *options, **more):
    result = slim.run("inspect", "--json", registry.reference(name), *options, env=registry.environment(), **more)
    assert result.status == 0, result
    return json.loads(result.out)


def assert_same(slim, registry, name, layout, *options):
    """What the registry has unpacks to the tree of the layout."""
    assert not os.path.exists(slim.store + "/layers")
    dest = "oci:%s:all" % os.path.join(slim.directory, "all")
    result = slim.run(*slim.unpacking(registry.reference(name), dest, *options), env=registry.environment())
    assert result.status == 0, result
    assert Image(dest).nodes == Image(layout).nodes
    assert len(os.listdir(slim.store + "/layers")) == len(Image(layout).manifest["layers"])


AS = {"oci": ["--preserve-digests"], "docker": ["--format", "v2s2"]}  # skopeo reads no Docker types from a layout


@pytest.mark.parametrize("family,compression", [("oci", "gzip"), ("oci", "zstd"), ("oci", "none"), ("docker", "gzip")])
def test_tag_and_digest(slim, images, plain_registry, family, compression):
    layout = images.of_form("oci", "oci", compression)
    name = "pull/%s-%s" % (family, compression)
    digest = plain_registry.push(layout, name + ":1", *AS[family])
    assert (digest == Image(layout).descriptor["digest"]) == (family == "oci")
    for reference in (name + ":1", "%s@%s" % (name, digest), "%s:gone@%s" % (name, digest)):
        found = inspect(slim, plain_registry, reference)
        assert found["digest"] == digest
        assert [layer["digest"] for layer in found["layers"]] == [d["digest"] for d in Image(layout).manifest["layers"]]
    assert_same(slim, plain_registry, name + ":1", layout)


def test_latest_is_the_default(slim, images, plain_registry):
    digest = plain_registry.push(images.job(), "pull/latest:latest")
    assert inspect(slim, plain_registry, "pull/latest")["digest"] == digest


def test_a_build_gives_the_same_from_either_source(slim, images, plain_registry, tmp_path):
    plain_registry.push(images.job(), "pull/build:1", "--preserve-digests")
    out = {}
    for name, source in (("registry", plain_registry.reference("pull/build:1")), ("layout", images.job())):
        slim.store = str(tmp_path / name)
        slim.build(source, "oci:%s:slim" % (tmp_path / ("out-" + name)), env=plain_registry.environment())
        out[name] = Image("oci:%s:slim" % (tmp_path / ("out-" + name))).manifest
    assert out["registry"]["layers"] == out["layout"]["layers"]
    assert out["registry"]["config"] == out["layout"]["config"]


@pytest.mark.parametrize("family", ["oci", "docker"])
def test_of_an_index_only_the_wanted_platform_is_asked_for(slim, images, plain_registry, family):
    layout = images.of_form("index", "oci", "gzip")
    name = "pull/index-%s" % family
    plain_registry.push(layout, name + ":1", "--all", *AS[family])
    index = json.loads(plain_registry.raw(name + ":1"))
    entry = [m for m in index["manifests"] if m["platform"]["architecture"] == oci.host_arch()][0]
    manifest = json.loads(plain_registry.raw("%s@%s" % (name, entry["digest"])))
    assert family in manifest["mediaType"]
    before = len(plain_registry.requests())
    assert_same(slim, plain_registry, name + ":1", layout)
    asked = [r for r in plain_registry.requests(before) if "/%s/" % name in r["path"]]
    want = ["manifests/1", "manifests/" + entry["digest"], "blobs/" + manifest["config"]["digest"]]
    want += ["blobs/" + layer["digest"] for layer in manifest["layers"]]
    assert sorted(r["path"].partition(name + "/")[2] for r in asked) == sorted(want)
    assert all(r["method"] == "GET" and r["status"] == 200 for r in asked)
    found = slim.run("inspect", plain_registry.reference(name + ":1"), "--platform", "linux/s390x",
                     env=plain_registry.environment())
    assert found.status == 0 and "s390x" in found.out, found
    slim.fails("inspect", plain_registry.reference(name + ":1"), "--platform", "linux/riscv64", code="platform-not-found",
               names="riscv64",
               env=plain_registry.environment())


def test_what_is_not_there(slim, images, plain_registry):
    plain_registry.push(images.job(), "pull/there:1")
    for name in ("pull/there:2", "pull/nowhere:1", "pull/there@sha256:" + "0" * 64):
        slim.fails("inspect", plain_registry.reference(name), code="not-in-registry",
                   names=[name, "unknown"], env=plain_registry.environment())


def test_plain_http_is_a_choice(slim, images, plain_registry):
    plain_registry.push(images.job(), "pull/plain:1")
    reference = plain_registry.reference("pull/plain:1")
    strict = plain_registry.environment()
    strict["CONTAINERS_REGISTRIES_CONF"] = "/dev/null"
    before = len(plain_registry.requests())
    slim.fails("inspect", reference, env=strict,
               code="registry-without-tls",
               names=[plain_registry.host, "--tls-verify=false", "registries.conf"])
    assert plain_registry.requests(before) == []
    loud = slim.run("inspect", "--tls-verify=false", reference, env=strict)
    assert loud.status == 0 and "--tls-verify=false" in loud.err, loud


def test_a_private_authority(slim, images, registries):
    registry = registries(tls=True)
    registry.push(images.job(), "pull/tls:1", "--preserve-digests")
    assert_same(slim, registry, "pull/tls:1", images.job())
    strange = registry.environment(XDG_CONFIG_HOME=registry.storage)
    slim.fails("inspect", registry.reference("pull/tls:1"), env=strange, code="certificate-not-trusted",
               names="certs.d")
    assert slim.run("inspect", "--tls-verify=false", registry.reference("pull/tls:1"), env=strange).status == 0


def test_htpasswd(slim, images, registries):
    registry = registries(htpasswd=True, tls=True)
    registry.push(images.job(), "pull/basic:1")
    reference = registry.reference("pull/basic:1")
    user, password = next(iter(registry.users.items()))
    found = inspect(slim, registry, "pull/basic:1", "--creds", "%s:%s" % (user, password))
    assert found["digest"] == registry.digest("pull/basic:1")
    line = slim.fails("inspect", "--creds", user + ":wrong-password", reference, env=registry.environment(),
                      code="credentials-refused", names=[registry.host, "--creds"])
    assert "wrong-password" not in line
    slim.fails("inspect", reference, env=registry.environment(), code="credentials-missing",
               names=[registry.host, "login"])


def test_tokens(slim, images, registries):
    registry = registries(tokens=True)
    registry.push(images.job(), "pull/tokens:1", "--preserve-digests")
    user, password = next(iter(registry.users.items()))
    before = len(registry.tokens.log)
    assert_same(slim, registry, "pull/tokens:1", images.job(), "--creds", "%s:%s" % (user, password))
    assert registry.tokens.asked(before) == [(user, "repository:pull/tokens:pull")]
    registry.tokens.anonymous = None
    slim.fails("inspect", registry.reference("pull/tokens:1"), env=registry.environment(), code="credentials-missing",
               names=registry.host)


def with_config(registry, text):
    path = os.path.join(registry.home, "other.conf")
    with open(path, "w") as f:
        f.write(text.replace("HOST", registry.host))
    return dict(registry.environment(), CONTAINERS_REGISTRIES_CONF=path)


def test_a_mirror_is_asked_first(slim, images, plain_registry):
    digest = plain_registry.push(images.job(), "pull/cache/library/thing:1")
    env = with_config(plain_registry, '[[registry]]\nlocation = "docker.io"\n[[registry.mirror]]\n'
                      'location = "localhost:1/x"\n[[registry.mirror]]\nlocation = "HOST/pull/cache"\ninsecure = true\n')
    found = slim.run("inspect", "--json", "docker://thing:1", env=env)
    assert found.status == 0, found
    assert json.loads(found.out)["digest"] == digest


def test_without_its_mirror_the_registry_is_asked(slim, images, plain_registry):
    digest = plain_registry.push(images.job(), "pull/own:1")
    env = with_config(plain_registry, '[[registry]]\nlocation = "HOST"\ninsecure = true\n[[registry.mirror]]\n'
                      'location = "HOST/nothing"\ninsecure = true\n')
    before = len(plain_registry.requests())
    found = slim.run("inspect", "--json", "--quick", plain_registry.reference("pull/own:1"), env=env)
    assert found.status == 0, found
    assert json.loads(found.out)["digest"] == digest
    assert [r["path"] for r in plain_registry.requests(before)][-3:][0] == "/v2/pull/own/manifests/1"


def test_blocked_and_broken_settings(slim, plain_registry):
    env = with_config(plain_registry, '[[registry]]\nlocation = "HOST"\nblocked = true\n')
    slim.fails("inspect", plain_registry.reference("pull/any:1"), env=env, code="registry-blocked", names="other.conf")
    env = with_config(plain_registry, '\n[[registry]\n')
    slim.fails("inspect", plain_registry.reference("pull/any:1"), env=env, code="toml-syntax",
               names=["other.conf", "2"])


def test_the_default_output_is_named_after_the_image(slim, images, plain_registry, tmp_path):
    """The result goes to a file whose image has the name that users write."""
    plain_registry.push(images.job(), "pull/named:7")
    slim.build(plain_registry.reference("pull/named:7"), "docker-archive:%s" % (tmp_path / "out.tar"),
               env=plain_registry.environment())
    assert Image("docker-archive:%s" % (tmp_path / "out.tar")).names == ["%s/pull/named.slim:7" % plain_registry.host]
