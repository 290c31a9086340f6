#include "fixture.h"

static void a_bare_name_has_no_transport(void **state)
{
	struct err e = {0};
	struct transport_sink *sink = NULL;
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	assert_ok(oci_ref_parse("x", &ref, &e), &e);
	assert_int_equal(transport_sink_open(&ref, NULL, &sink, &e), -ERR_UNSUPPORTED);
	assert_says(&e, "x: this transport is not supported");
	assert_false(transport_traits(ref.scheme)->remote);
}

static void a_sink_takes_only_what_fits(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f;
	CLEANUP_TRANSPORT_SINK struct transport_sink *sink = NULL;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	assert_ok(fixture_sink("oci:lay:t", NULL, &sink, &e), &e);
	assert_int_equal(transport_sink_blob(sink, &f.manifest.layers[0], f.layers[1], &e), -ERR_CORRUPT);
	CLEANUP_FD int empty = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	assert_int_equal(transport_sink_blob_fd(sink, &f.manifest.layers[0], empty, &e), -ERR_CORRUPT);
	assert_ok(transport_sink_blob(sink, &f.manifest.config, f.config.data, &e), &e);
	assert_int_equal(transport_sink_commit(sink, &f.d, &f.text, &e), -ERR_INVAL);
	assert_says(&e, f.manifest.layers[0].digest.text);
	assert_ok(fixture_add(sink, &f, &e), &e); /* the same blob twice is one */
	assert_ok(transport_sink_commit(sink, &f.d, &f.text, &e), &e);
	assert_int_equal(transport_sink_commit(sink, &f.d, &f.text, &e), -ERR_INVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FIXTURE_TEST(a_bare_name_has_no_transport),
	    FIXTURE_TEST(a_sink_takes_only_what_fits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
