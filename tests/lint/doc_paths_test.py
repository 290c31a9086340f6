#!/usr/bin/python3
"""The check's own test: a name that is not there is found, one that is there is not."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import doc_paths


class DocPaths(unittest.TestCase):
    def missing(self, text):
        with tempfile.TemporaryDirectory() as root:
            for path in ("docs/page.md", "lib/keep/set.c", "tests/run.sh"):
                os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
                with open(os.path.join(root, path), "w") as f:
                    f.write(text if path.endswith("page.md") else "")
            return list(doc_paths.missing(root, "docs/page.md"))

    def test_there(self):
        self.assertEqual(self.missing("`keep/set.c`, `lib/keep/NAME.c`, `tests/run.sh`, [page](page.md), `--a/b`"), [])

    def test_missing(self):
        self.assertEqual(self.missing("`keep/gone.c` and `tests/none.sh`"), ["keep/gone.c", "tests/none.sh"])
        self.assertEqual(self.missing("[other](other.md)"), ["other.md"])


if __name__ == "__main__":
    unittest.main()
