"""The results of stacks.py try as text: a line for the terminal, and a markdown table."""
import json

import checks

COLUMNS = ["stack", "what", "MB before", "MB after", "checks passed", "what failed"]


def _mb(size):
    return "-" if size is None else "%.1f" % (size / 1e6)


def line(found):
    """One line of what came of a stack."""
    text = "%s: %s MB, then %s MB; %d of %d checks passed" % (
        found["stack"], _mb(found["before"]), _mb(found["after"]), found["passed"], found["checks"])
    if found["seconds"] is not None:
        ended = "was stopped" if found["slim"] is None else "exit status %d" % found["slim"]
        text += "; slim: %s, %.0f s" % (ended, found["seconds"])
    return text + ("; " + checks.escaped(found["error"]) if found["error"] else "")


def _cell(text):
    return checks.escaped(text, 200).replace("|", "\\|")


def _row(found):
    failed = list(found["failed"])
    if found["error"]:
        failed.append(found["error"])
    elif found["slim"] != 0:
        failed.append("slim: exit status %s" % found["slim"])
    return [_cell(found["stack"]), _cell(found["about"]), _mb(found["before"]), _mb(found["after"]),
            "%d of %d" % (found["passed"], found["checks"]), _cell(", ".join(failed))]


def markdown(lines):
    """The table of the lines of a results.jsonl: the last of each stack, in the order of the first, and a sum."""
    last = {}
    for text in lines:
        found = json.loads(text)
        last[found["stack"]] = found
    rows = [COLUMNS, ["---"] * 2 + ["---:"] * 3 + ["---"]] + [_row(found) for found in last.values()]
    whole = sum(found["checks"] > 0 and found["passed"] == found["checks"] for found in last.values())
    total = sum(found["checks"] for found in last.values())
    passed = sum(found["passed"] for found in last.values())
    return "".join("| %s |\n" % " | ".join(row) for row in rows) + \
        "\n%d of %d stacks pass every check, and %d of %d checks pass.\n" % (whole, len(last), passed, total)
