#!/usr/bin/python3
"""man_pages.py SLIM FOLDER : the pages in FOLDER (NAME.SECTION.scd) name the verbs of `SLIM --help`, and each
verb's page exactly the options of `SLIM VERB --help=all`, where each stands in one group, below a heading."""
import os
import re
import subprocess
import sys

OPTION_OF_HELP = re.compile(r"^  (?:(-\w), |    )(--[\w-]+)", re.M)
VERBS_OF_HELP = re.compile(r"^Verbs:\n((?:  .*\n)+)", re.M)
VERB_OF_HELP = re.compile(r"^  (\w+) ", re.M)
DEFINITION = re.compile(r"^(\*-.*)$", re.M)  # a line of bold options; what they do is indented below it
HEADING_OF_HELP = re.compile(r"^([A-Z][^:]*):$", re.M)
WORD = re.compile(r"\*(--?[\w-]+)\*")


def output(*argv):
    return subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True).stdout


def options_of_help(text):
    """All of them, one that stands there twice twice."""
    return [name for pair in OPTION_OF_HELP.findall(text) for name in pair if name and name != "--help"]


def errors_of_help(verb, text):
    names, headings = options_of_help(text), HEADING_OF_HELP.findall(text)
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield "slim %s --help=all has %s in two groups" % (verb, name)
    for heading in sorted({heading for heading in headings if headings.count(heading) > 1}):
        yield "slim %s --help=all has two groups %s" % (verb, heading)
    if not headings:
        yield "slim %s --help=all has no groups" % verb


def options_of_page(text):
    return {name for line in DEFINITION.findall(text) for name in WORD.findall(line)}


def main(slim, folder):
    def page(name):
        with open(os.path.join(folder, name + ".scd"), encoding="utf-8") as f:
            return f.read()

    bad = []
    verbs = VERB_OF_HELP.findall("".join(VERBS_OF_HELP.findall(output(slim, "--help"))))
    top = page("slim.1")
    for verb in verbs:
        if "*slim-%s*(1)" % verb not in top:
            bad.append("slim.1 does not name slim-%s(1)" % verb)
        help_text = output(slim, verb, "--help=all")
        bad += errors_of_help(verb, help_text)
        has, wants = options_of_page(page("slim-%s.1" % verb)), set(options_of_help(help_text))
        bad += ["slim-%s.1 lacks %s" % (verb, name) for name in sorted(wants - has)]
        bad += ["slim-%s.1 has %s, slim %s --help=all does not" % (verb, name, verb) for name in sorted(has - wants)]
    for message in bad:
        print(message)
    print("%d verbs, %d errors" % (len(verbs), len(bad)))
    return 1 if bad or not verbs else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
