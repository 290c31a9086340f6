#include "unit.h"

#include "cmd/complete/value.h"

static void names_of_values_are_read(void **state)
{
	static const struct {
		const char *text, *more;
		bool files, directories, images;
		const char *choices; /* with a blank behind each */
	} cases[] = {
	    {"FILE", NULL, true, false, false, ""},
	    {"DIR", NULL, false, true, false, ""},
	    {"REF", NULL, false, false, true, ""},
	    {"FILE|REF", NULL, true, false, true, ""},
	    {"REPORT|IMAGE", NULL, true, false, true, ""},
	    {"FILE|attached", NULL, true, false, false, "attached "},
	    {"SRC:PATH[:ro]", NULL, true, false, false, ""},
	    {"[[FIELD:]FILE:]PATH", NULL, true, false, false, ""},
	    {"PATH", NULL, false, false, false, ""},
	    {"NAME=VALUE", NULL, false, false, false, ""},
	    {"PROFILE", NULL, false, false, false, ""},
	    {"BOOL", NULL, false, false, false, "true false "},
	    {"SYSTEM", NULL, false, false, false, "auto github gitlab azure jenkins tekton none "},
	    {"oci|docker", NULL, false, false, false, "oci docker "},
	    {"METHOD", "gzip|zstd[:LEVEL]|none", false, false, false, "gzip zstd none "},
	    {"NET", "host|ns:PATH", false, false, false, "host ns: "},
	    {"", NULL, false, false, false, ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_VALUE_KIND struct value_kind kind = {0};
		char choices[100] = "";
		value_kind_read(cases[i].text, cases[i].more, &kind);
		for (size_t k = 0; k < kind.choices.count; k++)
			strcat(strcat(choices, kind.choices.items[k]), " ");
		print_message("# %s\n", cases[i].text);
		assert_int_equal(kind.files, cases[i].files);
		assert_int_equal(kind.directories, cases[i].directories);
		assert_int_equal(kind.images, cases[i].images);
		assert_string_equal(choices, cases[i].choices);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_of_values_are_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
