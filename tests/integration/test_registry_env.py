"""The registries that other tests rely on: each kind takes and gives images, and refuses who may not."""
import json
import os
import subprocess

import pytest


def test_plain(plain_registry, images):
    digest = plain_registry.push(images.job(), "env/plain:1")
    assert json.loads(plain_registry.raw("env/plain:1"))["schemaVersion"] == 2
    assert os.path.getsize(plain_registry.blob_path(digest)) == len(plain_registry.raw("env/plain:1"))


def test_requests_are_counted(plain_registry, images):
    plain_registry.push(images.job(), "env/count:1")
    before = len(plain_registry.requests())
    plain_registry.raw("env/count:1")
    asked = plain_registry.requests(before)
    manifests = [(r["method"], r["path"]) for r in asked if "manifests" in r["path"]]
    assert manifests == [("GET", "/v2/env/count/manifests/1")]
    assert all(r["status"] == 200 and r["agent"].startswith("skopeo/") for r in asked)


def test_tls(registries, images):
    registry = registries(tls=True)
    registry.push(images.job(), "env/tls:1")
    # By certs.d, as slim finds it; and by no CA at all.
    registry.skopeo("inspect", "--raw", registry.reference("env/tls:1"))
    with pytest.raises(AssertionError, match="certificate"):
        registry.skopeo("inspect", "--raw", "--cert-dir=" + registry.storage, registry.reference("env/tls:1"))
    assert subprocess.run(["curl", "-sf", "-o", registry.storage + ".out", "--cacert", registry.authority.ca,
                           "https://127.0.0.1:%d/v2/" % registry.port]).returncode == 0


def test_htpasswd(registries, images):
    registry = registries(htpasswd=True, users={"bob": "pass word", "ann": "x"})
    registry.push(images.job(), "env/htpasswd:1", user="ann")
    assert registry.digest("env/htpasswd:1").startswith("sha256:")
    with pytest.raises(AssertionError, match="authentication required|unauthorized"):
        registry.push(images.job(), "env/htpasswd:2", user="")
    registry.users["bob"] = "wrong"
    with pytest.raises(AssertionError, match="authentication required|unauthorized"):
        registry.digest("env/htpasswd:1")


@pytest.mark.parametrize("tls", [False, True])
def test_tokens(registries, images, tls):
    registry = registries(tokens=True, tls=tls)
    registry.push(images.job(), "env/tokens:1")
    assert ("ann", "repository:env/tokens:pull,push") in registry.tokens.asked()
    registry.tokens.anonymous = ("pull",)
    before = len(registry.tokens.log)
    registry.pull("env/tokens:1", "dir:%s/pulled" % registry.directory, user="")
    assert registry.tokens.asked(before) == [(None, "repository:env/tokens:pull")]
    with pytest.raises(AssertionError, match="denied|unauthorized|authentication required"):
        registry.push(images.job(), "env/tokens:2", user="")
    registry.tokens.anonymous = None
    with pytest.raises(AssertionError, match="unauthorized|incorrect username"):
        registry.pull("env/tokens:1", "dir:%s/again" % registry.directory, user="")


def token_request(registry, **fields):
    out = subprocess.run(["curl", "-s", "-w", "\n%{http_code}", *sum((["--data-urlencode", "%s=%s" % f] for f in
                          fields.items()), []), registry.tokens.realm], stdout=subprocess.PIPE, text=True).stdout
    body, _, status = out.rpartition("\n")
    return int(status), json.loads(body)


def manifest_status(registry, name, token):
    path, _, tag = name.partition(":")
    out = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Authorization: Bearer " + token,
                          "-H", "Accept: application/vnd.oci.image.manifest.v1+json",
                          "%s/v2/%s/manifests/%s" % (registry.url, path, tag)], stdout=subprocess.PIPE).stdout
    return int(out)


def test_oauth2_and_expiry(registries, images):
    registry = registries(tokens=True)
    registry.push(images.job(), "env/oauth:1")
    registry.tokens.identities = {"refresh me": "ann"}
    ask = dict(service="slim-test-registry", client_id="x", scope="repository:env/oauth:pull repository:env/b:pull")
    status, answer = token_request(registry, grant_type="refresh_token", refresh_token="refresh me", **ask)
    assert status == 200 and manifest_status(registry, "env/oauth:1", answer["token"]) == 200
    assert registry.tokens.log[-1]["scopes"] == ["repository:env/oauth:pull", "repository:env/b:pull"]
    assert registry.tokens.log[-1]["user"] == "ann"
    registry.tokens.field = "access_token"
    status, answer = token_request(registry, grant_type="password", username="ann", password="s3cret:%41", **ask)
    assert status == 200 and manifest_status(registry, "env/oauth:1", answer["access_token"]) == 200
    assert token_request(registry, grant_type="password", username="ann", password="wrong", **ask)[0] == 401
    registry.tokens.refuse = 1
    assert token_request(registry, grant_type="refresh_token", refresh_token="refresh me", **ask)[0] == 503
    # A token whose time is over when it is made.
    registry.tokens.life = -1
    status, answer = token_request(registry, grant_type="refresh_token", refresh_token="refresh me", **ask)
    assert status == 200 and manifest_status(registry, "env/oauth:1", answer["access_token"]) == 401
