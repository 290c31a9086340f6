"""slim inspect: secrets planted in layers, in the environment and in the history are all found, and none is printed."""
import base64
import glob
import json
import os
import random
import re
import string
import subprocess

import oci
import pytest

from testenv.layers import Layer

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

pytestmark = pytest.mark.needs("root")

RANDOM = random.Random(20)
LETTERS = string.ascii_letters + string.digits
CONFIG = {"User": "1000", "Cmd": ["/app/run"]}


def letters(n, alphabet=LETTERS):
    return "".join(RANDOM.choice(alphabet) for _ in range(n))


def hexadecimal(n):
    return letters(n, "0123456789abcdef")


def openssl(*args):
    return subprocess.run(("openssl",) + args, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def openssh(folder, passphrase=""):
    path = folder / ("key" + passphrase)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", str(path)], check=True)
    return path.read_text()


def putty(encryption):
    return ("PuTTY-User-Key-File-2: ssh-rsa\r\nEncryption: %s\r\nComment: me\r\nPublic-Lines: 1\r\n%s\r\nPrivate-Lines: 2\r\n"
            "%s\r\n%s\r\nPrivate-MAC: %s\r\n" % (encryption, letters(64), letters(64), letters(64), hexadecimal(40)))


def pgp(protected):
    """A packet of a secret key, RFC 4880 5.5.3: version 4, RSA, two numbers, then the byte that says how it is protected."""
    number = lambda n: (8 * n).to_bytes(2, "big") + b"\xf1" + RANDOM.randbytes(n - 1)
    body = b"\4" + b"\0\0\0\1" + b"\1" + number(128) + number(3) + (b"\xfe\x09\3\x08" if protected else b"\0") + RANDOM.randbytes(300)
    packet = b"\x95" + len(body).to_bytes(2, "big") + body
    text = base64.b64encode(packet).decode()
    lines = "\n".join(text[i:i + 64] for i in range(0, len(text), 64))
    return "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n%s\n=AbCd\n-----END PGP PRIVATE KEY BLOCK-----\n" % lines


def lines_of(key):
    """The lines of a key that must not be printed."""
    found = [line for line in key.split() if len(line) >= 40]
    assert found
    return found


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """rule: (path, content, values that must not be printed)"""
    folder = tmp_path_factory.mktemp("keys")
    keys = {
        "private-key-rsa": openssl("genrsa", "-traditional", "2048"),
        "private-key-ec": openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout"),
        "private-key-pkcs8": openssl("genpkey", "-algorithm", "ed25519"),
        "private-key-openssh": openssh(folder),
        "private-key-putty": putty("none"),
        "private-key-pgp": pgp(False),
    }
    service = openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
    gcp = json.dumps({"type": "service_account", "private_key_id": hexadecimal(40), "private_key": service})
    tokens = {
        "aws-access-key": "AKIA" + letters(16, string.ascii_uppercase + "234567"),
        "aws-secret-key": letters(40, LETTERS + "+/"),
        "google-api-key": "AIza" + letters(35),
        "azure-storage-key": letters(86, LETTERS + "+/") + "==",
        "digitalocean-token": "dop_v1_" + hexadecimal(64),
        "github-token": "ghp_" + letters(36),
        "gitlab-token": "glpat-" + letters(20),
        "slack-token": "xoxb-%s-%s" % (letters(12, string.digits), letters(24)),
        "stripe-key": "sk_live_" + letters(24),
        "npm-token": "npm_" + letters(36),
        "sendgrid-key": "SG.%s.%s" % (letters(22), letters(43)),
    }
    forms = {"aws-secret-key": "aws_secret_access_key = %s\n", "azure-storage-key": "AccountName=a;AccountKey=%s;\n"}
    word = [letters(12) for _ in range(9)]
    files = {
        "env-file": (".env", "# of the shop\nDB_PASSWORD=%s\n" % word[0], [word[0]]),
        "npmrc": ("root/.npmrc", "//registry.example.org/:_authToken=%s\n" % word[1], [word[1]]),
        "pypirc": ("root/.pypirc", "[pypi]\nusername = me\npassword = %s\n" % word[2], [word[2]]),
        "netrc": ("root/.netrc", "machine example.org login me password %s\n" % word[3], [word[3]]),
        "docker-config": ("root/.docker/config.json", json.dumps({"auths": {"example.org": {"auth": word[4]}}}), [word[4]]),
        "kubeconfig": ("root/.kube/config", "users:\n- name: me\n  user:\n    token: %s\n" % word[5], [word[5]]),
        "htpasswd": ("etc/nginx/.htpasswd", "me:$apr1$%s$%s\n" % (word[6][:8], word[7] * 2), [word[7]]),
        "gcp-service-account": ("app/gcp.json", gcp, [line for line in service.split("\n") if len(line) > 40]),
    }
    for i, (rule, key) in enumerate(keys.items()):
        files[rule] = ("root/keys/%d" % i, key, lines_of(key))
    for i, (rule, token) in enumerate(tokens.items()):
        files[rule] = ("app/config/%d.conf" % i, "# a comment\nkey: " + forms.get(rule, "%s\n") % token, [token])
    assert len(files) >= 20
    return files


@pytest.fixture(scope="module")
def hidden():
    """In the environment, a label, an argument and a command."""
    return {"env": letters(14), "label": "ghp_" + letters(36), "arg": letters(15), "url": letters(13), "step": "glpat-" + letters(20),
            "line": letters(12)}


@pytest.fixture(scope="module")
def image(tmp_path_factory, planted, hidden):
    """Every second file is removed by a layer, one directory by an opaque mark; one file is replaced."""
    d = tmp_path_factory.mktemp("planted")
    first, second, third = Layer(), Layer(), Layer()
    for i, (path, content, _) in enumerate(planted.values()):
        (first if i % 2 else second).file(path, content, mode=0o600)
    for i, (path, _, _) in enumerate(planted.values()):
        if i % 4 == 1:
            third.whiteout(path)
    third.file(".env", "", mode=0o600)
    steps = ["COPY . /", "RUN |1 TOKEN=%s /bin/sh -c ./get" % hidden["arg"],
             "RUN git clone https://me:%s@example.org/a && curl -d %s x && echo 'password = %s' >> /.pypirc" % (
                 hidden["url"], hidden["step"], hidden["line"])]
    config = dict(CONFIG, Env=["PATH=/bin", "ADMIN_PASSWORD=" + hidden["env"]], Labels={"note": "uses " + hidden["label"]})
    layers = [layer.write(d / str(i)) for i, layer in enumerate((first, second, third))]
    made = oci.Image(layers, config, steps=steps)
    oci.write_layout(d / "layout", "image", made)
    oci.write_oci_archive(str(d / "oci.tar"), "image", made)
    oci.write_docker_archive_old(str(d / "old.tar"), "test/planted:1", made)
    oci.write_docker_archive_new(str(d / "new.tar"), "test/planted:1", made)
    return {"layout": "oci:%s:image" % (d / "layout"), "archive": "oci-archive:%s:image" % (d / "oci.tar"),
            "old": "docker-archive:%s:test/planted:1" % (d / "old.tar"), "new": "docker-archive:%s:test/planted:1" % (d / "new.tar")}


def secrets_of(planted, hidden):
    return [value for _, _, values in planted.values() for value in values] + list(hidden.values())


def check_unprinted(text, planted, hidden):
    for value in secrets_of(planted, hidden):
        assert value not in text


def findings(slim, reference, *options, **more):
    result = slim.run("inspect", "--json", reference, *options, **more)
    assert result.status == 0, result.err
    return json.loads(result.out), result.out + result.err


@pytest.mark.needs("openssl", "ssh-keygen")
@pytest.mark.parametrize("form", ["layout", "archive", "old", "new"])
def test_planted_secrets(slim, planted, hidden, image, form):
    shown, printed = findings(slim, image[form])
    check_unprinted(printed, planted, hidden)
    found = {f["rule"]: f for f in shown["findings"] if f["where"] == "files" and f["kind"] == "danger"}
    assert {rule: found[rule]["path"] for rule in planted if rule in found} == {r: "/" + p for r, (p, _, _) in planted.items()}
    for i, (rule, (path, content, _)) in enumerate(planted.items()):
        gone = 3 if i % 4 == 1 or path == ".env" else None
        assert (found[rule]["layer"], found[rule]["removed_by"]) == (1 if i % 2 else 2, gone), rule
        assert 1 <= found[rule]["line"] <= content.count("\n") + 1
    elsewhere = {(f["where"], f["rule"], f["name"]) for f in shown["findings"] if f["where"] != "files" and f["kind"] == "danger"}
    assert elsewhere == {("environment", "named-secret", "ADMIN_PASSWORD"), ("label", "github-token", "note"),
                         ("history", "named-secret", None), ("history", "url-password", None), ("history", "gitlab-token", None),
                         ("history", "password-line", None)}


@pytest.mark.needs("openssl", "ssh-keygen")
def test_nothing_prints_a_secret(slim, planted, hidden, image, tmp_path):
    for options in ([], ["--quick"], ["--quick", "--json"], ["--verbose"], ["--json", "--report", tmp_path / "report.json"],
                    ["--report-format", "docker-slim", "--report", tmp_path / "theirs.json"],
                    ["--sarif", tmp_path / "inspect.sarif"]):
        result = slim.run("inspect", image["layout"], *options)
        assert result.status == 0, result.err
        check_unprinted(result.out + result.err, planted, hidden)
    for name in ("report.json", "theirs.json", "inspect.sarif"):
        check_unprinted((tmp_path / name).read_text(), planted, hidden)
        assert "ADMIN_PASSWORD" in (tmp_path / name).read_text()


@pytest.mark.needs("openssl", "ssh-keygen")
def test_what_is_not_a_secret(slim, tmp_path):
    key = openssl("genrsa", "-traditional", "-aes128", "-passout", "pass:abcd", "2048")
    public = subprocess.run(["openssl", "rsa", "-passin", "pass:abcd", "-pubout"], input=key, text=True, check=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    layer = (Layer().file("a", key).file("b", public).file("c", openssh(tmp_path, "abcde")).file("d", putty("aes256-cbc"))
             .file("e", pgp(True)).file("f", openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=a", "-keyout", "/dev/null"))
             .file("g", "AKIAIOSFODNN7EXAMPLE aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n")
             .file("h", "ghp_" + "x" * 36).file(".npmrc", "//a/:_authToken=${NPM_TOKEN}\n").file(".env.example", "A=b\n")
             .file("i", openssl("genpkey", "-algorithm", "ed25519", "-aes128", "-pass", "pass:abcd")))
    oci.write_layout(tmp_path / "layout", "a", oci.Image([layer.write(tmp_path / "tar")], dict(CONFIG, Env=[
        "DB_PASSWORD_FILE=/run/secrets/db", "TOKEN=", "API_TOKEN=$OTHER"]), steps=["RUN curl -H \"Authorization: Bearer $TOKEN\" a"]))
    shown, _ = findings(slim, "oci:%s:a" % (tmp_path / "layout"))
    assert shown["findings"] == []
    assert shown["verdict"] == {"minimal": True, "fat_bytes": 0, "dangers": 0}


RULE = re.compile(r'^ +(?:\{)?(?:TOKEN|KEY|EXACT|FILES|CACHE|FACT|\{?RULE|\{?SECRET)\("([a-z0-9-]+)"|\.id = "([a-z0-9-]+)"', re.M)


def test_the_manual_lists_every_rule():
    tables = [open(path, encoding="utf-8").read() for path in glob.glob(os.path.join(ROOT, "lib/findings/rules/*_rules.c"))]
    rules = {a or b for table in tables for a, b in RULE.findall(table)}
    with open(os.path.join(ROOT, "cmd/man/slim-inspect.1.scd"), encoding="utf-8") as f:
        text = f.read().split("# FINDINGS")[1].split("# EXCEPTIONS")[0]
    listed = re.findall(r"^(\*[a-z0-9-]+\*(?:, \*[a-z0-9-]+\*)*)$", text, re.M)
    listed = [name.strip("*") for line in listed for name in line.split(", ")]
    assert len(rules) > 90 and sorted(listed) == sorted(rules)


def write(folder, layers, config=None, steps=None):
    layers = [layer.write(folder / ("tar%d" % i)) for i, layer in enumerate(layers)]
    oci.write_layout(folder / "layout", "a", oci.Image(layers, dict(CONFIG, **(config or {})), steps=steps))
    return "oci:%s:a" % (folder / "layout")


@pytest.fixture
def bad(tmp_path):
    """A setuid program, a token, and a cache that no layer removes."""
    layer = (Layer().file("bin/su", "x", mode=0o4755).file("bin/mount", "x", mode=0o4755).file("a", "ghp_" + letters(36))
             .file("var/cache/apk/x", "y" * 200000))
    return write(tmp_path, [layer])


def rules(shown):
    return [f["rule"] for f in shown["findings"]]


def test_exceptions(slim, bad, tmp_path):
    assert rules(findings(slim, bad)[0]) == ["github-token", "setuid-program", "apk-cache"]
    accepted = tmp_path / "accepted"
    accepted.write_text("# ours\nsetuid-program /bin/m*\ngithub-token\napk-cache /opt\n")
    shown, _ = findings(slim, bad, "--ignore", accepted)
    assert rules(shown) == ["setuid-program", "apk-cache"]
    assert [p["path"] for p in shown["findings"][0]["places"]] == ["/bin/su"]
    assert shown["accepted"] == 2 and [note["code"] for note in shown["notes"]] == ["exception-unused"]
    assert "apk-cache /opt" in shown["notes"][0]["text"]
    (tmp_path / ".slim-ignore").write_text("github-token /a\n")
    assert rules(findings(slim, bad, cwd=str(tmp_path))[0]) == ["setuid-program", "apk-cache"]
    accepted.write_text("no-such-rule\n")
    slim.fails("inspect", bad, "--ignore", accepted, code="exception-malformed", status=2, names="no-such-rule")
    slim.fails("inspect", bad, "--ignore", tmp_path / "none", code="file-open", status=2, names="none")
    slim.fails("inspect", bad, "--ignore", accepted, "--quick", code="option-conflict", status=2, names="--ignore")


def test_fail_on(slim, bad, tmp_path):
    for limit in ("high", "danger", "any"):
        result = slim.run("inspect", bad, "--fail-on", limit)
        assert result.status == 4 and "--fail-on " + limit in result.err
    accepted = tmp_path / "accepted"
    accepted.write_text("github-token\n")
    status = lambda limit: slim.run("inspect", bad, "--ignore", accepted, "--fail-on", limit).status
    assert [status(limit) for limit in ("high", "danger", "any")] == [0, 4, 4]
    accepted.write_text("github-token\nsetuid-program\n")
    assert [status(limit) for limit in ("high", "danger", "any")] == [0, 0, 4]
    slim.fails("inspect", bad, "--fail-on", "low", code="option-value-invalid", status=2, names="--fail-on")
    slim.fails("inspect", bad, "--fail-on", "any", "--quick", code="option-conflict", status=2, names="--quick")


def test_sarif(slim, bad, tmp_path):
    assert slim.run("inspect", bad, "--sarif", tmp_path / "a.sarif").status == 0
    run, = json.loads((tmp_path / "a.sarif").read_text())["runs"]
    assert [(r["ruleId"], r["level"], r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]) for r in run["results"]] == [
        ("github-token", "error", "a"), ("setuid-program", "warning", "bin"), ("apk-cache", "note", "var/cache/apk")]
    slim.fails("inspect", bad, "--sarif", tmp_path / "none" / "a", code="directory-not-found", names="none")
    slim.fails("inspect", bad, "--sarif", tmp_path / "a", "--quick", code="option-conflict", status=2, names="--sarif")


def test_a_hostile_image_s_paths_and_commands_are_escaped(slim, tmp_path):
    layer = Layer().file("a\x1b]0;x", "ghp_" + letters(36)).dir("tmp").file("tmp/\x1b[2J%p%n", "y" * 200000)
    result = slim.run("inspect", write(tmp_path, [layer], steps=["RUN \x1b[31m%s"]))
    assert result.status == 0 and "\x1b" not in result.out and "\\x1b[2J%p%n" in result.out


def test_base(slim, tmp_path):
    release = Layer().file("etc/os-release", 'ID=a\nPRETTY_NAME="A 1"\n')
    labels = {"Labels": {"org.opencontainers.image.base.name": "example.org/a:1", "org.opencontainers.image.base.digest": "sha256:1"}}
    shown, _ = findings(slim, write(tmp_path, [release, Layer().file("b", "b")], labels))
    assert shown["base"] == {"name": "example.org/a:1", "digest": "sha256:1", "source": "label", "layers": 1, "system": "A 1"}
    (tmp_path / "second").mkdir()
    shown, _ = findings(slim, write(tmp_path / "second", [release, Layer().file("b", "b")]))
    assert shown["base"] == {"name": None, "digest": None, "source": "distribution", "layers": 1, "system": "A 1"}


def test_the_base_lies_in_the_same_layout(slim, tmp_path):
    for name in "abc":
        Layer().file(name, name).write(tmp_path / name)
    layout = tmp_path / "layout"
    for tag, layers in (("small", "a"), ("base", "ab"), ("other", "b"), ("app", "abc"), ("same", "abc")):
        digest = oci.write_layout(layout, tag, oci.Image(["%s/%s" % (tmp_path, x) for x in layers], CONFIG))
        base = digest if tag == "base" else None if tag == "small" else base
    shown, _ = findings(slim, "oci:%s:app" % layout)
    assert shown["base"] == {"name": "oci:%s:base" % layout, "digest": base, "source": "layers", "layers": 2, "system": None}
    assert findings(slim, "oci:%s:small" % layout)[0]["base"]["source"] is None


# What a person expects of the images that tests make: (rule, layer, path).
STRIPPED = [("debug-symbols", 1, "/bin")]  # the tests' programs, as the compiler left them
ROOT_USER = [("root-user", None, None)]
DEBIAN = ROOT_USER + [  # minbase without manual pages and apt's lists, and one package
    ("setuid-program", 1, "/usr/bin"), ("setgid-program", 1, "/usr"), ("heavy-base", 1, None),
    ("build-tools", 1, None),  # apt and debconf
    ("documentation", 1, "/usr/share"),  # copyright files, lintian's, bug's
    ("package-leftovers", 1, "/var")]  # debconf's caches, dpkg's old status


@pytest.mark.parametrize("name, expected, minimal", [
    ("service", STRIPPED, True), ("job", STRIPPED + ROOT_USER, True),
    pytest.param("nginx", DEBIAN, False, marks=pytest.mark.needs("mmdebstrap")),
    pytest.param("debian", DEBIAN, False, marks=pytest.mark.needs("mmdebstrap"))])
def test_findings_of_the_tests_images(slim, images, name, expected, minimal):
    shown, _ = findings(slim, getattr(images, name)())
    assert sorted(map(str, [(f["rule"], f["layer"], f["path"]) for f in shown["findings"]])) == sorted(map(str, expected))
    assert shown["verdict"]["minimal"] == minimal
