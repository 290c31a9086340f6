#include "unit.h"

#include "keep/build_tools.h"

static void programs(void **state)
{
	assert_true(keep_build_tools_have_program("apt-get"));
	assert_true(keep_build_tools_have_program("strings")); /* the last of a full row */
	assert_true(keep_build_tools_have_program("cpan"));
	assert_false(keep_build_tools_have_program("gcc-12"));
	assert_false(keep_build_tools_have_program("sh"));
	assert_false(keep_build_tools_have_program(""));
}

static void managers(void **state)
{
	assert_true(keep_build_tools_have_manager("apt-get update", 7));
	assert_true(keep_build_tools_have_manager("pacman", 6));
	assert_false(keep_build_tools_have_manager("apt-gets", 8));
	assert_false(keep_build_tools_have_manager("debconf", 7));
	assert_false(keep_build_tools_have_manager("gcc", 3));
}

static void packages(void **state)
{
	static const char *const yes[] = {"apt",
					  "libapt-pkg6.0",
					  "gcc-12",
					  "g++-12",
					  "binutils-common",
					  "golang-1.19-go",
					  "maven",
					  "npm",
					  "pip",
					  "llvm-14",
					  "gcc-x86-64-linux-gnu",
					  "flex",
					  "dnf-data",
					  "openjdk-17-jdk-headless"};
	static const char *const no[] = {"gcc-12-base",
					 "libgcc-s1",
					 "openjdk-17-jre-headless",
					 "libllvm14",
					 "libstdc++6",
					 "bash",
					 "nodejs",
					 "python3",
					 "setuptools",
					 "rpm-libs",
					 ""};
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (!keep_build_tools_have_package(yes[i]))
			fail_msg("%s is one", yes[i]);
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (keep_build_tools_have_package(no[i]))
			fail_msg("%s is none", no[i]);
}

static void whole(void **state)
{
	static const struct {
		enum packages_manager manager;
		const char *name, *section;
		bool is;
	} cases[] = {
	    {PACKAGES_DPKG, "zlib1g-dev", NULL, true}, {PACKAGES_RPM, "zlib-devel", NULL, true},
	    {PACKAGES_NPM, "some-dev", NULL, false},   {PACKAGES_DPKG, "m4", "devel", true},
	    {PACKAGES_DPKG, "manual", "doc", true},    {PACKAGES_DPKG, "zlib1g", "libs", false},
	    {PACKAGES_APK, "gcc", NULL, true},         {PACKAGES_PIP, "pip", NULL, true},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct package p = {.manager = (uint8_t)cases[i].manager,
				    .name = (char *)cases[i].name,
				    .section = (char *)cases[i].section};
		if (keep_build_tools_are(&p) != cases[i].is)
			fail_msg("%s", p.name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(programs), cmocka_unit_test(managers),
					   cmocka_unit_test(packages), cmocka_unit_test(whole)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
