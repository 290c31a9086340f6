"""Pages of docs/ that show commands and their output: the commands are run, and the output is compared, without figures.

    SLIM_WRITE_PAGES=1 tests/run.sh -k test_pages        writes the pages anew, with the output of now"""
import glob
import os
import re
import shutil
import subprocess

import pytest

from testenv import transcript

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMMAND = re.compile(r"(?:^(?: {4}|\$ )|`)slim ([a-z]+)((?:[^`\n#|;&]|\\\n)*)", re.M)
OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z0-9-]*)")
TUTORIAL = os.path.join(ROOT, "docs", "tutorial")
PAGES = ("tutorial.md", "how-slim-decides.md")


def work(slim, images, tmp_path):
    """A folder with the tutorial's images and files, and an environment with slim in PATH."""
    folder, programs = tmp_path / "work", tmp_path / "programs"
    folder.mkdir()
    programs.mkdir()
    os.symlink(slim.program, programs / "slim")
    subprocess.run([os.path.join(TUTORIAL, "images.py"), images.root("debian-python", "python3")], cwd=folder, check=True)
    env = slim.environment({"HOME": str(tmp_path), "PATH": "%s:%s" % (programs, os.environ["PATH"])})
    return folder, {name: value for name, value in env.items() if name not in ("CI", "GITHUB_ACTIONS", "GITLAB_CI")}


@pytest.mark.needs("root", "runc", "mmdebstrap", "docker-registry", "skopeo", "ebpf")
@pytest.mark.parametrize("page", PAGES)
def test_page(slim, images, registries, tmp_path, page):
    folder, env = work(slim, images, tmp_path)
    path = os.path.join(ROOT, "docs", page)
    with open(path, encoding="utf-8") as f:
        text = f.read()
    now, different = transcript.replay(text, transcript.Runner(folder, env, registries().host))
    if os.environ.get("SLIM_WRITE_PAGES"):
        with open(path + ".new", "w", encoding="utf-8") as f:
            f.write(now)
        shutil.move(path + ".new", path)
    else:
        assert not different, "\n".join(different)


def test_a_difference_is_found(tmp_path):
    runner = transcript.Runner(tmp_path, dict(os.environ), "localhost:1")
    page = "```console\n$ echo 3 files\n5 files\n$ echo \\\n  one\ntwo\n$ false\n```\n"
    now, different = transcript.replay(page, runner)
    assert now == "```console\n$ echo 3 files\n3 files\n$ echo \\\n  one\none\n$ false\n```\n"
    assert [line.split("\n")[0] for line in different] == ["$ echo \\", "$ false"]


def unknown_options(text):
    """Options of commands in a page that the verb's manual does not have. What follows "--" is the container's."""
    for verb, rest in COMMAND.findall(text):
        page = os.path.join(ROOT, "cmd", "man", "slim-%s.1.scd" % verb)
        if not os.path.exists(page):
            yield "slim %s" % verb
            continue
        with open(page, encoding="utf-8") as f:
            known = set(OPTION.findall(f.read())) | {"--help"}
        own = re.split(r" --(?: |$)", re.sub(r"'[^']*'|\"[^\"]*\"", "", rest))[0]
        yield from ("slim %s %s" % (verb, option) for option in OPTION.findall(own) if option not in known)


@pytest.mark.parametrize("path", sorted(glob.glob(os.path.join(ROOT, "docs", "*.md"))), ids=os.path.basename)
def test_options_of_commands(path):
    with open(path, encoding="utf-8") as f:
        assert not list(unknown_options(f.read()))


def test_an_unknown_option_is_found():
    text = "    slim build a --keeep x -- --any\n`slim shrink a`, `slim why --json x`\n$ slim diff --old a\n"
    assert list(unknown_options(text)) == ["slim build --keeep", "slim shrink", "slim diff --old"]
