#include "unit.h"

#include <stdlib.h>

#include "cmd/batch/file.h"
#include "cmd/init/file.h"

static void source_one(const char *text, const char *untagged, const char *tag, bool local)
{
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	CLEANUP_INIT_SOURCE struct init_source s = {0};
	assert_int_equal(oci_ref_parse(text, &ref, NULL), 0);
	init_source_look(text, &ref, &s);
	assert_int_equal(s.local, local);
	if (!untagged) {
		assert_null(s.untagged);
		return;
	}
	assert_string_equal(s.untagged, untagged);
	assert_string_equal(s.tag, tag);
}

static void tags_are_found(void **state)
{
	source_one("web", "web", "latest", true);
	source_one("shop/web:1.4", "shop/web", "1.4", true);
	source_one("localhost:5000/web", "localhost:5000/web", "latest", true);
	source_one("docker-daemon:web", "docker-daemon:web", "latest", true);
	source_one("docker-daemon:web:2", "docker-daemon:web", "2", true);
	source_one("docker://registry.example.com:5000/shop/web:1", "docker://registry.example.com:5000/shop/web", "1",
		   false);
	source_one("docker://web@sha256:0123456789012345678901234567890123456789012345678901234567890123", NULL, NULL,
		   false);
	source_one("oci:images:web", NULL, NULL, false);
	source_one("oci-archive:/tmp/a b.tar", NULL, NULL, false);
}

/* The file that is written is one that slim build --file takes; then argv, joined, behind "--json". */
static void is_read_back_one(const char *reference, const char *members, const char *source, const char *expected)
{
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config config = {0};
	CLEANUP_INIT_SOURCE struct init_source named = {0};
	CLEANUP_BATCH_FILE struct batch_file file;
	CLEANUP_BUF struct buf text = {0}, joined = {0};
	struct init_service service;
	struct err err = {0};
	buf_printf(&text,
		   "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},"
		   "\"config\":{%s}}",
		   members);
	assert_int_equal(oci_image_config_parse(text.data, text.len, &config, &err), 0);
	assert_int_equal(oci_ref_parse(reference, &ref, &err), 0);
	init_source_look(reference, &ref, &named);
	init_service_look(&config, &service);
	text.len = 0;
	init_file_text(&named, &service, &text);
	if (batch_file_parse(text.data, text.len, "slim.yaml", &command_build, NULL, NULL, &file, &err) < 0)
		fail_msg("%s\n%s", err.msg, text.data);
	assert_int_equal(file.count, 1);
	assert_string_equal(file.images[0].argv.items[1], source);
	for (size_t i = 3; i < file.images[0].argv.count; i++)
		buf_printf(&joined, " %s", file.images[0].argv.items[i]);
	assert_string_equal(joined.data, expected);
}

static void what_is_written_is_read(void **state)
{
	unsetenv("TAG");
	is_read_back_one("web", "\"ExposedPorts\":{\"80/tcp\":{}}", "web:latest", " --keep=safe --http-probe=true");
	is_read_back_one("oci:images/a:b", "\"ExposedPorts\":{\"7/tcp\":{}}", "oci:images/a:b", " --keep=safe");
	is_read_back_one("db:1", "\"ExposedPorts\":{\"5432/tcp\":{}},\"Healthcheck\":{\"Test\":[\"CMD\",\"true\"]}",
			 "db:1",
			 " --keep=safe --env=POSTGRES_PASSWORD=slim --ready=health "
			 "--client=postgresql,user=postgres,password=slim");
	is_read_back_one("oci:a", "\"Cmd\":[\"sh\"]", "oci:a", " --keep=safe");
	/* nothing of an image or a name ends the comment or the quotes that it stands in */
	is_read_back_one("oci:a\"b${HOME}:c'd", "\"Cmd\":[\"sh\\nexec: [rm]\\r# \\u2028exec: a\\u0085exec: b\"]",
			 "oci:a\"b${HOME}:c'd", " --keep=safe");
	setenv("TAG", "abc", 1);
	is_read_back_one("docker-daemon:shop/web:1", "", "docker-daemon:shop/web:abc", " --keep=safe");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tags_are_found),
	    cmocka_unit_test(what_is_written_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
