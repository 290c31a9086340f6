#!/usr/bin/python3
"""format.py ROOT : every C file is as clang-format 14 writes it. Exit 77 (skipped) without that version,
unless SLIM_TEST_REQUIRE names clang-format. To mend: clang-format-14 -i FILE."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import include_rules


def main(root):
    tool = shutil.which("clang-format-14")
    if not tool:
        print("clang-format-14 is not installed")
        return 1 if "clang-format" in os.environ.get("SLIM_TEST_REQUIRE", "").split(",") else 77
    sources = [p for p in include_rules.files(root) if p.endswith((".c", ".h"))]
    done = subprocess.run([tool, "--dry-run", "--Werror", "--ferror-limit=1", "--style=file"] + sources, cwd=root,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    bad = sorted({line.split(":")[0] for line in done.stdout.splitlines() if ": error:" in line})
    for path in bad:
        print("not formatted:", path)
    print("%d files, %d not formatted" % (len(sources), len(bad)))
    return 1 if done.returncode or not sources else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
