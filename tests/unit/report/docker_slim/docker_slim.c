#include "unit.h"

#include "report/docker_slim/docker_slim.h"
#include "report/sample.h"

static const struct report_docker_slim_host host = {
    .kernel = "Linux", .release = "6.1", .name = (char *)(uintptr_t) "Debian GNU/Linux"};

static json_t *made(struct report_docker_slim d)
{
	CLEANUP_BUF struct buf b = {0};
	d.version = "1.0";
	d.host = &host;
	report_docker_slim_json(&d, &b);
	json_t *v = json_loadb(b.data, b.len, 0, NULL);
	assert_non_null(v);
	return v;
}

static const char *text_of(const json_t *v, const char *name)
{
	const char *s = json_string_value(json_object_get(v, name));
	assert_non_null(s);
	return s;
}

/* The members that scripts read. */
static void of_a_build(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	struct err none = {0};
	sample_sizes(&r);
	sample_result(&r);
	sample_destination(&r);
	json_auto_t *v = made((struct report_docker_slim){.target = "nginx:1.25", .report = &r, .error = &none});
	assert_string_equal(text_of(v, "document"), "doc.report.command");
	assert_string_equal(text_of(v, "type"), "build");
	assert_string_equal(text_of(v, "state"), "done");
	assert_null(json_object_get(v, "error"));
	assert_string_equal(text_of(v, "target_reference"), "nginx:1.25");
	assert_string_equal(text_of(v, "original_image"), "nginx:1.25");
	assert_string_equal(text_of(v, "minified_image"), "r.io/app:2");
	assert_string_equal(text_of(v, "minified_image_size_human"), "14.3 MB");
	assert_string_equal(text_of(v, "original_image_size_human"), "187.2 MB");
	assert_int_equal(json_integer_value(json_object_get(v, "minified_image_size")), 14312345);
	assert_int_equal(json_integer_value(json_object_get(v, "original_image_size")), 187234567);
	assert_true(json_real_value(json_object_get(v, "minified_by")) > 13);
	assert_string_equal(text_of(v, "artifact_location"), "");
	assert_true(json_is_true(json_object_get(v, "image_created")));
	assert_string_equal(text_of(json_object_get(v, "system"), "release"), "6.1");
	json_t *stack = json_array_get(json_object_get(v, "image_stack"), 0);
	assert_true(json_is_true(json_object_get(stack, "is_top_image")));
	assert_int_equal(json_integer_value(json_object_get(json_object_get(v, "source_image"), "size")), 187234567);
}

/* Nothing of a result is told, whatever was made until then. */
static void of_a_failure(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	struct err err = {0};
	sample_sizes(&r);
	(void)err_set(&err, ERR_DIFFERS, "x", "it differs");
	json_auto_t *v = made((struct report_docker_slim){.target = "nginx", .report = &r, .error = &err});
	assert_string_equal(text_of(v, "state"), "error");
	assert_string_equal(text_of(v, "error"), "it differs");
	assert_string_equal(text_of(v, "minified_image"), "");
	assert_int_equal(json_integer_value(json_object_get(v, "minified_image_size")), 0);
	assert_true(json_is_false(json_object_get(v, "image_created")));
}

/* The names that docker's commands take. */
static void names(void **state)
{
	static const struct {
		const char *reference, *name;
	} cases[] = {{"docker-daemon:app.slim:latest", "app.slim:latest"},
		     {"docker://r.io/app:1", "r.io/app:1"},
		     {"containers-storage:localhost/a:1", "localhost/a:1"},
		     {"oci:out:slim", "oci:out:slim"}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_REPORT struct report r = {0};
		struct err none = {0};
		sample_result(&r);
		sample_destination(&r);
		strlist_done(&r.destinations[0].names);
		free(r.destinations[0].reference);
		r.destinations[0].reference = mem_strdup(cases[i].reference);
		json_auto_t *v = made((struct report_docker_slim){.target = "x", .report = &r, .error = &none});
		assert_string_equal(text_of(v, "minified_image"), cases[i].name);
	}
}

static void os_release_one(const char *text, const char *name, const char *version)
{
	CLEANUP(report_docker_slim_host_done) struct report_docker_slim_host h = {0};
	report_docker_slim_host_parse(&h, text);
	assert_string_equal(h.name ? h.name : "none", name);
	assert_string_equal(h.version ? h.version : "none", version);
}

static void os_release(void **state)
{
	os_release_one("PRETTY_NAME=\"Debian 12\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\n", "Debian GNU/Linux",
		       "12");
	os_release_one("NAME=Arch\nID=arch", "Arch", "none");
	os_release_one("NAME='it''s\nVERSION_ID=", "it", "");
	os_release_one("", "none", "none");
	os_release_one("NAME=\"open", "open", "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(of_a_build),
	    cmocka_unit_test(of_a_failure),
	    cmocka_unit_test(names),
	    cmocka_unit_test(os_release),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
