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
};

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
	    cmocka_unit_test(modules),
	    cmocka_unit_test(packages),
	    cmocka_unit_test(environment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
