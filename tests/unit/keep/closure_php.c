#include "keep/sources.h"

#define APP "/srv/app/"
static const struct source_file files[] = {
    {"usr/bin/date!", NULL},
    {"srv/app/inc/a.php", "x"},
    {"srv/app/composer.json", "{\"autoload\":{\"psr-4\":{\"App\\\\\":\"src/\"}}}"},
    {"srv/app/src/Own.php", "x"},
    {"srv/app/vendor/composer/installed.json", "{\"packages\":[{\"name\":\"a/used\"},{\"name\":\"a/"
					       "dev\"},{\"name\":\"../..\"}],\"dev-package-names\":[\"a/dev\"]}"},
    {"srv/app/vendor/composer/autoload_static.php", "<?php __DIR__ . '/..' . '/a/dev/src';"},
    {"srv/app/vendor/autoload.php", "<?php"},
    {"srv/app/vendor/a/used/src/U.php", "x"},
    {"srv/app/vendor/a/used/tests/T.php", "x"},
    {"srv/app/vendor/a/dev/src/D.php", "x"},
};

static void statements(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"<?php include 'inc/a.php';", APP "inc/a.php"},
	    {"<?php require_once __DIR__ . '/inc/a.php';", APP "inc/a.php"},
	    {"<?php require \"$dir/inc/a.php\"; // partial", ""},
	    {"'inc/a.php' <?php # 'inc/a.php'", ""},
	    {"<?php require __DIR__ . '/vendor/autoload.php';",
	     APP "src/Own.php " APP "vendor/autoload.php " APP "vendor/composer/autoload_static.php " APP
		 "vendor/composer/installed.json " APP "vendor/a/used/src/U.php"},
	    {"<?php $x = shell_exec('date -u'); $y = `date`;", "/usr/bin/date"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ASSERT_KEPT_FOR(files, NULL, "srv/app/index.php", cases[i].text, 0644, cases[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(statements)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
