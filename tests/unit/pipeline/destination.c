#include "unit.h"

#include "base/mem.h"
#include "pipeline/destination.h"

static void result_lies_beside_the_source(void **state)
{
	static const struct {
		const char *source, *output;
	} cases[] = {
	    {"oci:images:app", "oci:images:app.slim"},
	    {"oci:images", "oci:images:slim"},
	    {"oci-archive:app.tar", "oci-archive:app.slim.tar"},
	    {"oci-archive:dir/app.tar:v1", "oci-archive:dir/app.slim.tar"},
	    {"docker-archive:app.tar.gz", "docker-archive:app.slim.tar"},
	    {"docker-archive:app", "docker-archive:app.slim.tar"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_REF struct oci_ref source = {0}, output = {0};
		assert_int_equal(oci_ref_parse(cases[i].source, &source, NULL), 0);
		destination_default(&source, &output);
		CLEANUP_FREE char *text = oci_ref_text(&output);
		assert_string_equal(text, cases[i].output);
	}
}

static void names_get_slim_before_the_tag(void **state)
{
	static const struct {
		const char *name, *slim;
	} cases[] = {
	    {"app:v1", "app.slim:v1"},
	    {"app", "app.slim"},
	    {"host:5000/app:v1", "host:5000/app.slim:v1"},
	    {"host:5000/app", "host:5000/app.slim"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_FREE char *name = destination_name(cases[i].name);
		assert_string_equal(name, cases[i].slim);
	}
	assert_null(destination_name(""));
	assert_null(destination_name(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(result_lies_beside_the_source),
	    cmocka_unit_test(names_get_slim_before_the_tag),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
