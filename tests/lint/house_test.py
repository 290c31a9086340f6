#!/usr/bin/python3
"""The house's own test: the figures of small trees, and of each kind of C that the scan has to tell apart."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import c_source
import house


class Scan(unittest.TestCase):
    def names(self, text):
        defined, declared = c_source.functions(text)
        return [f.name for f in defined], [f.name for f in declared]

    def test_functions(self):
        text = """/* int in_comment(void) { */
#define MACRO(x) ({ call(x); })
typedef int (*callback)(int);
struct s { int (*member)(void); };
static const struct s table[] = {{.member = f}};
const struct s *find(int a) MUST_CHECK;
int log_it(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
_Static_assert(sizeof(int) == 4, "");
static inline int one(void)
{
	return '{' + two("}{ \\" three(");
}
int BPF_PROG(on_open, int x)
{
}
char *
wide(int a,
     int b)
{
	if (a) {
		b->go(a);
	}
	return one() ? sizeof(a) : s.stop();
}
"""
        self.assertEqual(self.names(text), (["one", "on_open", "wide"], ["find", "log_it"]))
        one, _, wide = c_source.functions(text)[0]
        self.assertEqual((one.static, one.calls()), (True, {"two"}))
        self.assertEqual((wide.static, wide.calls(), wide.first, wide.lines), (False, {"one"}, 16, 9))

    def test_includes(self):
        self.assertEqual(c_source.includes('#include "a/b.h"\n// #include "c.h"\n  #  include "d.h"\n#include <e.h>\n'),
                         ["a/b.h", "d.h"])


class House(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def tree(self, files):
        for path, text in files.items():
            whole = os.path.join(self.folder.name, path)
            os.makedirs(os.path.dirname(whole), exist_ok=True)
            with open(whole, "w") as f:
                f.write(text)
        return house.Tree(self.folder.name)

    def wrong(self, path, name):
        """Whether a public function of that file must not have that name."""
        function = "int %s(void)" % name
        tree = self.tree({path + ".h": function + ";\n", path + ".c": function + "\n{\n}\n"})
        return (name, path + ".c") in house.misnamed(tree)

    def test_clean(self):
        tree = self.tree({"lib/keep/a.h": "int keep_a(void);\n", "lib/keep/a.c": '#include "keep/a.h"\nint keep_a(void)\n{\n}\n'})
        self.assertEqual(list(house.errors(tree)), [])
        self.assertEqual(house.main(["--check", self.folder.name]), 0)

    def test_empty(self):
        self.assertEqual(house.main(["--check", self.folder.name]), 1)

    def test_prefix_of_a_noun(self):
        self.assertFalse(self.wrong("lib/base/err", "err_set"))
        self.assertFalse(self.wrong("lib/formats/elf_view", "elf_view_open"))
        self.assertFalse(self.wrong("lib/formats/elf_view", "elf_open"))
        self.assertFalse(self.wrong("cmd/verbs/build", "build_rows"))
        self.assertTrue(self.wrong("lib/base/mem", "xmalloc"))
        self.assertTrue(self.wrong("lib/text/json", "jsonp_x"))

    def test_prefix_of_a_room(self):
        self.assertFalse(self.wrong("lib/keep/set", "keep_set_add"))
        self.assertFalse(self.wrong("lib/transport/registry/push", "registry_push"))
        self.assertFalse(self.wrong("lib/transport/file/dir", "transport_dir"))
        self.assertFalse(self.wrong("probe/http", "probe_http"))
        self.assertTrue(self.wrong("lib/rootfs/tree", "tree_make"))
        self.assertTrue(self.wrong("lib/trace/registry", "registry_x"))

    def test_private_functions_need_no_prefix(self):
        tree = self.tree({"lib/keep/a.c": "static int x(void)\n{\n}\nint y(void)\n{\n}\n", "lib/keep/a.h": "int x(void);\n"})
        self.assertEqual(tree.owner, {})

    def test_circle_of_units_by_call(self):
        tree = self.tree({"lib/keep/both.h": "int keep_a(void);\nint keep_b(void);\n",
                          "lib/keep/a.c": '#include "both.h"\nint keep_a(void)\n{\n\treturn keep_b();\n}\n',
                          "lib/keep/b.c": '#include "keep/both.h"\nint keep_b(void)\n{\n\treturn keep_a();\n}\n'})
        self.assertEqual(house.circles(house.grouped(tree, house.unit)), [["lib/keep/a", "lib/keep/b"]])
        self.assertEqual(list(house.errors(tree)), ["circle: lib/keep/a lib/keep/b"])

    def test_a_static_function_of_that_name_is_no_call(self):
        tree = self.tree({"lib/keep/a.h": "int keep_a(void);\n", "lib/keep/b.h": "int keep_b(void);\n",
                          "lib/keep/a.c": '#include "b.h"\nint keep_a(void)\n{\n}\n',
                          "lib/keep/b.c": "static int keep_a(void)\n{\n}\nint keep_b(void)\n{\n\treturn keep_a();\n}\n"})
        self.assertEqual(house.circles(house.grouped(tree, house.unit)), [])

    def test_circle_of_rooms(self):
        files = {"lib/keep/a.h": '#include "report/b.h"\n', "lib/report/b.h": "\n", "lib/report/c.h": '#include "keep/d.h"\n',
                 "lib/keep/d.h": "\n"}
        tree = self.tree(files)
        self.assertEqual(house.circles(house.grouped(tree, house.unit)), [])
        self.assertEqual(house.room_circles(tree), [["lib/keep", "lib/report"]])

    def test_a_module_and_its_folder_are_no_circle(self):
        tree = self.tree({"lib/keep/a.h": '#include "keep/source/b.h"\n', "lib/keep/source/b.h": '#include "keep/c.h"\n',
                          "lib/keep/c.h": "\n"})
        self.assertEqual(house.room_circles(tree), [])

    def test_circle_of_folders(self):
        tree = self.tree({"lib/keep/x/a.h": '#include "keep/y/b.h"\n', "lib/keep/y/b.h": "\n",
                          "lib/keep/y/c.h": '#include "keep/x/d.h"\n', "lib/keep/x/d.h": "\n"})
        self.assertEqual(house.room_circles(tree), [["lib/keep/x", "lib/keep/y"]])

    def test_circles(self):
        self.assertEqual(house.circles({1: [2], 2: [3], 3: [1, 4], 4: [5], 5: [4], 6: [1]}), [[1, 2, 3], [4, 5]])
        self.assertEqual(house.circles({1: [2, 3], 2: [4], 3: [4], 4: []}), [])

    def test_room_size(self):
        tree = self.tree({"lib/keep/f%d.h" % n: "\n" for n in range(31)})
        self.assertEqual(list(house.errors(tree)), ["lib/keep: 31 files, at most 30"])

    def test_long_function(self):
        text = "static int f(void)\n{\n%s}\n"
        self.assertEqual(list(house.errors(self.tree({"lib/keep/a.c": text % ("\t;\n" * 52)}))), [])
        self.assertEqual(list(house.errors(self.tree({"lib/keep/a.c": text % ("\t;\n" * 53)}))),
                         ["lib/keep/a.c: f: 56 lines, at most 55"])

    def test_exception(self):
        tree = self.tree({"lib/keep/a.h": "\n", "tests/lint/include_rules.py": 'MAY_INCLUDE = {"keep": ["oci", "trace/a.h"]}\n'})
        self.assertEqual(house.exceptions(tree.root), [("keep", "trace/a.h")])
        self.assertIn("exception for keep", list(house.errors(tree))[0])


if __name__ == "__main__":
    unittest.main()
