#!/usr/bin/python3
"""Tries slim on stacks of Debian packages that it was not made with.

  stacks.py build NAME...                     builds the images (OCI layouts)
  stacks.py original NAME...                  builds them and makes the checks on them
  stacks.py check NAME --layout DIR:TAG       makes the checks on another image, as a slim one
  stacks.py try NAME... --slim PROGRAM        builds, checks, slims, checks again; adds a line to WORK/results.jsonl
  stacks.py table FILE.jsonl                  the results as a markdown table

README.md has the format of specs. Needs root, podman, runc, umoci, mmdebstrap, python3-yaml; the exit status is 1 when
something failed."""
import argparse
import json
import os
import signal
import sys

sys.dont_write_bytecode = True
import attempt
import container
import image
import spec as specs
import table


def _tell(name, reason):
    print("%s %s%s" % ("FAIL" if reason else "PASS", name, ": " + reason if reason else ""), flush=True)


def do_build(name, options):
    _, layout = attempt.build_layout(specs.load(name, options.specs), options.work)
    print("%s:fat" % layout)
    return True


def do_original(name, options):
    spec = specs.load(name, options.specs)
    steps = image.prepare(spec, options.work)
    reasons, _ = attempt.check_original(spec, steps, options.work, _tell, options.only)
    return not any(reasons.values())


def do_check(name, options):
    layout, _, tag = options.layout.rpartition(":")
    spec = specs.load(name, options.specs)
    reasons, _ = attempt.check_layout(spec, os.path.abspath(layout), tag, options.work, _tell, options.only)
    return not any(reasons.values())


def do_try(name, options):
    found = attempt.attempt(name, options.specs, options.work, options.slim, options.flags)
    print(table.line(found), flush=True)
    with open(os.path.join(options.work, "results.jsonl"), "a") as f:
        f.write(json.dumps(found) + "\n")
    if not options.keep:
        attempt.remove(name, options.work)
    return attempt.good(found)


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--work", default="/var/tmp/slim-stacks", metavar="DIR", help="layers, images, results")
    common.add_argument("--specs", default=os.path.join(specs.HERE, "specs"), metavar="DIR")
    only = argparse.ArgumentParser(add_help=False)
    only.add_argument("--only", action="append", metavar="CHECK", help="make this check alone (repeatable)")
    for name, do, parents in (("build", do_build, [common]), ("original", do_original, [common, only]),
                              ("check", do_check, [common, only]), ("try", do_try, [common])):
        command = commands.add_parser(name, parents=parents)
        command.add_argument("name", nargs=1 if name == "check" else "*", help="(default: every spec)")
        command.set_defaults(do=do)
    commands.choices["check"].add_argument("--layout", required=True, metavar="DIR:TAG")
    tries = commands.choices["try"]
    tries.add_argument("--slim", required=True, metavar="PROGRAM")
    tries.add_argument("--keep", action="store_true", help="leave the images")
    tries.add_argument("--flags", nargs=argparse.REMAINDER, default=[], help="the rest are arguments of slim build")
    commands.add_parser("table").add_argument("file")
    return parser.parse_args()


def main():
    options = _options()
    if options.command == "table":
        with open(options.file) as f:
            print(table.markdown(f), end="")
        return 0
    options.work = os.path.abspath(options.work)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    container.own_mounts()
    good = True
    for name in options.name or specs.names(options.specs):
        try:
            with image.locked(os.path.join(options.work, "locks", name)):
                good = options.do(name, options) and good
        except (specs.SpecError, image.BuildError, container.ContainerError) as e:
            print("stacks: %s" % e, file=sys.stderr)
            good = False
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
