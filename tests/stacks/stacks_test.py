#!/usr/bin/python3
"""The stacks' own test: specs, layers, judgements and tables, without a container."""
import json
import os
import shutil
import sys
import tarfile
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import bounds
import checks
import container
import image
import layer
import spec as specs
import table

SPEC = """
name: one
about: a test
packages: [bc]
files:
  /app/a: text
  /app/b: {mode: 0755, text: "#!/bin/sh"}
config: {Entrypoint: [bc], ExposedPorts: [80/tcp]}
run: {service: true, ready: {tcp: 80}}
checks:
  - {name: sum, run: [-l, 1], out: '^2$'}
  - {name: get, shell: curl, out: x, status: 1}
"""


class Temporary(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)


class Spec(Temporary):
    def load(self, text):
        with open(os.path.join(self.directory, "one.yaml"), "w") as f:
            f.write(text)
        return specs.load("one", self.directory)

    def test_defaults(self):
        spec = self.load(SPEC)
        self.assertEqual(spec["files"], {"/app/a": (0o644, "text"), "/app/b": (0o755, "#!/bin/sh")})
        self.assertEqual([check["kind"] for check in spec["checks"]], ["run", "shell"])
        self.assertEqual(spec["checks"][0]["run"], ["-l", "1"])
        self.assertEqual([check["status"] for check in spec["checks"]], [0, 1])
        self.assertEqual(image.config(spec)["ExposedPorts"], {"80/tcp": {}})
        self.assertEqual(image.config(spec)["Env"], [image.PATH])
        self.assertNotIn("Cmd", image.config(spec))

    def test_refused(self):
        for old, new, wrong in (("name: one", "name: two", "name is not one"),
                                ("about:", "abuot:", "unknown key abuot"),
                                ("service: true, ", "", "uses shell, but the stack is not a service"),
                                ("out: '^2$'", "out: '('", "not a regular expression"),
                                (", out: x", "", "has no name, or no out"),
                                ("shell: curl", "shell: curl, exec: [x]", "needs one of"),
                                ("run: [-l, 1]", "run: -l", "is not a list"),
                                ("name: get", "name: sum", "the same name")):
            with self.subTest(new), self.assertRaisesRegex(specs.SpecError, wrong):
                self.assertIn(old, SPEC)
                self.load(SPEC.replace(old, new))

    def test_steps_change_only_what_is_above(self):
        def contents(text):
            return {name: content for name, content, *_ in image._steps(self.load(text))}

        before = contents(SPEC + "setup: a\n")
        after = contents(SPEC + "setup: b\n")
        self.assertEqual(list(before), ["packages", "files", "setup"])
        self.assertEqual([name for name in before if before[name] != after[name]], ["setup"])


@unittest.skipIf(os.getuid() != 0, "makes devices")
class Layer(Temporary):
    def test_members(self):
        diff = os.path.join(self.directory, "diff")
        os.makedirs(os.path.join(diff, "d/new"))
        with open(os.path.join(diff, "d/a"), "w") as f:
            f.write("text")
        os.link(os.path.join(diff, "d/a"), os.path.join(diff, "d/b"))
        os.symlink("a", os.path.join(diff, "d/s"))
        os.mknod(os.path.join(diff, "d/gone"), 0o020000, 0)
        os.setxattr(os.path.join(diff, "d/new"), "trusted.overlay.opaque", b"y")
        packed = layer.pack(self.directory)
        with tarfile.open(packed["blob"]) as tar:
            members = {member.name: (member.type, member.linkname) for member in tar}
        self.assertEqual(members, {
            "d": (tarfile.DIRTYPE, ""), "d/a": (tarfile.REGTYPE, ""), "d/b": (tarfile.LNKTYPE, "d/a"),
            "d/.wh.gone": (tarfile.REGTYPE, ""), "d/new": (tarfile.DIRTYPE, ""),
            "d/new/.wh..wh..opq": (tarfile.REGTYPE, ""), "d/s": (tarfile.SYMTYPE, "a")})
        self.assertEqual(packed["size"], os.path.getsize(packed["blob"]))


class Judgement(unittest.TestCase):
    def judge(self, status, out):
        check = {"status": 0, "timeout": 60, "out": specs.re.compile("^2$", specs.re.S | specs.re.M)}
        return checks.judge(check, container.Result(status, out, 0))

    def test_judge(self):
        self.assertEqual(self.judge(0, "1\n2\n3"), "")
        self.assertIn("exit status 3, not 0", self.judge(3, "2"))
        self.assertIn("does not match ^2$", self.judge(0, "22"))
        self.assertIn("not done after 60 s", self.judge(None, "2"))
        self.assertNotIn("\x1b", self.judge(0, "\x1b[31m"))
        self.assertLess(len(self.judge(0, "x" * 100000)), 600)

    def test_run(self):
        done = container.run(["sh", "-c", "echo b >&2; echo a; cat; exit 3"], 60, "in")
        self.assertEqual((done.status, done.out), (3, "a\ninb\n"))
        self.assertEqual(container.run(["cat"], 60).out, "")
        self.assertIsNone(container.run(["sleep", "60"], 0.1).status)


class Table(unittest.TestCase):
    def test_the_last_of_each(self):
        first = {"stack": "a", "about": "x|y", "before": 2000000, "after": None, "checks": 2, "passed": 0, "failed": {},
                 "slim": 1, "seconds": 1.0, "error": "no image"}
        last = dict(first, after=1000000, passed=1, failed={"sum": "wrong"}, slim=0, error="")
        lines = table.markdown([json.dumps(first), json.dumps(last)]).splitlines()
        self.assertEqual(lines[2:], ["| a | x\\|y | 2.0 | 1.0 | 1 of 2 | sum |", "",
                                     "0 of 1 stacks pass every check, and 1 of 2 checks pass."])
        self.assertIn("no image", table.line(first))


def report_of(kept, notes, size):
    return {"kept": kept, "notes": [{"code": code, "text": text} for code, text in notes],
            "kept_for": {"trees": 5, "named_packages": 7}, "result": {"size_bytes": size, "digest": "sha256:%d" % size}}


class Bounds(unittest.TestCase):
    def test_trees(self):
        kept = [{"path": path, "note": "own-tree", "size": 1} for path in
                ("/usr/lib/R/a", "/usr/lib/R/b/c", "/usr/share/part/a", "/opt/x/y", "/usr/lib/x86_64-linux-gnu/sasl2/a",
                 "/etc/R/a")]
        kept += [{"path": "/usr/share/none/a", "note": "own-tree"}, {"path": "/usr/lib/used/a", "size": 1}]
        found = bounds.figures(report_of(kept, [
            ("left-out-by-limit", "/usr/share/part/big (2 MB) is left out: ..."),
            ("left-out-by-limit", "2 more directories are left out"),
            ("named-package-not-kept", "the package ...")], 9))
        self.assertEqual(found["whole"], ["/etc/R", "/opt/x", "/usr/lib/R", "/usr/lib/x86_64-linux-gnu/sasl2"])
        self.assertEqual(found["cut"], ["/usr/share/part"])
        self.assertEqual((found["left_out"], found["size"]), (1, 9))

    def test_table(self):
        found = {label: dict(bounds.figures(report_of([], [], size)), passed=passed, failed={})
                 for label, size, passed in (("small", 1000000, 1), ("big", 3000000, 2), ("bigger", 3000000, 2))}
        self.assertEqual(list(bounds.alike(found)), ["1.0 MB, 1 passed: small", "3.0 MB, 2 passed: big bigger"])
        lines = [json.dumps({"stack": stack, "checks": 2, "found": found}) for stack in ("a", "b", "b")]
        rows = bounds.table(lines).splitlines()
        self.assertEqual(rows[2:4], ["| small | 0 | 0 | 0.0 | 0 | 0.0 | 2.0 | 2 of 4 |",
                                     "| big | 0 | 0 | 0.0 | 0 | 0.0 | 6.0 | 4 of 4 |"])
        sizes = json.dumps({"stack": "a", "checks": 2, "found": {"one": bounds.figures(report_of([], [], 1000000))}})
        self.assertEqual(bounds.table([sizes]).splitlines()[2], "| one | 0 | 0 | 0.0 | 0 | 0.0 | 1.0 | - |")


if __name__ == "__main__":
    unittest.main()
