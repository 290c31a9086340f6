#include "keep/sources.h"

#define LIB "/usr/lib/python3.11/"
#define SITE "/usr/lib/python3/dist-packages/"
static const struct source_file files[] = {
    {"usr/bin/python3.11!", NULL},
    {"usr/bin/python3 -> python3.11", NULL},
    {"usr/bin/date!", NULL},
    {"usr/lib/python3.11/os.py", "x"},
    {"usr/lib/python3.11/json/__init__.py", "from .decoder import JSONDecoder\ndef f():\n  import setuptools\nif "
					    "__name__ == '__main__':\n  from json import tool\n"},
    {"usr/lib/python3.11/json/decoder.py", "def f():\n  from json import scanner\n"},
    {"usr/lib/python3.11/json/scanner.py", "x"},
    {"usr/lib/python3.11/json/tool.py", "x"},
    {"usr/lib/python3.11/encodings/__init__.py", "x"},
    {"usr/lib/python3.11/encodings/idna.py", "x"},
    {"usr/lib/python3.11/lib-dynload/_sqlite3.cpython-311-x86_64-linux-gnu.so", "x"},
    {"usr/lib/python3.11/test/__init__.py", "x"},
    {"usr/local/lib/python3.9/os.py", "x"},
    {"usr/local/lib/python3.9/json/__init__.py", "x"},
    {"usr/lib/python3/dist-packages/setuptools/__init__.py", "x"},
    {"usr/lib/python3/dist-packages/web/__init__.py", "import json.tool\n"},
    {"usr/lib/python3/dist-packages/web/data/x.txt", "x"},
    {"usr/lib/python3/dist-packages/web/tests/test_a.py", "x"},
    {"usr/lib/python3/dist-packages/web-1.0.dist-info/METADATA",
     "Name: web\nRequires-Dist: Soup.Kit (>=1)\nRequires-Dist: six ; extra == 'x'\nRequires-Dist: "
     "setuptools\n\nRequires-Dist: "
     "gone\n"},
    {"usr/lib/python3/dist-packages/web-1.0.dist-info/RECORD",
     "web/__init__.py,,\nweb/data/x.txt,,\n../../../bin/web,,\n"},
    {"usr/lib/python3/dist-packages/soup/__init__.py", "x"},
    {"usr/lib/python3/dist-packages/soup_kit-2.egg-info/PKG-INFO", "Name: soup-kit\n"},
    {"usr/lib/python3/dist-packages/soup_kit-2.egg-info/top_level.txt", "soup\n"},
    {"usr/lib/python3/dist-packages/six.py", "x"},
    {"usr/lib/python3/dist-packages/big/one/__init__.py", "x"},
    {"usr/lib/python3/dist-packages/big/two/__init__.py", "x"},
    {"srv/app/util.py", "x"},
    {"srv/app/plugins/__init__.py", "x"},
    {"srv/app/plugins/red.py", "x"},
    {"srv/app/plugins/deep/blue.py", "x"},
    {"srv/app/space/name.py", "x"},
    {"srv/app/data/x.json", "x"},
    {"srv/app/templates/a.html", "x"},
    {"opt/extra/more.py", "x"},
};

static void imports(void **state)
{
#define JSON LIB "json/__init__.py " LIB "json/decoder.py " LIB "json/scanner.py"
#define PLUGINS "/srv/app/plugins/__init__.py "
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"import json", JSON},
	    {"shutil.which('date')", "/usr/bin/date"},
	    {"module.get_bin_path('date', True)", "/usr/bin/date"},
	    {"find_executable(name, 'date')", ""},
	    {"import gone, json as j, util", "/srv/app/util.py " JSON},
	    {"def f():\n  try:\n    import sqlite3, _sqlite3\n  except: pass",
	     LIB "lib-dynload/_sqlite3.cpython-311-x86_64-linux-gnu.so"},
	    {"from json import (decoder, # tool\n tool as t)", JSON " " LIB "json/tool.py"},
	    {"from . import util, gone", "/srv/app/util.py"},
	    {"from .plugins.deep import blue", PLUGINS "/srv/app/plugins/deep/blue.py"},
	    {"import plugins.deep.blue", PLUGINS "/srv/app/plugins/deep/blue.py"},
	    {"import space.name", "/srv/app/space/name.py"},
	    {"from space import name", "/srv/app/space/name.py"},
	    {"from plugins import *", PLUGINS},
	    {"'import util' # import util\n\"\"\"\nimport util\n\"\"\"", ""},
	    {"raise X from util", ""},
	    {"__import__('util')", "/srv/app/util.py"},
	    {"importlib.import_module(\"util\", None)", "/srv/app/util.py"},
	    {"import_module('plugins.' + name)", PLUGINS "/srv/app/plugins/red.py /srv/app/plugins/deep/blue.py"},
	    {"import_module(f'plugins.{name}')", PLUGINS "/srv/app/plugins/red.py /srv/app/plugins/deep/blue.py"},
	    {"import_module('plugins.%s' % n)", PLUGINS "/srv/app/plugins/red.py /srv/app/plugins/deep/blue.py"},
	    {"import_module(name + '.x')", ""},
	    {"import plugins\npkgutil.iter_modules(plugins.__path__)",
	     PLUGINS "/srv/app/plugins/red.py /srv/app/plugins/deep/blue.py"},
	    {"x = ['plugins.red.Red', 'util:app']", PLUGINS "/srv/app/plugins/red.py"},
	    {"open(os.path.join(HERE, 'data', 'x.json'))", "/srv/app/data/x.json"},
	    {"p = BASE + '/data/x.json'", "/srv/app/data/x.json"},
	    {"app.render_template(x)", "/srv/app/templates/a.html"},
	    {"glob('data/*.json')", "/srv/app/data/x.json"},
	    {"subprocess.run(['date', '-u'])", "/usr/bin/date"},
	    {"os.system('x; date')", "/usr/bin/date"},
	    {"import test, setuptools", "/usr/lib/python3.11/test/__init__.py " SITE "setuptools/__init__.py"},
	    {"import", ""},
	    {"from . import (", ""},
	    {"from ......................... import util", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_FREE char *want = mem_strdup(cases[i].want);
		if (*want && want[strlen(want) - 1] == ' ')
			want[strlen(want) - 1] = '\0';
		ASSERT_KEPT_FOR(files, NULL, "srv/app/main.py", cases[i].text, 0644, want);
	}
}

/* A used package comes whole, with its metadata and what it requires; not its tests, not what an extra wants, not
 * what is there for installing. */
static void packages(void **state)
{
	ASSERT_KEPT_FOR(files, NULL, "srv/app/main.py", "import web", 0644,
			JSON " " LIB "json/tool.py " SITE "soup/__init__.py " SITE "soup_kit-2.egg-info/PKG-INFO " SITE
			     "soup_kit-2.egg-info/top_level.txt " SITE "web/__init__.py " SITE
			     "web-1.0.dist-info/METADATA " SITE "web-1.0.dist-info/RECORD " SITE "web/data/x.txt");
	ASSERT_KEPT_FOR(files, NULL, "srv/app/main.py", "import big.one", 0644, SITE "big/one/__init__.py");
	ASSERT_KEPT_FOR(files, NULL, "srv/app/main.py", "import six", 0644, SITE "six.py");
}

/* What is seldom needed is kept for whoever imports it: also for a package, wherever the statement stands. */
static void seldom(void **state)
{
	static const struct source_file more[] = {
	    {"usr/lib/python3.11/os.py", "x"},
	    {"usr/lib/python3.11/heapq.py",
	     "def _test():\n  import doctest\nif __name__ == '__main__':\n  import util\n"},
	    {"usr/lib/python3.11/doctest.py", "import pdb\n"},
	    {"usr/lib/python3.11/pdb.py", "x"},
	    {"usr/lib/python3.11/util.py", "x"},
	    {"usr/lib/python3.11/distutils/__init__.py", "x"},
	    {"usr/lib/python3.11/distutils/version.py", "x"},
	    {"usr/lib/python3/dist-packages/lib/__init__.py", "def f():\n  import distutils.version\n"},
	    {"usr/lib/python3/dist-packages/run/__init__.py",
	     "if __name__ == '__main__':\n  import pdb\nimport heapq\n"},
	};
	ASSERT_KEPT_FOR(more, NULL, "srv/a.py", "import heapq", 0644, LIB "heapq.py");
	ASSERT_KEPT_FOR(more, NULL, "srv/a.py", "import doctest", 0644, LIB "doctest.py " LIB "pdb.py");
	ASSERT_KEPT_FOR(more, NULL, "srv/a.py", "import lib", 0644,
			LIB "distutils/__init__.py " LIB "distutils/version.py " SITE "lib/__init__.py");
	ASSERT_KEPT_FOR(more, NULL, "srv/a.py", "import run", 0644, LIB "heapq.py " SITE "run/__init__.py");
}

/* A module of a package hides nothing: its own directory is searched last. */
static void in_a_package(void **state)
{
	static const struct source_file package[] = {
	    {"usr/lib/python3.11/os.py", "x"},
	    {"usr/lib/python3.11/xml/__init__.py", "x"},
	    {"usr/lib/python3.11/xml/etree.py", "x"},
	    {"srv/app/exports/__init__.py", "x"},
	    {"srv/app/exports/xml.py", "x"},
	    {"srv/app/exports/own.py", "x"},
	    {"srv/scripts/xml.py", "x"},
	};
	ASSERT_KEPT_FOR(package, NULL, "srv/app/exports/as.py", "import xml.etree, own", 0644,
			"/srv/app/exports/own.py " LIB "xml/__init__.py " LIB "xml/etree.py");
	ASSERT_KEPT_FOR(package, NULL, "srv/scripts/as.py", "import xml", 0644, "/srv/scripts/xml.py");
}

/* A group of entry points that a source names: the distributions that have some. */
static void entry_points(void **state)
{
	static const struct source_file dists[] = {
	    {"usr/lib/python3.11/os.py", "x"},
	    {"usr/lib/python3/dist-packages/plug/__init__.py", "x"},
	    {"usr/lib/python3/dist-packages/plug-1.dist-info/RECORD", "plug/__init__.py,,\n"},
	    {"usr/lib/python3/dist-packages/plug-1.dist-info/entry_points.txt",
	     "[console_scripts]\nplug = plug:main\n\n[app.plugins]\np = plug:P\n"},
	};
#define PLUG SITE "plug/__init__.py " SITE "plug-1.dist-info/RECORD " SITE "plug-1.dist-info/entry_points.txt"
	ASSERT_KEPT_FOR(dists, NULL, "srv/a.py", "entry_points(group='app.plugins')", 0644, PLUG);
	ASSERT_KEPT_FOR(dists, NULL, "srv/a.py", "entry_points(group='console_scripts')", 0644, "");
}

/* Sources that a shell gives to Python, and the image's own command. */
static void embedded(void **state)
{
	static const struct source_file lone[] = {
	    {"usr/lib/python3.11/os.py", "x"},
	    {"usr/lib/python3.11/json/__init__.py", "x"},
	    {"usr/lib/python3.11/json/__main__.py", "x"},
	    {"srv/app/util.py", "x"},
	};
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"python3 -c 'import util'", "/srv/app/util.py"},
	    {"x=$(python3.11 -Bc \"import util; print('a')\")", "/srv/app/util.py"},
	    {"/usr/bin/python3 - a <<-'EOF' | cat\n\timport util\n\tEOF\nimport json\n", "/srv/app/util.py"},
	    {"exec python3 -u -m json", LIB "json/__init__.py " LIB "json/__main__.py"},
	    {"python3 x.py -c 'import util'", "/srv/app/util.py"},
	    {"cat <<EOF\nimport util\nEOF", ""},
	    {"ipython3 -c 'import util'", ""},
	    {"python3 -c", ""},
	    {"python3 - <<EOF", ""},
	    {"python3 -c 'import util", "/srv/app/util.py"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_FREE char *text = mem_printf("#!/bin/sh\n%s", cases[i].text);
		ASSERT_KEPT_FOR(lone, NULL, "srv/app/run", text, 0644, cases[i].want);
	}
	struct oci_image_config config = {.working_dir = (char[]){"/srv/app"}};
	const char *argv[] = {"python3", "-u", "-c", "import util"};
	for (size_t i = 0; i < 4; i++)
		strlist_add(&config.cmd, argv[i]);
	ASSERT_KEPT_FOR(lone, &config, "srv/app/main.py", "x", 0644, "/srv/app/util.py");
	strlist_done(&config.cmd);
}

static void environment(void **state)
{
	struct oci_image_config config = {.working_dir = (char[]){"/srv/app"}};
	strlist_add(&config.env, "PYTHONPATH=/nowhere:/opt/extra");
	ASSERT_KEPT_FOR(files, &config, "home/me/main.py", "import more, util", 0644,
			"/opt/extra/more.py /srv/app/util.py");
	strlist_done(&config.env);
}

static void interpreter(void **state)
{
	ASSERT_KEPT_FOR(files, NULL, "home/me/run", "#!/usr/bin/python3\nimport json", 0755,
			"/usr/bin/python3 /usr/bin/python3.11 " JSON);
	/* what the interpreter imports itself comes with the standard library; codecs are found by name */
	ASSERT_KEPT_FOR(files, NULL, "srv/app/main.py", "import os", 0644,
			LIB "os.py " LIB "encodings/__init__.py " LIB "encodings/idna.py");
}

/* Data that a distribution moved out of a package: behind a symlink, or named by its path. */
static void moved_data(void **state)
{
	static const struct source_file moved[] = {
	    {"usr/lib/python3.11/os.py", "x"},
	    {"usr/lib/python3/dist-packages/cal/__init__.py",
	     "open('/usr/share/cal/notes.txt'); join('/usr/share/other')"},
	    {"usr/lib/python3/dist-packages/cal/zones -> ../../../../share/python-cal/zones", NULL},
	    {"usr/lib/python3/dist-packages/cal/up -> ..", NULL},
	    {"usr/lib/python3/dist-packages/cal/one.dat -> /usr/share/python-cal/one.dat", NULL},
	    {"usr/lib/python3/dist-packages/cal/gone -> /nowhere", NULL},
	    {"usr/lib/python3/dist-packages/rst/__init__.py", "os.path.join('/usr/share/rst/', suffix)"},
	    {"usr/lib/python3/dist-packages/unused.py", "x"},
	    {"usr/share/python-cal/zones/de.dat", "x"},
	    {"usr/share/python-cal/zones/all -> ..", NULL},
	    {"usr/share/python-cal/one.dat", "x"},
	    {"usr/share/python-cal/two.dat", "x"},
	    {"usr/share/rst/writers/t.txt", "x"},
	    {"usr/share/other/x", "x"},
	};
	ASSERT_KEPT_FOR(moved, NULL, "srv/app/a.py", "import cal", 0644,
			"/usr/share/python-cal/one.dat /usr/share/python-cal/zones/all "
			"/usr/share/python-cal/zones/de.dat " SITE "cal/__init__.py " SITE "cal/gone " SITE
			"cal/one.dat " SITE "cal/up " SITE "cal/zones");
	ASSERT_KEPT_FOR(moved, NULL, "srv/app/a.py", "import rst", 0644,
			"/usr/share/rst/writers/t.txt " SITE "rst/__init__.py");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(imports),      cmocka_unit_test(packages),     cmocka_unit_test(seldom),
	    cmocka_unit_test(in_a_package), cmocka_unit_test(entry_points), cmocka_unit_test(embedded),
	    cmocka_unit_test(moved_data),   cmocka_unit_test(environment),  cmocka_unit_test(interpreter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
