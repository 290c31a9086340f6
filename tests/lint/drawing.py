#!/usr/bin/python3
"""drawing.py ROOT : the drawing of the rooms in docs/architecture.md has every room, and each of its arrows leads from a
room to one that may include it."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from include_rules import MAY_INCLUDE  # noqa: E402

PAGE = os.path.join("docs", "architecture.md")
DRAWING = re.compile(r"^## The rooms\n.*?```mermaid\n(.*?)```", re.M | re.S)
ARROW = re.compile(r"^ *([\w/]+) --> ([\w/]+)$", re.M)
EVERYWHERE = {"base"}  # what every room may include
AT_TOP = {"cmd"}       # what may include every room


def top(room):
    return room.split("/")[0]


def errors(text):
    drawing = DRAWING.search(text)
    if not drawing:
        yield "there is no drawing below \"The rooms\""
        return
    included = {}
    for room, others in MAY_INCLUDE.items():
        included.setdefault(top(room), set(EVERYWHERE)).update(top(other) for other in others)
    arrows = ARROW.findall(drawing.group(1))
    drawn = {room for arrow in arrows for room in arrow}
    rooms = set(included) | EVERYWHERE | AT_TOP
    yield from ("the drawing lacks the room %s" % room for room in sorted(rooms - drawn))
    yield from ("the drawing has %s, which is not a room" % room for room in sorted(drawn - rooms))
    yield from ("%s may not include %s" % (to, room) for room, to in arrows
                if to in included and room not in included[to])


def main(root):
    with open(os.path.join(root, PAGE), encoding="utf-8") as f:
        found = list(errors(f.read()))
    for line in found:
        print("%s: %s" % (PAGE, line))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
