#include "unit.h"

#include "keep/application/package_programs.h"
#include "keep/traced.h"

static void make(struct test_image *m)
{
	image_init(m);
	image_file(m, "var/lib/dpkg/status",
		   "Package: redis-tools\nStatus: install ok installed\nVersion: 1\n\n"
		   "Package: coreutils\nEssential: yes\nStatus: install ok installed\nVersion: 1\n\n"
		   "Package: big\nStatus: install ok installed\nVersion: 1\n\n"
		   "Package: other\nStatus: install ok installed\nVersion: 1\n\n"
		   "Package: module\nStatus: install ok installed\nVersion: 1\n\n"
		   "Package: settings\nStatus: install ok installed\nVersion: 1\n");
	image_file(m, "var/lib/dpkg/info/module.list", "/usr/lib/python3/module.py\n/usr/bin/module-fetch\n");
	image_file(m, "var/lib/dpkg/info/settings.list", "/etc/settings\n/usr/bin/settings\n");
	image_file(m, "usr/lib/python3/module.py", "x");
	image_file(m, "etc/settings", "x");
	image_file(m, "var/lib/dpkg/info/redis-tools.list",
		   "/usr/bin/redis-check-rdb\n/usr/bin/redis-cli\n/usr/bin/redis-link\n/usr/bin/redis-hash\n/usr/bin/"
		   "redis-setup\n/usr/share/redis/x\n");
	image_file(m, "var/lib/dpkg/info/coreutils.list", "/usr/bin/cat\n/usr/bin/ls\n");
	image_file(m, "var/lib/dpkg/info/big.list", "/usr/bin/big\n/usr/bin/bigger\n");
	image_file(m, "var/lib/dpkg/info/other.list", "/usr/bin/other\n/usr/bin/other2\n");
	static const char *const programs[] = {"redis-check-rdb", "redis-cli", "cat",    "ls",   "big",
					       "bigger",          "other",     "other2", "dash", "module-fetch",
					       "settings"};
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		CLEANUP_FREE char *path = mem_printf("usr/bin/%s", programs[i]);
		image_program(m, path, "x");
	}
	CLEANUP_FD int big = openat(image_top(m), "usr/bin/bigger", O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(big, 20 << 20), 0);
	image_bytes(m, "usr/bin/redis-hash", "#!/usr/bin/perl\n", 16, 0755); /* Perl is in no use */
	image_bytes(m, "usr/bin/redis-setup", "#!/bin/sh\n", 10, 0755);
	image_program(m, "usr/bin/perl", "x");
	image_link(m, "usr/bin/redis-link", "redis-check-rdb");
	image_file(m, "usr/share/redis/x", "x");
	image_index(m);
}

static void programs(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	CLEANUP_PACKAGES struct packages p;
	CLEANUP_TRACE struct trace t = {0};
	static const char *const executed[] = {"/usr/bin/redis-check-rdb", "/usr/bin/cat", "/usr/bin/big"};
	for (size_t i = 0; i < 3; i++)
		trace_add(&t, executed[i], strlen(executed[i]), TRACE_EXEC | TRACE_FOLLOW, UINT32_MAX, TRACE_BY_PTRACE);
	trace_add(&t, "/usr/bin/other", strlen("/usr/bin/other"), TRACE_STAT | TRACE_FOLLOW, UINT32_MAX,
		  TRACE_BY_PTRACE);
	/* Python looks at a source, and opens what it was compiled to. */
	trace_add(&t, "/usr/lib/python3/module.py", strlen("/usr/lib/python3/module.py"), TRACE_STAT | TRACE_FOLLOW,
		  UINT32_MAX, TRACE_BY_PTRACE);
	trace_add(&t, "/etc/settings", strlen("/etc/settings"), TRACE_OPEN | TRACE_FOLLOW, UINT32_MAX, TRACE_BY_PTRACE);
	keep_set_init(&k, m.index, NULL, KEEP_CLOSURE);
	CLEANUP_EVIDENCE struct evidence e;
	assert_int_equal(evidence_init(&e, m.index, &t, NULL), 0);
	keep_trace(&k, &e);
	assert_int_equal(packages_read(m.index, &p, NULL), 0);
	keep_package_programs(&k, &p, &e);
	assert_kept(&k, "/etc /usr /etc/settings /usr/bin /usr/lib /usr/bin/big /usr/bin/cat /usr/bin/module-fetch "
			"/usr/bin/other /usr/bin/redis-check-rdb /usr/bin/redis-cli /usr/bin/redis-link "
			"/usr/bin/redis-setup /usr/lib/python3 /usr/lib/python3/module.py");
	assert_reason(&k, &m, "/usr/bin/redis-cli", KEEP_PACKAGE, image_node(&m, "/usr/bin/redis-check-rdb"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(programs)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
