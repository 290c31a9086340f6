#include "unit.h"

#include "keep/closure/closures.h"
#include "keep/kept.h"

static void names(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_program(&m, "bin/box", "#!/gone\n");
	image_hardlink(&m, "bin/cat", "bin/box");
	image_hardlink(&m, "usr/bin/awk", "bin/box");
	image_link(&m, "etc/alternatives/ed", "/bin/box");
	image_link(&m, "bin/ed", "/etc/alternatives/ed");
	image_link(&m, "bin/loop", "loop");
	image_program(&m, "bin/other", "#!/gone\n");
	image_link(&m, "bin/alias", "other");
	image_file(&m, "data", "#!/gone\n"); /* not executable */
	image_link(&m, "link", "data");
	image_program(&m, "notes", "plain text"); /* no program */
	image_link(&m, "more", "notes");
	image_index(&m);
	const char *all = "/bin /etc /usr /bin/box /bin/cat /bin/ed /etc/alternatives /usr/bin /etc/alternatives/ed "
			  "/usr/bin/awk";
	assert_brings(&m, KEEP_EXACT, "/bin/box", "/bin /bin/box");
	assert_brings(&m, KEEP_CLOSURE, "/bin/box", all);
	assert_brings(&m, KEEP_CLOSURE, "/usr/bin/awk", all);
	assert_brings(&m, KEEP_CLOSURE, "/bin/other", "/bin /bin/alias /bin/other");
	assert_brings(&m, KEEP_CLOSURE, "/data", "/data /link");
	assert_brings(&m, KEEP_CLOSURE, "/notes", "/more /notes");
}

/* The same inode number in two layers is not the same file. */
static void layers(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_program(&m, "a", "#!/gone\n");
	image_hardlink(&m, "b", "a");
	(void)image_layer(&m);
	image_program(&m, "b", "#!/gone\n"); /* hides the link */
	image_index(&m);
	assert_brings(&m, KEEP_CLOSURE, "/a", "/a");
	assert_brings(&m, KEEP_CLOSURE, "/b", "/b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names),
	    cmocka_unit_test(layers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
