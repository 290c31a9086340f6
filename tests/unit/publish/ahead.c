#include "unit.h"

#include <string.h>

#include "publish/ahead.h"

static struct publish_destination at(const char *reference)
{
	struct err e = {0};
	struct publish_destination d = {0};
	assert_int_equal(oci_ref_parse(reference, &d.ref, &e), 0);
	return d;
}

static void start(struct publish_ahead *a, const struct publish_destinations *to)
{
	const struct transport_options access = {.tls_verify_off = true};
	struct oci_descriptor d;
	oci_descriptor_of(OCI_MEDIA_LAYER "+gzip", "layer", 5, &d);
	publish_ahead_start(a, to, &access, &d, -1);
}

static void only_registries_get_it(void **state)
{
	struct publish_ahead a = {0};
	struct publish_destination items[] = {at("oci:out:1"), at("docker-archive:out.tar:a:1")};
	const struct publish_destinations to = {items, 2};
	start(&a, &to);
	assert_false(a.started);
	publish_ahead_wait(&a);
	publish_ahead_end(&a);
	oci_ref_done(&items[0].ref);
	oci_ref_done(&items[1].ref);
}

static void a_failure_is_none_of_the_build(void **state)
{
	struct publish_ahead a = {0};
	struct publish_destination items[] = {at("docker://localhost:1/a:1")}; /* nobody listens there */
	const struct publish_destinations to = {items, 1};
	for (int i = 0; i < 2; i++) {
		start(&a, &to);
		assert_true(a.started);
		if (i == 0)
			publish_ahead_wait(&a);
		publish_ahead_end(&a);
		assert_false(a.started || a.runs);
		publish_ahead_end(&a);
	}
	oci_ref_done(&items[0].ref);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_registries_get_it),
	    cmocka_unit_test(a_failure_is_none_of_the_build),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
