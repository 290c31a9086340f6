"""The level closure with real interpreters: what a run never touched is there when another run asks for it."""
import json
import os
import re
import subprocess

import oci
import pytest

from testenv.layers import Layer

pytestmark = pytest.mark.needs("root", "runc")

SKIPPED = {"__pycache__", "test", "tests", "dist-packages", "site-packages", "idlelib", "lib2to3", "tkinter"}

PYTHON = """
import importlib, sys

def one():
    print("plain run")

def two():
    import csv, doctest, io, statistics, subprocess
    import sqlite3
    out = io.StringIO()
    csv.writer(out).writerow([statistics.mean([1, 3]), sqlite3.connect(":memory:").execute("select 40+2").fetchone()[0]])
    print(out.getvalue().strip(), importlib.import_module("plugins." + sys.argv[1]).name())
    print("\\u00e9".encode("cp437").hex(), open("/app/words/list.txt").read().strip())
    subprocess.run("cat words/list.txt | sort -r", shell=True, check=True)

{"one": one, "two": two}[sys.argv[1]]()
"""

PERL = """
use strict;
if ($ARGV[0] eq 'two') {
	require List::Util;
	require Data::Dumper;
	require lib::Own;
	print "sum " . List::Util::sum(40, 2) . " " . Own::name() . "\\n";
	print `sort -r /app/words/list.txt`;
} else {
	print "plain run\\n";
}
"""


def libraries(paths):
    """What the loader needs for these files: {name in the image: file of this machine}."""
    out = subprocess.run(["ldd"] + sorted(paths), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return {m: os.path.realpath(m) for m in re.findall(r"(/[^\s:]+)(?= \(0x)", out)}


def tree(layer, directory, shared):
    for folder, folders, files in os.walk(directory):
        folders[:] = sorted(set(folders) - SKIPPED)
        for name in sorted(files):
            path = os.path.join(folder, name)
            if os.path.isfile(path) and not name.endswith((".a", ".pod")):
                layer.program(path[1:], path)
                if name.endswith(".so"):
                    shared.add(path)


def make_image(tmp_path, interpreter, directories, files):
    layer, shared = Layer().dir("tmp", mode=0o1777), {interpreter, "/bin/sh", "/usr/bin/sort", "/usr/bin/cat"}
    for directory in directories:
        tree(layer, directory, shared)
    for name, path in sorted(libraries(shared).items()):
        layer.program(name[1:], path)
    for program in ("usr/bin/sort", "usr/bin/cat", "bin/sh", interpreter[1:]):
        layer.program(program, os.path.realpath("/" + program))
    for name, text in files.items():
        layer.file(name, text)
    config = {"Entrypoint": [interpreter, "/app/main"], "Cmd": ["one"], "WorkingDir": "/app", "Env": ["PATH=/usr/bin:/bin"]}
    oci.write_layout(str(tmp_path / "in"), "image", oci.Image([layer.write(tmp_path / "layer.tar")], config))
    return "oci:%s:image" % (tmp_path / "in")


def output(slim, tmp_path, image, argument):
    done = slim.run("record", image, "-o", str(tmp_path / "trace.json"), "--store", slim.store, "--run",
                    json.dumps([argument]), "--show-clogs")
    return done.out + done.err


def check(slim, tmp_path, source, lines):
    """Slimmed by run `one`; run `two` says in the closure what it says in the original, and does not without."""
    assert all(line in output(slim, tmp_path, source, "two") for line in lines)
    for level in ("exact", "closure"):
        dest = "oci:%s:slim" % (tmp_path / level)
        slim.build(source, dest, "--run", '["one"]', keep=level)
        assert "plain run" in output(slim, tmp_path, dest, "one")
        text = output(slim, tmp_path, dest, "two")
        missing = [line for line in lines if line not in text]
        assert bool(missing) == (level == "exact"), (level, missing, text)


def test_python(slim, tmp_path):
    program = os.path.realpath("/usr/bin/python3")
    library = subprocess.run([program, "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"], check=True,
                             stdout=subprocess.PIPE, text=True).stdout.strip()
    files = {"app/main": "#!/usr/bin/python3\n" + PYTHON, "app/plugins/two.py": "def name():\n    return 'plugin two'\n",
             "app/words/list.txt": "a\nb\n"}
    source = make_image(tmp_path, program, [library], files)
    check(slim, tmp_path, source, ["2,42 plugin two", "82 a", "b"])


def test_perl(slim, tmp_path):
    dirs = subprocess.run(["/usr/bin/perl", "-e", "print join qq(\\n), @INC"], check=True, stdout=subprocess.PIPE,
                          text=True).stdout.split()
    wanted = [d for d in dirs if "perl-base" in d or re.search(r"/perl/\d", d) and "local" not in d]
    files = {"app/main": "#!/usr/bin/perl\n" + PERL.replace("require lib::Own", "require './lib/Own.pm'"),
             "app/lib/Own.pm": "package Own;\nsub name { 'own module' }\n1;\n", "app/words/list.txt": "a\nzz\n"}
    source = make_image(tmp_path, "/usr/bin/perl", [d for d in wanted if os.path.isdir(d)], files)
    check(slim, tmp_path, source, ["sum 42 own module", "zz"])


# Reads its crontab at the start and runs a job only when it is due, as cron does.
CRON = """
while read -r minute hour day month weekday user job; do
    case $minute in [0-9*]*) test "$1" = one || eval "$job" ;; esac
done </etc/cron.d/jobs
echo plain run
"""


def test_commands_in_data(slim, tmp_path):
    """A crontab's commands are there, though no job was due while the run was recorded."""
    files = {"app/main": CRON, "app/words/list.txt": "a\nzz\n",
             "etc/cron.d/jobs": "SHELL=/bin/sh\n# x\n* * * * * root cat /app/words/list.txt | sort -r | sort -u -r\n"}
    check(slim, tmp_path, make_image(tmp_path, "/bin/sh", [], files), ["zz"])
