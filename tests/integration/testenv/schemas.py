"""Checks files and outputs of slim against docs/schemas. Within a version members may be added to an output, so the schemas
of outputs allow unknown members. Here they do not: a new member needs a place in its schema."""
import copy
import functools
import json
import os
import warnings

import jsonschema

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, os.pardir, "docs", "schemas")
FOLDER = os.path.realpath(FOLDER)
URI = "file://%s/" % FOLDER
INPUTS = ("build", "lock", "policy", "probe")  # of what people write: an unknown member is an error in any case
SAMPLE = 60  # elements of a long array that are looked at


def load(name):
    with open(os.path.join(FOLDER, name + ".schema.json"), encoding="utf-8") as f:
        return json.load(f)


def names():
    return sorted(name[:-len(".schema.json")] for name in os.listdir(FOLDER) if name.endswith(".schema.json"))


def closed(schema):
    """A copy in which no object may have a member that is not described."""
    def close(part):
        for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else []:
            close(value)
        if isinstance(part, dict) and part.get("type") == "object" and isinstance(part.get("properties"), dict):
            part.setdefault("additionalProperties", False)
    schema = copy.deepcopy(schema)
    close(schema)
    return schema


@functools.lru_cache(None)
def validator(name):
    all_of_them = {URI + n + ".schema.json": load(n) if n in INPUTS else closed(load(n)) for n in names()}
    schema = all_of_them[URI + name + ".schema.json"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer versions have another way, Debian 12's does not
        resolver = jsonschema.RefResolver(URI + name + ".schema.json", schema, store=all_of_them)
        return jsonschema.Draft202012Validator(schema, resolver=resolver)


def sample(value):
    """The value with some elements of each long array, the first and last among them."""
    if isinstance(value, dict):
        return {key: sample(v) for key, v in value.items()}
    if isinstance(value, list):
        last, step = len(value) - 1, max(1, len(value) // SAMPLE)
        return [sample(v) for i, v in enumerate(value) if i % step == 0 or i == last]
    return value


def errors(name, document):
    """One line for each error: where, and what."""
    return ["%s: %s" % (error.json_path, error.message[:300]) for error in validator(name).iter_errors(document)]


def name_of(document):
    """The name of the schema of what slim wrote, or None."""
    schema = document.get("schema") if isinstance(document, dict) else None
    name = schema[len("slim."):-len("/v1")] if isinstance(schema, str) and schema.endswith("/v1") else None
    return name if name in names() else None


def check(document):
    """Fails unless it is as its schema says; what has no schema here is not looked at."""
    name = name_of(document)
    found = errors(name, sample(document)) if name else []
    assert not found, "not as docs/schemas/%s.schema.json says:\n%s" % (name, "\n".join(found[:10]))


def lock_lines(text):
    """A lock file as the array that its schema describes."""
    return text.rstrip("\n").split("\n")


def check_text(text):
    """The same of a text, if it is a lock file or a JSON object."""
    if text.startswith("slim.lock/v1\n"):
        found = errors("lock", sample(lock_lines(text)))
        assert not found, "not as docs/schemas/lock.schema.json says:\n%s" % "\n".join(found[:10])
    elif text.startswith("{"):
        try:
            document = json.loads(text)
        except ValueError:
            return  # not slim's, or a test's own matter
        check(document)


def check_file(path):
    if os.path.isfile(path) and os.access(path, os.R_OK):
        with open(path, encoding="utf-8", errors="surrogateescape") as f:
            check_text(f.read())
