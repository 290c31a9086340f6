"""c_source.py - what the checks read in C: functions and calls, without a compiler.

It knows this code's style, not all of C: no function is declared inside of another, no macro opens a brace that it
does not close, and the branches of an #if have the same braces."""
import re

KEYWORDS = {"if", "for", "while", "switch", "return", "sizeof", "do", "else", "case", "defined"}
LEXEME = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.M)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.M)
CALL = re.compile(r"(?<![\w.>])([A-Za-z_]\w*)\s*\(")
ATTRIBUTE = re.compile(r"__attribute__\s*\(\((?:[^()]|\([^()]*(?:\([^()]*\)[^()]*)*\))*\)\)")
NAMED = re.compile(r"[\w*]\s*[\s*]([A-Za-z_]\w*)\s*\(")  # behind a type


def _blank(match):
    """As long as before, and with the same lines."""
    return re.sub(r"[^\n]", " ", match.group())


def without_comments(text):
    return LEXEME.sub(lambda m: m.group() if m.group()[0] in "\"'" else _blank(m), text)


def _blank_inside(match):
    """A string or character keeps its quotes."""
    text = match.group()
    return text[0] + _blank(match)[1:-1] + text[-1] if text[0] in "\"'" else _blank(match)


def bare_code(text):
    """Without comments and the content of strings; each character keeps its place."""
    return LEXEME.sub(_blank_inside, text)


def bare(text):
    """Without directives, too."""
    return DIRECTIVE.sub(_blank, bare_code(text))


def includes(text):
    return INCLUDE.findall(without_comments(text))


class Function:
    """name; static; first and last line; body: its text, empty for a declaration."""
    def __init__(self, name, static, first, last, body):
        self.name, self.static, self.first, self.last, self.body = name, static, first, last, body

    @property
    def lines(self):
        return self.last - self.first + 1

    def calls(self):
        return set(CALL.findall(self.body)) - KEYWORDS


def arguments(text, at):
    """The arguments of a call as they are written; at is behind its parenthesis."""
    found, depth, start = [], 0, at
    while at < len(text):
        lexeme = LEXEME.match(text, at)
        if lexeme:
            at = lexeme.end()
            continue
        c = text[at]
        if depth == 0 and c in ",)":
            found.append(text[start:at].strip())
            start = at + 1
            if c == ")":
                break
        depth += (c in "([{") - (c in ")]}")
        at += 1
    return found


def calls_of(text, names):
    """(name, line, arguments) of each call of a function of names, in order; their declarations too."""
    code = bare_code(text)
    for match in re.finditer(r"\b(%s)\(" % "|".join(names), code):
        yield match.group(1), text.count("\n", 0, match.start()) + 1, arguments(text, match.end())


def _name_of(statement):
    """The function's name, or None where the statement declares something else."""
    statement = ATTRIBUTE.sub(" ", statement)
    match = NAMED.search(" " + statement)
    if not match or "=" in statement[:match.end()] or re.match(r"\s*(typedef|return|_Static_assert)\b", statement):
        return None
    if "{" in statement[:match.end()]:
        return None
    if match.group(1).isupper():  # BPF_PROG(name, ...)
        return re.match(r"\s*(\w*)", statement[match.end() - 1:]).group(1) or match.group(1)
    return match.group(1)


def functions(text):
    """(definitions, declarations) of a file, each a list of Function."""
    text = bare(text)
    defined, declared = [], []
    start = depth = 0
    opened = None  # where the body of a function began
    for match in re.finditer(r"[{};]", text):
        at, sign = match.start(), match.group()
        if sign == "{":
            if depth == 0 and _name_of(text[start:at]):
                opened = at
            depth += 1
            continue
        if sign == "}":
            depth -= 1
        if depth or (sign == "}" and opened is None):
            continue
        end = opened if opened is not None else at
        head = text[start:end]
        name = _name_of(head)
        if name:
            first = text.count("\n", 0, start + len(head) - len(head.lstrip())) + 1
            body = text[opened:at + 1] if opened is not None else ""
            static = bool(re.search(r"\bstatic\b", head))
            (defined if opened is not None else declared).append(
                Function(name, static, first, text.count("\n", 0, at) + 1, body))
        start, opened = at + 1, None
    return defined, declared
