#!/usr/bin/python3
"""plain_check.py SLIM ROOT : whether help, errors and man pages are in plain English (docs/english.md).

Help: each row begins with a verb of VERBS or with a noun, so that it is complete without the option's name. Each option
stands in one group, and a group has at most twelve. Everywhere: at most 30 words in a sentence, no turn of phrase of
plain.py, and no word that docs/glossary.md lists after "Not:". The errors are the texts in C of cmd/, lib/ and probe/."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import c_source  # noqa: E402
import messages  # noqa: E402
import plain  # noqa: E402

WORDS_MAX = 30
ROWS_MAX = 12
# How the text of an option may begin, if not with an article and a noun. A new verb is welcome.
VERBS = set("""abort accept add allow append apply ask assume attach avoid begin bind build call change check choose clean close
collect comment compare compress connect continue convert copy count create cut decide declare define delete demand
describe detect disable do drop emit enable end enter exclude execute expect export expose extend extract fail find
finish follow forbid force format generate get give group handle hide hold ignore import include insert inspect
install invoke join keep kill leave let limit link list load lock log look lower make map mark match measure merge
mount move name note omit open order override pack parse pass pause pick post prefer preserve prevent print probe
produce protect provide prune publish pull push put query quit raise read rebuild receive record redirect reduce
refuse reject remove rename repair repeat replace report request require reset resolve restart restore restrict retry
return reuse rewrite run save scan search select send serve set share show sign skip sort specify split start stop
store stream strip substitute summarize suppress switch tag take test trace track treat trim trust try tune turn undo
unpack update upload use validate verify view visit wait warn wrap write""".split())
NOUN = re.compile(r"((the|a|an) (?!same\b|other\b|one\b|like\b)\w+|(largest|smallest|earlier|number|size|requests|CI)\b)")
PRONOUN = re.compile(r"\w+ (it|them|one|ones|the same)\b")
ROW = re.compile(r"^  (?:-\w, |    )--([\w-]*)(.*)$")
HEADING = re.compile(r"^([A-Z][^:]*):$")
TEXT_AT = 30  # the column of a row's text
STRING = re.compile(r'"(?:\\.|[^"\\])*"(?:\s*(?:PRI\w+\s*)?"(?:\\.|[^"\\])*")*')
PART = re.compile(r'"((?:\\.|[^"\\])*)"')
MADE_OF = ("lib/sensor/profile.c",)  # lists of names, not sentences


def rows_of(page):
    """(group, option, text) of each row of a page of help; the text in one line."""
    group, rows = None, []
    for line in page.split("\n"):
        heading, row = HEADING.match(line), ROW.match(line)
        if heading:
            group = heading.group(1)
        elif row:
            rows.append([group, row.group(1), line[TEXT_AT:] if line[TEXT_AT - 2:TEXT_AT] == "  " else ""])
        elif rows and group == rows[-1][0] and line.startswith(" " * TEXT_AT):
            rows[-1][2] = (rows[-1][2] + " " + line.strip()).strip()
    return [tuple(row) for row in rows]


def row_errors(text):
    start = re.sub(r"^\w+(, \w+)*: ", "", text)  # "prune: remove ...": of a command of the verb
    first = start.split(" ")[0]
    if text.startswith("refused: "):
        return
    if first not in VERBS and not NOUN.match(start):
        yield "begins with \"%s\", not with a verb (VERBS in tests/lint/plain_check.py)" % first
    if PRONOUN.match(start):
        yield "needs the option's name to be understood"


def sentence_errors(text, unwanted):
    """What is wrong in the sentences of a text. unwanted: word: the term to use."""
    for sentence in plain.sentences(text):
        words = len([word for word in sentence.split() if re.search(r"\w", word)])
        if words > WORDS_MAX:
            yield "%d words: %s" % (words, sentence)
        for pattern, what in plain.TURNS:
            if re.search(pattern, sentence):
                yield "%s: %s" % (what, sentence)
        for word, term in unwanted.items():
            if re.search(r"\b%s\b" % re.escape(word), sentence, re.I):
                yield "\"%s\", which docs/glossary.md calls %s: %s" % (word, term, sentence)


def glossary(text):
    """{word that is not to be used: the term}"""
    unwanted, term = {}, None
    for line in text.split("\n"):
        if line.startswith("## "):
            term = line[3:].strip()
        elif line.startswith("Not:") and term:
            for word in line[4:].split(","):
                if word.strip():
                    unwanted[word.strip()] = term
    return unwanted


def help_errors(verb, page, unwanted):
    rows = rows_of(page)
    names = [name for _, name, _ in rows if name]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield "--%s is in two groups" % name
    for group in sorted({row[0] for row in rows}):
        count = len([row for row in rows if row[0] == group])
        if count > ROWS_MAX:
            yield "group \"%s\" has %d rows, more than %d" % (group, count, ROWS_MAX)
    for _, name, text in rows:
        for error in list(row_errors(text)) + list(sentence_errors(text, unwanted)):
            yield "--%s: %s" % (name, error)
    if not rows:
        yield "has no options"


def texts_of(source):
    """(line, text) of the strings of a C file that are sentences or parts of them."""
    code = c_source.without_comments(source)
    for match in STRING.finditer(code):
        text = " ".join(PART.findall(match.group())) if "PRI" in match.group() else "".join(PART.findall(match.group()))
        text = text.replace("\\n", "\n").replace('\\"', '"')
        if len(text.split()) > 2 and text.count("\n") < 3:
            yield code.count("\n", 0, match.start()) + 1, text


def error_errors(root, unwanted):
    for path, source in messages.sources(root):
        if path not in MADE_OF:
            for line, text in texts_of(source):
                for error in sentence_errors(text, unwanted):
                    yield "%s:%d: %s" % (path, line, error)


def page_errors(root, unwanted):
    folder = os.path.join(root, "cmd", "man")
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".scd"):
            continue
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            for line, part in plain.prose(f.read()):
                for error in sentence_errors(part, unwanted):
                    yield "cmd/man/%s:%d: %s" % (name, line, error)


def output(*argv):
    return subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True).stdout


def main(slim, root):
    unwanted = {}
    path = os.path.join(root, "docs", "glossary.md")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            unwanted = glossary(f.read())
    top = output(slim, "--help")
    verbs = re.findall(r"^  (\w+) ", re.search(r"^Verbs:\n((?:  .*\n)+)", top, re.M).group(1), re.M)
    bad = []
    for verb in verbs:
        bad += ["slim %s: %s" % (verb, error) for error in help_errors(verb, output(slim, verb, "--help=all"), unwanted)]
    bad += error_errors(root, unwanted)
    bad += page_errors(root, unwanted)
    bad = list(dict.fromkeys(bad))
    for error in bad:
        print(error)
    print("%d verbs, %d words to avoid, %d errors" % (len(verbs), len(unwanted), len(bad)))
    return 1 if bad or not verbs else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
