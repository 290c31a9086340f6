#!/usr/bin/python3
"""build_schema.py [--write] ROOT : docs/schemas/build.schema.json, the schema of slim.yaml, lists the options of slim build
with the values that they take. --write makes that list anew from the option rows in cmd/ and from slim-build(1)."""
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from man_pages import options_of_page  # noqa: E402

SCHEMA = os.path.join("docs", "schemas", "build.schema.json")
FOLDERS = [os.path.join("cmd", name) for name in ("docker_slim", "batch", "build", "options", "services")]
ROW = re.compile(r'"([a-z][\w-]*)",\s*(?:0|\'.\'),\s*OPTION_([A-Z]+),\s*(?:\w+\([^()]*\)|\w+),\s*(NULL|"[^"]*"|\w+)')
NOT_IN_FILE = {"file", "jobs", "json", "all"}  # one for all images
FLAGS = {"FLAG", "BOOL", "CHOICE"}
LISTS = {"LIST", "ENV", "SECRETS"}
WIDTH = 120


def rows(root):
    """{name: (kind, what the help calls the value)}"""
    found = {}
    for top in FOLDERS:
        for folder, _, names in os.walk(os.path.join(root, top)):
            for name in names:
                if name.endswith((".c", ".h")):
                    with open(os.path.join(folder, name), encoding="utf-8") as f:
                        text = f.read().replace("\\\n", "\n")
                    found.update({row[0]: (row[1], row[2].strip('"')) for row in ROW.findall(text)})
    return found


def definition(kind, value):
    """The name in $defs of what the option takes."""
    if kind in FLAGS:
        return "flag"
    several = "s" if kind in LISTS else ""
    if value == "NAME=VALUE":
        return "assignments" if several else "value"
    return ("command" if value in ("CMD", "ARGS") else "value") + several


def options(root):
    """The options and their definitions, and the options that have no row."""
    with open(os.path.join(root, "cmd", "man", "slim-build.1.scd"), encoding="utf-8") as f:
        names = {name[2:] for name in options_of_page(f.read()) if name.startswith("--")} - NOT_IN_FILE
    found = rows(root)
    return ({name: {"$ref": "#/$defs/" + definition(*found[name])} for name in sorted(names & set(found))},
            sorted(names - set(found)))


def text_of(value, indent=0):
    """JSON in which a value that fits on a line has one line."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or not value or indent + len(line) < WIDTH - 20:
        return line
    inner, outer = " " * (indent + 2), " " * indent
    if isinstance(value, list):
        return "[\n" + ",\n".join(inner + text_of(v, indent + 2) for v in value) + "\n" + outer + "]"
    parts = (inner + json.dumps(k) + ": " + text_of(v, indent + 2) for k, v in value.items())
    return "{\n" + ",\n".join(parts) + "\n" + outer + "}"


def main(arguments):
    root = arguments[-1]
    path = os.path.join(root, SCHEMA)
    with open(path, encoding="utf-8") as f:
        old = f.read()
    document = json.loads(old)
    document["$defs"]["option"]["properties"], missing = options(root)
    new = text_of(document) + "\n"
    if "--write" in arguments:
        with open(path, "w", encoding="utf-8") as f:
            f.write(new)
        old = new
    for name in missing:
        print("slim-build(1) has --%s, which no option row in cmd/ has" % name)
    if new != old:
        print("%s is out of date: run tests/lint/build_schema.py --write ." % SCHEMA)
    return 1 if missing or new != old else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
