#include "unit.h"

#include "keep/application/skeleton.h"
#include "keep/kept.h"

static void keeps(struct test_image *m, const char *want)
{
	image_index(m);
	CLEANUP_KEEP_SET struct keep_set k;
	CLEANUP_PACKAGES struct packages p;
	keep_set_init(&k, m->index, NULL, KEEP_SAFE);
	assert_int_equal(packages_read(m->index, &p, NULL), 0);
	keep_skeleton_add(&k, &p);
	CLEANUP_BUF struct buf got = {0};
	buf_str(&got, "");
	for (uint32_t id = 1; id < image_index_count(m->index); id++) {
		if (k.reasons[id].kind != KEEP_SKELETON && k.reasons[id].kind != KEEP_SYMLINK)
			continue;
		buf_str(&got, got.len ? " " : "");
		image_index_path(m->index, id, &got);
	}
	assert_string_equal(got.data, want);
}

static void chmod_dir(struct test_image *m, const char *path, mode_t mode)
{
	assert_int_equal(fchmodat(image_top(m), path, mode, 0), 0);
}

/* Each needs root, as the owner of what a test makes is who runs it. */
static void standard(void **state)
{
	NEEDS_ROOT();
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "var/log/dpkg.log", "x");
	image_file(&m, "var/spool/mail/box", "x");
	image_link(&m, "var/mail", "spool/mail");
	image_link(&m, "var/lock", "/etc/passwd"); /* no directory */
	image_file(&m, "etc/passwd", "x");
	image_file(&m, "srv/page", "x");
	image_file(&m, "var/www/page", "x"); /* not of a base system, not empty */
	keeps(&m, "/srv /var/log /var/mail /var/spool/mail");
}

static void made_to_be_filled(void **state)
{
	NEEDS_ROOT();
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_dir(&m, "data/empty");
	image_file(&m, "data/full/x", "x");
	image_file(&m, "run/service/x", "x");
	chmod_dir(&m, "run/service", 0750);
	image_dir(&m, "var/lib/service/0700");
	image_dir(&m, "app/src/nothing");
	keeps(&m, "/data/empty /run/service /app/src/nothing /var/lib/service/0700");
}

static void left_out(void **state)
{
	NEEDS_ROOT();
	static const char *const dirs[] = {"app/.git/branches",
					   "app/node_modules/x/empty",
					   "usr/lib/python3/dist-packages/x/empty",
					   "app/.cache/a",
					   "usr/share/doc/x",
					   "var/lib/dpkg/parts",
					   "var/lib/apt/lists",
					   "var/cache/apt/archives/part",
					   "tmp/hsperfdata",
					   "usr/include/x",
					   "opt/go/pkg/empty"};
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		image_dir(&m, dirs[i]);
		chmod_dir(&m, dirs[i], 0700);
	}
	image_program(&m, "opt/go/bin/go", "x");
	image_dir(&m, "opt/go/src/runtime");
	keeps(&m, "/opt /tmp /var/cache");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(standard),
	    cmocka_unit_test(made_to_be_filled),
	    cmocka_unit_test(left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
