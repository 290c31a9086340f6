#include "unit.h"

#include "cmd/services/override.h"

static const struct override_image images[] = {
    {.service = "web", .reference = "docker://r.io/web:1", .pinned = "r.io/web@sha256:00"},
    {.service = "db", .reference = "docker-daemon:db.slim:1", .pinned = "sha256:11"},
    {.service = "a: \"b\"", .reference = "oci:out:${X}\n- evil"},
};

static void test_text(void **state)
{
	CLEANUP_STRLIST struct strlist files = {0};
	CLEANUP_BUF struct buf out = {0};
	strlist_add(&files, "/p/compose.yaml");
	strlist_add(&files, "/p/x\nservices: {}");
	override_text(images, 3, &files, "/p/compose.slim.yaml", &out);
	assert_string_equal(
	    out.data,
	    "# The slim images of these services. Start them with:\n"
	    "#   docker compose -f compose.yaml -f x\\x0aservices: {} -f compose.slim.yaml up\n"
	    "# Only slim reads images that are files (oci:, dir: and archives): load them into your engine first.\n"
	    "services:\n"
	    "  \"web\":\n    image: \"r.io/web@sha256:00\"\n"
	    "  \"db\":\n    image: \"sha256:11\"\n    pull_policy: never\n"
	    "  \"a: \\\"b\\\"\":\n    image: \"oci:out:$${X}\\n- evil\"\n");
}

static void test_references(void **state)
{
	CLEANUP_BUF struct buf out = {0};
	override_references(images, 2, &out);
	assert_string_equal(out.data, "services:\n"
				      "  \"web\":\n    image: \"docker://r.io/web:1\"\n"
				      "  \"db\":\n    image: \"docker-daemon:db.slim:1\"\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_text), cmocka_unit_test(test_references)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
