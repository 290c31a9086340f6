#include "keep/sources.h"

#define APP "/srv/app/"
#define MODULES "/srv/app/node_modules/"
static const struct source_file files[] = {
    {"bin/sh!", NULL},
    {"usr/bin/date!", NULL},
    {"srv/app/package.json",
     "{\"name\":\"app\",\"exports\":{\".\":\"./main.js\",\"./x/*\":{\"import\":\"./lib/*.mjs\"}},"
     "\"imports\":{\"#e*\":\"*\",\"#conf\":{\"node\":\"./lib/conf.js\"},\"#two\":\"two\",\"#loop\":\"app/loop\"},"
     "\"scripts\":{\"start\":\"npm run go\",\"go\":\"date && node main.js\"}}"},
    {"srv/app/lib/conf.js", "x"},
    {"srv/app/lib/mod.mjs", "x"},
    {"srv/app/lib/handlers/a.js", "x"},
    {"srv/app/lib/handlers/b.json", "{}"},
    {"srv/app/lib/handlers/deep/c.js", "x"},
    {"srv/app/lib/index.js", "x"},
    {"srv/app/views/index.ejs", "x"},
    {"srv/app/odd/package.json", "{\"main\":\"start\"}"},
    {"srv/app/odd/start.js", "x"},
    {"srv/app/node_modules/one/package.json", "{\"main\":\"index.js\",\"dependencies\":{\"three\":\"1\",\"@types/"
					      "x\":\"1\"},\"devDependencies\":{\"two\":\"1\"}}"},
    {"srv/app/node_modules/one/index.js", "x"},
    {"srv/app/node_modules/one/lib/lazy.js", "require('@s/four')"},
    {"srv/app/node_modules/one/index.d.ts", "x"},
    {"srv/app/node_modules/one/README.md", "x"},
    {"srv/app/node_modules/one/test/a.js", "require('two')"},
    {"srv/app/node_modules/one/node_modules/three/index.js", "x"},
    {"srv/app/node_modules/two/package.json", "{\"exports\":{\"./doc\":\"./doc/doc.js\"}}"},
    {"srv/app/node_modules/two/index.js", "x"},
    {"srv/app/node_modules/two/doc/doc.js", "x"},
    {"srv/app/node_modules/three/index.js", "x"},
    {"srv/app/node_modules/@s/four/index.js", "x"},
    {"srv/app/node_modules/@types/x/package.json", "{}"},
    {"srv/app/node_modules/linked -> ../../store/linked", NULL},
    {"srv/store/linked/index.js", "x"},
    {"srv/app/node_modules/npm/index.js", "x"},
    {"srv/app/node_modules/npm/package.json", "{}"},
    {"opt/nm/far/index.js", "x"},
    {"usr/share/nodejs/deb/index.js", "require('deb2')"},
    {"usr/share/nodejs/deb2/index.js", "x"},
    {"usr/share/nodejs/deb2/other.js", "x"},
    {"srv/web/package.json", "{\"dependencies\":{\"pug\":\"3\",\"gone\":\"1\"},\"peerDependencies\":{\"pg\":\"8\"},"
			     "\"optionalDependencies\":{\"opt\":\"1\"},\"devDependencies\":{\"tool\":\"1\"}}"},
    {"srv/web/node_modules/pug/index.js", "x"},
    {"srv/web/node_modules/opt/index.js", "x"},
    {"srv/web/node_modules/pg/index.js", "x"},
    {"srv/web/node_modules/tool/index.js", "x"},
    {"srv/web/node_modules/host/package.json", "{\"peerDependencies\":{\"@s/peer\":\"1\"}}"},
    {"srv/web/node_modules/host/index.js", "load('@s/peer'); load('tool'); load('pug')"},
    {"srv/web/node_modules/@s/peer/index.js", "x"},
};
#define WEB "/srv/web/node_modules/"

static void modules(void **state)
{
#define TWO MODULES "two/index.js " MODULES "two/package.json " MODULES "two/doc/doc.js"
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"require('./lib/conf')", APP "lib/conf.js"},
	    {"const x = require ( \"./lib\" )", APP "lib/index.js"},
	    {"require('./odd')", APP "odd/package.json " APP "odd/start.js"},
	    {"function f() { return require.resolve('./lib/conf.js') }", APP "lib/conf.js"},
	    {"import x, { y } from './lib/mod.mjs'", APP "lib/mod.mjs"},
	    {"import './lib/mod.mjs'", APP "lib/mod.mjs"},
	    {"export * from './lib/mod.mjs'", APP "lib/mod.mjs"},
	    {"await import('./lib/mod.mjs')", APP "lib/mod.mjs"},
	    {"// require('./lib')\n'require(\"./lib\")'; x = /require('.\\/lib')/", ""},
	    {"require('./lib/handlers/' + name)",
	     APP "lib/handlers/a.js " APP "lib/handlers/b.json " APP "lib/handlers/deep/c.js"},
	    {"require(`./lib/handlers/${name}.js`)",
	     APP "lib/handlers/a.js " APP "lib/handlers/b.json " APP "lib/handlers/deep/c.js"},
	    {"require(name)", ""},
	    {"new Worker(path.join(__dirname, 'lib', 'conf.js'))", APP "lib/conf.js"},
	    {"new Worker(new URL('./lib/mod.mjs', import.meta.url))", APP "lib/mod.mjs"},
	    {"fork('./lib/conf')", APP "lib/conf.js"},
	    {"fs.readFileSync(__dirname + '/views/index.ejs')", APP "views/index.ejs"},
	    {"fs.readFileSync(`${dir}/views/index.ejs`)", APP "views/index.ejs"},
	    {"r.render('index')", APP "views/index.ejs"},
	    {"express.static('/srv/app/views')", APP "views/index.ejs"},
	    {"express.static('.'); x('/'); y('/usr'); z('./node_modules')", ""},
	    {"import '#conf'", APP "lib/conf.js"},
	    {"import '#loop'", ""},
	    {"import '#e'", ""},
	    {"require('app/x/mod')", APP "lib/mod.mjs"},
	    {"require('three/')", MODULES "three/index.js"},
	    {"require('two')", TWO},
	    {"require('#two')", TWO},
	    {"require('two/doc')", TWO},
	    {"require('linked')", MODULES "linked /srv/store/linked/index.js"},
	    {"require('../../etc/passwd'); require(''); require('@'); require('@s'); "
	     "require('a/../../b')",
	     ""},
	    {"exec('date -u')", "/bin/sh /usr/bin/date"},
	    {"execFile('date', ['-u'])", "/usr/bin/date"},
	    {"(0, cp_1.spawn)('/bin/sh', ['-c', 'x; date'])", "/bin/sh /usr/bin/date"},
	    {"`", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ASSERT_KEPT_FOR(files, NULL, "srv/app/main.js", cases[i].text, 0644, cases[i].want);
}

/* Whole but for what is its developers', with its run-time dependencies. */
static void packages(void **state)
{
	ASSERT_KEPT_FOR(files, NULL, "srv/app/main.js", "require('one')", 0644,
			MODULES "one/index.js " MODULES "one/package.json " MODULES "@s/four/index.js " MODULES
				"one/lib/lazy.js " MODULES "one/node_modules/three/index.js");
	/* a manager is kept as far as it ran */
	ASSERT_KEPT_FOR(files, NULL, "srv/app/node_modules/npm/cli.js", "require('./index')", 0644, "");
}

/* Packages that a text names without a require: not those for developers. */
static void named(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"app.set('view engine', 'pug')", WEB "pug/index.js"},
	    {"knex({client: 'pg'})", WEB "pg/index.js"},
	    {"use('tool')", ""},
	    {"use('Pug'); use('pug ' + x); use(`pug${x}`); use('..'); use('@s'); use('@s/'); use('@/x')", ""},
	    {"require('host')", WEB "host/index.js " WEB "host/package.json " WEB "@s/peer/index.js"},
	    {"require('deb')",
	     "/usr/share/nodejs/deb/index.js /usr/share/nodejs/deb2/index.js /usr/share/nodejs/deb2/other.js"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ASSERT_KEPT_FOR(files, NULL, "srv/web/main.js", cases[i].text, 0644, cases[i].want);
}

static void declared_at(enum keep_level level, uint8_t kind, bool want)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_sources(&m, files, sizeof(files) / sizeof(files[0]));
	image_index(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, level);
	keep_node(&k, image_node(&m, "/srv/web/package.json"), KEEP_WHY(kind, 0));
	assert_int_equal(keep_closures(&k, NULL), 0);
	static const char *const packages[] = {WEB "pug/index.js", WEB "opt/index.js", WEB "pg/index.js"};
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(keep_has(&k, image_node(&m, packages[i])), want);
	assert_false(keep_has(&k, image_node(&m, WEB "tool/index.js")));
}

/* What the package.json that a run read declares for running, from the level safe on. */
static void declared(void **state)
{
	declared_at(KEEP_SAFE, KEEP_TRACE, true);
	declared_at(KEEP_CLOSURE, KEEP_TRACE, false);
	declared_at(KEEP_SAFE, KEEP_APPLICATION, false);
}

static void environment(void **state)
{
	struct oci_image_config config = {.working_dir = (char[]){"/srv/app"}};
	strlist_add(&config.env, "NODE_PATH=/opt/nm");
	strlist_add(&config.cmd, "npm");
	strlist_add(&config.cmd, "start");
	ASSERT_KEPT_FOR(files, &config, "home/me/main.js", "require('far'); open('lib/conf.js')", 0644,
			"/opt/nm/far/index.js /srv/app/lib/conf.js");
	ASSERT_KEPT_FOR(files, &config, "srv/app/x.js", "require('./package')", 0644, APP "package.json /usr/bin/date");
	strlist_done(&config.env);
	strlist_done(&config.cmd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(modules),  cmocka_unit_test(packages),    cmocka_unit_test(named),
	    cmocka_unit_test(declared), cmocka_unit_test(environment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
