#!/usr/bin/python3
"""The check of plain English, checked: what it finds in small texts, and what it leaves alone."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plain
import plain_check

LONG = "This sentence has " + " ".join(["many"] * 30) + " words."
PAGE = """Usage: slim build SOURCE [OPTIONS]

Run an image.

Result:
  -o, --output REF            write the slim image to a place that is long enough for
                              a second line (repeatable)
      --a-name-that-is-too-long-for-its-column VALUE
                              set the value
      -- CMD...               run this command

Report:
      --json                  print JSON

Examples:
  # Do it.
  slim build nginx
"""


class Plain(unittest.TestCase):
    def found(self, text, parts=plain.prose):
        return [what for _, what, _ in plain.findings(text, parts, 30)]

    def test_turns_of_phrase(self):
        for text in ("What it needs is kept.", "It was looked for in vain.", "Its path is none.", "This is no directory.",
                     "A file has not the right size.", "It knows not the name.", "Where there is none, it fails."):
            self.assertTrue(self.found(text), text)

    def test_plain_sentences(self):
        for text in ("slim keeps the files that it needs.", "There is no directory.", "It is no longer there.",
                     "The file has not been read.", "The image does not have the file."):
            self.assertEqual(self.found(text), [], text)

    def test_long_sentences(self):
        self.assertEqual(self.found(LONG), ["34 words"])
        self.assertEqual(self.found("One. " * 40), [])
        self.assertEqual(self.found("```\n%s\n```\n" % LONG), [])

    def test_comments(self):
        code = '/* It is no file. */\nint a; // it is a file\nconst char *s = "it is no file";\n'
        self.assertEqual(self.found(code, plain.c_comments), ["say: is not a ..."])


class Rows(unittest.TestCase):
    def test_rows_of_a_page(self):
        self.assertEqual(plain_check.rows_of(PAGE), [
            ("Result", "output", "write the slim image to a place that is long enough for a second line (repeatable)"),
            ("Result", "a-name-that-is-too-long-for-its-column", "set the value"),
            ("Result", "", "run this command"),
            ("Report", "json", "print JSON")])
        self.assertEqual(list(plain_check.help_errors("build", PAGE, {})), [])

    def test_rows_that_need_the_name(self):
        for text in ("instead of the image's command", "the same of a program in PATH", "for the registry", "as --include",
                     "when it is ready", "write it to a file", "of /dev/shm", "prune: every layer", ""):
            self.assertTrue(list(plain_check.row_errors(text)), text)
        for text in ("write the report to a file", "prune: remove every layer", "merge, pull: write the trace",
                     "refused: use --host-exec", "the result must have a path that matches"):
            self.assertEqual(list(plain_check.row_errors(text)), [], text)

    def errors(self, page):
        return "\n".join(plain_check.help_errors("build", page, {}))

    def test_an_option_in_two_groups(self):
        self.assertIn("--json is in two groups", self.errors(PAGE.replace("--output REF ", "--json       ")))

    def test_a_group_that_is_too_large(self):
        rows = "".join("      --option-%c              set a value\n" % c for c in "abcdefghijklm")
        self.assertIn('"Large" has 13 rows', self.errors("Large:\n" + rows))
        self.assertEqual(self.errors("Large:\n" + rows[:rows.index("      --option-m")]), "")

    def test_a_page_without_options(self):
        self.assertIn("no options", self.errors("Usage: slim build\n"))


class Texts(unittest.TestCase):
    def test_glossary(self):
        text = "# Glossary\n\n## trace\n\nText.\n\nNot: access log, behaviour profile\n\n## step\n\nText, not a word.\n"
        unwanted = plain_check.glossary(text)
        self.assertEqual(unwanted, {"access log": "trace", "behaviour profile": "trace"})
        self.assertIn("calls trace", "".join(plain_check.sentence_errors("Read the Access log.", unwanted)))
        self.assertEqual(list(plain_check.sentence_errors("Read the access logs.", unwanted)), [])

    def tree(self, files):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for path, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(folder.name, path)), exist_ok=True)
            with open(os.path.join(folder.name, path), "w") as f:
                f.write(text)
        return folder.name

    def test_errors(self):
        root = self.tree({"lib/a/a.c": '/* "it is no file" */\nint a = f("%s is "\n\t"no file", "two words");\n',
                          "cmd/b.c": 'g("%s has %" PRIu64 " bytes, and it is no file");\n',
                          "probe/c.c": 'g("%s is not a file");\n'})
        found = list(plain_check.error_errors(root, {}))
        self.assertEqual([error.split(": ")[0] for error in found], ["cmd/b.c:1", "lib/a/a.c:2"])

    def test_pages(self):
        root = self.tree({"cmd/man/a.1.scd": "a(1)\n\n# NAME\n\na - b\n\n%s\n" % LONG, "cmd/man/b.txt": LONG})
        found = list(plain_check.page_errors(root, {}))
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith("cmd/man/a.1.scd:7: 34 words"), found)


if __name__ == "__main__":
    unittest.main()
