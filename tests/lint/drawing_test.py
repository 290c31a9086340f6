#!/usr/bin/python3
"""drawing.py, on drawings that are wrong."""
import os
import sys
import unittest

import drawing

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, drawing.PAGE)


class Test(unittest.TestCase):
    def setUp(self):
        with open(PAGE, encoding="utf-8") as f:
            self.page = f.read()

    def test_wrong(self):
        for old, new, wanted in (("    verify --> report\n", "    report --> verify\n", "verify may not include report"),
                                 ("    ci --> pipeline\n", "    cmd --> pipeline\n", "pipeline may not include cmd"),
                                 ("    job --> store\n", "", "lacks the room job"),
                                 ("    job --> store\n", "    job --> store\n    shop --> store\n", "has shop"),
                                 ("## The rooms\n", "", "no drawing")):
            self.assertIn(old, self.page)
            found = list(drawing.errors(self.page.replace(old, new)))
            self.assertTrue(any(wanted in line for line in found), (wanted, found))


if __name__ == "__main__":
    sys.exit(unittest.main())
