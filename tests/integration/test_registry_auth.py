"""Who slim is towards a registry: each place that credentials may lie in, asked by docker-registry and a token server."""
import base64
import json
import os
import subprocess

import pytest

PASSWORD = "s3cret:%41"


def write(path, value, mode=0o600):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(value if isinstance(value, str) else json.dumps(value))
    os.chmod(path, mode)
    return path


def auths(key, user="ann", password=PASSWORD):
    return {"auths": {key: {"auth": base64.b64encode(("%s:%s" % (user, password)).encode()).decode()}}}


def inspect(slim, registry, name, *options, **more):
    result = slim.run("inspect", registry.reference(name), *options, env=registry.environment(**more))
    assert PASSWORD not in result.out + result.err, result
    return result


@pytest.fixture
def htpasswd(registries, images):
    registry = registries(htpasswd=True)
    registry.push(images.job(), "team/app:1")
    return registry


def test_places(slim, htpasswd, tmp_path):
    assert inspect(slim, htpasswd, "team/app:1", "--creds", "ann:" + PASSWORD).status == 0
    refused = inspect(slim, htpasswd, "team/app:1", "--json")
    assert refused.error()["code"] == "credentials-missing" and "skopeo login " + htpasswd.host in refused.err, refused
    wrong = inspect(slim, htpasswd, "team/app:1", "--json", "--creds", "ann:wrong")
    assert wrong.error()["code"] == "credentials-refused" and "--creds" in wrong.err and "ann:wrong" not in wrong.err, wrong
    named = write(str(tmp_path / "a.json"), auths(htpasswd.host + "/team"))
    assert inspect(slim, htpasswd, "team/app:1", "--authfile", named).status == 0
    assert inspect(slim, htpasswd, "team/app:1", REGISTRY_AUTH_FILE=named).status == 0
    missing = inspect(slim, htpasswd, "team/app:1", "--json", "--authfile", named + "x")
    assert missing.error()["code"] == "auth-file-open" and named + "x" in missing.err, missing
    for path in (".docker/config.json", ".config/containers/auth.json", "run/containers/auth.json"):
        path = write(os.path.join(htpasswd.home, path), auths(htpasswd.host))
        assert inspect(slim, htpasswd, "team/app:1").status == 0, path
        os.remove(path)


def test_open_auth_file_is_warned_of(slim, htpasswd):
    path = write(os.path.join(htpasswd.home, ".docker/config.json"), auths(htpasswd.host), 0o644)
    result = inspect(slim, htpasswd, "team/app:1")
    os.remove(path)
    assert result.status == 0 and result.err.count("chmod 600 " + path) == 1, result
    assert result.err.startswith("slim: warning: "), result


def test_skopeo_logs_in(slim, htpasswd):
    """What the field's tool wrote, slim reads."""
    subprocess.run(["skopeo", "login", "--tls-verify=false", "-u", "ann", "--password-stdin", htpasswd.host],
                   input=PASSWORD, text=True, check=True, env=htpasswd.environment(), stdout=subprocess.DEVNULL)
    assert inspect(slim, htpasswd, "team/app:1").status == 0


def test_helper(slim, htpasswd):
    helpers = os.path.join(htpasswd.home, "bin")
    write(os.path.join(helpers, "docker-credential-test"), """#!/bin/sh
        read server
        [ "$1 $server" = "get %s" ] || exit 1
        echo '{"ServerURL":"x","Username":"ann","Secret":"%s"}'
        """ % (htpasswd.host, PASSWORD), 0o700)
    write(os.path.join(htpasswd.home, ".docker/config.json"), {"credHelpers": {htpasswd.host: "test"}})
    path = helpers + ":" + os.environ["PATH"]
    assert inspect(slim, htpasswd, "team/app:1", PATH=path).status == 0


@pytest.mark.parametrize("tls", [False, True])
def test_tokens(slim, registries, images, tls):
    registry = registries(tokens=True, tls=tls)
    registry.push(images.job(), "team/app:1")
    since = len(registry.tokens.log)
    assert inspect(slim, registry, "team/app:1").status == 0
    assert inspect(slim, registry, "team/app:1", "--creds", "ann:" + PASSWORD).status == 0
    # one token does for manifest and config
    assert registry.tokens.asked(since) == [(None, "repository:team/app:pull"), ("ann", "repository:team/app:pull")]
    registry.tokens.anonymous = None
    refused = inspect(slim, registry, "team/app:1", "--json")
    assert refused.status == 1 and refused.error()["code"] == "credentials-missing", refused
    assert "401: incorrect username or password" in refused.err
    # an identity token, as docker login stores those of clouds
    registry.tokens.identities = {"refresh me": "ann"}
    registry.tokens.field = "access_token"
    write(os.path.join(registry.home, ".docker/config.json"),
          {"auths": {registry.host: {"auth": base64.b64encode(b"<token>:").decode(), "identitytoken": "refresh me"}}})
    assert inspect(slim, registry, "team/app:1").status == 0
    assert registry.tokens.log[-1]["grant"] == "refresh_token" and registry.tokens.log[-1]["user"] == "ann"


def test_tokens_that_end(slim, registries, images):
    """Each token is good for nothing when it comes: refused in the end, not asked for for ever."""
    registry = registries(tokens=True)
    registry.push(images.job(), "team/app:1")
    registry.tokens.life = -1
    since = len(registry.tokens.log)
    result = inspect(slim, registry, "team/app:1", "--json")
    assert result.status == 1 and result.error()["code"] == "credentials-missing", result
    assert "repository:team/app:pull" in result.err
    assert len(registry.tokens.log) - since <= 3
    # and one that is busy for a moment
    registry.tokens.life, registry.tokens.refuse = 300, 2
    assert inspect(slim, registry, "team/app:1").status == 0
