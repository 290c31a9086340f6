#!/usr/bin/python3
"""coverage.py BUILD [FOUND] : how many lines of each parser fuzzing reaches.

BUILD holds the targets, built by clang with -fprofile-instr-generate -fcoverage-mapping. They replay their seeds, and
what is in FOUND/TARGET/. Prints a line for each file of tests/fuzz/parsers; fails if one is below what it asks for."""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LEAST = 70  # percent of the lines of a parser


def parsers():
    """The files of the list: path, percent, remark."""
    with open(os.path.join(HERE, "parsers"), encoding="utf-8") as f:
        for line in f:
            path, _, remark = line.split("#")[0].strip().partition(" ")
            percent, _, remark = remark.strip().partition(" ")
            if path:
                yield path, int(percent or LEAST), remark


def replay(build, found, profiles):
    """Runs all targets; returns their programs, and how many failed: what they reached is not known."""
    programs, failed = [], 0
    for target in sorted(os.listdir(os.path.join(HERE, "corpus"))):
        program = os.path.join(build, "tests/fuzz/fuzz-" + target)
        folders = [os.path.join(HERE, "corpus", target)]
        more = os.path.join(found, target) if found else ""
        if os.path.isdir(more) and os.listdir(more):
            folders.append(more)
        env = dict(os.environ, LLVM_PROFILE_FILE=os.path.join(profiles, target))
        status = subprocess.run([program] + folders, env=env, stdout=subprocess.DEVNULL, check=False).returncode
        if status:
            print(f"{target} ended with {status}")
            failed += 1
        programs.append(program)
    return programs, failed


def lines(programs, profiles):
    """File: (lines reached, lines)."""
    merged = os.path.join(profiles, "all")
    subprocess.run(["llvm-profdata", "merge", "-o", merged] + [os.path.join(profiles, p) for p in os.listdir(profiles)],
                   check=True)
    objects = [word for p in programs[1:] for word in ("-object", p)]
    text = subprocess.run(["llvm-cov", "export", "-summary-only", "-instr-profile", merged, programs[0]] + objects,
                          check=True, capture_output=True).stdout
    files = json.loads(text)["data"][0]["files"]
    return {os.path.relpath(os.path.realpath(f["filename"]), ROOT): f["summary"]["lines"] for f in files}


def main(build, found=None):
    with tempfile.TemporaryDirectory() as profiles:
        programs, failed = replay(build, found, profiles)
        reached = lines(programs, profiles)
    low, all_lines, all_reached = 0, 0, 0
    for path, least, remark in parsers():
        of = reached.get(path, {"covered": 0, "count": 0})
        percent = 100 * of["covered"] // of["count"] if of["count"] else 0
        low += percent < least
        all_reached += of["covered"]
        all_lines += of["count"]
        print(f"{percent:4d} % of {of['count']:4d} {path}" + (f"  BELOW {least} %" if percent < least else "") +
              (f"  ({remark})" if remark else ""))
    print(f"{100 * all_reached // all_lines:4d} % of {all_lines} lines of parsers; {low} files have less than they need")
    return low + failed > 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
