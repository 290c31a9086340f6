#!/usr/bin/python3
"""The rules' own test: each kind of offence is found in a small tree, a clean tree has none."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import include_rules


class Rules(unittest.TestCase):
    def found(self, path, text):
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), "w") as f:
                f.write(text)
            return list(include_rules.errors(root, path))

    def test_allowed(self):
        self.assertEqual(self.found("lib/keep/a.c", '#include "keep/set.h"\n#include "trace/trace.h"\n'), [])
        self.assertEqual(self.found("lib/net/a.c", '#include "base/err.h"\n#include "private.h"\n'), [])
        self.assertEqual(self.found("cmd/a.c", '#include "probe/probe.h"\n'), [])
        self.assertEqual(self.found("probe/a.c", '#include "exercise/exercise.h"\n'), [])

    def test_layering(self):
        self.assertIn("keep may not include", self.found("lib/keep/a.c", '#include "sensor/sensor.h"\n')[0])
        self.assertIn("may not include", self.found("lib/base/a.c", '  #  include "oci/ref.h"\n')[0])
        self.assertIn("pipeline may not include", self.found("lib/pipeline/a.c", '#include "probe/probe.h"\n')[0])
        self.assertIn("probe may not include", self.found("probe/a.c", '#include "run/record.h"\n')[0])
        self.assertIn("not in the table", self.found("lib/other/a.c", "\n")[0])

    def test_form(self):
        self.assertIn("800 lines", self.found("lib/net/a.c", "\n" * 800)[0])
        self.assertIn("pragma", self.found("lib/net/a.h", "\n")[0])

    def test_places(self):
        self.assertIn("machine's path", self.found("README.md", "see /wor" "k/some/where\n")[0])
        self.assertIn("mirror", self.found("README.md", "http:/" "/deb.example.org/x\n")[0])
        self.assertEqual(self.found("README.md", "cd /tmp/work/x; https://example.org/work/y\n"), [])


if __name__ == "__main__":
    unittest.main()
