#!/usr/bin/python3
"""The check of messages, checked: what it finds in small trees, and what it refuses."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import messages


class Messages(unittest.TestCase):
    def tree(self, code, table=None):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for path, text in (("lib/oci/a.c", code), (messages.TABLE, table)):
            if text is not None:
                os.makedirs(os.path.dirname(os.path.join(folder.name, path)), exist_ok=True)
                with open(os.path.join(folder.name, path), "w") as f:
                    f.write(text)
        return folder.name

    def of(self, code):
        """(id: (classes, wordings), errors)"""
        return messages.collect(self.tree(code))

    def test_collects(self):
        found, bad = self.of('''#define NAME "index.json"
int err_set(struct err *err, enum err_code code, const char *id, const char *fmt, ...);
/* err_set(err, ERR_LIMIT, "in-comment", "x") */
	return err_set(err, ERR_LIMIT, "too-large",
		       NAME " has %zu "
		       "bytes, or %" PRIu64 " \\"%s\\" at 5 %%",
		       f(a, "b, c)"), 1);
	err_sys(err, errno, "file-open", "%s", path);
	err_set(err, code, "file-open", "x");
	notes_add(r, "a-note", "is it %d?", 5);
	err_set(err, e.code, e.id, "%s", e.msg);
	err_set(err, ERR_PROTO, p->err.id, "%s", e.msg);
	err_set(err, ERR_INVAL, f("no") ? "one" : "other", f("no") ? "a: b" : "c");
''')
        self.assertEqual(bad, [])
        self.assertEqual(found, {
            "too-large": ({"limit"}, {'index.json has \u2026 bytes, or \u2026 "\u2026" at 5 %'}),
            "file-open": ({"sys", "varies"}, {"\u2026", "x"}),
            "a-note": ({"note"}, {"is it \u2026?"}),
            "one": ({"inval"}, {"a: b"}),
            "other": ({"inval"}, {"a: b"}),
        })

    def refused(self, call, why):
        bad = self.of("\t" + call + ";\n")[1]
        self.assertEqual(len(bad), 1, bad)
        self.assertIn(why, bad[0])

    def test_refuses(self):
        self.refused('err_set(err, ERR_LIMIT, "Too-Large", "x")', "kebab-case")
        self.refused('err_set(err, ERR_LIMIT, "too_large", "x")', "kebab-case")
        self.refused('err_set(err, ERR_LIMIT, "too--large", "x")', "kebab-case")
        self.refused('err_set(err, ERR_LIMIT, "todo", "x")', "kebab-case")
        self.refused('err_set(err, ERR_LIMIT, "%s", "x")' % ("a" * 40), "at most 39")
        self.refused('err_sys(err, errno, name, "x")', "no id")
        self.refused('notes_add(r, "the image is odd")', "no id")
        self.assertEqual(self.of('\terr_set(err, ERR_LIMIT, "%s", "x");\n' % ("a" * 39))[1], [])

    def test_table(self):
        code = '\terr_set(err, ERR_LIMIT, "a", "x|<y>");\n\terr_sys(err, errno, "b", "z");\n'
        root = self.tree(code)
        self.assertEqual(messages.main([root]), 1)
        self.assertEqual(messages.main(["--write", root]), 0)
        self.assertEqual(messages.main([root]), 0)
        with open(os.path.join(root, messages.TABLE)) as f:
            text = f.read()
        self.assertIn("| `a` | limit | x\\|\\<y> |\n| `b` | sys | z |\n", text)
        found, _ = self.of(code)
        for old, new, why in (("| `a` | limit | x\\|\\<y> |\n", "", "lacks a"), ("| limit |", "| proto |", "a is limit, not proto"),
                              ("`b`", "`c`", "lacks b"), ("`b`", "`c`", "has c"), ("`a`", "`z`", "not sorted")):
            self.assertIn(old, text)
            self.assertIn(why, "\n".join(messages.table_errors(found, text.replace(old, new))))

    def test_wording_is_free(self):
        table = messages.page(self.of('\terr_set(err, ERR_LIMIT, "a", "x");\n')[0])
        self.assertEqual(messages.main([self.tree('\terr_set(err, ERR_LIMIT, "a", "y");\n', table)]), 0)

    def test_empty(self):
        self.assertEqual(messages.main([self.tree("int x;\n", "")]), 1)
        self.assertEqual(messages.main([self.tree('\terr_set(err, ERR_LIMIT, "a", "x");\n')]), 1)


if __name__ == "__main__":
    unittest.main()
