"""docs/schemas: outputs of slim and examples of its documentation are valid, a wrong member is not, and the schemas accept
the same files as slim. testenv/schemas.py checks the outputs of all other tests, too."""
import copy
import glob
import http.server
import json
import os
import re
import textwrap
import threading

import jsonschema
import pytest
import yaml

from testenv import schemas

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGES = os.path.join(ROOT, "cmd", "man")


def read(*names):
    with open(os.path.join(ROOT, *names), encoding="utf-8") as f:
        return f.read()


def examples(page):
    """The code blocks of a man page."""
    text = read("cmd", "man", page)
    return [textwrap.dedent(block) for block in re.findall(r"^\t?```\n(.*?)^\t?```", text, re.M | re.S)]


def parsed(text):
    """YAML 1.2's core schema, as slim reads it: of the words for true and false only two are not texts."""
    class Loader(yaml.SafeLoader):
        pass
    Loader.yaml_implicit_resolvers = {
        key: [(tag, expression) for tag, expression in rows if tag not in ("tag:yaml.org,2002:bool",
                                                                           "tag:yaml.org,2002:timestamp")]
        for key, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()}
    Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false|True|False|TRUE|FALSE)$"), list("tTfF"))
    return yaml.load(text, Loader)


@pytest.mark.parametrize("name", schemas.names())
def test_it_is_a_schema(name):
    schema = schemas.load(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"] and schema["title"] == "slim.%s/v1" % name


def test_all_are_installed():
    installed = re.findall(r"'([\w-]+)\.schema\.json'", read("docs", "schemas", "meson.build"))
    assert sorted(installed) == schemas.names()


@pytest.mark.parametrize("page, read_as", [
    ("slim-report.5.scd", json.loads), ("slim-trace.5.scd", json.loads), ("slim-policy.5.scd", json.loads),
    ("slim-probe.5.scd", parsed), ("slim-build-file.5.scd", parsed)])
def test_examples_of_the_man_pages(page, read_as):
    documents = [read_as(block) for block in examples(page)]
    assert documents
    for document in documents:
        assert schemas.name_of(document), document
        schemas.check(document)


def test_example_of_a_lock_file():
    text, = examples("slim-lock.5.scd")
    schemas.check_text(text)


def test_files_of_the_repository():
    paths = [path for pattern in ("examples/**/*.y*ml", "docs/**/*.y*ml") for path in
             glob.glob(os.path.join(ROOT, pattern), recursive=True)]
    for path in paths:
        document = parsed(read(path))
        name = schemas.name_of(document)
        assert not name or not schemas.errors(name, document), path


# ---- outputs ----

@pytest.fixture
def url():
    """Of a server on loopback."""
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield "http://127.0.0.1:%d/" % server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def written(slim, images, tmp_path, url):
    """One document of each kind, by name."""
    report, lock, trace, many = (tmp_path / name for name in ("report.json", "slim.lock", "trace.json", "reports.json"))
    store = ("--store", slim.store)
    done = slim.run("build", images.service(), "-o", "oci:%s:a" % (tmp_path / "out"), "--report", report, "--lock", lock,
                    "--max-size", "1G", "--repeat", "2", "--keep", "closure", "--exclude", "/srv/page.html", *store)
    assert done.status in (0, 3), done
    assert slim.run("record", images.job(), "-o", trace, "--run", "cat /srv/run-a.txt", *store).status == 0
    batch = tmp_path / "slim.yaml"
    batch.write_text("schema: slim.build/v1\nimages:\n- {image: '%s', output: 'oci:%s:b'}\n- {name: gone, image: 'oci:%s:x'}\n" %
                     (images.job(), tmp_path / "more", tmp_path))
    assert slim.run("build", "--file", batch, "--report", many, *store).status == 1
    failed = slim.run("inspect", "oci:%s:x" % tmp_path, "--json")
    probed = slim.run("probe", url, "--json")
    inspected = slim.run("inspect", images.service(), "--json", "--fail-on", "high")
    return {"report": json.loads(report.read_text()), "trace": json.loads(trace.read_text()),
            "error": json.loads(failed.out), "probe-result": json.loads(probed.out),
            "reports": json.loads(many.read_text()), "inspect": json.loads(inspected.out)}


def places(value, path=()):
    """The path of each member and element."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in items:
        yield from places(member, path + (key,))


def at(document, path):
    for key in path:
        document = document[key]
    return document


def wrong(document):
    """Copies of which one place is wrong: a member that nobody knows, or a value of another type."""
    for path in places(document):
        value = at(document, path)
        if isinstance(value, dict):
            copied = copy.deepcopy(document)
            at(copied, path)["nobody-knows"] = 1
            yield path, copied
        if path:
            copied = copy.deepcopy(document)
            at(copied, path[:-1])[path[-1]] = {"nobody-knows": 1}
            yield path, copied


@pytest.mark.needs("root", "runc")
def test_a_wrong_member_of_what_slim_writes(written, monkeypatch):
    monkeypatch.setattr(schemas, "SAMPLE", 2)
    for name, document in written.items():
        assert schemas.name_of(document) == name, document
        small = schemas.sample(document)
        assert not schemas.errors(name, small)
        for path, bad in wrong(small):
            if not schemas.validator(name).is_valid(bad):
                continue
            # the calls of programs are by machine: an object whose members have other names; an image's config is its own
            assert (name == "trace" and path[:1] == ("programs",) and "syscalls" in path or
                    name == "inspect" and path[:1] == ("config",)), (name, path)


# ---- files that slim reads ----

PROBES = [
    "requests: [GET /a, /b, 'POST /c']",
    "requests: []",
    "requests: [a]",
    "requests: ['GET:/a']",
    "requests: [{get: /}]\nbase: /",
    "name: [1, 2]\nrequests: [{get: /}]",
    "requests: [{get: /, post: /}]",
    "requests: [{method: PURGE, path: /}]",
    "requests: [{method: PURGE}]",
    "requests: [{get: /, expect: 2xx}, {get: /, expect: [200, 300-304]}, {get: /, expect: any}]",
    "requests: [{get: /, expect: 2000}]",
    "requests: [{get: /, expect: {body: a, json: {/a: 1}, headers: {A: b}, not: {body: [c, d]}}}]",
    "requests: [{get: /, expect: {text: a}}]",
    "requests: [{get: /, expect: {not: {status: 200}}}]",
    "requests: [{get: /, port: 0}]",
    "requests: [{get: /, port: 80, socket: /s}]",
    "requests: [{get: /, timeout: 0}]",
    "requests: [{get: /, timeout: 0.5, repeat: 10000, concurrency: 64}]",
    "requests: [{get: /, repeat: 10001}]",
    "requests: [{post: /, body: a, json: 1}]",
    "requests: [{post: /, json: {a: [1, {b: null}]}}]",
    "requests: [{post: /, form: {a: [1, 2], b: x}}]",
    "requests: [{post: /, form: {a: {b: 1}}}]",
    "requests: [{post: /, multipart: {a: {generate: png, type: image/png}, b: text, c: [x, {text: y}]}}]",
    "requests: [{post: /, multipart: {a: {generate: exe}}}]",
    "requests: [{post: /, multipart: {}}]",
    "requests: [{post: /, body_generate: jpeg}]",
    "requests: [{get: /, auth: none}, {get: /, auth: {bearer: x}}, {get: /, auth: {basic: 'a:b'}}]",
    "requests: [{get: /, auth: {basic: {user: a, password: b}}}]",
    "requests: [{get: /, auth: {basic: ab}}]",
    "requests: [{get: /, auth: {token: x}}]",
    "requests: [{get: /, capture: {a: /id, b: {regex: 'x(.)', optional: true}}}]",
    "requests: [{get: /, capture: {a: {regex: x, json: /y}}}]",
    "requests: [{get: /, capture: {a: {cookie: x}}}]",
    "requests: [{get: /, headers: {A: b, C: [d, e], F: null}}, {get: /, headers: ['A: b']}]",
    "requests: [{tcp: 6379, body: PING, expect: {body: PONG}}]",
    "requests: [{tcp: 6379, path: /}]",
    "requests: [{tcp: 6379, expect: {status: 200}}]",
    "requests: [{websocket: /ws, body: hello}]",
    "requests: [{get: /, protocol: http3}]",
    "requests: [{get: /, scheme: ftp}]",
    "requests: [{get: /a.php, fastcgi: {root: /srv, params: {A: b}}}]",
    "requests: [{get: /a.php, fastcgi: {folder: /srv}}]",
    "defaults: {port: 80, timeout: 3, headers: {A: b}}\nrequests: [/]",
    "defaults: {get: /}\nrequests: [/]",
]
POLICIES = [
    "{}", '{"keep": "safe"}', '{"keep": "all"}', '{"include": ["/a"], "exclude": []}', '{"include": "/a"}',
    '{"include": [1]}', '{"include-shell": true, "package-db": "drop", "include-exe": ["sh"]}', '{"include-shell": 1}',
    '{"package-db": "none"}', '{"includes": []}']
BUILDS = [
    "images: [{image: 'oci:a:b'}]",
    "images: []",
    "images: [{name: a}]",
    "jobs: 0\nimages: [{image: 'oci:a:b'}]",
    "images: [{image: 'oci:a:b', keep: most, include: [/a, /b], push: false, env: {A: 1}, cmd: [a, b]}]",
    "images: [{image: 'oci:a:b', kep: most}]",
    "images: [{image: 'oci:a:b', keep: [most, exact]}]",
    "images: [{image: 'oci:a:b', push: 'yes'}]",
    "images: [{image: 'oci:a:b', file: x}]",
    "images: [{image: 'oci:a:b', run: [[a, b], c], exercise: [{exec: [a, b]}, {http-probe: true}]}]",
    "images: [{image: 'oci:a:b', exercise: {exec: a}}]",
    "images: [{image: 'oci:a:b', exercise: [{name: a}]}]",
    "images: [{image: 'oci:a:b', gates: {max-size: 60MB, min-reduction: 50}}]",
    "images: [{image: 'oci:a:b', gates: [max-size]}]",
    "defaults: {keep: exact, exercise: [{client: redis}]}\nimages: [{image: 'oci:a:b', name: 'a b'}]",
    "defaults: {image: 'oci:a:b'}\nimages: [{image: 'oci:a:b'}]",
    "image: 'oci:a:b'",
]


def disagreements(slim, tmp_path, name, texts, read_as, codes, *command):
    """The texts that slim refuses and the schema accepts, or the other way. There is no such image, so slim fails."""
    found = []
    for text in texts:
        path = tmp_path / name
        path.write_text(text)
        done = slim.run(*command, path, "--json")
        assert done.status != 0, done
        code = json.loads(done.out).get("error", {}).get("code")  # of many images the reports are printed
        wrong_there = schemas.errors(name, read_as(text))
        if (code in codes) != bool(wrong_there):
            found.append((text, code, wrong_there))
    return found


def test_probe_files(slim, tmp_path):
    texts = ["schema: slim.probe/v1\n%s\n" % text for text in PROBES]
    assert not disagreements(slim, tmp_path, "probe", texts, parsed, {"probe-file-malformed"}, "record", "oci:%s:x" % tmp_path,
                             "-o", tmp_path / "trace.json", "--probe-file")


def test_policies(slim, tmp_path):
    texts = [json.dumps({"schema": "slim.policy/v1", **json.loads(text)}) for text in POLICIES]
    codes = {"policy-member-unknown", "policy-value-invalid", "json-type-wrong"}
    assert not disagreements(slim, tmp_path, "policy", texts, json.loads, codes, "build", "oci:%s:x" % tmp_path, "--policy")


def test_slim_yaml(slim, tmp_path):
    texts = ["schema: slim.build/v1\n%s\n" % text for text in BUILDS]
    codes = {"batch-file-malformed", "batch-key-unknown", "batch-value-wrong"}
    assert not disagreements(slim, tmp_path, "build", texts, parsed, codes, "build", "--file")


@pytest.mark.parametrize("line, right", [
    ("file /a%20b 0644 0:0 3 " + "a" * 64, True), ("file /a b 0644 0:0 3 " + "a" * 64, False),
    ("link /bin usr/bin", True), ("link /bin", False), ("config Cmd " + "0" * 64, True), ("config Cmd x", False),
    ("special /dev/x c:1:3 0666 0:0", True), ("special /dev/x s:1:3 0666 0:0", False), ("pipe /a", False)])
def test_lines_of_a_lock_file(line, right):
    assert (not schemas.errors("lock", ["slim.lock/v1", "size_bytes 1", line])) == right


def test_a_lock_file_begins_with_its_schema():
    assert schemas.errors("lock", ["slim.lock/v2"]) and schemas.errors("lock", [])
