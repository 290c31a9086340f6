#!/usr/bin/python3
"""embed.py slim.SHELL... : the scripts as C, for cmd/complete/scripts.h."""
import os
import sys


def literal(line):
    return '"' + line.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?") + '\\n"'


print('#include "cmd/complete/scripts.h"\n\nconst struct complete_script_text complete_scripts[] = {')
for path in sys.argv[1:]:
    with open(path, encoding="ascii") as f:
        lines = f.read().rstrip("\n").split("\n")
    print('    {"%s",' % os.path.basename(path).split(".")[-1])
    print("\n".join("     " + literal(line) for line in lines) + "},")
print("    {0},\n};")
