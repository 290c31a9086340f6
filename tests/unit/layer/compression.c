#include "unit.h"

#include "layer/compression.h"

static void forms(void **state)
{
	static const struct {
		const char *text;
		bool good;
		enum oci_compression method;
		int level;
	} cases[] = {
	    {"none", true, OCI_COMPRESSION_NONE, 0},
	    {"gzip", true, OCI_COMPRESSION_GZIP, 0},
	    {"gzip:1", true, OCI_COMPRESSION_GZIP, 1},
	    {"gzip:12", true, OCI_COMPRESSION_GZIP, 12},
	    {"zstd:19", true, OCI_COMPRESSION_ZSTD, 19},
	    {"gzip:13", false, 0, 0},
	    {"zstd:20", false, 0, 0},
	    {"zstd:0", false, 0, 0},
	    {"zstd:", false, 0, 0},
	    {"zstd:3x", false, 0, 0},
	    {"none:1", false, 0, 0},
	    {"gzi", false, 0, 0},
	    {"", false, 0, 0},
	    {"lz4", false, 0, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct layer_compression c = {.level = -1};
		if (layer_compression_parse(cases[i].text, &c) != cases[i].good)
			fail_msg("\"%s\" is %s", cases[i].text, cases[i].good ? "refused" : "taken");
		if (cases[i].good)
			assert_int_equal(c.method, cases[i].method);
		assert_int_equal(c.level, cases[i].good ? cases[i].level : -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(forms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
