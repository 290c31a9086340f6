#include "unit.h"

#include "base/mem.h"
#include "pipeline/build/platforms.h"

static void one(const char *file, size_t number, const char *name, const char *want)
{
	CLEANUP_FREE char *made = pipeline_platform_file(file, number, name);
	if (want)
		assert_string_equal(made, want);
	else
		assert_null(made);
}

static void names_of_files(void **state)
{
	one("out/report.json", 0, "linux/amd64", "out/report.json");
	one("out/report.json", 1, "linux/arm64", "out/report.json.linux-arm64");
	one("/tmp/x", 2, "linux/arm/v7", "/tmp/x.linux-arm-v7");
	one("x", 1, "linux/../A\n\033", "x.linux-..----");
	one(NULL, 0, "linux/amd64", NULL);
	one(NULL, 1, "linux/arm64", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(names_of_files)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
