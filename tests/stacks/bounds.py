#!/usr/bin/python3
"""Measures what other limits of slim would cost and win, on the stacks.

  bounds.py try LABEL=SLIM... [--stack NAME]...   a line per stack in WORK/bounds.jsonl, then the table
  bounds.py table FILE.jsonl                      the table of such lines; of each stack the last counts

Each SLIM is built with other limits (docs/limits.md). A stack is run once, to record a trace; every program makes its
result of it, without another run. Results that are the same are checked once. --sizes makes no checks at all."""
import argparse
import json
import os
import re
import shutil
import signal
import sys

sys.dont_write_bytecode = True
import attempt
import checks
import container
import image
import spec as specs

SECONDS = 900
# An own tree, nearly as keep/trees/own_tree.c knows it: a child of the deepest of these directories.
TREE = re.compile(r"(?:/opt|(?:/usr(?:/local)?)?/(?:lib|lib64|libexec|share)|/var/(?:lib|games))"
                  r"(?:/(?:games|icons|themes|xml|sgml|[^/]*-linux-[^/]*))?/[^/]+")
COLUMNS = ["limits", "trees whole", "in part", "MB in trees", "packages left out", "MB in packages", "MB in all",
           "checks passed"]


def _tree(path):
    found = TREE.match(path)
    return found.group() if found else os.path.dirname(path)


def figures(report):
    """What the report of a build says of own trees and of packages that were installed by name."""
    kept = {_tree(p["path"]) for p in report["kept"] if p.get("note", "").endswith("-tree") and p.get("size")}
    notes = [(note["code"], note["text"]) for note in report["notes"]]
    cut = {_tree(text.split(" ")[0]) for code, text in notes if code == "left-out-by-limit" and text[0] == "/"}
    return {"whole": sorted(kept - cut), "cut": sorted(cut), "trees": report["kept_for"]["trees"],
            "left_out": sum(code == "named-package-not-kept" for code, _ in notes),
            "packages": report["kept_for"]["named_packages"], "size": report["result"]["size_bytes"],
            "digest": report["result"]["digest"]}


def _call(command, written):
    """Runs slim, which must write the file WRITTEN; its exit status may tell of a run that failed."""
    done = container.run(command, SECONDS, grace=30)
    if not os.path.exists(written):
        raise container.ContainerError("%s: %s" % (" ".join(command[:2]), checks.escaped(done.out)))


def _check(spec, layout, work):
    """How many checks pass, and those that fail."""
    reasons, _ = attempt.check_layout(spec, layout, "x", work, lambda *_: None)
    failed = {name: reason for name, reason in reasons.items() if reason}
    return {"passed": len(reasons) - len(failed), "failed": failed}


def measure(spec, programs, work, sizes):
    """The figures of each label of PROGRAMS, {label: program}, on one stack."""
    _, layout = attempt.build_layout(spec, work)
    found, checked = {}, {}
    with attempt.scratch(work) as home:
        source, store, trace = "oci:%s:fat" % layout, os.path.join(home, "store"), os.path.join(home, "trace.json")
        _call([next(iter(programs.values())), "record", source, "-o", trace, "--store", store, *spec["build"]], trace)
        for label, program in programs.items():
            result, report = os.path.join(home, "result"), os.path.join(home, label + ".json")
            _call([program, "build", source, "--trace", trace, "-o", "oci:%s:x" % result, "--compression", "none",
                   "--store", store, "--report", report], os.path.join(result, "index.json"))
            found[label] = each = figures(attempt.json_of(report))
            if not sizes:
                if each["digest"] not in checked:
                    checked[each["digest"]] = _check(spec, result, work)
                each.update(checked[each["digest"]])
            shutil.rmtree(result)
    return found


def alike(found):
    """A line for each of the results of one stack that differ, with the labels that made it."""
    results = {}
    for label, each in found.items():
        results.setdefault(each["digest"], []).append(label)
    for labels in results.values():
        each = found[labels[0]]
        checked = ", %d passed" % each["passed"] if "passed" in each else ""
        yield "%.1f MB%s: %s" % (each["size"] / 1e6, checked, " ".join(labels))


def table(lines):
    """The sums over all stacks as a markdown table."""
    stacks = {line["stack"]: line for line in map(json.loads, lines)}.values()
    rows = [COLUMNS, ["---"] + ["---:"] * (len(COLUMNS) - 1)]
    for label in dict.fromkeys(label for stack in stacks for label in stack["found"]):
        all_of = [(stack["found"][label], stack["checks"]) for stack in stacks if label in stack["found"]]
        total = {key: sum(found[key] for found, _ in all_of) for key in ("trees", "packages", "size", "left_out")}
        checked = [(found["passed"], checks) for found, checks in all_of if "passed" in found]
        passed = "%d of %d" % tuple(map(sum, zip(*checked))) if checked else "-"
        rows.append([label, *("%d" % sum(len(found[key]) for found, _ in all_of) for key in ("whole", "cut")),
                     "%.1f" % (total["trees"] / 1e6), "%d" % total["left_out"], "%.1f" % (total["packages"] / 1e6),
                     "%.1f" % (total["size"] / 1e6), passed])
    return "".join("| %s |\n" % " | ".join(row) for row in rows)


def do_try(options):
    options.work = os.path.abspath(options.work)
    programs = dict(each.split("=", 1) for each in options.program)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    container.own_mounts()
    results, good = os.path.join(options.work, "bounds.jsonl"), True
    for name in options.stack or specs.names(options.specs):
        try:
            spec = specs.load(name, options.specs)
            with image.locked(os.path.join(options.work, "locks", name)):
                found = measure(spec, programs, options.work, options.sizes)
            line = {"stack": name, "checks": len(spec["checks"]), "found": found}
            with open(results, "a") as f:
                f.write(json.dumps(line) + "\n")
            print(name, *alike(found), sep="\n    ", flush=True)
        except (specs.SpecError, image.BuildError, container.ContainerError) as e:
            print("bounds: %s: %s" % (name, e), file=sys.stderr)
            good = False
        if not options.keep:
            attempt.remove(name, options.work)
    with open(results) as f:
        print(table(f), end="")
    return 0 if good else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    tries = commands.add_parser("try")
    tries.add_argument("program", nargs="+", metavar="LABEL=SLIM")
    tries.add_argument("--stack", action="append", metavar="NAME", help="this one alone (repeatable; default: all)")
    tries.add_argument("--specs", default=os.path.join(specs.HERE, "specs"), metavar="DIR")
    tries.add_argument("--work", default="/var/tmp/slim-stacks", metavar="DIR", help="layers, images, results")
    tries.add_argument("--sizes", action="store_true", help="make no checks")
    tries.add_argument("--keep", action="store_true", help="leave the images")
    commands.add_parser("table").add_argument("file")
    options = parser.parse_args()
    if options.command == "try":
        return do_try(options)
    with open(options.file) as f:
        print(table(f), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
