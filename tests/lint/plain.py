#!/usr/bin/env python3
"""plain.py [--words N] PATH... - lists what is hard to read in English: sentences above 30 words, and turns of phrase
that CONTRIBUTING.md ("English") advises against. Reads the comments of C, the texts in messages.md, Markdown, man pages
and standard input ("-"). Prints FILE:LINE: what: the sentence."""
import argparse
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from c_source import LEXEME  # noqa: E402

# pattern, what is wrong with it
TURNS = [
    (r"^(What|That|Who|Whoever|Whatever|How|Where) [^,?]*\b(is|are|was|were|does|do|can|has|have|gets?|goes|counts?|"
     r"stays?|fails?|tells?|says?|takes?|needs?|must|may|will)\b", "a clause is the subject"),
    (r"\bin vain\b", "say: not found, without success"),
    (r"\b(is|are|was|were|be) none\b", "say: there is no ..., is not a ..."),
    (r"(?<![Tt]here )\bis no (?!longer|more|such)\w+", "say: is not a ..."),
    (r"\bthere is none\b", "name what is missing"),
    (r"\bwithout one\b", "name what is missing"),
    (r"\b(has|have|had) not\b(?! (been|yet))", "say: does not have"),
    (r"\b(knows|asks|says|tells|takes|needs|goes|means|counts|comes|gets) not\b", "say: does not ..."),
    (r"\bwhere (it|there|that|this) (is|are) (no|not|none)\b", "say: if, unless"),
    (r"\bwhat (it|that|this|they) (is|are|was|has|have)\b", "use a noun"),
    (r"\b(thereof|therein|thereby|whereof|herein|hereby|whilst|shall)\b", "old word"),
    (r"\bof (its|their|our|his) own's?\b.*\bof (its|their|our|his) own\b", "of-chain"),
    (r"\bof the (\w+) of the (\w+) of\b", "of-chain"),
    (r"\bis had\b|\bare had\b|\bto be had\b", "say: is available"),
]
SKIP = re.compile(r"^\s*(\||```|#|:|\[//|<|\t)")


def sentences(text):
    """The sentences of a paragraph; lists and cells of tables end one."""
    for part in re.split(r"(?<=[.!?;:])\s+(?=[A-Z*_`'\"(\[])|\n\s*\n|\n\s*[-*] ", text):
        part = " ".join(part.split())
        if part:
            yield part


def c_comments(text):
    """(line, text) of each comment; neighbouring // lines are one."""
    for match in LEXEME.finditer(text):
        comment = match.group()
        if comment.startswith("/*") or comment.startswith("//"):
            body = re.sub(r"^\s*(/\*+|\*/|\*|//)\s?", "", comment, flags=re.M).replace("*/", "")
            yield text.count("\n", 0, match.start()) + 1, body


def prose(text):
    """(line, paragraph) of Markdown or a man page, without code and tables."""
    at, lines, start, fenced = 1, [], 1, False
    for line in text.split("\n"):
        if line.startswith("```"):
            fenced = not fenced
        plain = not fenced and line.strip() and not line.startswith("    ") and not SKIP.match(line.replace("\t", "", 1))
        if plain:
            if not lines:
                start = at
            lines.append(line.strip())
        elif lines:
            yield start, "\n".join(lines)
            lines = []
        at += 1
    if lines:
        yield start, "\n".join(lines)


def findings(text, parts, limit):
    for line, part in parts(text):
        for sentence in sentences(part):
            words = len([w for w in sentence.split() if re.search(r"\w", w)])
            if words > limit:
                yield line, f"{words} words", sentence
            for pattern, what in TURNS:
                if re.search(pattern, sentence):
                    yield line, what, sentence


def files(paths):
    for path in paths:
        if os.path.isdir(path):
            for folder, _, names in sorted(os.walk(path)):
                yield from (os.path.join(folder, n) for n in sorted(names) if n.endswith((".c", ".h", ".md", ".scd")))
        else:
            yield path


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=30)
    parser.add_argument("paths", nargs="+")
    options = parser.parse_args()
    count = 0
    for path in files(options.paths):
        text = sys.stdin.read() if path == "-" else open(path, encoding="utf-8").read()
        for line, what, sentence in findings(text, c_comments if path.endswith((".c", ".h")) else prose, options.words):
            print(f"{path}:{line}: {what}: {sentence}")
            count += 1
    return count > 0


if __name__ == "__main__":
    sys.exit(main())
