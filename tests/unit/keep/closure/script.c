#include "unit.h"

#include "base/limits.h"
#include "keep/closure/closures.h"
#include "keep/kept.h"

static void make(struct test_image *m)
{
	image_init(m);
	image_program(m, "bin/sh", "binary");
	image_program(m, "usr/bin/env", "binary");
	image_program(m, "usr/bin/python3.11", "binary");
	image_link(m, "usr/bin/python3", "python3.11");
	image_program(m, "opt/inner", "#! /bin/sh -e\n");
}

/* What is kept for a script at /s, without the script itself. */
static void needs(const char *text, size_t n, mode_t mode, const char *want)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	image_bytes(&m, "s", text, n, mode);
	image_index(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_EXACT);
	keep_node(&k, image_node(&m, "/s"), KEEP_WHY(KEEP_TRACE, 0));
	assert_int_equal(keep_closures(&k, NULL), 0);
	k.reasons[image_node(&m, "/s")].kind = KEEP_NONE;
	CLEANUP_FREE char *got = kept_text(&k);
	if (strcmp(got, want) != 0)
		fail_msg("%.40s: %s", text, got);
}

static void lines(void **state)
{
#define SH "/bin /bin/sh"
#define ENV "/usr /usr/bin /usr/bin/env"
#define PYTHON "/usr /usr/bin /usr/bin/env /usr/bin/python3 /usr/bin/python3.11"
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"#!/bin/sh", SH},
	    {"#!/bin/sh\necho", SH},
	    {"#!  \t/bin/sh\t-e x\n", SH},
	    {"#!/opt/inner\n", "/bin /opt /bin/sh /opt/inner"},
	    {"#!/usr/bin/env python3\n", PYTHON},
	    {"#!/usr/bin/env -S python3 -u\n", PYTHON},
	    {"#!/usr/bin/env -Spython3 -u\n", PYTHON},
	    {"#!/usr/bin/env -i A=b python3\n", PYTHON},
	    {"#!/usr/bin/env -vS A=b python3\n", PYTHON},
	    {"#!/usr/bin/env --split-string=python3\n", PYTHON},
	    {"#!/usr/bin/env nothing\n", ENV},
	    {"#!/usr/bin/env\n", ENV},
	    {"#!/usr/bin/env -S\n", ENV},
	    {"#!/usr/bin/env ../../bin/sh\n", ENV},
	    {"#!/usr/bin/env /bin/sh\n", "/bin /usr /bin/sh /usr/bin /usr/bin/env"},
	    {"#!/bin/sh\r\n", ""},
	    {"#!/bin/gone\n", ""},
	    {"#!bin/sh\n", ""},
	    {"#!\n/bin/sh\n", ""},
	    {"#!", ""},
	    {"#", ""},
	    {" #!/bin/sh", ""},
	    {"#! \t \n", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		needs(cases[i].text, strlen(cases[i].text), 0755, cases[i].want);
		needs(cases[i].text, strlen(cases[i].text), 0644, ""); /* not run by its line */
	}
	needs("#!/bin/sh\0x", 11, 0755, SH);
}

static void long_lines(void **state)
{
	char text[LIMIT_SCRIPT_LINE * 2];
	memset(text, 'x', sizeof(text));
	memcpy(text, "#!/bin/sh ", 10); /* the argument is cut, the name is whole */
	needs(text, sizeof(text), 0755, SH);
	memset(text, '/', sizeof(text)); /* the name is cut: refused */
	memcpy(text, "#!", 2);
	memcpy(text + 300, "bin/sh\n", 7);
	needs(text, sizeof(text), 0755, "");
}

static void reasons(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	image_program(&m, "s", "#!/usr/bin/env python3\n");
	image_index(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_EXACT);
	uint32_t s = image_node(&m, "/s");
	keep_node(&k, s, KEEP_WHY(KEEP_TRACE, 0));
	assert_int_equal(keep_closures(&k, NULL), 0);
	assert_reason(&k, &m, "/usr/bin/env", KEEP_INTERPRETER, s);
	assert_reason(&k, &m, "/usr/bin/python3.11", KEEP_INTERPRETER, s);
	assert_reason(&k, &m, "/usr/bin/python3", KEEP_SYMLINK, image_node(&m, "/usr/bin/python3.11"));
}

static void a_circle_ends(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_program(&m, "a", "#!/b\n");
	image_program(&m, "b", "#!/a\n");
	image_index(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_EXACT);
	keep_node(&k, image_node(&m, "/a"), KEEP_WHY(KEEP_TRACE, 0));
	assert_int_equal(keep_closures(&k, NULL), 0);
	assert_kept(&k, "/a /b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines),
	    cmocka_unit_test(long_lines),
	    cmocka_unit_test(reasons),
	    cmocka_unit_test(a_circle_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
