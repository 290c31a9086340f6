#!/usr/bin/python3
"""messages.py [--write] ROOT : the codes of slim's messages, that is the ids given to err_set, err_sys,
notes_add and compose_fail.

Each is kebab-case and at most 39 characters, and docs/messages.md lists them all with their classes. --write makes that
file anew, with the messages as they are worded now."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import c_source

PLACE = {"err_set": 2, "err_sys": 2, "notes_add": 1, "compose_fail": 3}  # of the id among the arguments; the format follows
MAX = 39  # struct err has room for no more
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*$")
HANDED_ON = re.compile(r"(\w+(\.|->))+id$")  # of an error that another one is made of
LITERAL = re.compile(r'"((?:\\.|[^"\\])*)"')
TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\w+|[?:]')
DEFINE = re.compile(r'^#define[ \t]+(\w+)[ \t]+(.*".*)$', re.M)
CONVERSION = re.compile(r"%[-+ #0]*(?:\*|\d+)?(?:\.(?:\*|\d+))?(?:hh|h|ll|l|z|j|t)?[a-zA-Z]")
ROW = re.compile(r"^\| `([^`]*)` \| ([^|]*) \|", re.M)
TABLE = "docs/messages.md"
HEAD = """# Messages

Each failure and each note of a report has a code. Programs and tests read the code: it keeps its meaning, while the
wording of a message may change with any version. With `--json` a failure is printed as slim.error/v1, see
slim-report(5), which also explains the classes. A class of `sys` stands for an error of the system: `notfound` if a
thing is missing, `denied` if access is denied, else `sys`. `varies` stands for several classes. `note` stands for a note of
a report, which is not a failure.

`tests/lint/messages.py --write .` makes this file.

| code | class | a message with it |
|---|---|---|
"""


def sources(root):
    for top in ("cmd", "lib", "probe"):
        for folder, folders, names in os.walk(os.path.join(root, top)):
            folders.sort()
            for name in sorted(names):
                if name.endswith((".c", ".h")):
                    path = os.path.join(folder, name)
                    with open(path, encoding="utf-8", errors="replace") as f:
                        yield os.path.relpath(path, root), f.read()


def wording(expression, defines):
    """A format as a reader sees it, with an ellipsis in the place of each value; of a choice, the first."""
    tokens = TOKEN.findall(expression)
    if "?" in tokens:
        tokens = tokens[tokens.index("?") + 1:]
    text = ""
    for token in tokens[:tokens.index(":")] if ":" in tokens else tokens:
        if token.startswith("PRI"):
            text += "u"
        elif token in defines:
            text += "".join(LITERAL.findall(defines[token]))
        elif token.startswith('"'):
            text += token[1:-1]
    text = CONVERSION.sub("\u2026", text.replace("%%", "\0")).replace("\0", "%")
    return re.sub("\u2026+", "\u2026", re.sub(r'\\(["\\])', r"\1", text))


def class_of(function, arguments):
    if function == "notes_add":
        return "note"
    if function == "err_sys":
        return "sys"
    if function == "compose_fail":
        return "limit" if "compose-too-large" in arguments[3] else "inval"
    return arguments[1][4:].lower() if arguments[1].startswith("ERR_") else "varies"


def collect(root):
    """({id: (classes, wordings)}, errors)"""
    found, bad = {}, []
    files = list(sources(root))
    defines = {name: value for _, text in files for name, value in DEFINE.findall(c_source.without_comments(text))}
    for path, text in files:
        for function, line, arguments in c_source.calls_of(text, PLACE):
            at = PLACE[function]
            if any(a.startswith("const char *") for a in arguments):
                continue  # its declaration
            given = arguments[at] if len(arguments) > at + 1 else ""
            names = LITERAL.findall(given[given.find("?") + 1:])
            if not names and not HANDED_ON.match(given):
                bad.append("%s:%d: %s has no id: %s" % (path, line, function, given))
            for name in names:
                if not NAME.match(name) or len(name) > MAX or name == "todo":
                    bad.append("%s:%d: \"%s\" is not kebab-case of at most %d characters" % (path, line, name, MAX))
                classes, wordings = found.setdefault(name, (set(), set()))
                classes.add(class_of(function, arguments))
                wordings.add(wording(arguments[at + 1], defines))
    return found, bad


def classes_text(classes):
    return ", ".join(sorted(classes - {"varies"})) or "varies"


def page(found):
    """The whole file. The most telling wording of an id is the one with the most letters."""
    rows = []
    for name, (classes, wordings) in sorted(found.items()):
        best = max(sorted(wordings), key=lambda text: sum(c.isalpha() for c in text))
        rows.append("| `%s` | %s | %s |\n" % (name, classes_text(classes), re.sub(r"([|<])", r"\\\1", best)))
    return HEAD + "".join(rows)


def table_errors(found, text):
    listed = [(name, classes) for name, classes in ROW.findall(text)]
    names = [name for name, _ in listed]
    yield from ("%s lacks %s" % (TABLE, name) for name in sorted(set(found) - set(names)))
    yield from ("%s has %s, which no message has" % (TABLE, name) for name in sorted(set(names) - set(found)))
    yield from ("%s: %s is %s, not %s" % (TABLE, name, classes_text(found[name][0]), classes)
                for name, classes in listed if name in found and classes != classes_text(found[name][0]))
    if names != sorted(set(names)):
        yield "%s is not sorted" % TABLE


def main(arguments):
    root = arguments[-1]
    found, bad = collect(root)
    table = os.path.join(root, TABLE)
    if "--write" in arguments:
        os.makedirs(os.path.dirname(table), exist_ok=True)
        with open(table, "w", encoding="utf-8") as f:
            f.write(page(found))
    if os.path.exists(table):
        with open(table, encoding="utf-8") as f:
            bad += table_errors(found, f.read())
    else:
        bad.append("there is no " + TABLE)
    for line in bad:
        print(line)
    print("%d codes, %d errors" % (len(found), len(bad)))
    return 1 if bad or not found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
