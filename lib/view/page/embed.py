#!/usr/bin/python3
"""embed.py page.html page.css SCRIPT... : the page as C, for view/page/assets.h.

Puts the style and the scripts, in their order, into the page, and their digests into its policy: the browser runs and
applies nothing else."""
import base64
import hashlib
import sys


def read(path):
    with open(path, encoding="ascii") as f:
        return f.read()


def digest(text):
    return "'sha256-%s'" % base64.b64encode(hashlib.sha256(text.encode("ascii")).digest()).decode()


def literal(line):
    return '    "' + line.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?") + '\\n"'


def array(name, text):
    return "const char %s[] =\n%s;\n" % (name, "\n".join(map(literal, text.rstrip("\n").split("\n"))))


page, style = read(sys.argv[1]), read(sys.argv[2])
script = '"use strict";\n' + "\n".join(map(read, sys.argv[3:]))
for text in (style, script):
    assert "</" not in text and "<!--" not in text, "this would end the element"
policy = "default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'" % (digest(style), digest(script))
for mark, text in (("@POLICY@", policy), ("@STYLE@", style), ("@SCRIPT@", script)):
    assert page.count(mark) == 1, mark
    page = page.replace(mark, text)
begin, end = page.split("@DATA@")
print('#include "view/page/assets.h"\n')
print(array("view_page_begin", begin))
print(array("view_page_end", end))
