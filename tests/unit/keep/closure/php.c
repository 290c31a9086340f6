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

/* A class is where its namespace says: the rest of its library is loaded by name. */
static void libraries(void **state)
{
	static const struct source_file libs[] = {
	    {"usr/share/php/Twig/Node/If.php", "x"},
	    {"usr/share/php/Twig/Node/tests/T.php", "x"},
	    {"usr/share/php/Symfony/Component/Console/autoload.php", "x"},
	    {"usr/share/php/Symfony/Component/Console/Help/H.php", "x"},
	    {"usr/share/php/Symfony/Component/Mime/M.php", "x"},
	    {"usr/share/php/other.php", "x"},
	};
	static const struct {
		const char *path, *text, *want;
	} cases[] = {
	    {"usr/share/php/Twig/Loader/F.php", "<?php namespace Twig\\Loader; class F {}",
	     "/usr/share/php/Twig/Node/If.php"},
	    {"usr/share/php/Twig/E.php", "<?php\nnamespace Twig;", "/usr/share/php/Twig/Node/If.php"},
	    {"usr/share/php/Symfony/Component/Console/App/A.php", "<?php namespace Symfony\\Component\\Console\\App;",
	     "/usr/share/php/Symfony/Component/Console/autoload.php "
	     "/usr/share/php/Symfony/Component/Console/Help/H.php"},
	    {"usr/share/php/Twig/X.php", "<?php namespace Elsewhere\\Loader;", ""},
	    {"usr/share/php/Twig/X.php", "<?php namespace", ""},
	    {"usr/share/php/Twig/X.php", "<?php namespace \\;", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ASSERT_KEPT_FOR(libs, NULL, cases[i].path, cases[i].text, 0644, cases[i].want);
}

/* What an include means in a library: relative to itself or on the include path, or the directory of a computed name.
 */
static void includes(void **state)
{
#define PHP "/usr/share/php/"
	static const struct source_file libs[] = {
	    {"usr/share/php/Old/drivers/One.php", "x"},
	    {"usr/share/php/Old/drivers/deep/Two.php", "x"},
	    {"usr/share/php/Old/other.php", "x"},
	    {"usr/share/php/Other/Main.php", "x"},
	    {"usr/share/php/top.php", "x"},
	};
	static const struct {
		const char *path, *text, *want;
	} cases[] = {
	    {"usr/share/php/Old/a.php", "<?php require_once 'Other/Main.php';", PHP "Other/Main.php"},
	    {"srv/index.php", "<?php require_once('Other/Main.php');", PHP "Other/Main.php"},
	    {"usr/share/php/Old/a.php", "<?php include __DIR__ . '/other.php';", PHP "Old/other.php"},
	    {"usr/share/php/Old/a.php", "<?php $f = dirname(__FILE__) . '/../Other/Main.php';", PHP "Other/Main.php"},
	    {"usr/share/php/Old/a.php", "<?php include __DIR__ . '/drivers/' . $x . '.php';",
	     PHP "Old/drivers/One.php " PHP "Old/drivers/deep/Two.php"},
	    {"usr/share/php/Old/a.php", "<?php include __DIR__ . \"/drivers/$x.php\";",
	     PHP "Old/drivers/One.php " PHP "Old/drivers/deep/Two.php"},
	    {"usr/share/php/Old/a.php", "<?php $c = ['x' => '/../Other/Main.php']; require __DIR__ . $c[$n];",
	     PHP "Old/other.php " PHP "Other/Main.php " PHP "Old/drivers/One.php " PHP "Old/drivers/deep/Two.php"},
	    {"usr/share/php/a.php", "<?php require __DIR__ . $c;", ""}, /* shared by all libraries */
	    {"usr/share/php/Old/a.php", "<?php include $x; include '.'; include '/'; include \"$x/a\"; include", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ASSERT_KEPT_FOR(libs, NULL, cases[i].path, cases[i].text, 0644, cases[i].want);
}

/* Without a list of packages, composer's maps tell what there is. */
static void maps(void **state)
{
	static const struct source_file tree[] = {
	    {"srv/app/vendor/composer/autoload_real.php", "<?php"},
	    {"srv/app/vendor/composer/autoload_psr4.php", "<?php array('A' => array($vendorDir . '/a/one/src'));"},
	    {"srv/app/vendor/composer/autoload_classmap.php",
	     "<?php array('B' => $vendorDir . '/a/two/test/B.php', 'C' => $baseDir . '/own/C.php');"},
	    {"srv/app/vendor/a/one/src/A.php", "x"},
	    {"srv/app/vendor/a/one/res/a.txt", "x"},
	    {"srv/app/vendor/a/two/test/B.php", "x"},
	    {"srv/app/vendor/a/two/test/T.php", "x"},
	    {"srv/app/vendor/a/three/X.php", "x"},
	    {"srv/app/own/C.php", "x"},
	};
#define VENDOR APP "vendor/"
	ASSERT_KEPT_FOR(tree, NULL, "srv/app/vendor/autoload.php", "<?php", 0644,
			APP "own/C.php " VENDOR "composer/autoload_classmap.php " VENDOR
			    "composer/autoload_psr4.php " VENDOR "composer/autoload_real.php " VENDOR
			    "a/one/res/a.txt " VENDOR "a/one/src/A.php " VENDOR "a/two/test/B.php");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(statements), cmocka_unit_test(libraries),
					   cmocka_unit_test(includes), cmocka_unit_test(maps)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
