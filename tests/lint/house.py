#!/usr/bin/python3
"""house.py [--check] ROOT : how the house is kept: rooms, prefixes, circles, exceptions and long functions.

A room is a folder below lib/ or cmd/, probe/ or cmd/ itself; a sub-folder is a room of its own. Prints the figures
of any tree; --check also fails if one of them is out of bounds."""
import importlib.util
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import c_source

MAX_FILES = 30   # in a room
MAX_LINES = 55   # of a function, from its return type to its brace
NOUN_ROOMS = {"lib/base", "lib/text", "lib/os", "lib/formats"}
LONG = {}        # "path: function" of a longer one: the reason


class Tree:
    """The C files of a checkout: their functions and what they use of each other."""

    def __init__(self, root):
        self.root = root
        self.text = {path: self.read(path) for path in self.sources()}
        self.functions = {path: c_source.functions(text) for path, text in self.text.items()}
        declared = {f.name for path, (_, more) in self.functions.items() if path.endswith(".h") for f in more}
        self.owner = {}  # public function: its file
        for path, (defined, _) in self.functions.items():
            for f in defined:
                if path.endswith(".c") and not f.static and f.name in declared:
                    self.owner[f.name] = path
        self.uses = {path: self.used_by(path) for path in self.text}

    def sources(self):
        for top in ("lib", "cmd", "probe"):
            for folder, folders, names in os.walk(os.path.join(self.root, top)):
                folders.sort()
                for name in sorted(names):
                    if name.endswith((".c", ".h")):
                        yield os.path.relpath(os.path.join(folder, name), self.root)

    def read(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as f:
            return f.read()

    def included(self, path, name):
        """The file that an #include line means, None for one of the system's."""
        for folder in (os.path.dirname(path), "lib", ""):
            candidate = os.path.normpath(os.path.join(folder, name))
            if candidate in self.text:
                return candidate
        return None

    def used_by(self, path):
        """The files that this one includes, or whose functions it calls."""
        used = {self.included(path, name) for name in c_source.includes(self.text[path])}
        own = {f.name for f in self.functions[path][0]}
        for f in self.functions[path][0]:
            used |= {self.owner[name] for name in f.calls() - own if name in self.owner}
        return used - {path, None}

    def rooms(self):
        """Room: its files."""
        rooms = {}
        for path in self.text:
            rooms.setdefault(os.path.dirname(path), []).append(path)
        return rooms


def prefixes(path):
    """The nouns that a public function of this file may begin with."""
    room, name = os.path.split(path)
    if room in NOUN_ROOMS or room.split("/")[0] == "cmd":
        words = name[:-2].split("_")
        nouns = ["_".join(words[:n + 1]) for n in range(len(words))]
        return nouns + room.split("/")[1:] if room.startswith("cmd/") else nouns
    return room.split("/")[1 if room.startswith("lib/") else 0:]


def misnamed(tree):
    """(public function, its file) where the name does not begin with its place."""
    return sorted((name, path) for name, path in tree.owner.items()
                  if not any(name == noun or name.startswith(noun + "_") for noun in prefixes(path)))


def circles(edges):
    """The strongly connected components of more than one node, sorted (Tarjan). edges: node: its successors."""
    found, index, low, stack = [], {}, {}, []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in edges.get(node, ()):
            if other not in index:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == index[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for node in sorted(edges):
        if node not in index:
            visit(node)
    return sorted(found)


def grouped(tree, group):
    """The tree's edges between groups of files. group: of a file, None = it counts for nothing."""
    edges = {}
    for path, used in tree.uses.items():
        if group(path) is not None:
            edges.setdefault(group(path), set()).update(map(group, used))
    return {node: sorted(others - {node, None}) for node, others in edges.items()}


def unit(path):
    """A .c with its header, or a header alone."""
    return path[:-2]


def module(path):
    """A folder of lib/ with all below it, cmd/ and probe/."""
    return "/".join(os.path.dirname(path).split("/")[:2 if path.startswith("lib/") else 1])


def sub_room(path):
    """A folder of a module. The module's own files are left out: its tables name what its folders hold."""
    room = os.path.dirname(path)
    return room if room != module(path) else None


def room_circles(tree):
    return circles(grouped(tree, module)) + circles(grouped(tree, sub_room))


def long_functions(tree):
    """(lines, "path: function")"""
    return sorted(((f.lines, "%s: %s" % (path, f.name)) for path, (defined, _) in tree.functions.items()
                   for f in defined if f.lines > MAX_LINES), reverse=True)


def exceptions(root):
    """(folder, header) of the table of include_rules.py in that tree: single headers, not folders."""
    path = os.path.join(root, "tests/lint/include_rules.py")
    if not os.path.exists(path):
        return []
    spec = importlib.util.spec_from_file_location("rules_of_tree", path)
    rules = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(rules)
    return [(folder, name) for folder, allowed in sorted(rules.MAY_INCLUDE.items()) for name in allowed
            if name.endswith(".h")]


def print_rooms(tree, wrong):
    rooms = tree.rooms()
    print("%-30s %5s %6s  %s" % ("room", "files", "public", "with the right prefix"))
    for room in sorted(rooms):
        public = [name for name, path in tree.owner.items() if os.path.dirname(path) == room]
        bad = [name for name, path in wrong if os.path.dirname(path) == room]
        print("%-30s %5d %6d  %d" % (room, len(rooms[room]), len(public), len(public) - len(bad)))
    whole = {}
    for path in tree.text:
        whole[module(path)] = whole.get(module(path), 0) + 1
    largest, most = max(rooms, key=lambda room: len(rooms[room])), max(whole, key=whole.get)
    print("largest room: %s, %d files; with its folders: %s, %d" % (largest, len(rooms[largest]), most, whole[most]))
    print("public functions: %d, %d with the right prefix" % (len(tree.owner), len(tree.owner) - len(wrong)))


def print_list(title, lines):
    print("%s: %d" % (title, len(lines)))
    for line in lines:
        print("  " + line)


def errors(tree):
    """What --check refuses, a line each."""
    for room, files in sorted(tree.rooms().items()):
        if len(files) > MAX_FILES:
            yield "%s: %d files, at most %d" % (room, len(files), MAX_FILES)
    for name, path in misnamed(tree):
        yield "%s: %s begins with none of: %s" % (path, name, " ".join(noun + "_" for noun in prefixes(path)))
    for circle in circles(grouped(tree, unit)) + room_circles(tree):
        yield "circle: " + " ".join(circle)
    for folder, name in exceptions(tree.root):
        yield 'tests/lint/include_rules.py: "%s" is an exception for %s' % (name, folder)
    long = long_functions(tree)
    for lines, where in long:
        if where not in LONG:
            yield "%s: %d lines, at most %d" % (where, lines, MAX_LINES)
    for where in sorted(set(LONG) - {where for _, where in long}):
        yield "tests/lint/house.py: %s is not long any more" % where


def main(arguments):
    tree = Tree(arguments[-1])
    if not tree.text:
        print("no C file below lib, cmd or probe")
        return 1
    print_rooms(tree, misnamed(tree))
    print_list("circles among units", [" ".join(c) for c in circles(grouped(tree, unit))])
    print_list("circles among rooms", [" ".join(c) for c in room_circles(tree)])
    print_list("single headers that a room may include", ["%s: %s" % e for e in exceptions(tree.root)])
    print_list("functions above %d lines" % MAX_LINES, ["%s, %d" % (where, n) for n, where in long_functions(tree)])
    if "--check" not in arguments:
        return 0
    bad = list(errors(tree))
    print_list("errors", bad)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
