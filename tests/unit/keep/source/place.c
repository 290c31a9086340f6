#include "unit.h"

#include "image.h"
#include "keep/source/place.h"

static void whose_a_path_is(void **state)
{
	static const struct {
		const char *cwd, *path;
		bool application;
	} cases[] = {
	    {NULL, "/app/main.py", true},
	    {NULL, "/srv/site/index.php", true},
	    {NULL, "/usr/lib/python3/os.py", false},
	    {NULL, "/usr/src/app/x.js", true},
	    {NULL, "/usr/local/bin/tool", false},
	    {NULL, "/var/lib/x", false},
	    {"/var/lib/x", "/var/lib/x/y", true}, /* it starts there */
	    {"/usr", "/usr/bin/x", false},        /* but there others do, too */
	    {"/app", "/app/node_modules/x/index.js", false},
	    {"", "/opt/venv/site-packages/x.py", false},
	};
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_index(&m);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_FREE char *cwd = mem_strdup(cases[i].cwd);
		const struct oci_image_config config = {.working_dir = cwd};
		CLEANUP_KEEP_SET struct keep_set k;
		keep_set_init(&k, m.index, &config, KEEP_CLOSURE);
		if (keep_place_is_application(&k, cases[i].path) != cases[i].application)
			fail_msg("%s in %s", cases[i].path, cwd ? cwd : "-");
	}
}

static void local_files(void **state)
{
	static const struct {
		const char *path;
		bool local;
	} cases[] = {{"/usr/local/bin/tool", true},
		     {"/usr/local/lib/python3/site-packages/x", false},
		     {"/usr/bin/tool", false},
		     {"/app/tool", true}};
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_KEEP_SET struct keep_set k;
	image_init(&m);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		image_file(&m, cases[i].path + 1, "x");
	image_index(&m);
	keep_set_init(&k, m.index, NULL, KEEP_CLOSURE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_KEEP_FILE struct keep_file f;
		assert_int_equal(keep_file_open(&f, &k, image_node(&m, cases[i].path), NULL), 0);
		assert_int_equal(keep_place_is_local(&f), cases[i].local);
	}
}

static void shared_directories(void **state)
{
	assert_true(keep_place_is_shared("/"));
	assert_true(keep_place_is_shared("/usr/share"));
	assert_false(keep_place_is_shared("/usr/share/app"));
	assert_true(keep_place_is_distribution("/etc/app.conf"));
	assert_false(keep_place_is_distribution("/usr/src/app"));
	assert_false(keep_place_is_distribution("/etcetera"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whose_a_path_is),
	    cmocka_unit_test(local_files),
	    cmocka_unit_test(shared_directories),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
