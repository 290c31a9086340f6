#!/usr/bin/python3
"""embed.py FILE.rules... : the rules as C, for keep/rules/rules.h."""
import os
import sys


def literal(line):
    return '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '\\n"'


print('#include "keep/rules/rules.h"\n\nconst struct keep_rules_file keep_rules_files[] = {')
for path in sys.argv[1:]:
    with open(path, encoding="ascii") as f:
        print('    {"%s",' % os.path.basename(path))
        print("\n".join("     " + literal(line) for line in f.read().split("\n")) + "},")
print("    {0},\n};")
