"""The commands that pages of Markdown name in their code blocks."""
import os
import re
import shlex

# What begins a line that is a command; a path of the repository with a slash does, too.
PROGRAMS = {"slim", "meson", "ninja", "python3", "docker", "podman", "git", "apt-get", "curl", "cd", "for", "man", "SLIM", "sudo",
            "skopeo", "mkdir", "cp", "rm", "cat", "export", "make", "jq", "diff", "gh", "kubectl", "runc"}
FOLDERS = ("./", ".ci/", "tests/", "packaging/", "examples/", "docs/")
SHELLS = ("", "sh", "bash", "console", "shell")


def blocks(text):
    """(line, the lines) of each code block, fenced or indented by four spaces."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        fence = re.match(r"( *)```(\S*)", lines[at])
        if fence:
            end = next(i for i in range(at + 1, len(lines) + 1) if i == len(lines) or lines[i].strip() == "```")
            if fence.group(2) in SHELLS:
                yield at + 2, [line[len(fence.group(1)):] for line in lines[at + 1:end]]
            at = end + 1
        elif lines[at].startswith("    ") and (at == 0 or not lines[at - 1].strip()):
            end = at
            while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
                end += 1
            yield at + 1, [line[4:] for line in lines[at:end]]
            at = end
        else:
            at += 1


def is_command(line):
    word = re.match(r"\S*", line).group().split("=")[0]
    # "tests/   unit/ integration/" is a line of a table of folders.
    return word in PROGRAMS or (word.startswith(FOLDERS) and not word.endswith("/"))


def ends(text):
    """Whether the shell would wait for no other line."""
    words = re.findall(r"\b(?:for|do|done|if|fi)\b", text.split("#")[0]) if text.startswith(("for ", "if ")) else []
    return not text.endswith("\\") and "done" in words + ["done"] * (not words)


def commands(text):
    """(line, command) in their order. In a block with prompts ("$ ") only those lines are, the rest is output."""
    for line, block in blocks(text):
        if any(b.startswith("$ ") for b in block):
            given = [(line + i, b[2:]) for i, b in enumerate(block) if b.startswith("$ ") or block[i - 1].endswith("\\")]
        elif is_command(block[0]):
            given = [(line + i, b) for i, b in enumerate(block) if b.strip() and not b.startswith("#")]
        else:
            continue
        while given:
            at, command = given.pop(0)
            while given and not ends(command):
                command += "\n" + given.pop(0)[1]
            yield at, command


def program(command):
    """The file of the repository that a command runs, or None."""
    for word in shlex.split(command, comments=True):
        if re.match(r"[A-Z_]+=", word) or word in ("python3", "bash", "sudo"):
            continue
        return os.path.normpath(word) if word.startswith(FOLDERS) else None
    return None
