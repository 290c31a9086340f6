"""Pages with commands and their output: a block of Markdown that begins with ```console. A line that begins with "$ " is a
command; lines behind a backslash at a line's end belong to it. What follows, up to the next command, is its output."""
import re
import subprocess

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
STAGE = re.compile(r"^slim: (?:[\w.-]+: )?[a-z]+ +after \d+\.\d s\n", re.M)  # progress
REGISTRY = "localhost:5000"  # the one that pages name
MASKS = [  # figures that vary from run to run
    (r"[0-9a-f]{12,64}", "#"),
    (r"\d[\d.,]*", "#"),
    (r"# (B|kB|MB|GB)\b", "# B"),
    (r"# (ms|s)\b", "# s"),
    (r"\b(eBPF|ebpf|ptrace)\b", "SENSOR"),
    (r"[ \t]+", " "),
    (r" $", ""),
]


class Step:
    def __init__(self, command, output):
        self.command, self.output = command, output


def steps_of(block):
    steps, lines = [], block.splitlines(keepends=True)
    while lines:
        line = lines.pop(0)
        if not line.startswith("$ "):
            assert steps, "a block begins with a command, not with %r" % line
            steps[-1].output += line
            continue
        command = line[2:]
        while command.endswith("\\\n"):
            command += lines.pop(0)
        steps.append(Step(command, ""))
    return steps


def masked(text):
    for pattern, replacement in MASKS:
        text = re.sub(pattern, replacement, text, flags=re.M)
    return text.splitlines()


class Runner:
    """Runs commands in one folder. registry: "localhost:PORT", in the place of the one that pages name."""

    def __init__(self, folder, env, registry):
        self.folder, self.env, self.registry = folder, env, registry

    def run(self, command):
        done = subprocess.run(["bash", "-c", command.replace(REGISTRY, self.registry)], cwd=self.folder, env=self.env, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600)
        text = done.stdout + STAGE.sub("", done.stderr)
        return text.replace(self.registry, REGISTRY).replace(str(self.folder) + "/", ""), done.returncode


def replay(text, runner):
    """The page with the output that its commands have now, and a line for each difference to the page."""
    different = []

    def block(match):
        out = ""
        for step in steps_of(match.group(1)):
            output, status = runner.run(step.command)
            if status:
                different.append("$ %sfails with status %d:\n%s" % (step.command, status, output))
            elif masked(output) != masked(step.output):
                different.append("$ %sgives\n%s\nand not\n%s" % (step.command, output, step.output))
            out += "$ %s%s" % (step.command, output)
        return "```console\n%s```" % out

    return BLOCK.sub(block, text), different
