#include "unit.h"

#include "dockerfile/carriers_image.h"
#include "dockerfile/list.h"
#include "dockerfile/quote.h"

static void names(void **state)
{
	static const struct {
		const char *path;
		bool name, mounted;
	} cases[] = {
	    {"/usr/bin/x", true, false}, {"/a b/[x]*?$", true, false},
	    {"/-x", false, false},       {"/ x", false, false},
	    {"/a/-x", true, false},      {"/a\\b", false, false},
	    {"/a\nb", false, false},     {"/", false, false},
	    {"/etc/hosts", true, true},  {"/etc/hosts.allow", true, false},
	    {"/proc", true, true},       {"/dev/null", true, true},
	    {"/device", true, false},    {"/run/secrets/x", true, true},
	    {"/srv/dev/x", true, false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(dockerfile_can_list(cases[i].path), cases[i].name);
		assert_int_equal(dockerfile_is_mounted(cases[i].path), cases[i].mounted);
	}
}

static void tar_one(const char *path, const char *content, const char *want)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, path, content);
	image_index(&m);
	const char *tar = dockerfile_list_tar(m.index);
	assert_true(want ? tar && strcmp(tar, want) == 0 : !tar);
}

static void tars(void **state)
{
	tar_one("bin/tar", "\177ELF.. (GNU tar) ..", "/bin/tar");
	tar_one("usr/bin/tar", "\177ELF.. (GNU tar) ..", "/usr/bin/tar");
	tar_one("bin/tar", "\177ELF.. BusyBox ..", NULL);
	tar_one("bin/tar", "#!/bin/sh\n# GNU tar\n", NULL);
	tar_one("opt/tar", "\177ELF.. (GNU tar) ..", NULL);
}

static void no_tar_if_the_directory_is_taken(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "bin/tar", "\177ELF.. (GNU tar) ..");
	image_file(&m, ".slim/x", "");
	image_index(&m);
	assert_null(dockerfile_list_tar(m.index));
}

static void lines(void **state)
{
	CLEANUP_CARRIED struct carried t;
	CLEANUP_BUF struct buf out = {0};
	carried_init(&t);
	image_file(&t.m, "app/sub/x", "1");
	image_file(&t.m, "bin/a b", "1");
	image_link(&t.m, "bin/b", "a b");
	image_file(&t.m, "bin/not", "1");
	image_file(&t.m, "odd\nname", "1");
	carried_index(&t);
	for (const char *const *p = (const char *const[]){"/app", "/bin/a b", "/bin/b", "/odd\nname", NULL}; *p; p++)
		carried_keep_tree(&t, image_node(&t.m, *p));
	carried_make_one(&t, true);
	dockerfile_list(&t.c, &out);
	assert_string_equal(out.data, "app/\nbin/a b\nbin/b\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names),
	    cmocka_unit_test(tars),
	    cmocka_unit_test(no_tar_if_the_directory_is_taken),
	    cmocka_unit_test(lines),
	};
	return cmocka_run_group_tests_name("dockerfile/list", tests, NULL, NULL);
}
